//! Sources that are not files: environment variables, `-D` options and command-line overrides.
//!
//! `SERVICES_FRONT50_BASEURL` is `services.front50.baseUrl`, `ACCOUNTS_0_NAME` is `accounts[0].name`; the spelling
//! `SERVICES_FRONT50_BASE_URL` is found as well. Where a service runs with `<SVC>_OPTS="-Dkey=value ..."`, these
//! count above the environment, as Java's system properties do; what does not start with `-D` is for the JVM and
//! is not read.

use std::collections::BTreeMap;

use crate::{
    branch::{Branch, Leaf},
    error::Error,
    key::Key,
    origin::Origin,
    yaml::scalar::Scalar,
};

/// The variables of this process; one that is not Unicode is left out.
///
/// The only place that reads the real environment: everything else takes a map.
pub fn process_environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The properties that `variables` set.
pub(crate) fn of_variables(variables: &BTreeMap<String, String>) -> Branch {
    let mut root = Branch::root();
    for (name, value) in variables {
        let path: Vec<String> =
            name.split(['_', '.']).filter(|element| !element.is_empty()).map(str::to_lowercase).collect();
        if !path.is_empty() {
            let origin = Origin::Environment { name: name.as_str().into() };
            root.set(&path, Leaf { scalar: Scalar::text(value), origin });
        }
    }
    root
}

/// The name of the variable with a service's options: `ORCA_OPTS`.
pub(crate) fn options_variable(service: &str) -> String {
    format!("{}_OPTS", service.to_uppercase().replace('-', "_"))
}

/// The properties in the text of an options variable.
pub(crate) fn of_options(variable: &str, text: &str) -> Branch {
    let mut root = Branch::root();
    for word in shell_words(text) {
        let Some(property) = word.strip_prefix("-D") else { continue };
        let (key, value) = property.split_once('=').unwrap_or((property, ""));
        let origin = Origin::Options { variable: variable.into() };
        root.set(Key::parse(key).elements(), Leaf { scalar: Scalar::text(value), origin });
    }
    root
}

/// The properties of `key=value` arguments; `--` before the key is allowed. The last of several counts.
pub(crate) fn of_overrides(overrides: &[String]) -> Result<Branch, Error> {
    let mut root = Branch::root();
    for (position, argument) in overrides.iter().enumerate() {
        // The argument may hold a secret, so the error counts instead of quoting it.
        let refused = || Error::Override { position: position + 1 };
        let (key, value) = argument.split_once('=').ok_or_else(refused)?;
        let key = Key::parse(key.trim().trim_start_matches("--"));
        let leaf = Leaf { scalar: Scalar::text(value), origin: Origin::CommandLine };
        if key.is_root() || !root.set(key.elements(), leaf) {
            return Err(refused());
        }
    }
    Ok(root)
}

/// Words at white space; quotes keep white space in a word.
fn shell_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut current = String::new();
    let mut quote = None;
    for character in text.chars() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, white) if white.is_whitespace() => words.push(std::mem::take(&mut current)),
            (_, other) => current.push(other),
        }
    }
    words.push(current);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(branch: &Branch, key: &str) -> Option<String> {
        Some(branch.find(key)?.leaf.as_ref()?.scalar.text.clone())
    }

    #[test]
    fn variables_are_properties() {
        let variables = [("SERVICES_FRONT50_BASEURL", "u"), ("A_0_", "x"), ("A_1_NAME", "y"), ("_", "z"), ("p.q", "w")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let root = of_variables(&variables.into());
        for (key, value) in [("services.front50.baseUrl", "u"), ("a[0]", "x"), ("a[1].name", "y"), ("p.q", "w")] {
            assert_eq!(text(&root, key).as_deref(), Some(value), "{key}");
        }
    }

    #[test]
    fn options_and_overrides_are_properties() {
        let root = of_options("ORCA_OPTS", "-Xmx1g -Dspring.profiles.active=a,b  '-Dname=two words' -Dflag");
        assert_eq!(text(&root, "spring.profiles.active").as_deref(), Some("a,b"));
        assert_eq!(text(&root, "name").as_deref(), Some("two words"));
        assert_eq!(text(&root, "flag").as_deref(), Some(""));
        let root = of_overrides(&["--a.b=1=2".to_owned(), "a.b=3".to_owned()]).expect("valid");
        assert_eq!(text(&root, "a.b").as_deref(), Some("3"));
        assert!(of_overrides(&["hunter2".to_owned()]).is_err());
    }
}
