//! Changes that are made again because somebody else's came first.

use std::time::Duration;

use gennaker_base::{Backoff, Kind};
use gennaker_clients::{Error, Result};

/// How often a change is made again. Of those who change the same thing at once one comes first each time, so that this is also
/// about how many there may be.
const MOST: u32 = 30;

/// The tries of one change.
pub(super) struct Tries {
    made: u32,
    backoff: Backoff,
}

impl Default for Tries {
    fn default() -> Self {
        Tries { made: 0, backoff: Backoff::new(Duration::from_millis(10), Duration::from_millis(500)) }
    }
}

impl Tries {
    /// Waits for a moment, in which others come to their end, before what failed is made again.
    ///
    /// # Errors
    /// The failure, if nobody else came first, or somebody did again and again.
    pub(super) async fn again(&mut self, failure: Error) -> Result<()> {
        if failure.kind() != Kind::Conflict || self.made == MOST {
            return Err(failure);
        }
        self.made += 1;
        tokio::time::sleep(self.backoff.next_wait()).await;
        Ok(())
    }
}
