//! Accepting operations: known request or valid description, then stored with its fence, then begun.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use gennaker_base::{Backoff, Kind, Timestamp, id};
use gennaker_provider_api::Provider;
use gennaker_store::{Created, Epoch, Error as StoreError, Fence, NewEvent, NewExecution, Owner};
use gennaker_wire::{ObjectExt, Operation};

use super::{
    Error, Inner, Operations,
    actor::Actor,
    task::{Step, Task},
};
use crate::app::inventory;

/// The most operations that one task has.
const MOST_OPERATIONS: usize = 100;
/// The longest request id.
const LONGEST_ID: usize = 512;
/// How often the store is asked again what became of a creation that it did not confirm.
const LOOKS: u32 = 8;
/// How long operations wait, just after the start, until all accounts are known.
const ACCOUNTS_WAIT: Duration = Duration::from_secs(5);

/// Operations that somebody asks for.
pub(crate) struct Submission {
    /// The cloud; `None` if each description says so itself.
    pub(crate) provider: Option<String>,
    /// What to do, in this order.
    pub(crate) operations: Vec<Operation>,
    /// The id of the request: the same id is the same task.
    pub(crate) request: Option<String>,
    /// Who asks.
    pub(crate) fence: Option<Fence>,
}

/// The fence that a header holds, `<execution>/<epoch>`.
///
/// # Errors
/// If it is malformed.
pub(crate) fn fence(text: &str) -> Result<Fence, Error> {
    let wrong = || Error::invalid(format!("the fence {text:?} is not <execution>/<epoch>, for example 01J8ZQ/7"));
    Fence::read(text).ok_or_else(wrong)
}

impl Operations {
    /// Stores the operations as a task and begins it. Returns the task's id: that of the first one for a request id
    /// that is known.
    ///
    /// # Errors
    /// `Refused` with all findings, `Fenced`, or the store's failure. Nothing is stored then.
    pub(crate) async fn submit(&self, submission: Submission) -> Result<String, Error> {
        let Submission { provider, operations, request, fence } = submission;
        if request.as_ref().is_some_and(|request| request.len() > LONGEST_ID) {
            return Err(Error::invalid(format!("the request id is longer than {LONGEST_ID} bytes")));
        }
        let now = self.inner.clock.now();
        // Derived, so that a known request is found before its description is judged by a world that it has changed.
        let id = match &request {
            Some(request) => id::derive(Timestamp::ZERO, &["operation", request]),
            None => id::generate(now),
        };
        let known = if request.is_some() { self.known(&id).await? } else { None };
        // A known one is asked for again all the same: its fence may be a new one.
        let (task, owner) = match known {
            Some(task) => (task, None),
            None => {
                let steps = self.validate(provider.as_deref(), operations).await?;
                (Task::new(id, request.clone(), steps, now), self.inner.room())
            }
        };
        // In a task of its own: a caller that gives up must not leave a stored task that nobody runs.
        let creation = self.inner.tracker.spawn(create(self.inner.clone(), task, owner, request, fence));
        creation.await.unwrap_or_else(|failed| Err(Error::Record { id: "new".to_owned(), reason: failed.to_string() }))
    }

