//! Pipeline templates of both versions, which lie in one group.
//!
//! A template of version 2 is kept up to four times: under its id or `<id>:<tag>`, under `<id>:latest`, and under
//! `<id>@sha256:<digest>`, which nobody changes any more.

mod digest;
mod tagged;

use std::sync::Arc;

use gennaker_javaregex::Regex;
use gennaker_wire::{Object, Pipeline};
use serde_json::Value;

pub(crate) use self::tagged::{Which, made_from};
use super::{
    Error,
    jackson::Shape,
    kind::{Kind, Modified, Record, Records, text},
    layout::fold,
};

/// A pipeline template.
pub(crate) struct Template;

/// The pipeline templates.
pub(crate) type Templates = Records<Template>;

/// What the reference to a template that is kept here begins with.
pub(crate) const OWN: &str = "spinnaker://";

impl Kind for Template {
    const GROUP: &'static str = "pipeline-templates";
    const FILE: &'static str = "pipeline-template-metadata.json";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("id", Shape::Text),
        ("source", Shape::Text),
        ("updateTs", Shape::Text),
        ("lastModifiedBy", Shape::Text),
        ("digest", Shape::Text),
        ("metadata", Shape::Object),
    ];
    const MODIFIED: Modified = Modified::Text("updateTs");

    fn complete(body: &mut Object) -> Result<(), String> {
        // A template that was put without a tag has one that is null, which stays.
        match body.get("tag") {
            None | Some(Value::String(_) | Value::Null) => {}
            Some(_) => return Err("the body is wrong at tag: expected a text".to_owned()),
        }
        match body.get("metadata").and_then(|metadata| metadata.get("scopes")) {
            None | Some(Value::Null) => Ok(()),
            Some(Value::Array(scopes)) if scopes.iter().all(Value::is_string) => Ok(()),
            Some(_) => Err("the body is wrong at metadata.scopes: expected a list of texts".to_owned()),
        }
    }

    fn complete_stored(body: &mut Object, _id: &str) -> Result<(), String> {
        text(body, "id").map(|_| ()).ok_or_else(|| "it has no id".to_owned())
    }
}

impl Record<Template> {
    /// The id without a tag or a digest.
    pub(super) fn plain_id(&self) -> Result<&str, Error> {
        self.text("id").ok_or(Error::TemplateWithoutId)
    }

    /// Who may use it: names of applications, patterns, or `global`.
    fn scopes(&self) -> Vec<&str> {
        let scopes = self.body().get("metadata").and_then(|metadata| metadata["scopes"].as_array());
        scopes.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// The id that upstream's database needs to have a name for it, and at least one scope.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.plain_id()?;
        if self.scopes().is_empty() {
            return Err(Error::Invalid("scopes field must have at least ONE scope!".to_owned()));
        }
        Ok(())
    }

    /// Whether one of the wanted scopes is one of its own, or matches one as a pattern.
    fn is_for(&self, wanted: &[String]) -> bool {
        self.scopes().iter().any(|own| {
            let fits = |text: &String| Regex::new(own).and_then(|pattern| pattern.matches(text)).unwrap_or(false);
            wanted.iter().any(|wanted| wanted.to_lowercase() == own.to_lowercase() || fits(wanted))
        })
    }
}

impl Templates {
    /// The templates for one of these scopes, or all if none is given.
    pub(crate) async fn of_scopes(&self, scopes: &[String]) -> Vec<Arc<Record<Template>>> {
        let mut all = self.all(true).await;
        all.retain(|template| scopes.is_empty() || template.is_for(scopes));
        all
    }

    /// Creates a template of version 1.
    pub(crate) async fn create(&self, template: Record<Template>, user: &str) -> Result<(), Error> {
        let id = template.decorated_id()?;
        template.check()?;
        self.add(&id, template, user, Error::TemplateExists(id.clone())).await.map(|_| ())
    }

