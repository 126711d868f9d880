//! Artifacts and triggers: does one fire for what an event brought.
//!
//! Sources: echo `ArtifactMatcher`, orca `DependentPipelineStarter`.

use crate::{Artifact, Error, ExpectedArtifact, Matcher};

/// Whether a trigger that asks for expected artifacts fires: whether any artifact is any of them. One that asks for
/// none always does.
///
/// `ids` are the trigger's `expectedArtifactIds`, `expected` the pipeline's `expectedArtifacts`. Defaults and prior
/// artifacts do not count.
///
/// # Errors
/// Those of [`Matcher::matches`]. Source: `ArtifactMatcher.anyArtifactsMatchExpected`.
pub fn any_artifact_matches(
    artifacts: &[Artifact],
    ids: &[impl AsRef<str>],
    expected: &[ExpectedArtifact],
) -> Result<bool, Error> {
    if ids.is_empty() {
        return Ok(true);
    }
    let asked_for = expected.iter().filter(|expected| ids.iter().any(|id| id.as_ref() == expected.id));
    let matchers: Vec<_> = asked_for.map(Matcher::new).collect();
    for artifact in artifacts {
        for matcher in &matchers {
            if matcher.matches(artifact)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The ids that a pipeline started by another adds to its trigger's `expectedArtifactIds`: those of the expected
/// artifacts that match what the other has, as often as they do.
///
/// # Errors
/// Those of [`Matcher::matches`]. Source: `DependentPipelineStarter.trigger`.
pub fn matching_ids(artifacts: &[Artifact], expected: &[ExpectedArtifact]) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    for expected in expected {
        let matcher = Matcher::new(expected);
        for artifact in artifacts {
            if matcher.matches(artifact)? {
                ids.push(expected.id.clone());
            }
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expected() -> Vec<ExpectedArtifact> {
        serde_json::from_value(json!([
            {"id": "a", "matchArtifact": {"name": "a"}},
            {"id": "b", "matchArtifact": {"name": "b.*"}, "useDefaultArtifact": true, "defaultArtifact": {"name": "b"}},
        ]))
        .unwrap()
    }

    fn artifacts(names: &[&str]) -> Vec<Artifact> {
        names.iter().map(|name| Artifact { name: Some((*name).into()), ..Artifact::default() }).collect()
    }

    #[test]
    fn any_of_any() {
        let fires = |names: &[&str], ids: &[&str]| any_artifact_matches(&artifacts(names), ids, &expected()).unwrap();
        assert!(fires(&[], &[]));
        assert!(fires(&["x", "a"], &["a"]));
        assert!(fires(&["b2"], &["a", "b"]));
        assert!(!fires(&["b2"], &["a"]));
        assert!(!fires(&["a"], &["other"]));
        assert!(!fires(&[], &["b"]));
        assert!(!any_artifact_matches(&artifacts(&["a"]), &["a"], &[]).unwrap());
    }

    #[test]
    fn ids_are_repeated_for_each_match() {
        assert_eq!(matching_ids(&artifacts(&["b1", "a", "b2"]), &expected()).unwrap(), ["a", "b", "b"]);
        assert!(matching_ids(&[], &expected()).unwrap().is_empty());
    }
}
