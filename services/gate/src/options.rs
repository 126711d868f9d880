//! gate's settings.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::rate_limit;

/// The settings under `gate` in `gate.yml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Lists of executions.
    pub execution: ExecutionOptions,
    /// Where the web UI is; `GET /` sends browsers there. It stands elsewhere (`services.deck.baseUrl`), so that whoever
    /// starts the service sets it.
    #[serde(skip)]
    pub deck: Option<Url>,
    /// How many requests a caller may send. It stands elsewhere (`rate-limit`), so that whoever starts the service sets it.
    #[serde(skip)]
    pub rate_limit: rate_limit::Options,
    /// Whether callers are believed who they are. It stands elsewhere (`header`), so that whoever starts the service sets it.
    #[serde(skip)]
    pub header: HeaderOptions,
}

/// Sign-in by something in front of gate, which names the user in a header: upstream's `header`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HeaderOptions {
    /// Whether `X-SPINNAKER-USER` and `X-SPINNAKER-ACCOUNTS` are believed, `false` by default: then everybody is
    /// `anonymous`. Set it only if nobody reaches gate but through what signs people in, and that sets or removes both.
    pub enabled: bool,
}

/// Lists of executions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecutionOptions {
    /// How they are read.
    pub fetch: FetchOptions,
}

/// How executions are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FetchOptions {
    /// How many executions of each pipeline an application's list has if the caller says nothing, 10 by default.
    pub limit: u32,
}

impl Default for FetchOptions {
    fn default() -> Self {
        FetchOptions { limit: 10 }
    }
}