    /// Replaces a template of version 1 that is there.
    pub(crate) async fn update(
        &self,
        id: &str,
        template: Record<Template>,
        user: &str,
    ) -> Result<Arc<Record<Template>>, Error> {
        let existing = self.get(id).await?;
        let sent = template.decorated_id()?;
        if sent != existing.decorated_id()? {
            let message = format!("The provided id {id} doesn't match the pipeline template id {sent}");
            return Err(Error::Invalid(message));
        }
        self.put(id, template, user).await
    }

    /// Deletes a template of version 1 on which nothing depends.
    pub(crate) async fn remove(&self, id: &str, pipelines: &[Arc<Pipeline>]) -> Result<(), Error> {
        let made = self.pipelines_of(id, pipelines, true).await;
        if !made.is_empty() {
            return Err(depend("pipeline configs", made.iter().filter_map(|pipeline| pipeline.id.as_deref())));
        }
        let further = self.templates_of(id).await;
        if !further.is_empty() {
            return Err(depend("pipeline templates", further.iter().map(String::as_str)));
        }
        self.delete(id).await
    }

    /// Which of the pipelines are made from a template of version 1; with `recursive` also from those made from it.
    pub(crate) async fn pipelines_of(
        &self,
        id: &str,
        pipelines: &[Arc<Pipeline>],
        recursive: bool,
    ) -> Vec<Arc<Pipeline>> {
        let further = if recursive { self.templates_of(id).await } else { Vec::new() };
        let sources: Vec<String> = std::iter::once(id)
            .chain(further.iter().map(String::as_str))
            .map(|id| fold(&format!("{OWN}{id}")))
            .collect();
        let is_made = |pipeline: &Arc<Pipeline>| {
            is_templated(pipeline) && source_of_first(pipeline).is_some_and(|source| sources.contains(&fold(source)))
        };
        pipelines.iter().filter(|pipeline| is_made(pipeline)).cloned().collect()
    }

    /// The ids of the templates that are made from a template of version 1, and of those made from these.
    async fn templates_of(&self, id: &str) -> Vec<String> {
        let all = self.all(true).await;
        let mut found: Vec<String> = Vec::new();
        let mut sources = vec![fold(&format!("{OWN}{id}"))];
        while let Some(source) = sources.pop() {
            for template in all.iter().filter(|template| template.text("source").map(fold).as_ref() == Some(&source)) {
                let Ok(id) = template.decorated_id() else { continue };
                if !found.contains(&id) {
                    sources.push(fold(&format!("{OWN}{id}")));
                    found.push(id);
                }
            }
        }
        found
    }
}

/// Why a template is not deleted.
fn depend<'a>(what: &str, ids: impl Iterator<Item = &'a str>) -> Error {
    let ids: Vec<&str> = ids.collect();
    Error::Invalid(format!("The following {what} depend on this template: {}", ids.join(", ")))
}

/// Whether a pipeline is made from a template.
pub(super) fn is_templated(pipeline: &Pipeline) -> bool {
    pipeline.other.get("type").and_then(Value::as_str) == Some("templatedPipeline")
}

/// The template of a pipeline, by the schema of version 1.
pub(super) fn source_of_first(pipeline: &Pipeline) -> Option<&str> {
    pipeline.other.get("config")?.pointer("/pipeline/template/source")?.as_str()
}

/// The template of a pipeline, by the schema of version 2.
pub(super) fn reference_of(pipeline: &Pipeline) -> Option<&str> {
    pipeline.other.get("template")?.get("reference")?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_are_names_or_patterns() {
        let template = |scopes: Value| {
            let body = json!({"id": "a", "metadata": {"scopes": scopes}});
            Record::<Template>::parse(body.as_object().cloned().expect("an object"))
        };
        let is_for = |scopes: Value, wanted: &str| template(scopes).expect("readable").is_for(&[wanted.to_owned()]);
        assert!(is_for(json!(["Global"]), "global"));
        assert!(is_for(json!(["x", "shop.*"]), "shopping"));
        assert!(!is_for(json!(["shop"]), "shopping"));
        assert!(!is_for(json!(["("]), "x"), "a pattern that is none matches nothing");
        assert!(template(json!("global")).is_err() && template(json!([1])).is_err());
        assert!(template(Value::Null).expect("readable").check().is_err());
    }
}
