//! The set `naming`: names of server groups, monikers and Kubernetes objects (`gennaker-naming`).
//!
//! A case is `{"id", "kind", ...arguments, "expected"}`; `kind` says which rule is asked, by the names below. A refusal is
//! recorded as `{"error": true, "message"}`.
//!
//! Of a refusal's message only Frigga's own, kind `compose`, is compared. Those of `nextServerGroup` were recorded from a
//! rewrite of the original in another language, whose texts are shorter than the original's; those of Kubernetes kinds
//! print Java's maps.

use std::fmt::Display;

use gennaker_naming::{
    Moniker,
    frigga::{self, Labels, Names, ServerGroupName, TakenSlot},
    kubernetes::{self, Artifact, Kind, Manifest, Marking, Strategy, Traffic},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{Case, Failure, Set};

/// The set `naming`.
pub(super) struct Naming;

impl Set for Naming {
    fn name(&self) -> &'static str {
        "naming"
    }

    fn about(&self) -> &'static str {
        "names of server groups, monikers and Kubernetes objects"
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let expected = case.json.get("expected").ok_or_else(|| Failure::NotPlayed("it expects nothing".into()))?;
        let kind = case.json.get("kind").and_then(Value::as_str).unwrap_or_default();
        let rule = rule(kind).ok_or_else(|| Failure::NotPlayed(format!("there is no kind {kind:?} of naming case")))?;
        match rule(&case.json) {
            Ok(got) => Failure::unless_equal(expected, got),
            Err(_) if expected["error"] == true && kind != "compose" => Ok(()),
            Err(Refusal(message)) => Failure::unless_equal(expected, json!({"error": true, "message": message})),
        }
    }
}

/// Why a rule gives no answer.
struct Refusal(String);

impl<E: Display> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal(error.to_string())
    }
}

type Answer = Result<Value, Refusal>;

fn rule(kind: &str) -> Option<fn(&Value) -> Answer> {
    Some(match kind {
        "parse" => parse,
        "compose" => compose,
        "validate" => validate,
        "nextServerGroup" => next_server_group,
        "deriveMoniker" => derive_moniker,
        "applyMoniker" => apply_moniker,
        "artifact" => artifact,
        "version" => version,
        "strategy" => strategy,
        "traffic" => traffic,
        "kind" => kind_of_text,
        "manifestInfo" => manifest_info,
        _ => return None,
    })
}

/// A case's arguments, as the rule's types have them.
fn arguments<T: DeserializeOwned>(case: &Value) -> Result<T, Refusal> {
    Ok(T::deserialize(case)?)
}

#[derive(Deserialize)]
struct OfName {
    name: Option<String>,
}

fn parse(case: &Value) -> Answer {
    let OfName { name } = arguments(case)?;
    Ok(serde_json::to_value(name.as_deref().map(Names::parse).unwrap_or_default())?)
}

fn validate(case: &Value) -> Answer {
    let OfName { name } = arguments(case)?;
    let check = |check: fn(&str) -> bool| name.as_deref().is_some_and(check);
    Ok(json!({
        "checkName": check(frigga::check_name),
        "checkNameWithHyphen": check(frigga::check_name_with_hyphen),
        "usesReservedFormat": check(frigga::uses_reserved_format),
    }))
}

fn kind_of_text(case: &Value) -> Answer {
    let OfName { name } = arguments(case)?;
    let kind = Kind::parse(&name.ok_or("a kind needs a name")?);
    Ok(json!({"kind": kind, "apiGroup": kind.group()}))
}

#[derive(Deserialize)]
struct Parts {
    app: Option<String>,
    stack: Option<String>,
    detail: Option<String>,
    #[serde(flatten)]
    labels: Labels,
}

impl From<Parts> for ServerGroupName {
    fn from(Parts { app, stack, detail, labels }: Parts) -> Self {
        ServerGroupName { app, stack, detail, labels, sequence: None }
    }
}

fn compose(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Compose {
        #[serde(flatten)]
        parts: Parts,
        #[serde(default)]
        do_validation: bool,
    }
    let Compose { parts, do_validation } = arguments(case)?;
    let name = ServerGroupName::from(parts);
    Ok(json!({"name": if do_validation { name.validated_cluster()? } else { name.cluster()? }}))
}

fn next_server_group(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Next {
        #[serde(flatten)]
        parts: Parts,
        taken: Option<Vec<TakenSlot>>,
        #[serde(default)]
        ignore_sequence: bool,
    }
    let Next { parts, taken, ignore_sequence } = arguments(case)?;
    let next = ServerGroupName::from(parts).next(&taken.unwrap_or_default())?;
    Ok(json!({"name": if ignore_sequence { next.cluster()? } else { next.compose()? }}))
}

#[derive(Deserialize)]
struct OfManifest {
    manifest: Manifest,
}

fn derive_moniker(case: &Value) -> Answer {
    let OfManifest { manifest } = arguments(case)?;
    Ok(json!({"moniker": kubernetes::derive_moniker(&manifest)?}))
}

fn apply_moniker(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Apply {
        manifest: Manifest,
        moniker: Moniker,
        artifact: Option<Artifact>,
        apply_app_labels: Option<bool>,
        managed_by_suffix: Option<String>,
        skip_spec_template_labels: Option<bool>,
    }
    let mut apply: Apply = arguments(case)?;
    let default = Marking::default();
    let marking = Marking {
        app_labels: apply.apply_app_labels.unwrap_or(default.app_labels),
        managed_by_suffix: apply.managed_by_suffix.unwrap_or(default.managed_by_suffix),
        skip_template_labels: apply.skip_spec_template_labels.unwrap_or(default.skip_template_labels),
    };
    if let Some(artifact) = &apply.artifact {
        kubernetes::annotate_artifact(&mut apply.manifest, artifact)?;
    }
    kubernetes::apply_moniker(&mut apply.manifest, &apply.moniker, &marking)?;
    Ok(json!({"manifest": apply.manifest}))
}

fn artifact(case: &Value) -> Answer {
    #[derive(Deserialize)]
    struct ToArtifact {
        manifest: Manifest,
        account: String,
        version: Option<u32>,
    }
    let ToArtifact { manifest, account, version } = arguments(case)?;
    Ok(json!({"artifact": kubernetes::to_artifact(&manifest, &account, version)?}))
}

fn version(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        manifest: Manifest,
        #[serde(default)]
        prior_artifacts: Vec<Artifact>,
    }
    let Version { manifest, prior_artifacts } = arguments(case)?;
    let version = kubernetes::next_version(&manifest, &prior_artifacts);
    // All of these were recorded in one account.
    let artifact = kubernetes::to_artifact(&manifest, "acct", Some(version))?;
    Ok(json!({
        "version": version,
        "name": artifact.reference,
        "artifact": artifact,
        "latestVersion": kubernetes::latest_version(&prior_artifacts),
    }))
}

fn strategy(case: &Value) -> Answer {
    let OfManifest { manifest } = arguments(case)?;
    Ok(serde_json::to_value(Strategy::of(&manifest)?)?)
}

fn traffic(case: &Value) -> Answer {
    let OfManifest { manifest } = arguments(case)?;
    Ok(serde_json::to_value(Traffic::of(&manifest)?)?)
}

fn manifest_info(case: &Value) -> Answer {
    let OfManifest { manifest } = arguments(case)?;
    Ok(json!({
        "fullResourceName": manifest.full_resource_name()?,
        "namespace": manifest.namespace()?,
        "kind": manifest.kind()?,
    }))
}
