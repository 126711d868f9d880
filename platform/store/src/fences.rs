//! Fences by themselves: for receivers whose side effects are not executions of the store.

use async_trait::async_trait;

use crate::{Fence, Result};

/// The highest epoch that was seen for each asking execution.
///
/// It is the same memory that [`crate::Executions::create`] has: an epoch that one of them has seen shuts lower ones out of
/// both.
#[async_trait]
pub trait Fences: Send + Sync + 'static {
    /// Remembers the fence if its epoch is the highest so far. Ask before a side effect is begun: what was admitted before
    /// a higher one came may still be under way.
    ///
    /// # Errors
    /// `Fenced` if its epoch is lower than one seen before.
    async fn admit(&self, fence: &Fence) -> Result<()>;
}
