//! A pipeline that is started by the end of another: its trigger of the type `pipeline` waits for that.
//!
//! Its id is made of that end and of the pipeline, so it is started once for each end, however often it is told and by whom; a
//! restart of the other ends again, and starts it again. What cannot be started because of its artifacts is stored as failed.
//! Upstream: `DependentPipelineExecutionListener`, `DependentPipelineStarter`.

use gennaker_artifacts::{ExpectedArtifact, trigger::matching_ids};
use gennaker_base::id;
use gennaker_clients::Caller;
use gennaker_orca_stages::artifact_view;
use gennaker_wire::{Execution, Object, ObjectExt, Status};
use serde_json::{Value, json};

use super::{Asked, Refusal, child::ids_of_triggers, error::Error, flow::json_of, parameters, trigger, triggered};
use crate::engine::{Engine, StartRequest};

/// What a trigger calls an end.
pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Canceled => "canceled",
        Status::Suspended => "suspended",
        Status::Succeeded => "successful",
        _ => "failed",
    }
}

/// Whether one of the pipeline's triggers waits for this end.
pub(crate) fn waits_for(config: &Object, ended: &Execution) -> bool {
    let word = status_word(ended.status);
    let triggers = config.get("triggers").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let mut waiting = triggers.filter(|trigger| {
        trigger.boolean("enabled") == Some(true)
            && trigger.text("type").as_deref() == Some("pipeline")
            && trigger.text("pipeline").is_some_and(|pipeline| ended.pipeline_config_id.as_ref() == Some(&pipeline))
            && trigger.texts("status").iter().any(|status| status == word)
    });
    config.boolean("disabled") != Some(true) && waiting.next().is_some()
}

/// Starts the pipeline for the end of `ended`; returns its id. The same end again is the same execution.
///
/// # Errors
/// What is wrong with it, but for its artifacts.
pub(crate) async fn start(engine: &Engine, ended: &Execution, config: Object) -> Result<String, Error> {
    let asked = asked(ended);
    let config = config_of(ended, config)?;
    let id = |config: &Object| Some(id_of(ended, config));
    let execution = triggered::execution(engine, &asked, ended, asked.authentication(), config, id).await?;
    let correlation = trigger::correlation(&execution.trigger);
    Ok(engine.start(StartRequest { execution, correlation, ..StartRequest::default() }).await?)
}

/// It acts for whom the other acted.
fn asked(ended: &Execution) -> Asked {
    let authentication = &ended.authentication;
    let user = authentication.user.clone();
    let caller = Caller {
        accounts: authentication.allowed_accounts.clone(),
        request: ended.id.clone(),
        ..Caller::service(user.as_deref().unwrap_or("anonymous"))
    };
    Asked { caller, is_named: user.is_some(), origin: None, event_time: None }
}

fn id_of(ended: &Execution, config: &Object) -> String {
    let end = ended.end_time.unwrap_or_default();
    let pipeline = config.text("id").unwrap_or_default();
    id::derive(end, &["pipeline-end", &ended.id, &pipeline])
}

