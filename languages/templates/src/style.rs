//! Which kind of template a pipeline is from.

use serde_json::Value;

use crate::Object;

/// The kind of template of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// Schema `1`: its configuration stands under `config`.
    V1,
    /// Schema `v2`: its configuration is the pipeline itself.
    V2,
    /// A schema that nobody knows.
    Unknown(String),
}

impl Style {
    /// That of a pipeline; `None` if it is made from no template. Upstream: `PipelineTemplatePreprocessor`, `SchemaVersionHandler`.
    pub fn of(pipeline: &Object) -> Option<Style> {
        let text = |of: &Object, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
        if text(pipeline, "schema").as_deref() == Some("v2") && pipeline.get("template").is_some_and(|it| !it.is_null())
        {
            return Some(Style::V2);
        }
        if text(pipeline, "type").as_deref() != Some("templatedPipeline") {
            return None;
        }
        let schema = match pipeline.get("config").and_then(Value::as_object) {
            Some(config) => text(config, "schema"),
            None => text(pipeline, "schema"),
        };
        Some(match schema.as_deref() {
            Some("1") => Style::V1,
            Some("v2") => Style::V2,
            other => Style::Unknown(other.unwrap_or("null").to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_schema_says_which() {
        let of = |pipeline: Value| Style::of(pipeline.as_object().expect("an object"));
        assert_eq!(of(json!({"stages": [], "schema": "1"})), None);
        assert_eq!(of(json!({"schema": "v2", "template": {}})), Some(Style::V2));
        assert_eq!(of(json!({"schema": "v2", "template": null})), None);
        assert_eq!(of(json!({"type": "templatedPipeline", "config": {"schema": "1"}})), Some(Style::V1));
        assert_eq!(of(json!({"type": "templatedPipeline"})), Some(Style::Unknown("null".into())));
    }
}
