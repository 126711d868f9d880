//! The account that is always there for pipeline templates, `front50/pipelineTemplate`.
//!
//! The reference is `spinnaker://ID`, `spinnaker://ID:TAG` or `spinnaker://ID@sha256:DIGEST`.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use gennaker_clients::{Call, Caller, Front50Client};
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{AccountKind, Error, Fetcher, content::Spool, reference};

pub(super) struct Templates {
    front50: Front50Client,
}

impl Templates {
    pub(super) fn new(front50: Front50Client) -> Self {
        Templates { front50 }
    }
}

/// The id, the tag and the digest that a reference names.
fn parts(reference: &str) -> Option<(&str, Option<&str>, Option<&str>)> {
    let named = reference.strip_prefix("spinnaker://")?;
    let parts = if let Some((id, digest)) = named.split_once("@sha256:") {
        (id, None, Some(digest))
    } else if let Some((id, tag)) = named.split_once(':') {
        (id, Some(tag), None)
    } else {
        (named, None, None)
    };
    let (id, tag, digest) = parts;
    let is_one = |text: &str| !text.is_empty() && !text.contains(':');
    (is_one(id) && tag.is_none_or(is_one) && digest.is_none_or(is_one)).then_some(parts)
}

#[async_trait]
impl Fetcher for Templates {
    fn name(&self) -> &str {
        "front50ArtifactCredentials"
    }

    fn kind(&self) -> AccountKind {
        AccountKind { name: "artifacts-front50", types: &["front50/pipelineTemplate"] }
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let text = reference::text(artifact)?;
        let Some((id, tag, digest)) = parts(text) else {
            let advice = "write spinnaker://ID, spinnaker://ID:TAG or spinnaker://ID@sha256:DIGEST";
            return Err(reference::bad("reference", text, advice));
        };
        let caller = Caller::service("clouddriver");
        let found = self.front50.v2_pipeline_template(&caller, id, tag, digest).await;
        let template = Value::Object(found.map_err(Error::Front50)?);
        spool.put(template.to_string().into()).await
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        let call = Call::get(&["v2", "pipelineTemplates"]).query("scopes", "global");
        let found = self.front50.forward(&Caller::service("clouddriver"), call).await.map_err(Error::Front50)?;
        let mut names: Vec<String> = Vec::new();
        for template in found.as_array().into_iter().flatten().filter_map(Value::as_object) {
            let name = Object::text(template, "id").filter(|name| !names.contains(name));
            names.extend(name);
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_reference_names_a_template_and_perhaps_one_of_its_versions() {
        for (reference, expected) in [
            ("spinnaker://wait", Some(("wait", None, None))),
            ("spinnaker://wait:stable", Some(("wait", Some("stable"), None))),
            ("spinnaker://wait@sha256:abc", Some(("wait", None, Some("abc")))),
            ("spinnaker://wait:a:b", None),
            ("spinnaker://wait@sha256:a:b", None),
            ("spinnaker://", None),
            ("spinnaker://wait:", None),
            ("https://wait", None),
        ] {
            assert_eq!(parts(reference), expected, "{reference}");
        }
    }
}
