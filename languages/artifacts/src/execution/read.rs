//! An execution's JSON as a view.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Execution, Stage, SyntheticStageOwner, elements};
use crate::Error;

static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

impl<'a> Execution<'a> {
    /// The view of an execution as orca writes it. What is absent is empty.
    ///
    /// # Errors
    /// [`Error::Shape`] if a field that it reads is of another type.
    pub fn of(execution: &'a Value) -> Result<Self, Error> {
        let execution = object(Some(execution), "execution")?;
        let trigger = object(execution.get("trigger"), "trigger")?;
        let stages = list(execution, "stages", "stages")?;
        Ok(Execution {
            id: text(execution, "id", "id")?.unwrap_or_default(),
            start_time: match execution.get("startTime") {
                None | Some(Value::Null) => None,
                Some(time) => Some(time.as_i64().ok_or_else(|| Error::shape("startTime", "whole milliseconds", time))?),
            },
            trigger_artifacts: list(trigger, "artifacts", "trigger.artifacts")?,
            trigger_resolved_expected_artifacts: list(
                trigger,
                "resolvedExpectedArtifacts",
                "trigger.resolvedExpectedArtifacts",
            )?,
            stages: stages.iter().map(Stage::of).collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> Stage<'a> {
    /// The view of a stage as orca writes it. What is absent is empty.
    ///
    /// # Errors
    /// [`Error::Shape`] if a field that it reads is of another type.
    pub fn of(stage: &'a Value) -> Result<Self, Error> {
        let stage = object(Some(stage), "a stage")?;
        let requisites = list(stage, "requisiteStageRefIds", "requisiteStageRefIds of a stage")?;
        let requisite = |ref_id: &'a Value| {
            ref_id.as_str().ok_or_else(|| Error::shape("an element of requisiteStageRefIds", "a text", ref_id))
        };
        Ok(Stage {
            id: text(stage, "id", "id of a stage")?.unwrap_or_default(),
            ref_id: text(stage, "refId", "refId of a stage")?,
            requisite_stage_ref_ids: requisites.iter().map(requisite).collect::<Result<_, _>>()?,
            parent_stage_id: text(stage, "parentStageId", "parentStageId of a stage")?,
            synthetic_stage_owner: match text(stage, "syntheticStageOwner", "syntheticStageOwner of a stage")? {
                Some("STAGE_BEFORE") => Some(SyntheticStageOwner::StageBefore),
                Some("STAGE_AFTER") => Some(SyntheticStageOwner::StageAfter),
                _ => None,
            },
            context: object(stage.get("context"), "context of a stage")?,
            outputs: object(stage.get("outputs"), "outputs of a stage")?,
        })
    }
}

fn object<'a>(value: Option<&'a Value>, place: &str) -> Result<&'a Map<String, Value>, Error> {
    match value {
        None | Some(Value::Null) => Ok(&NOTHING),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(Error::shape(place, "an object", other)),
    }
}

fn list<'a>(object: &'a Map<String, Value>, key: &str, place: &str) -> Result<&'a [Value], Error> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(list) => elements(list, || place.to_owned()),
    }
}

fn text<'a>(object: &'a Map<String, Value>, key: &str, place: &str) -> Result<Option<&'a str>, Error> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Error::shape(place, "a text", other)),
    }
}
