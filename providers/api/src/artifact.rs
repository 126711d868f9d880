//! Artifacts that take credentials, which a provider leaves to whoever has them.

use std::{fmt, io};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use gennaker_wire::Object;

use crate::Result;

/// Fetches artifacts with the artifact accounts of this installation. A provider gets one when it is made, so that no secret of
/// an account goes to the cloud.
#[async_trait]
pub trait ArtifactSource: Send + Sync + 'static {
    /// The content of an artifact, as Spinnaker has it: `type`, `reference`, `version`, `artifactAccount` and so on. It is there
    /// whole when this returns, within the size and time that the installation allows.
    ///
    /// # Errors
    /// `NotFound` for an unknown account or artifact, `Denied` if the account may not read it, `TooLarge`, `Timeout`,
    /// `Unavailable` if its server is away; in words that name no secret.
    async fn fetch(&self, artifact: &Object) -> Result<ArtifactContent>;
}

/// The content of an artifact.
pub struct ArtifactContent {
    /// How many bytes it has.
    pub length: u64,
    /// The bytes, in order.
    pub parts: BoxStream<'static, io::Result<Bytes>>,
}

impl fmt::Debug for ArtifactContent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ArtifactContent").field("length", &self.length).finish_non_exhaustive()
    }
}
