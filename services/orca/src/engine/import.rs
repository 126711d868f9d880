//! Storing an execution that ran elsewhere and is over.

use gennaker_store::{Created, NewEvent, NewExecution};
use gennaker_wire::Execution;

use super::{Engine, Error, record};
use crate::planner::{Phase, State};

/// The first event of an execution that was imported: it cannot be replayed.
pub(crate) const IMPORTED: &str = "imported";

impl Engine {
    /// Stores an execution that is over. Nobody drives it: the next claim, here or elsewhere, finds it over and lets it go; until then
    /// it cannot be deleted.
    ///
    /// # Errors
    /// If the store refuses. Whether its id was taken is in the answer.
    pub async fn import(&self, execution: Execution) -> Result<Created, Error> {
        let mut state = State::new(execution);
        for place in 0..state.stages().len() {
            if state.at(place).stage.status.is_complete() {
                state.run_mut(place).phase = Phase::Done;
            }
        }
        let (head, parts) = record::rows(&state)?;
        let event = NewEvent { kind: IMPORTED.to_owned(), at: self.now(), body: "{}".to_owned() };
        let new = NewExecution {
            head,
            parts,
            event,
            owner: None,
            request: None,
            correlation: None,
            place: None,
            fence: None,
        };
        let created = self.inner.deps.store.create(new).await?;
        self.inner.claim_now.notify_one();
        Ok(created)
    }
}
