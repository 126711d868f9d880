//! Who is alive: node leases and the one counter of epochs.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Timestamp;

use crate::Result;

/// A number from the store's one counter: higher is newer. A node has a new one each time it joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

/// What a node says of itself when it joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The node's name, unique among the living; a second node of that name replaces the first.
    pub node: String,
    /// Where its peers reach it, a base URL; empty if they cannot.
    pub address: String,
    /// The highest row format that it reads.
    pub format: u32,
}

/// A living node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it said of itself.
    pub registration: Registration,
    /// Its epoch.
    pub epoch: Epoch,
    /// When its lease ends, by the store's clock.
    pub expires: Timestamp,
}

/// Node leases.
///
/// * [`Nodes::join`] always returns an epoch higher than every epoch before it.
/// * Expiry is judged by the store's clock alone.
/// * A lease that expired is dead for good: [`Nodes::renew`] fails with `Fenced`, also if nobody noticed meanwhile.
/// * Joining under a living node's name ends that node's lease in the same transaction.
#[async_trait]
pub trait Nodes: Send + Sync + 'static {
    /// Takes a new epoch and a lease of `ttl`.
    async fn join(&self, registration: &Registration, ttl: Duration) -> Result<Epoch>;

    /// Extends the lease to `ttl` from now.
    ///
    /// # Errors
    /// `Fenced` if the lease expired or was replaced.
    async fn renew(&self, node: &str, epoch: Epoch, ttl: Duration) -> Result<()>;

    /// Ends the lease at once, so that others claim without waiting. Ending a dead lease is no error.
    async fn leave(&self, node: &str, epoch: Epoch) -> Result<()>;

    /// The living nodes, by name.
    async fn living(&self) -> Result<Vec<Node>>;

    /// The store's present: due times and cron are judged by it.
    async fn now(&self) -> Result<Timestamp>;
}