    async fn known(&self, id: &str) -> Result<Option<Task>, Error> {
        match self.inner.store.load(id).await {
            Ok(stored) => Ok(Some(Task::read(&stored)?)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// The operations with the clouds that run them, all of them judged.
    async fn validate(&self, provider: Option<&str>, operations: Vec<Operation>) -> Result<Vec<Step>, Error> {
        if operations.is_empty() || operations.len() > MOST_OPERATIONS {
            let number = operations.len();
            return Err(Error::invalid(format!("a task has 1 to {MOST_OPERATIONS} operations; this one has {number}")));
        }
        let judged = join_all(operations.into_iter().map(|operation| self.judge(provider, operation))).await;
        let mut steps = Vec::new();
        let mut findings = Vec::new();
        let mut kinds = Vec::new();
        for step in judged {
            match step {
                Ok(step) => steps.push(step),
                Err((kind, finding)) => {
                    kinds.push(kind);
                    findings.push(finding);
                }
            }
        }
        // What may pass or is not the caller's fault is said as it is; else the caller's errors come first.
        let kind = [Kind::Bug, Kind::Unavailable, Kind::Timeout, Kind::Denied, Kind::Invalid, Kind::Unsupported]
            .into_iter()
            .find(|kind| kinds.contains(kind));
        match kind {
            None if findings.is_empty() => Ok(steps),
            kind => Err(Error::Refused { kind: kind.unwrap_or(Kind::Invalid), findings }),
        }
    }

    pub(super) async fn judge(&self, provider: Option<&str>, operation: Operation) -> Result<Step, (Kind, String)> {
        let name = operation.name.clone();
        if tokio::time::timeout(ACCOUNTS_WAIT, self.inner.providers.complete()).await.is_err() {
            return Err((Kind::Unavailable, format!("{name}: {}", inventory::Error::incomplete())));
        }
        let cloud =
            self.cloud(provider, &operation).map_err(|finding| (Kind::Invalid, format!("{name}: {finding}")))?;
        if !cloud.operations().contains(&operation.name.as_str()) {
            let known = cloud.operations().join(", ");
            return Err((Kind::Unsupported, format!("{} does not run {name}; it runs {known}", cloud.name())));
        }
        match cloud.validate(&operation).await {
            Ok(()) => Ok(Step::new(cloud.name(), operation)),
            // An unknown account or server group is a wrong description, not a wrong path.
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Conflict) => {
                Err((Kind::Invalid, format!("{name}: {}", error.message)))
            }
            Err(error) => Err((error.kind, format!("{name}: {}", error.message))),
        }
    }

    /// The cloud of an operation: as the path says, else as its description does.
    fn cloud(&self, provider: Option<&str>, operation: &Operation) -> Result<Arc<dyn Provider>, String> {
        let providers = &self.inner.providers;
        if let Some(own) = providers.own(&operation.name) {
            return Ok(own.clone());
        }
        let named = provider.map(str::to_owned).or_else(|| operation.description.text("cloudProvider"));
        if let Some(name) = named {
            let missing = || format!("there is no cloud provider {name}; there are: {}", providers.names());
            return providers.named(&name).cloned().ok_or_else(missing);
        }
        let account = operation.description.text("account").or_else(|| operation.description.text("credentials"));
        let account = account.ok_or("name the cloud: /{cloudProvider}/ops, or cloudProvider in the description")?;
        let known = providers.account(&account).map(|known| known.provider);
        known.ok_or_else(|| format!("there is no account {account}; GET /credentials lists them"))
    }
}

/// Stores the task; with an owner it begins here, else it waits for whoever claims it.
async fn create(
    inner: Arc<Inner>,
    mut task: Task,
    mut owner: Option<Owner>,
    request: Option<String>,
    fence: Option<Fence>,
) -> Result<String, Error> {
    loop {
        let fresh = task.clone();
        if let Some(owner) = &owner {
            task.belongs_to(owner);
        }
        let new = NewExecution {
            head: task.head()?,
            parts: Vec::new(),
            event: NewEvent { kind: "created".to_owned(), at: inner.clock.now(), body: "{}".to_owned() },
            owner: owner.clone(),
            request: request.clone(),
            correlation: None,
            place: None,
            fence: fence.clone(),
        };
        match settle(&inner, new).await {
            Ok(Created::New { .. }) => break,
            Ok(Created::Existing(id)) => return Ok(id),
            Ok(Created::Deleted) => return Err(Error::Deleted(request.unwrap_or_default())),
            // It is this node's lease that has ended: the task waits for whoever claims it.
            Err(StoreError::Fenced { node, epoch, .. })
                if owner.as_ref().is_some_and(|owner| owner.node == node && owner.epoch.0 == epoch) =>
            {
                (task, owner) = (fresh, None);
            }
            Err(StoreError::Fenced { .. }) => {
                let Fence { execution, epoch } = fence.unwrap_or(Fence { execution: task.id, epoch: Epoch(0) });
                return Err(Error::Fenced { execution, epoch: epoch.0 });
            }
            Err(error) => return Err(Error::Store(error)),
        }
    }
    let id = task.id.clone();
    match owner {
        Some(owner) => Inner::adopt(&inner, Actor::begun(&inner, owner, task)),
        None => inner.claim_now.notify_one(),
    }
    Ok(id)
}

/// Creates; where the store does not confirm, asks it what became of that.
async fn settle(inner: &Inner, new: NewExecution) -> Result<Created, StoreError> {
    let unknown = match inner.store.create(new.clone()).await {
        Err(error @ StoreError::Unknown { .. }) => error,
        answer => return answer,
    };
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
    for _ in 0..LOOKS {
        tokio::time::sleep(backoff.next_wait()).await;
        match inner.store.load(&new.head.id).await {
            Ok(stored) if stored.owner == new.owner && stored.sequence == 1 => {
                return Ok(Created::New { waits: false });
            }
            Ok(stored) => return Ok(Created::Existing(stored.head.id)),
            Err(StoreError::NotFound { .. }) => return Err(unknown),
            Err(_) => {}
        }
    }
    Err(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_an_execution_and_an_epoch() {
        let read = fence("01E/7").expect("a fence");
        assert_eq!((read.execution.as_str(), read.epoch), ("01E", Epoch(7)));
        for wrong in ["", "/", "01E", "01E/", "/7", "01E/-1", "01E/+1", "01E/x", "a b/1", "e/99999999999999999999"] {
            assert_eq!(fence(wrong).expect_err("it is refused").kind(), Kind::Invalid, "{wrong}");
        }
        assert!(fence(&format!("e/{}", u64::MAX)).is_err(), "no store could hold it");
    }
}
