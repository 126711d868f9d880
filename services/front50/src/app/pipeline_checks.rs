//! What is asked of a pipeline by itself before it is saved.

use gennaker_wire::{ObjectExt as _, Pipeline};
use serde_json::Value;

use super::{
    Error, NAME_LIMIT,
    layout::shorten,
    templates::{OWN, is_templated, reference_of, source_of_first},
};

/// Asks for a name and an application, and trims the name.
pub(super) fn complete(pipeline: &mut Pipeline) -> Result<(), Error> {
    named("pipeline", pipeline)?;
    pipeline.name = pipeline.name.as_deref().map(|name| name.trim().to_owned());
    Ok(())
}

/// Asks for a name and an application of what is called `what`.
pub(super) fn named(what: &'static str, pipeline: &Pipeline) -> Result<(), Error> {
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if !filled(&pipeline.name) || !filled(&pipeline.application) {
        return Err(Error::ConfigIncomplete(what));
    }
    for (field, text) in [("name", &pipeline.name), ("application", &pipeline.application)] {
        if let Some(text) = text.as_deref().map(str::trim).filter(|text| text.chars().count() > NAME_LIMIT) {
            let text = shorten(text);
            return Err(Error::Invalid(format!("the {what}'s {field} {text} is longer than {NAME_LIMIT} characters")));
        }
    }
    Ok(())
}

/// The id of the template that a pipeline is made from, if it has to be here.
pub(super) fn own_template(pipeline: &Pipeline) -> Result<Option<&str>, Error> {
    if !is_templated(pipeline) {
        return Ok(None);
    }
    let source = match pipeline.other.get("schema").and_then(Value::as_str) {
        Some("v2") => reference_of(pipeline),
        _ => source_of_first(pipeline),
    };
    let source = source.ok_or_else(|| Error::Invalid("a templated pipeline must name its template".to_owned()))?;
    Ok(source.strip_prefix(OWN))
}

/// Gives cron triggers without an id one; those of a new pipeline, or if it asks for it, get a new one in any case.
pub(super) fn identify_triggers(pipeline: &mut Pipeline, new_id: impl Fn() -> String) {
    let again = pipeline.other.boolean("regenerateCronTriggerIds").unwrap_or(false);
    let all = pipeline.id.is_none() || again;
    for trigger in pipeline.triggers.iter_mut().flatten().filter_map(Value::as_object_mut) {
        let Some(kind) = trigger.get("type").and_then(Value::as_str) else { continue };
        let without = trigger.get("id").is_none_or(|id| id.is_null() || id == "");
        if (kind.eq_ignore_ascii_case("cron") && without) || (kind == "cron" && all) {
            trigger.insert("id".to_owned(), new_id().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pipeline(body: Value) -> Pipeline {
        serde_json::from_value(body).expect("a pipeline")
    }

    #[test]
    fn cron_triggers_get_ids() {
        let triggers = json!([
            {"type": "cron", "id": "a"}, {"type": "cron", "id": ""}, {"type": "CRON", "id": "b"}, {"type": "git"}
        ]);
        let ids = |body: Value| {
            let mut pipeline = pipeline(body);
            identify_triggers(&mut pipeline, || "new".to_owned());
            pipeline.triggers.expect("triggers").iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
        };
        let saved_again = json!({"id": "7", "triggers": triggers});
        assert_eq!(ids(saved_again), [json!("a"), json!("new"), json!("b"), Value::Null]);
        assert_eq!(ids(json!({"triggers": triggers})), [json!("new"), json!("new"), json!("b"), Value::Null]);
        let asked = json!({"id": "7", "regenerateCronTriggerIds": true, "triggers": triggers});
        assert_eq!(ids(asked)[0], "new");
    }

    #[test]
    fn only_own_templates_have_to_be_here() {
        let of = |body: Value| own_template(&pipeline(body)).map(|id| id.map(str::to_owned)).ok();
        let v2 = |reference: &str| json!({"type": "templatedPipeline", "schema": "v2", "template": {"reference": reference}});
        assert_eq!(of(v2("spinnaker://x:stable")), Some(Some("x:stable".to_owned())));
        let v1 = json!({
            "type": "templatedPipeline", "schema": "1", "config": {"pipeline": {"template": {"source": "http://x"}}},
        });
        assert_eq!(of(v1), Some(None));
        assert_eq!((of(json!({"type": "templatedPipeline"})), of(json!({}))), (None, Some(None)));
    }
}
