//! The set `artifacts`: artifacts matched, resolved, bound and put into manifests (`gennaker-artifacts`).
//!
//! A case is `{"id", "kind", ...arguments, "expected"}`; `kind` says which rule is asked, by the names below. A refusal
//! is recorded as `{"error": true, "exception"}` with the class of the original's exception; messages are not compared,
//! those of the original print whole objects.
//!
//! The order of what was found in a manifest (kind `find`) does not matter.

use gennaker_artifacts::{
    Artifact, Error, ExpectedArtifact, Resolver, constraints,
    execution::{CurrentStage, Execution, newest},
    manifest::{self, DockerImageBinding, Replacement, Replacer},
    pipeline, trigger,
};
use gennaker_naming::kubernetes::Manifest;
use gennaker_spel::{
    Nothing,
    pipeline::{Context, Options, process},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{Case, Failure, Set};

/// The set `artifacts`.
pub(super) struct Artifacts;

impl Set for Artifacts {
    fn name(&self) -> &'static str {
        "artifacts"
    }

    fn about(&self) -> &'static str {
        "artifacts matched, resolved, bound and put into manifests"
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let expected = case.json.get("expected").ok_or_else(|| Failure::NotPlayed("it expects nothing".into()))?;
        let kind = case.json.get("kind").and_then(Value::as_str).unwrap_or_default();
        let rule =
            rule(kind).ok_or_else(|| Failure::NotPlayed(format!("there is no kind {kind:?} of artifact case")))?;
        let refused = |exception: &Value| json!({"error": true, "exception": exception});
        let got = match rule(&case.json) {
            Ok(got) => got,
            Err(Refusal::Ours(error)) => refused(&json!(error.exception().map_or(error.to_string(), str::to_owned))),
            Err(Refusal::Case(problem)) => return Err(Failure::NotPlayed(problem)),
        };
        if expected["error"] == true {
            return Failure::unless_equal(&refused(&expected["exception"]), got);
        }
        match kind {
            "find" => Failure::unless_equal(&sorted(expected.clone()), sorted(got)),
            _ => Failure::unless_equal(expected, got),
        }
    }
}

/// Why a rule gives no answer.
enum Refusal {
    /// It refuses.
    Ours(Error),
    /// The case cannot be read.
    Case(String),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Ours(error)
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Refusal::Case(error.to_string())
    }
}

impl From<gennaker_naming::kubernetes::Error> for Refusal {
    fn from(error: gennaker_naming::kubernetes::Error) -> Self {
        Refusal::Case(error.to_string())
    }
}

type Answer = Result<Value, Refusal>;

fn rule(kind: &str) -> Option<fn(&Value) -> Answer> {
    Some(match kind {
        "matches" => matches,
        "resolve" => resolve,
        "resolvePipeline" => resolve_pipeline,
        "allArtifacts" => all_artifacts,
        "boundArtifact" => bound_artifact,
        "triggerMatch" => trigger_match,
        "payloadConstraint" => payload_constraint,
        "replace" => replace,
        "find" => find,
        _ => return None,
    })
}

/// A case's arguments, as the rule's types have them.
fn arguments<T: DeserializeOwned>(case: &Value) -> Result<T, Refusal> {
    Ok(T::deserialize(case)?)
}

/// Artifacts are read by their own rules, so that what these refuse is an answer and not a broken case.
fn artifacts(list: &[Value]) -> Result<Vec<Artifact>, Error> {
    list.iter().map(Artifact::from_value).collect()
}

fn expected_artifacts(list: &[Value]) -> Result<Vec<ExpectedArtifact>, Error> {
    list.iter().map(ExpectedArtifact::from_value).collect()
}

fn matches(case: &Value) -> Answer {
    let expected = ExpectedArtifact::from_value(&case["expectedArtifact"])?;
    Ok(json!({"matches": expected.matches(&Artifact::from_value(&case["artifact"])?)?}))
}

fn resolve(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Resolve {
        expected_artifacts: Vec<Value>,
        artifacts: Vec<Value>,
        #[serde(default)]
        prior_artifacts: Vec<Value>,
        require_unique_matches: bool,
    }
    let case: Resolve = arguments(case)?;
    let [current, prior] = [artifacts(&case.artifacts)?, artifacts(&case.prior_artifacts)?];
    let resolver = Resolver { current: &current, prior: &prior, require_unique_matches: case.require_unique_matches };
    Ok(json!(resolver.resolve(&expected_artifacts(&case.expected_artifacts)?)?))
}

