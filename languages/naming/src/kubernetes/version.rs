//! Versions of versioned objects: the number in `config-v003`.
//!
//! Unlike those of server groups these numbers do not wrap: v999 is followed by v1000.
//!
//! Source: clouddriver-kubernetes `ResourceVersioner`.

use serde_json::Value;

use super::{Artifact, Manifest};

/// A version as names have it: `v` and at least three digits.
///
/// Source: clouddriver-kubernetes `ArtifactConverter`.
pub fn version_text(version: u32) -> String {
    format!("v{version:03}")
}

/// The version to deploy an object at, given those deployed before (in the order in which they are found).
///
/// It is that of the first one that was applied with the same manifest, metadata aside; else one more than the highest, or
/// 0. What was applied is read from `metadata.lastAppliedConfiguration` of each artifact.
///
/// Source: `ResourceVersioner.getVersion`.
pub fn next_version(manifest: &Manifest, prior: &[Artifact]) -> u32 {
    let same = |artifact: &&Artifact| {
        let applied = artifact.metadata.get("lastAppliedConfiguration").and_then(Value::as_object);
        applied.is_some_and(|applied| manifest.equals_but_for_metadata(applied))
    };
    let reused = prior.iter().filter(same).find_map(version_of);
    reused.unwrap_or_else(|| latest_version(prior).map_or(0, |latest| latest + 1))
}

/// The highest version of those deployed; `None` if none of them has one.
///
/// Source: `ResourceVersioner.getLatestVersion`.
pub fn latest_version(prior: &[Artifact]) -> Option<u32> {
    prior.iter().filter_map(version_of).max()
}

/// The number of a version such as `v003`; any number of digits, up to Java's largest integer.
fn version_of(artifact: &Artifact) -> Option<u32> {
    let number: i32 = artifact.version.as_deref()?.strip_prefix('v')?.parse().ok()?;
    u32::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn artifact(version: Option<&str>, applied: Value) -> Artifact {
        Artifact {
            version: version.map(str::to_owned),
            metadata: serde_json::from_value(json!({"lastAppliedConfiguration": applied})).unwrap(),
            ..Artifact::default()
        }
    }

    fn next(prior: &[Artifact]) -> u32 {
        next_version(&serde_json::from_value(json!({"kind": "A", "metadata": {"name": "a"}})).unwrap(), prior)
    }

    #[test]
    fn one_more_than_the_highest() {
        let of = |versions: &[Option<&str>]| versions.iter().map(|v| artifact(*v, Value::Null)).collect::<Vec<_>>();
        assert_eq!(next(&[]), 0);
        assert_eq!(next(&of(&[Some("v003"), Some("v010"), None, Some("v9x"), Some("11"), Some("v-20")])), 11);
        assert_eq!(next(&of(&[Some("v2147483647"), Some("v2147483648")])), 2_147_483_648);
        assert_eq!(latest_version(&of(&[None, Some(""), Some("v")])), None);
    }

    #[test]
    fn the_first_with_the_same_manifest_is_used_again() {
        let prior = [
            artifact(Some("v009"), json!({"kind": "B"})),
            artifact(None, json!({"kind": "A"})),
            artifact(Some("v004"), json!({"kind": "A", "metadata": {"name": "a-v004"}})),
            artifact(Some("v002"), json!({"kind": "A"})),
        ];
        assert_eq!(next(&prior), 4);
        assert_eq!(next(&prior[..2]), 10);
        assert_eq!(next(&[artifact(Some("v001"), json!("text"))]), 2);
    }
}
