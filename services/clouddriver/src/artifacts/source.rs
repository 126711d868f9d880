//! What a provider asks for: an artifact's content, whatever account it takes.

use async_trait::async_trait;
use futures::StreamExt as _;
use gennaker_artifacts::Artifact;
use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactContent, ArtifactSource, Error, Result};
use gennaker_wire::Object;
use serde_json::Value;

use super::Artifacts;

#[async_trait]
impl ArtifactSource for Artifacts {
    async fn fetch(&self, artifact: &Object) -> Result<ArtifactContent> {
        let artifact = Artifact::from_value(&Value::Object(artifact.clone()));
        let artifact = artifact.map_err(|error| Error::new(Kind::Invalid, error.to_string()))?;
        let fetched = Artifacts::fetch(self, &artifact).await;
        let content = fetched.map_err(|error| Error::new(error.kind(), error.to_string()))?;
        Ok(ArtifactContent { length: content.length(), parts: content.into_stream().boxed() })
    }
}
