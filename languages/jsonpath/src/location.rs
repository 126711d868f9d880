//! Where in a document a matched place is.

use std::fmt::{self, Display};

/// The way from the document's root to a matched place.
///
/// Its `Display` is Jayway's normalised path, `$['a'][0]['b']`; names stand in it as they are, without escapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Location {
    steps: Vec<Step>,
}

/// One step down into a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// To the value of a property.
    Property(String),
    /// To an element of an array, counted from 0.
    Element(usize),
}

impl Location {
    pub(crate) fn new(steps: Vec<Step>) -> Self {
        Location { steps }
    }

    /// The steps from the root to the place; none if it is the root.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The place as a JSON pointer, `/a/0/b`, for `serde_json::Value::pointer_mut`; empty if it is the root.
    ///
    /// Source: RFC 6901, section 3.
    pub fn pointer(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            text.push('/');
            match step {
                Step::Property(name) => text.push_str(&name.replace('~', "~0").replace('/', "~1")),
                Step::Element(index) => text.push_str(&index.to_string()),
            }
        }
        text
    }
}

impl Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.steps {
            match step {
                Step::Property(name) => write!(f, "['{name}']")?,
                Step::Element(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped_and_paths_are_not() {
        let location =
            Location::new(vec![Step::Property("a/b~'".into()), Step::Element(3), Step::Property(String::new())]);
        assert_eq!(location.pointer(), "/a~1b~0'/3/");
        assert_eq!(location.to_string(), "$['a/b~''][3]['']");
        assert_eq!(Location::default().pointer(), "");
    }
}