fn resolve_pipeline(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct ResolvePipeline {
        pipeline: Map<String, Value>,
        #[serde(default)]
        prior_executions: Vec<Value>,
    }
    let ResolvePipeline { mut pipeline, prior_executions } = arguments(case)?;
    let mut prior = Vec::new();
    if pipeline::needs_prior_artifacts(&pipeline)? {
        let executions = prior_executions.iter().map(Execution::of).collect::<Result<Vec<_>, _>>()?;
        if let Some(execution) = newest(&executions) {
            prior = execution.all_artifacts()?;
        }
    }
    pipeline::resolve(&mut pipeline, &prior)?;
    let trigger = &pipeline["trigger"];
    Ok(json!({
        "triggerArtifacts": trigger["artifacts"],
        "triggerResolvedExpectedArtifacts": trigger["resolvedExpectedArtifacts"],
    }))
}

fn all_artifacts(case: &Value) -> Answer {
    let execution = Execution::of(&case["execution"])?;
    let artifacts = match case["stage"].as_str() {
        None => execution.all_artifacts()?,
        Some(ref_id) => stage(&execution, ref_id)?.artifacts()?,
    };
    Ok(json!({"artifacts": artifacts}))
}

fn stage<'e, 'a>(execution: &'e Execution<'a>, ref_id: &str) -> Result<CurrentStage<'e, 'a>, Refusal> {
    execution.stage_by_ref_id(ref_id).ok_or_else(|| Refusal::Case(format!("there is no stage {ref_id}")))
}

fn bound_artifact(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct BoundArtifact {
        stage: String,
        artifact_id: Option<String>,
        artifact: Option<Value>,
    }
    let arguments: BoundArtifact = arguments(case)?;
    let execution = Execution::of(&case["execution"])?;
    let stage = stage(&execution, &arguments.stage)?;
    let inline = arguments.artifact.as_ref().map(Artifact::from_value).transpose()?;
    let context = case["execution"].as_object().and_then(|execution| Context::of_stage(execution, &arguments.stage));
    let context = context.ok_or_else(|| Refusal::Case("the execution has no such stage".into()))?;
    let artifact = stage.bound_artifact(arguments.artifact_id.as_deref(), inline, |fields| {
        process(&fields, &context, &Nothing, &Options::default()).value
    })?;
    Ok(json!({"artifact": artifact}))
}

fn trigger_match(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct TriggerMatch {
        expected_artifact_ids: Option<Vec<String>>,
        expected_artifacts: Option<Vec<Value>>,
        artifacts: Option<Vec<Value>>,
    }
    let case: TriggerMatch = arguments(case)?;
    let artifacts = artifacts(&case.artifacts.unwrap_or_default())?;
    let expected = expected_artifacts(&case.expected_artifacts.unwrap_or_default())?;
    let ids = case.expected_artifact_ids.unwrap_or_default();
    Ok(json!({"matches": trigger::any_artifact_matches(&artifacts, &ids, &expected)?}))
}

fn payload_constraint(case: &Value) -> Answer {
    #[derive(Deserialize)]
    struct PayloadConstraint {
        constraints: Map<String, Value>,
        payload: Map<String, Value>,
    }
    let PayloadConstraint { constraints, payload } = arguments(case)?;
    Ok(json!({
        "matches": constraints::satisfied(&constraints, &payload)?,
        "matchesJsonPath": constraints::satisfied_by_path(&constraints, &payload)?,
    }))
}

fn replace(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Replace {
        manifest: Manifest,
        artifacts: Vec<Value>,
        account: String,
        docker_image_binding: Option<String>,
    }
    let arguments: Replace = arguments(case)?;
    let artifacts = artifacts(&arguments.artifacts)?;
    let binding = arguments.docker_image_binding.as_deref().map(DockerImageBinding::of_setting);
    let replacement = Replacement {
        docker_image_binding: binding.unwrap_or_default(),
        namespace: arguments.manifest.namespace()?,
        account: &arguments.account,
        ..Replacement::of_kind(&arguments.manifest.kind()?)
    };
    let mut manifest = case["manifest"].clone();
    let bound = manifest::replace(&mut manifest, &artifacts, &replacement)?;
    Ok(json!({"boundArtifacts": bound, "manifest": manifest}))
}

fn find(case: &Value) -> Answer {
    let manifest: Manifest = arguments(&case["manifest"])?;
    let artifacts = manifest::find(&case["manifest"], Replacer::of_kind(&manifest.kind()?))?;
    Ok(json!({"artifacts": artifacts}))
}

fn sorted(mut found: Value) -> Value {
    if let Some(artifacts) = found.get_mut("artifacts").and_then(Value::as_array_mut) {
        artifacts.sort_by_cached_key(|artifact| [artifact["type"].to_string(), artifact["reference"].to_string()]);
    }
    found
}
