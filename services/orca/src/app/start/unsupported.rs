//! What the engine does not do yet is refused before anything is stored, rather than left out silently.

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::Refusal;

/// Refuses a pipeline that asks for what would decide whether or when it runs, and is not there.
pub(super) fn refuse_unsupported(config: &Object) -> Result<(), Refusal> {
    refuse_templates(config)?;
    let mut stages = config.get("stages").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    if let Some(stage) = stages.find(|stage| stage.boolean("restrictExecutionDuringTimeWindow") == Some(true)) {
        let name = stage.text("name").or_else(|| stage.text("type")).unwrap_or_default();
        return Err(Refusal::unsupported(format!(
            "restrictExecutionDuringTimeWindow is not supported yet: remove it from stage '{name}'"
        )));
    }
    Ok(())
}

/// Refuses a pipeline that is made from a template.
pub(super) fn refuse_templates(config: &Object) -> Result<(), Refusal> {
    let is_template = config.text("type").is_some_and(|kind| kind == "templatedPipeline");
    let is_v2 = config.text("schema").is_some_and(|schema| schema == "v2") && config.contains_key("template");
    if is_template || is_v2 {
        return Err(Refusal::unsupported(
            "pipelines from templates are not supported yet: save the pipeline's own stages",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_decides_whether_or_when_it_runs_is_refused() {
        let windowed = json!({"type": "wait", "name": "w", "restrictExecutionDuringTimeWindow": true});
        for config in [
            json!({"type": "templatedPipeline"}),
            json!({"schema": "v2", "template": {}}),
            json!({"stages": [windowed]}),
        ] {
            let refusal = refuse_unsupported(config.as_object().expect("an object")).expect_err("refused");
            assert_eq!(refusal.kind, Kind::Unsupported, "{config}");
        }
        assert_eq!(refuse_unsupported(json!({"limitConcurrent": false}).as_object().expect("an object")), Ok(()));
    }
}
