//! Artifacts by a template: what an operator has a webhook's payload read by.
//!
//! The template is a file of Jinja; the payload's fields are its variables, and what it makes is a JSON list of artifacts.
//! Upstream: `TemplateBasedArtifactExtractor`, `JinjaArtifactExtractor`.

use std::{io, path::PathBuf};

use gennaker_artifacts::Artifact;
use gennaker_wire::Object;

use crate::{app::Error, options::WebhookArtifacts};

/// How much of what a template made is shown, in characters.
const SHOWN: usize = 500;

/// The templates, by the sources of webhooks.
pub(crate) struct Templates {
    sources: Vec<(String, PathBuf)>,
}

impl Templates {
    pub(crate) fn new(options: &WebhookArtifacts) -> Self {
        let sources = options.sources.iter().filter(|_| options.enabled);
        Templates { sources: sources.map(|source| (source.source.clone(), source.template_path.clone())).collect() }
    }

    /// The template of a source, as its file is now.
    ///
    /// # Errors
    /// If there is to be one, and its file cannot be read.
    pub(crate) async fn of(&self, source: &str) -> Result<Option<String>, Error> {
        let Some((_, path)) = self.sources.iter().find(|(known, _)| known == source) else { return Ok(None) };
        let unread = |source: io::Error| Error::Template { path: path.clone(), source };
        tokio::fs::read_to_string(path).await.map(Some).map_err(unread)
    }
}

/// The artifacts that a template makes of a payload; none if it makes something else, which is told in the log.
pub(super) fn artifacts(template: &str, source: &str, payload: &Object) -> Vec<Artifact> {
    if payload.is_empty() {
        return Vec::new();
    }
    let rendered = match gennaker_templates::render(template, payload) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::warn!(source, error, "the template of a webhook's artifacts fails: it brings none");
            return Vec::new();
        }
    };
    match serde_json::from_str(&rendered) {
        Ok(artifacts) => artifacts,
        Err(error) => {
            let rendered: String = rendered.chars().take(SHOWN).collect();
            tracing::warn!(source, %error, rendered, "the template of a webhook's artifacts makes no list of them");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::options::WebhookArtifactSource;

    const TEMPLATE: &str = r#"[
        {% for image in images %}
        {"type": "docker/image", "name": "{{ image.name }}", "version": "{{ image.tag }}",
         "reference": "{{ registry }}/{{ image.name }}:{{ image.tag }}"}{% if not loop.last %},{% endif %}
        {% endfor %}
    ]"#;

    fn made(template: &str, payload: &Value) -> Value {
        json!(artifacts(template, "ci", payload.as_object().expect("an object")))
    }

    #[test]
    fn a_template_makes_artifacts_of_a_payload() {
        let payload = json!({"registry": "r.io", "images": [{"name": "a", "tag": 1}, {"name": "b", "tag": "2"}]});
        let made = made(TEMPLATE, &payload);
        let texts: Vec<_> =
            [0, 1].iter().map(|at| (made[at]["reference"].as_str(), made[at]["version"].as_str())).collect();
        assert_eq!(texts, [(Some("r.io/a:1"), Some("1")), (Some("r.io/b:2"), Some("2"))]);
    }

    #[test]
    fn what_is_no_list_of_artifacts_is_none() {
        let payload = json!({"images": []});
        for template in [TEMPLATE, "", "{{ images", "{}", "[1]", "text", r#"[{"name": {}}]"#] {
            assert_eq!(made(template, &payload), json!([]), "{template}");
        }
        assert_eq!(made(r#"[{"name": "a"}]"#, &json!({})), json!([]), "an empty payload");
    }

    #[tokio::test]
    async fn the_file_of_a_source_is_read_each_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ci.jinja");
        let sources = vec![WebhookArtifactSource { source: "ci".to_owned(), template_path: path.clone() }];
        let options = WebhookArtifacts { enabled: true, sources };
        let templates = Templates::new(&options);
        assert_eq!(templates.of("other").await.expect("no template"), None);
        let error = templates.of("ci").await.expect_err("there is no file").to_string();
        assert!(error.contains("ci.jinja") && error.contains("webhooks.artifacts.sources"), "{error}");
        for text in ["one", "two"] {
            std::fs::write(&path, text).expect("a file");
            assert_eq!(templates.of("ci").await.expect("a template").as_deref(), Some(text));
        }
        let off = Templates::new(&WebhookArtifacts { enabled: false, ..options });
        assert_eq!(off.of("ci").await.expect("no template"), None);
    }
}
