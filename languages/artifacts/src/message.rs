//! Artifacts in a message from outside: a JSON list of them.
//!
//! Upstream can turn a message of another shape into such a list with a Jinja template; that needs a template engine
//! and is not supported yet.
//!
//! Source: kork-artifacts `JinjaArtifactExtractor`.

use crate::{Artifact, Error};

/// The artifacts of a message. None if it is empty or no list of artifacts: then none are expected of it.
///
/// # Errors
/// [`Error::Template`] if there is a template and the message is not empty.
pub fn artifacts(message: &str, template: Option<&str>) -> Result<Vec<Artifact>, Error> {
    if message.is_empty() {
        return Ok(Vec::new());
    }
    if template.is_some_and(|template| !template.is_empty()) {
        return Err(Error::Template);
    }
    Ok(serde_json::from_str(message).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_artifacts_or_none() {
        assert_eq!(artifacts(r#"[{"name": "a", "x": 1}, {}]"#, None).unwrap().len(), 2);
        for message in ["", "hello", "{}", r#"[{"name": []}]"#, "[1]"] {
            assert!(artifacts(message, Some("")).unwrap().is_empty(), "{message}");
        }
    }

    #[test]
    fn a_template_is_refused() {
        assert!(matches!(artifacts("{}", Some("[]")), Err(Error::Template)));
        assert!(artifacts("", Some("[]")).unwrap().is_empty());
    }
}
