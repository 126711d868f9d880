//! What is recorded of an execution, and the execution as it was at some moment.

use gennaker_base::Timestamp;
use gennaker_wire::Execution;

use super::{Engine, Error, record};
use crate::planner::replay::{self, Recorded, Replay};

/// So many events are read at once.
const PAGE: u32 = 1000;

impl Engine {
    /// All recorded events of an execution, from the first.
    ///
    /// # Errors
    /// If there is no such execution, or an event cannot be read.
    pub async fn recorded(&self, id: &str) -> Result<Vec<Recorded>, Error> {
        let mut events = Vec::new();
        loop {
            let after = events.last().map_or(0, |last: &Recorded| last.sequence);
            let page = self.inner.deps.store.events(id, after, PAGE).await?;
            let last = page.len() < PAGE as usize;
            for event in page {
                events.push(record::recorded(id, &event)?);
            }
            if last {
                return Ok(events);
            }
        }
    }

    /// The recorded events run through the planner, up to `until` if that is given; with the execution as it is stored now.
    ///
    /// # Errors
    /// If there is no such execution, or what is recorded of it cannot be replayed.
    pub async fn replay(&self, id: &str, until: Option<Timestamp>) -> Result<(Execution, Replay), Error> {
        let stored = self.load(id).await?;
        let events = self.recorded(id).await?;
        let head = Execution { stages: Vec::new(), ..stored.clone() };
        let replay =
            replay::replay(&head, &events, until).map_err(|reason| Error::NotReplayed { id: id.to_owned(), reason })?;
        Ok((stored, replay))
    }
}
