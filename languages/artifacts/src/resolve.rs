//! Resolving: which artifacts the expected ones are.
//!
//! Source: orca `ArtifactResolver`.

use std::collections::HashSet;

use crate::{Artifact, Error, ExpectedArtifact, Matcher};

/// Where expected artifacts may be found.
#[derive(Debug, Clone, Copy)]
pub struct Resolver<'a> {
    /// Those at hand; looked at first.
    pub current: &'a [Artifact],
    /// Those of the last execution, for expected artifacts with `usePriorArtifact`.
    pub prior: &'a [Artifact],
    /// Whether it is an error if several match; otherwise the first is taken. So when a pipeline starts; not within
    /// stages.
    pub require_unique_matches: bool,
}

/// What expected artifacts were resolved to.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// The artifacts that were found, each once, in the order in which they were.
    pub resolved_artifacts: Vec<Artifact>,
    /// Every expected artifact with what it is bound to.
    pub resolved_expected_artifacts: Vec<ExpectedArtifact>,
}

impl Resolver<'_> {
    /// Binds each expected artifact to a current one, else a prior one, else its default, as far as it allows them.
    /// What it was bound to before does not count.
    ///
    /// # Errors
    /// [`Error::Unmatched`] if there is none, [`Error::Ambiguous`] if there are several, and those of
    /// [`Matcher::matches`].
    pub fn resolve(&self, expected: &[ExpectedArtifact]) -> Result<Resolution, Error> {
        let mut resolution = Resolution::default();
        let mut seen = HashSet::new();
        let mut found = Vec::with_capacity(expected.len());
        for expected in expected {
            let artifact = self.find(expected)?.ok_or_else(|| Error::Unmatched { expected: expected.to_string() })?;
            if seen.insert(artifact) {
                resolution.resolved_artifacts.push(artifact.clone());
            }
            found.push(artifact);
        }
        resolution.resolved_expected_artifacts = expected
            .iter()
            .zip(found)
            .map(|(expected, artifact)| ExpectedArtifact { bound_artifact: Some(artifact.clone()), ..expected.clone() })
            .collect();
        Ok(resolution)
    }

    fn find<'r>(&'r self, expected: &'r ExpectedArtifact) -> Result<Option<&'r Artifact>, Error> {
        let matcher = Matcher::new(expected);
        if let Some(artifact) = self.single(&matcher, expected, self.current)? {
            return Ok(Some(artifact));
        }
        if expected.use_prior_artifact
            && let Some(artifact) = self.single(&matcher, expected, self.prior)?
        {
            return Ok(Some(artifact));
        }
        Ok(expected.default_artifact.as_ref().filter(|_| expected.use_default_artifact))
    }

    fn single<'r>(
        &self,
        matcher: &Matcher<'_>,
        expected: &ExpectedArtifact,
        artifacts: &'r [Artifact],
    ) -> Result<Option<&'r Artifact>, Error> {
        let mut matches = Vec::new();
        for artifact in artifacts {
            if matcher.matches(artifact)? {
                matches.push(artifact);
            }
        }
        if matches.len() > 1 && self.require_unique_matches {
            let matches = matches.into_iter().map(Artifact::to_string).collect();
            return Err(Error::Ambiguous { expected: expected.to_string(), matches });
        }
        Ok(matches.first().copied())
    }
}

/// Each artifact once, in the order in which they come first.
pub(crate) fn distinct(artifacts: impl IntoIterator<Item = Artifact>) -> Vec<Artifact> {
    let mut distinct = Vec::new();
    let mut seen = HashSet::new();
    for artifact in artifacts {
        if !seen.contains(&artifact) {
            seen.insert(artifact.clone());
            distinct.push(artifact);
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn artifacts(list: Value) -> Vec<Artifact> {
        serde_json::from_value(list).unwrap()
    }

    fn resolve(expected: Value, current: Value, prior: Value, unique: bool) -> Result<Resolution, Error> {
        let expected: Vec<ExpectedArtifact> = serde_json::from_value(expected).unwrap();
        let resolver =
            Resolver { current: &artifacts(current), prior: &artifacts(prior), require_unique_matches: unique };
        resolver.resolve(&expected)
    }

    fn bound(expected: Value, current: Value, prior: Value, unique: bool) -> Option<String> {
        let mut resolution = resolve(json!([expected]), current, prior, unique).unwrap();
        resolution.resolved_artifacts.remove(0).version
    }

    const NONE: Value = Value::Array(Vec::new());

    #[test]
    fn current_then_prior_then_default() {
        let all = json!({
            "matchArtifact": {"name": "a"},
            "usePriorArtifact": true,
            "useDefaultArtifact": true,
            "defaultArtifact": {"version": "d"},
        });
        let [current, prior] = [json!([{"name": "a", "version": "c"}]), json!([{"name": "a", "version": "p"}])];
        assert_eq!(bound(all.clone(), current.clone(), prior.clone(), true).as_deref(), Some("c"));
        assert_eq!(bound(all.clone(), NONE, prior.clone(), true).as_deref(), Some("p"));
        assert_eq!(bound(all.clone(), json!([{"name": "b"}]), NONE, true).as_deref(), Some("d"));
        let none = json!([{"id": "e", "matchArtifact": {"name": "a"}, "defaultArtifact": {"version": "d"}}]);
        let error = resolve(none, NONE, prior, true).unwrap_err();
        assert_eq!(error.exception(), Some("InvalidRequestException"));
        assert!(error.to_string().contains("\"e\" (name a)"), "{error}");
    }

    #[test]
    fn several_matches() {
        let [one, two] = [json!({"name": "a", "version": "1"}), json!({"name": "a", "version": "2"})];
        let expected = json!({"id": "e", "matchArtifact": {"name": "a"}, "usePriorArtifact": true});
        assert_eq!(bound(expected.clone(), json!([two, one]), NONE, false).as_deref(), Some("2"));
        for (current, prior) in [(json!([one, two]), NONE), (NONE, json!([one, one]))] {
            let error = resolve(json!([expected]), current, prior, true).unwrap_err();
            assert!(matches!(&error, Error::Ambiguous { matches, .. } if matches.len() == 2), "{error}");
        }
    }

    #[test]
    fn an_artifact_that_two_expect_is_listed_once() {
        let expected = json!([{"id": "a"}, {"id": "b", "boundArtifact": {"name": "old"}}]);
        let resolution = resolve(expected, json!([{"name": "x"}]), NONE, true).unwrap();
        assert_eq!(resolution.resolved_artifacts.len(), 1);
        let names: Vec<_> =
            resolution.resolved_expected_artifacts.iter().map(|expected| &expected.bound_artifact).collect();
        assert_eq!(names, [&Some(resolution.resolved_artifacts[0].clone()); 2]);
    }

    #[test]
    fn equal_artifacts_are_one() {
        let list = json!([{"name": "a", "x": 1}, {"name": "a", "x": 2}, {"x": 1, "name": "a"}, {"name": "a"}]);
        assert_eq!(distinct(artifacts(list)).len(), 3);
    }
}
