//! Templates of version 2: tags, digests, and the version that is latest.

use std::sync::Arc;

use gennaker_wire::{Object, Pipeline};
use serde_json::Value;

use super::{
    super::{
        Error,
        kind::{Record, text},
    },
    OWN, Template, Templates, depend, digest, is_templated, reference_of,
};

/// The tags that there are.
const TAGS: [&str; 6] = ["latest", "stable", "unstable", "experimental", "test", "canary"];
const LATEST: &str = "latest";

/// Which version of a template is meant: none of both is the one without a tag.
#[derive(Debug, Clone, Default)]
pub(crate) struct Which {
    /// By its tag.
    pub(crate) tag: Option<String>,
    /// By its digest.
    pub(crate) digest: Option<String>,
}

impl Which {
    /// The id of that version.
    fn of(&self, id: &str) -> Result<String, Error> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        match (filled(&self.tag), filled(&self.digest)) {
            (Some(_), Some(_)) => Err(Error::Invalid(
                "Cannot query pipeline by 'tag' and 'digest' simultaneously. Specify one of 'tag' or 'digest'."
                    .to_owned(),
            )),
            (None, Some(digest)) => Ok(by_digest(id, &digest)),
            (Some(tag), None) => Ok(by_tag(id, &tag)),
            (None, None) => Ok(id.to_owned()),
        }
    }
}

impl Record<Template> {
    /// The id with the digest, else the tag, that it has.
    pub(super) fn decorated_id(&self) -> Result<String, Error> {
        let id = self.plain_id()?;
        Ok(match (text(self.body(), "digest"), text(self.body(), "tag")) {
            (Some(digest), _) => by_digest(id, digest),
            (None, Some(tag)) => by_tag(id, tag),
            (None, None) => id.to_owned(),
        })
    }

    /// The tag that is asked for, else the body's.
    fn tag(&self, asked: Option<&str>) -> Result<Option<String>, Error> {
        let tag = asked.filter(|tag| !tag.is_empty()).or_else(|| text(self.body(), "tag"));
        match tag {
            Some(tag) if !TAGS.contains(&tag) => Err(Error::Invalid(format!(
                "The provided tag {tag} is not supported. Pipeline template tag must be one of [{}]",
                TAGS.join(", ")
            ))),
            tag => Ok(tag.map(str::to_owned)),
        }
    }

    fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.body_mut().insert(field.to_owned(), value.into());
    }
}

impl Templates {
    /// Creates a version of a template: under its tag if it has one, and in any case as the latest and under its digest.
    pub(crate) async fn create_tagged(
        &self,
        mut template: Record<Template>,
        tag: Option<&str>,
        user: &str,
    ) -> Result<(), Error> {
        let tag = template.tag(tag)?;
        let id = template.plain_id()?.to_owned();
        let under = match &tag {
            Some(tag) => by_tag(&id, tag),
            None => id,
        };
        template.check()?;
        if let Some(tag) = &tag {
            template.set("tag", tag.as_str());
        }
        let template = self.add(&under, template, user, Error::TemplateExists(under.clone())).await?;
        self.save_latest_and_digest(template.as_ref().clone(), tag.as_deref(), user).await.map(|_| ())
    }

    /// Replaces a version of a template, or creates it, as [`Self::create_tagged`]. As upstream's, a tag goes with the id of
    /// the path, and everything else with that of the body. The answer has the digest.
    pub(crate) async fn update_tagged(
        &self,
        id: &str,
        mut template: Record<Template>,
        tag: Option<&str>,
        user: &str,
    ) -> Result<Record<Template>, Error> {
        let tag = template.tag(tag)?;
        template.check()?;
        let under = match &tag {
            Some(tag) => by_tag(id, tag),
            None => template.plain_id()?.to_owned(),
        };
        template.set("tag", tag.clone().map_or(Value::Null, Value::from));
        let template = self.put(&under, template, user).await?;
        self.save_latest_and_digest(template.as_ref().clone(), tag.as_deref(), user).await
    }

    /// One version. What it is kept by is not shown.
    pub(crate) async fn version(&self, id: &str, which: &Which) -> Result<Object, Error> {
        let mut body = self.get(&which.of(id)?).await?.body().clone();
        body.retain(|name, _| name != "digest" && name != "tag");
        Ok(body)
    }

    /// Deletes one version, if no pipeline is made from it.
    pub(crate) async fn remove_version(
        &self,
        id: &str,
        which: &Which,
        pipelines: &[Arc<Pipeline>],
    ) -> Result<(), Error> {
        let id = which.of(id)?;
        let made = made_from(&id, pipelines);
        if !made.is_empty() {
            return Err(depend("pipeline configs", made.iter().filter_map(|pipeline| pipeline.id.as_deref())));
        }
        self.delete(&id).await
    }

    /// All versions for one of these scopes, or all, by the id of their template.
    pub(crate) async fn versions(&self, scopes: &[String]) -> Object {
        let mut versions = Object::new();
        for template in self.of_scopes(scopes).await {
            let (Some("v2"), Ok(id)) = (template.text("schema"), template.plain_id()) else { continue };
            let of_id = versions.entry(id).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = of_id {
                all.push(template.body().clone().into());
            }
        }
        versions
    }

    /// As upstream: an untagged one is the latest too, and the digest is that of what became the latest.
    async fn save_latest_and_digest(
        &self,
        mut template: Record<Template>,
        tag: Option<&str>,
        user: &str,
    ) -> Result<Record<Template>, Error> {
        let id = template.plain_id()?.to_owned();
        if tag != Some(LATEST) {
            template.set("tag", LATEST);
            template = self.put(&by_tag(&id, LATEST), template, user).await?.as_ref().clone();
        }
        let digest = digest::of(template.body());
        let under = by_digest(&id, &digest);
        template.set("digest", digest);
        if self.exists(&under).await? {
            template.body_mut().retain(|name, _| name != "lastModifiedBy" && name != "updateTs");
            return Ok(template);
        }
        Ok(self.put(&under, template, user).await?.as_ref().clone())
    }
}

/// Which of the pipelines refer to a template of version 2, or to one of its versions.
pub(crate) fn made_from(id: &str, pipelines: &[Arc<Pipeline>]) -> Vec<Arc<Pipeline>> {
    let reference = format!("{OWN}{id}");
    let is_made = |pipeline: &&Arc<Pipeline>| {
        is_templated(pipeline) && reference_of(pipeline).is_some_and(|other| other.starts_with(&reference))
    };
    pipelines.iter().filter(is_made).cloned().collect()
}

fn by_tag(id: &str, tag: &str) -> String {
    format!("{id}:{tag}")
}

fn by_digest(id: &str, digest: &str) -> String {
    format!("{id}@sha256:{digest}")
}
