//! Whether an artifact is the expected one.
//!
//! Source: kork-artifacts `ExpectedArtifact.matches`.

use std::cell::OnceCell;

use gennaker_javaregex::Regex;

use crate::{Artifact, Error, ExpectedArtifact};

const EMBEDDED: &str = "embedded/base64";
const REMOTE: &str = "remote/base64";

/// Asks many artifacts whether they are an expected one; each pattern is compiled once, when it is first needed.
///
/// Type, name, version, location and reference are compared. A field that the expected artifact leaves out or empty
/// fits anything; any other has to be equal, or to match as a pattern of Java's from its first character to its last.
/// The types `embedded/base64` and `remote/base64` fit each other, because the artifact store turns one into the other.
///
/// ```
/// use gennaker_artifacts::{Artifact, ExpectedArtifact};
/// use serde_json::json;
///
/// let expected = ExpectedArtifact::from_value(&json!({"matchArtifact": {"version": r"v\d+"}}))?;
/// assert!(expected.matches(&Artifact::from_value(&json!({"version": "v12"}))?)?);
/// assert!(!expected.matches(&Artifact::from_value(&json!({"version": "v12-rc"}))?)?);
/// # Ok::<(), gennaker_artifacts::Error>(())
/// ```
#[derive(Debug)]
pub struct Matcher<'e> {
    expected: &'e ExpectedArtifact,
    /// One for each of [`Artifact::matched_fields`].
    patterns: [OnceCell<Regex>; 5],
}

impl<'e> Matcher<'e> {
    /// Of an expected artifact. Nothing is compiled yet.
    pub fn new(expected: &'e ExpectedArtifact) -> Self {
        Matcher { expected, patterns: Default::default() }
    }

    /// Whether an artifact is the expected one. Fields are compared in the order above, up to the first that does not
    /// fit.
    ///
    /// # Errors
    /// [`Error::Missing`] if a type is expected and the artifact has none; [`Error::Pattern`] for what is no pattern,
    /// unless it is equal; [`Error::PatternLimit`].
    pub fn matches(&self, artifact: &Artifact) -> Result<bool, Error> {
        let wanted = self.expected.match_artifact.matched_fields();
        for (index, ((field, wanted), (_, given))) in wanted.into_iter().zip(artifact.matched_fields()).enumerate() {
            let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { continue };
            if field == "type" && given.is_none() {
                return Err(Error::missing(format!("the type of the artifact {artifact}")));
            }
            let fits = match given {
                None => false,
                Some(given) => {
                    wanted == given
                        || self.pattern(index, field, wanted)?.matches(given).map_err(|source| limit(wanted, source))?
                        || field == "type" && matches!((wanted, given), (EMBEDDED, REMOTE) | (REMOTE, EMBEDDED))
                }
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn pattern(&self, index: usize, field: &'static str, text: &str) -> Result<&Regex, Error> {
        let cell = &self.patterns[index];
        if let Some(pattern) = cell.get() {
            return Ok(pattern);
        }
        let pattern = Regex::new(text).map_err(|source| match source {
            gennaker_javaregex::Error::Syntax { .. } => {
                Error::Pattern { field, pattern: text.to_owned(), source: Box::new(source) }
            }
            _ => limit(text, source),
        })?;
        Ok(cell.get_or_init(|| pattern))
    }
}

fn limit(pattern: &str, source: gennaker_javaregex::Error) -> Error {
    Error::PatternLimit { pattern: pattern.to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn matches(expected: Value, artifact: Value) -> Result<bool, Error> {
        let expected = ExpectedArtifact::from_value(&json!({"matchArtifact": expected})).unwrap();
        expected.matches(&Artifact::from_value(&artifact).unwrap())
    }

    #[track_caller]
    fn check(expected: Value, artifact: Value, outcome: bool) {
        assert_eq!(matches(expected.clone(), artifact.clone()).unwrap(), outcome, "{expected} {artifact}");
    }

    #[test]
    fn a_field_that_is_given_has_to_fit_as_a_whole() {
        let image = json!({"type": "docker/image", "name": "gcr.io/p/app", "version": "v1"});
        check(json!({}), image.clone(), true);
        check(json!({"name": "", "version": null}), image.clone(), true);
        check(json!({"name": "gcr.io/p/app", "type": "docker/.*"}), image.clone(), true);
        check(json!({"name": "gcr.io/p"}), image.clone(), false);
        check(json!({"type": "docker"}), image.clone(), false);
        check(json!({"location": "us"}), image.clone(), false);
        check(json!({"version": "v1|v12"}), image, true);
        check(json!({"name": "a.b"}), json!({"name": "a\nb"}), false);
    }

    #[test]
    fn equal_text_fits_whatever_it_says_as_a_pattern() {
        check(json!({"reference": "a+b"}), json!({"reference": "a+b"}), true);
        check(json!({"name": "a["}), json!({"name": "a["}), true);
        assert_eq!(
            matches(json!({"name": "a["}), json!({"name": "x"})).unwrap_err().exception(),
            Some("PatternSyntaxException")
        );
    }

    #[test]
    fn other_fields_are_not_compared() {
        let wanted =
            json!({"provenance": "x", "uuid": "x", "artifactAccount": "x", "metadata": {"x": 1}, "customKind": true});
        check(wanted, json!({}), true);
    }

    #[test]
    fn embedded_and_remote_content_fit_each_other() {
        let [embedded, remote] = [json!({"type": EMBEDDED}), json!({"type": REMOTE})];
        check(embedded.clone(), remote.clone(), true);
        check(remote, embedded.clone(), true);
        check(json!({"type": "remote/.*"}), embedded.clone(), false);
        check(embedded, json!({"type": "remote/map/base64"}), false);
    }

    #[test]
    fn an_artifact_without_a_type_where_one_is_expected_is_refused() {
        let error = matches(json!({"type": "t"}), json!({"name": "n"})).unwrap_err();
        assert_eq!(error.exception(), Some("NullPointerException"));
        assert_eq!(error.to_string(), "the type of the artifact name n is missing: add it");
    }
}
