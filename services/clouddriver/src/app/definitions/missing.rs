//! The cloud of accounts whose cloud is not in this build: they are shown with their problem, and nothing can be done in
//! them.

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_provider_api::{AccountState, Error, Journal, Outcome, Provider, Request, Result};
use gennaker_wire::Operation;
use tokio::sync::watch;

/// No cloud.
pub(crate) struct Missing;

impl Missing {
    fn refusal() -> Error {
        Error::unsupported("unknown", "operations: the account's provider is not in this build")
    }
}

#[async_trait]
impl Provider for Missing {
    fn name(&self) -> &'static str {
        "unknown"
    }

    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        watch::Sender::default().subscribe()
    }

    fn operations(&self) -> &'static [&'static str] {
        &[]
    }

    async fn validate(&self, _operation: &Operation) -> Result<()> {
        Err(Missing::refusal())
    }

    async fn run(&self, _request: &Request, _journal: &dyn Journal) -> Result<Outcome> {
        Err(Missing::refusal())
    }

    async fn console_output(&self, _: &str, _: &str, _: &str, _: u64) -> Result<String> {
        Err(Missing::refusal())
    }
}