/// The pipeline with its trigger, before its artifacts are resolved and its expressions evaluated.
fn config_of(ended: &Execution, mut config: Object) -> Result<Object, Refusal> {
    let received = artifact_view(ended, &ended.stages).all_artifacts()?;
    let expected = config.get("expectedArtifacts").and_then(Value::as_array).into_iter().flatten();
    let expected: Vec<ExpectedArtifact> = expected.map(ExpectedArtifact::from_value).collect::<Result<_, _>>()?;
    let mut expected_ids = ids_of_triggers(&config, ended.pipeline_config_id.as_deref());
    expected_ids.extend(matching_ids(&received, &expected)?.into_iter().map(Value::from));
    let user = ended.trigger.text("user").filter(|user| !user.is_empty());
    let start = ended.start_time.map_or_else(|| "null".to_owned(), |start| start.millis().to_string());
    let received = json_of(&received);
    let trigger = json!({
        "type": "pipeline",
        "user": user.unwrap_or_else(|| "[anonymous]".to_owned()),
        "parentExecution": json_of(ended),
        "parameters": parameters::of_child(&config, &Object::new()),
        "strategy": false,
        "correlationId": format!("{}_null_{}_{start}", ended.id, config.text("id").unwrap_or_default()),
        "artifacts": received,
        "expectedArtifactIds": expected_ids,
    });
    config.insert("receivedArtifacts".to_owned(), received);
    config.insert("trigger".to_owned(), trigger);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::{Authentication, Stage};

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn ended(status: Status) -> Execution {
        let outputs = object(json!({"artifacts": [{"type": "docker/image", "name": "shop", "version": "2"}]}));
        Execution {
            id: "E".into(),
            pipeline_config_id: Some("p".into()),
            start_time: Some(Timestamp::from_millis(5)),
            end_time: Some(Timestamp::from_millis(9)),
            status,
            authentication: Authentication { user: Some("ann".into()), allowed_accounts: Vec::new() },
            trigger: object(json!({"user": "bob"})),
            stages: vec![Stage { id: "B".into(), ref_id: Some("1".into()), outputs, ..Stage::default() }],
            ..Execution::default()
        }
    }

    fn config(trigger: Value) -> Object {
        object(json!({
            "id": "c", "name": "next", "triggers": [{"type": "git"}, trigger], "parameterConfig": [{"name": "p", "default": 1}],
            "expectedArtifacts": [{"id": "e", "matchArtifact": {"name": "shop"}}],
        }))
    }

    fn trigger() -> Value {
        json!({"type": "pipeline", "enabled": true, "pipeline": "p", "status": ["successful", "canceled"], "expectedArtifactIds": ["t"]})
    }

    #[test]
    fn a_trigger_waits_for_a_pipelines_ends() {
        assert!(waits_for(&config(trigger()), &ended(Status::Succeeded)));
        assert!(waits_for(&config(trigger()), &ended(Status::Canceled)));
        assert!(!waits_for(&config(trigger()), &ended(Status::Terminal)));
        for (field, value) in [
            ("enabled", json!(false)),
            ("type", json!("cron")),
            ("pipeline", json!("q")),
            ("pipeline", Value::Null),
            ("status", Value::Null),
        ] {
            let mut other = trigger();
            other[field] = value;
            assert!(!waits_for(&config(other.clone()), &ended(Status::Succeeded)), "{other}");
        }
        let mut disabled = config(trigger());
        disabled.insert("disabled".to_owned(), true.into());
        assert!(!waits_for(&disabled, &ended(Status::Succeeded)));
        assert!(!waits_for(&config(trigger()), &Execution { pipeline_config_id: None, ..ended(Status::Succeeded) }));
    }

    #[test]
    fn it_has_the_other_one_its_artifacts_and_its_own_parameters() {
        let config = config_of(&ended(Status::Succeeded), config(trigger())).expect("a config");
        let trigger = &config["trigger"];
        assert_eq!((&trigger["user"], &trigger["correlationId"]), (&json!("bob"), &json!("E_null_c_5")));
        assert_eq!((&trigger["parameters"], &trigger["strategy"]), (&json!({"p": 1}), &json!(false)));
        assert_eq!((&trigger["parentExecution"]["id"], trigger.get("parentPipelineStageId")), (&json!("E"), None));
        assert_eq!(
            (&trigger["expectedArtifactIds"], &trigger["artifacts"][0]["version"]),
            (&json!(["t", "e"]), &json!("2"))
        );
        assert_eq!(config["receivedArtifacts"], trigger["artifacts"]);
    }

    #[test]
    fn an_end_is_another_one_after_a_restart() {
        let of = |end: i64, pipeline: &str| {
            let ended = Execution { end_time: Some(Timestamp::from_millis(end)), ..ended(Status::Succeeded) };
            id_of(&ended, &object(json!({"id": pipeline})))
        };
        assert_eq!(of(9, "c"), of(9, "c"));
        assert!(of(9, "c") != of(10, "c") && of(9, "c") != of(9, "d"));
    }
}
