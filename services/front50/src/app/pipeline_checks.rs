//! What is asked of a pipeline by itself before it is saved.

use gennaker_wire::{ObjectExt as _, Pipeline};
use serde_json::Value;

use super::{Error, NAME_LIMIT, layout::shorten};

/// The type of a pipeline that is made from a template.
const TEMPLATED: &str = "templatedPipeline";
/// What the reference to a template of front50's own begins with.
const OWN_TEMPLATE: &str = "spinnaker://";

/// Asks for a name and an application, and trims the name.
pub(super) fn complete(pipeline: &mut Pipeline) -> Result<(), Error> {
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if !filled(&pipeline.name) || !filled(&pipeline.application) {
        return Err(Error::PipelineIncomplete);
    }
    pipeline.name = pipeline.name.as_deref().map(|name| name.trim().to_owned());
    for (what, text) in [("name", &pipeline.name), ("application", &pipeline.application)] {
        if let Some(text) = text.as_deref().filter(|text| text.chars().count() > NAME_LIMIT) {
            let text = shorten(text);
            return Err(Error::Invalid(format!("the pipeline's {what} {text} is longer than {NAME_LIMIT} characters")));
        }
    }
    Ok(())
}

/// Refuses a pipeline whose template would have to be here.
pub(super) fn template(pipeline: &Pipeline) -> Result<(), Error> {
    if pipeline.other.get("type").and_then(Value::as_str) != Some(TEMPLATED) {
        return Ok(());
    }
    let source = match pipeline.other.get("schema").and_then(Value::as_str) {
        Some("v2") => pipeline.other.object("template").and_then(|template| template.get("reference")),
        _ => pipeline.other.get("config").and_then(|config| config.pointer("/pipeline/template/source")),
    };
    match source.and_then(Value::as_str) {
        Some(source) if source.starts_with(OWN_TEMPLATE) => Err(Error::Unsupported(format!(
            "front50 does not keep pipeline templates yet: a pipeline made from {} cannot be saved",
            shorten(source)
        ))),
        Some(_) => Ok(()),
        None => Err(Error::Invalid("a templated pipeline must name its template".to_owned())),
    }
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

/// Refuses a pipeline that was read before the stored one was saved. One without a time is taken.
pub(super) fn not_stale(submitted: Option<&str>, stored: Option<&str>) -> Result<(), Error> {
    match (submitted, stored) {
        (Some(submitted), Some(stored)) if submitted != stored => {
            Err(Error::Stale { submitted: shorten(submitted), stored: stored.to_owned() })
        }
        _ => Ok(()),
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
    fn own_templates_are_not_there_yet() {
        let own = pipeline(json!({"type": TEMPLATED, "schema": "v2", "template": {"reference": "spinnaker://x"}}));
        assert!(matches!(template(&own), Err(Error::Unsupported(_))));
        let v1 =
            json!({"type": TEMPLATED, "schema": "1", "config": {"pipeline": {"template": {"source": "http://x"}}}});
        assert!(template(&pipeline(v1)).is_ok());
        assert!(matches!(template(&pipeline(json!({"type": TEMPLATED}))), Err(Error::Invalid(_))));
    }

    #[test]
    fn a_stale_pipeline_is_one_with_another_time() {
        assert!(not_stale(Some("1"), Some("2")).is_err());
        for (submitted, stored) in [(Some("1"), Some("1")), (None, Some("1")), (Some("1"), None)] {
            assert!(not_stale(submitted, stored).is_ok());
        }
    }
}
