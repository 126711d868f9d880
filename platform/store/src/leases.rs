//! What must run once: named leases, each held by a living node.

use async_trait::async_trait;

use crate::{Epoch, Owner, Result};

/// A held lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Its name.
    pub name: String,
    /// Who holds it.
    pub holder: Owner,
    /// Grows each time the lease changes hands: what is written under the lease carries it.
    pub epoch: Epoch,
}

/// Named leases.
///
/// A lease is held as long as its holder's node lease lives; there is nothing to renew. When the node dies, the next
/// [`Leases::acquire`] by another node succeeds with a higher epoch.
#[async_trait]
pub trait Leases: Send + Sync + 'static {
    /// Takes the lease `name`, or `None` if another living node holds it. Taking a lease one holds returns it as it is.
    ///
    /// # Errors
    /// `Fenced` if `owner` is not a living node.
    async fn acquire(&self, name: &str, owner: &Owner) -> Result<Option<Lease>>;

    /// Gives the lease back. Giving back what one does not hold is no error.
    async fn release(&self, name: &str, owner: &Owner) -> Result<()>;

    /// All leases whose holders live, by name.
    async fn held(&self) -> Result<Vec<Lease>>;
}
