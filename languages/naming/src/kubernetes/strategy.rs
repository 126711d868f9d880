//! How an object wants to be deployed: its annotations `strategy.spinnaker.io/...`.
//!
//! Source: clouddriver-kubernetes `KubernetesManifestStrategy`.

use super::{Error, Manifest};

const VERSIONED: &str = "strategy.spinnaker.io/versioned";
const MAX_VERSION_HISTORY: &str = "strategy.spinnaker.io/max-version-history";
const USE_SOURCE_CAPACITY: &str = "strategy.spinnaker.io/use-source-capacity";
const RECREATE: &str = "strategy.spinnaker.io/recreate";
const REPLACE: &str = "strategy.spinnaker.io/replace";
const SERVER_SIDE_APPLY: &str = "strategy.spinnaker.io/server-side-apply";

/// How an object wants to be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Strategy {
    /// By which call it reaches the cluster.
    pub deploy_strategy: DeployStrategy,
    /// Whether each change becomes a new object.
    pub versioned: Versioned,
    /// How many versions to keep; `None` for all.
    pub max_version_history: Option<i32>,
    /// Whether it takes over the number of replicas that run.
    pub use_source_capacity: bool,
    /// What server-side apply does about conflicts.
    pub server_side_apply: ServerSideApply,
}

/// By which call an object reaches the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeployStrategy {
    /// Client-side apply.
    Apply,
    /// Delete, then create.
    Recreate,
    /// Replace, or create.
    Replace,
    /// Server-side apply.
    ServerSideApply,
}

/// Whether each change becomes a new object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Versioned {
    /// Yes.
    True,
    /// No: the annotation is there and says anything but `true`.
    False,
    /// The object leaves it to the stage and its kind.
    Default,
}

/// What server-side apply does about fields that others own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ServerSideApply {
    /// It takes them.
    ForceConflicts,
    /// It is not used.
    Disabled,
    /// It fails.
    Default,
}

impl Strategy {
    /// What the annotations say. Booleans are `true` in any case, all else is false; a number that is none counts as
    /// absent.
    ///
    /// Fails on a manifest without metadata and on annotations that are no texts. Source: `fromAnnotations`.
    pub fn of(manifest: &Manifest) -> Result<Self, Error> {
        let is_true = |key| Ok::<_, Error>(manifest.annotation(key)?.is_some_and(is_true));
        let versioned = match (manifest.has_annotation(VERSIONED)?, is_true(VERSIONED)?) {
            (false, _) => Versioned::Default,
            (true, true) => Versioned::True,
            (true, false) => Versioned::False,
        };
        let server_side_apply = match manifest.annotation(SERVER_SIDE_APPLY)? {
            Some(value) if self::is_true(value) => ServerSideApply::Default,
            Some("force-conflicts") => ServerSideApply::ForceConflicts,
            _ => ServerSideApply::Disabled,
        };
        let deploy_strategy = if is_true(RECREATE)? {
            DeployStrategy::Recreate
        } else if is_true(REPLACE)? {
            DeployStrategy::Replace
        } else if server_side_apply != ServerSideApply::Disabled {
            DeployStrategy::ServerSideApply
        } else {
            DeployStrategy::Apply
        };
        Ok(Strategy {
            deploy_strategy,
            versioned,
            max_version_history: manifest.annotation(MAX_VERSION_HISTORY)?.and_then(whole_number),
            use_source_capacity: is_true(USE_SOURCE_CAPACITY)?,
            server_side_apply,
        })
    }
}

/// Writes a deploy strategy to an object's annotations, and takes away what they said before. Fails on a manifest without
/// metadata.
///
/// Source: `DeployStrategy.setAnnotations`.
pub fn set_deploy_strategy(manifest: &mut Manifest, strategy: DeployStrategy) -> Result<(), Error> {
    let annotations = manifest.annotations_mut()?;
    annotations.retain(|key, _| ![RECREATE, REPLACE, SERVER_SIDE_APPLY].contains(&key.as_str()));
    let annotation = match strategy {
        DeployStrategy::Apply => return Ok(()),
        DeployStrategy::Recreate => RECREATE,
        DeployStrategy::Replace => REPLACE,
        DeployStrategy::ServerSideApply => SERVER_SIDE_APPLY,
    };
    annotations.insert(annotation.into(), "true".into());
    Ok(())
}

/// As Java's `Boolean.parseBoolean`.
fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

/// As Guava's `Ints.tryParse`, which takes no `+`.
fn whole_number(value: &str) -> Option<i32> {
    value.parse().ok().filter(|_| !value.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(annotations: Value) -> Manifest {
        serde_json::from_value(json!({"metadata": {"annotations": annotations}})).unwrap()
    }

    fn of(key: &str, value: &str) -> Strategy {
        Strategy::of(&manifest(json!({format!("strategy.spinnaker.io/{key}"): value}))).unwrap()
    }

    #[test]
    fn booleans_and_numbers() {
        assert_eq!(of("versioned", "TRUE").versioned, Versioned::True);
        assert_eq!(of("versioned", " true").versioned, Versioned::False);
        assert!(!of("use-source-capacity", "yes").use_source_capacity);
        for (value, expected) in [("10", Some(10)), ("-5", Some(-5)), ("+5", None), ("", None), ("99999999999", None)] {
            assert_eq!(of("max-version-history", value).max_version_history, expected, "{value}");
        }
    }

    #[test]
    fn recreate_goes_before_replace_before_server_side_apply() {
        assert_eq!(of("server-side-apply", "force-conflicts").server_side_apply, ServerSideApply::ForceConflicts);
        assert_eq!(of("server-side-apply", "force-conflicts").deploy_strategy, DeployStrategy::ServerSideApply);
        assert_eq!(of("server-side-apply", "Force-Conflicts").deploy_strategy, DeployStrategy::Apply);
        let both = manifest(json!({REPLACE: "true", SERVER_SIDE_APPLY: "true"}));
        assert_eq!(Strategy::of(&both).unwrap().deploy_strategy, DeployStrategy::Replace);
    }

    #[test]
    fn a_strategy_that_was_set_replaces_the_one_before() {
        use DeployStrategy::{Apply, Recreate, Replace, ServerSideApply};
        let mut manifest = manifest(json!({RECREATE: "true", VERSIONED: "false"}));
        for strategy in [Replace, ServerSideApply, Recreate, Apply] {
            set_deploy_strategy(&mut manifest, strategy).unwrap();
            assert_eq!(Strategy::of(&manifest).unwrap().deploy_strategy, strategy);
        }
        assert_eq!(manifest.as_object()["metadata"]["annotations"], json!({VERSIONED: "false"}));
    }

    #[test]
    fn an_annotation_without_quotes_is_an_error() {
        let error = Strategy::of(&manifest(json!({VERSIONED: true}))).unwrap_err();
        assert_eq!(error, Error::no_text(format!("metadata.annotations.{VERSIONED}")));
    }
}
