//! A pipeline about to start: its expected artifacts are resolved, and its trigger is told.
//!
//! Source: orca `ArtifactUtils.resolveArtifacts`.

use serde_json::{Map, Value};

use crate::{Artifact, Error, ExpectedArtifact, Matcher, Resolver, execution::elements, resolve::distinct};

/// Whether [`resolve`] will look at prior artifacts: whoever keeps executions loads the pipeline's newest one only then
/// ([`newest`](crate::execution::newest), [`all_artifacts`](crate::execution::Execution::all_artifacts)).
///
/// # Errors
/// Those of [`resolve`] that concern what was received and expected.
pub fn needs_prior_artifacts(pipeline: &Map<String, Value>) -> Result<bool, Error> {
    let wanted = Wanted::of(pipeline)?;
    for expected in &wanted.expected {
        let matcher = Matcher::new(expected);
        let mut matches = 0;
        for artifact in &wanted.received {
            matches += usize::from(matcher.matches(artifact)?);
        }
        if matches == 0 && expected.use_prior_artifact {
            return Ok(true);
        }
        // Then resolving fails before it comes to the next.
        if matches > 1 || matches == 0 && !(expected.use_default_artifact && expected.default_artifact.is_some()) {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Resolves the expected artifacts of a pipeline and writes to its trigger: `artifacts`, what it received and what was
/// resolved, each once; `expectedArtifacts` and `resolvedExpectedArtifacts`, what was expected with what it is bound
/// to.
///
/// Received are `receivedArtifacts` of the pipeline and `artifacts` of the trigger. Of the pipeline's
/// `expectedArtifacts` those count that the trigger asks for (`expectedArtifactIds`) or that may be a prior or a
/// default one. `prior` are the artifacts of the pipeline's newest execution; see [`needs_prior_artifacts`].
///
/// ```
/// use gennaker_artifacts::pipeline::resolve;
/// use serde_json::{Value, json};
///
/// let Value::Object(mut pipeline) = json!({
///     "trigger": {"expectedArtifactIds": ["e1"], "artifacts": [{"name": "shop", "version": "1.4"}]},
///     "expectedArtifacts": [{"id": "e1", "matchArtifact": {"name": "shop"}}],
/// }) else { unreachable!() };
/// resolve(&mut pipeline, &[])?;
/// assert_eq!(pipeline["trigger"]["resolvedExpectedArtifacts"][0]["boundArtifact"]["version"], "1.4");
/// # Ok::<(), gennaker_artifacts::Error>(())
/// ```
///
/// # Errors
/// Those of [`Resolver::resolve`], where several matches are an error; [`Error::Missing`] without a trigger;
/// [`Error::Shape`] and [`Error::Field`] for what cannot be read.
pub fn resolve(pipeline: &mut Map<String, Value>, prior: &[Artifact]) -> Result<(), Error> {
    let Wanted { expected, received } = Wanted::of(pipeline)?;
    let resolver = Resolver { current: &received, prior, require_unique_matches: true };
    let resolution = resolver.resolve(&expected)?;
    let artifacts = distinct(received.into_iter().chain(resolution.resolved_artifacts));
    let artifacts = artifacts.into_iter().map(|artifact| Value::Object(artifact.into_fields())).collect();
    let expected: Vec<Value> = resolution
        .resolved_expected_artifacts
        .into_iter()
        .map(|expected| Value::Object(expected.into_fields()))
        .collect();
    if let Some(Value::Object(trigger)) = pipeline.get_mut("trigger") {
        trigger.insert("artifacts".to_owned(), Value::Array(artifacts));
        trigger.insert("expectedArtifacts".to_owned(), Value::Array(expected.clone()));
        trigger.insert("resolvedExpectedArtifacts".to_owned(), Value::Array(expected));
    }
    Ok(())
}

/// What a pipeline that starts has and wants.
struct Wanted {
    expected: Vec<ExpectedArtifact>,
    received: Vec<Artifact>,
}

impl Wanted {
    fn of(pipeline: &Map<String, Value>) -> Result<Self, Error> {
        let trigger = match pipeline.get("trigger") {
            Some(Value::Object(trigger)) => trigger,
            None | Some(Value::Null) => return Err(Error::missing("trigger")),
            Some(other) => return Err(Error::shape("trigger", "an object", other)),
        };
        let ids = trigger.get("expectedArtifactIds");
        let ids =
            ids.map(|ids| if ids.is_null() { Ok(None) } else { list(Some(ids), "expectedArtifactIds").map(Some) });
        let ids = ids.unwrap_or(Ok(Some(&[])))?;
        let mut expected = Vec::new();
        for value in list(pipeline.get("expectedArtifacts"), "expectedArtifacts")? {
            let artifact = ExpectedArtifact::from_value(value)?;
            let ids = ids.ok_or_else(|| Error::missing("trigger.expectedArtifactIds"))?;
            let asked_for = ids.iter().any(|id| id.as_str() == Some(&artifact.id));
            if asked_for || artifact.use_default_artifact || artifact.use_prior_artifact {
                expected.push(artifact);
            }
        }
        let mut received = Vec::new();
        for (holder, key) in [(pipeline, "receivedArtifacts"), (trigger, "artifacts")] {
            for value in list(holder.get(key), key)? {
                received.push(Artifact::from_value(value)?);
            }
        }
        Ok(Wanted { expected, received: distinct(received) })
    }
}

fn list<'a>(value: Option<&'a Value>, place: &str) -> Result<&'a [Value], Error> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(list) => elements(list, || place.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pipeline(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn only_those_count_that_are_asked_for_or_may_be_prior_or_default() {
        let mut pipeline = pipeline(json!({
            "trigger": {"expectedArtifactIds": ["a", 5], "artifacts": [{"name": "a"}, {"name": "a"}]},
            "receivedArtifacts": [{"name": "r"}],
            "expectedArtifacts": [
                {"id": "a", "matchArtifact": {"name": "a"}},
                {"id": "unasked", "matchArtifact": {"name": "none"}},
                {"id": "d", "matchArtifact": {"name": "d"},
                    "useDefaultArtifact": true, "defaultArtifact": {"name": "d"}},
            ],
        }));
        assert!(!needs_prior_artifacts(&pipeline).unwrap());
        resolve(&mut pipeline, &[]).unwrap();
        let trigger = &pipeline["trigger"];
        let names = |list: &Value| list.as_array().unwrap().iter().map(|a| a["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(&trigger["artifacts"]), ["r", "a", "d"]);
        assert_eq!(trigger["expectedArtifacts"], trigger["resolvedExpectedArtifacts"]);
        let ids: Vec<_> = trigger["expectedArtifacts"].as_array().unwrap().iter().map(|e| &e["id"]).collect();
        assert_eq!(ids, ["a", "d"]);
    }

    #[test]
    fn prior_artifacts_are_needed_only_if_nothing_received_matches() {
        let of = |received: Value| {
            pipeline(json!({
                "trigger": {"artifacts": received},
                "expectedArtifacts": [{"id": "a", "matchArtifact": {"name": "a"}, "usePriorArtifact": true}],
            }))
        };
        assert!(!needs_prior_artifacts(&of(json!([{"name": "a"}]))).unwrap());
        let mut without = of(json!([{"name": "b"}]));
        assert!(needs_prior_artifacts(&without).unwrap());
        let untouched = without.clone();
        assert_eq!(resolve(&mut without, &[]).unwrap_err().exception(), Some("InvalidRequestException"));
        assert_eq!(without, untouched);
        let prior = [Artifact::from_value(&json!({"name": "a", "version": "p"})).unwrap()];
        resolve(&mut without, &prior).unwrap();
        assert_eq!(without["trigger"]["artifacts"][1]["version"], "p");
    }

    #[test]
    fn what_upstream_cannot_read_is_refused() {
        for (pipeline, exception) in [
            (json!({}), "NullPointerException"),
            (json!({"trigger": "x"}), "ClassCastException"),
            (json!({"trigger": {"expectedArtifactIds": null}, "expectedArtifacts": [{}]}), "NullPointerException"),
            (json!({"trigger": {"artifacts": {}}}), "ClassCastException"),
            (json!({"trigger": {"artifacts": ["x"]}}), "IllegalArgumentException"),
        ] {
            let Value::Object(pipeline) = pipeline else { panic!() };
            assert_eq!(needs_prior_artifacts(&pipeline).unwrap_err().exception(), Some(exception), "{pipeline:?}");
        }
        let Value::Object(mut harmless) = json!({"trigger": {"expectedArtifactIds": null}}) else { panic!() };
        resolve(&mut harmless, &[]).unwrap();
    }
}
