//! Artifacts that name an account: clouddriver's part fetches them, and their content goes to the agent with the request.
//!
//! The agent learns no credentials. What is there already, after a crash, is not fetched again.

use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactContent, ArtifactSource, Error, Journal, Result};
use gennaker_wire::{Object, ObjectExt as _};

use super::say;
use crate::client;

/// How often a fetched artifact is sent to an agent that goes away meanwhile.
const ATTEMPTS: usize = 3;

/// An artifact to fetch, and who does.
#[derive(Clone, Copy)]
pub(super) struct Fetch<'a> {
    artifact: &'a Object,
    source: Option<&'a dyn ArtifactSource>,
}

impl<'a> Fetch<'a> {
    /// Of an artifact, if there is one.
    pub(super) fn of(artifact: Option<&'a Object>, source: Option<&'a dyn ArtifactSource>) -> Option<Self> {
        artifact.map(|artifact| Fetch { artifact, source })
    }

    async fn content(&self) -> Result<ArtifactContent> {
        let Some(source) = self.source else {
            return Err(Error::new(
                Kind::Unsupported,
                "this node has no artifact accounts: configure one in clouddriver",
            ));
        };
        let fetched = source.fetch(self.artifact).await;
        fetched.map_err(|error| Error { message: format!("cannot fetch the artifact: {}", error.message), ..error })
    }
}

/// Has `create` make what the artifact is for. It gets the content, unless that is there (`is_there`): then it is answered as the
/// first time.
pub(super) async fn with_content<T, There, Created>(
    fetch: Fetch<'_>,
    phase: &'static str,
    journal: &dyn Journal,
    is_there: impl Fn() -> There,
    create: impl Fn(Option<ArtifactContent>) -> Created,
) -> Result<T>
where
    There: Future<Output = std::result::Result<bool, client::Error>>,
    Created: Future<Output = std::result::Result<T, client::Error>>,
{
    let account = fetch.artifact.text("artifactAccount").unwrap_or_default();
    let mut attempt = 1;
    loop {
        let content = if is_there().await? {
            None
        } else {
            say(journal, phase, format!("Fetching the artifact with the account {account}...")).await?;
            Some(fetch.content().await?)
        };
        match create(content).await {
            Err(error) if attempt < ATTEMPTS && is_away(&error) => {
                tracing::warn!(%error, "the agent went away while it was sent an artifact; it is fetched again");
                attempt += 1;
            }
            done => return Ok(done?),
        }
    }
}

/// Whether the agent may be back in a moment.
fn is_away(error: &client::Error) -> bool {
    matches!(error, client::Error::Unreachable { .. })
}
