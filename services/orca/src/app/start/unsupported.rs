//! What the engine does not do yet is refused before anything is stored, rather than left out silently.

use gennaker_wire::{Object, ObjectExt};

use super::Refusal;

/// Refuses a pipeline that is made from a template.
pub(super) fn refuse_unsupported(config: &Object) -> Result<(), Refusal> {
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
    fn pipelines_from_templates_are_refused() {
        for config in [json!({"type": "templatedPipeline"}), json!({"schema": "v2", "template": {}})] {
            let refusal = refuse_unsupported(config.as_object().expect("an object")).expect_err("refused");
            assert_eq!(refusal.kind, Kind::Unsupported, "{config}");
        }
        assert_eq!(refuse_unsupported(json!({"stages": []}).as_object().expect("an object")), Ok(()));
    }
}
