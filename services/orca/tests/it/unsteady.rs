//! A store that stands still when it is told to, and loses answers: what it was asked is done, its caller learns nothing.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_store::{
    ChangeQuery, Changes, Claim, Claimed, Commit, Committed, Created, Document, Documents, Epoch, Error, Event,
    Execution, Executions, Expected, Expiry, Fence, Fences, Lease, Leases, NewExecution, Node, Nodes, Owner, Past,
    Query, Registration, Result, SharedStore, Signal, Told,
};
use parking_lot::Mutex;
use tokio::sync::watch;

/// The wrapped store.
pub(crate) struct UnsteadyStore {
    inner: SharedStore,
    open: watch::Sender<bool>,
    blocked_commits: AtomicUsize,
    /// Calls whose answers are lost: `create`, `commit`, `claim`.
    lost: Mutex<Vec<&'static str>>,
    /// How many commits panic before they reach the store.
    defects: AtomicUsize,
    /// The commits that were refused because their owner does not own the execution.
    refused: Mutex<Vec<Commit>>,
}

impl UnsteadyStore {
    pub(crate) fn new(inner: SharedStore) -> Self {
        let (open, _) = watch::channel(true);
        UnsteadyStore {
            inner,
            open,
            blocked_commits: AtomicUsize::new(0),
            lost: Mutex::default(),
            defects: AtomicUsize::new(0),
            refused: Mutex::default(),
        }
    }

    /// Lets nothing pass but reads until it is thawed; what `create` wrote is not answered meanwhile.
    pub(crate) fn freeze(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn thaw(&self) {
        self.open.send_replace(true);
    }

    /// Loses every first answer of a call of that name from now on.
    pub(crate) fn lose_answers(&self, call: &'static str) {
        self.lost.lock().push(call);
    }

    /// Has the next commits panic, as a defect of the engine would.
    pub(crate) fn panic_at_commits(&self, number: usize) {
        self.defects.store(number, Ordering::SeqCst);
    }

    /// How many of those are still to come.
    pub(crate) fn defects_left(&self) -> usize {
        self.defects.load(Ordering::SeqCst)
    }

    /// How many commits stood still.
    pub(crate) fn blocked_commits(&self) -> usize {
        self.blocked_commits.load(Ordering::SeqCst)
    }

    pub(crate) fn refused(&self) -> Vec<Commit> {
        self.refused.lock().clone()
    }

    async fn pass(&self) {
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.expect("the sender is in self");
    }

    fn answer<T>(&self, call: &str, id: &str, result: Result<T>) -> Result<T> {
        let lost = result.is_ok() && self.lost.lock().contains(&call);
        if lost { Err(Error::Unknown { id: id.to_owned() }) } else { result }
    }
}

#[async_trait]
impl Executions for UnsteadyStore {
    async fn create(&self, new: NewExecution) -> Result<Created> {
        let id = new.head.id.clone();
        let result = self.inner.create(new).await;
        self.pass().await;
        // The answer that it is there already is not lost: that is the second one.
        if matches!(result, Ok(Created::New { .. })) { self.answer("create", &id, result) } else { result }
    }

    async fn commit(&self, commit: Commit) -> Result<Committed> {
        if !*self.open.borrow() {
            self.blocked_commits.fetch_add(1, Ordering::SeqCst);
        }
        self.pass().await;
        let defect = self.defects.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        assert!(defect.is_err(), "a defect that the test asked for");
        let result = self.inner.commit(commit.clone()).await;
        let id = commit.id.clone();
        if matches!(result, Err(Error::Fenced { .. })) {
            self.refused.lock().push(commit);
        }
        self.answer("commit", &id, result)
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed> {
        self.pass().await;
        let result = self.inner.claim(claim).await;
        if matches!(&result, Ok(claimed) if !claimed.executions.is_empty()) {
            self.answer("claim", "?", result)
        } else {
            result
        }
    }

    async fn told(&self, told: Vec<Told>) -> Result<()> {
        self.pass().await;
        self.inner.told(told).await
    }

    async fn next_due(&self, kinds: &[String]) -> Result<Option<Timestamp>> {
        self.inner.next_due(kinds).await
    }

    async fn signal(&self, id: &str, body: String) -> Result<Signal> {
        self.inner.signal(id, body).await
    }

    async fn signalled(&self, owner: &Owner) -> Result<Vec<String>> {
        self.inner.signalled(owner).await
    }

    async fn signals(&self, id: &str) -> Result<Vec<Signal>> {
        self.inner.signals(id).await
    }

    async fn load(&self, id: &str) -> Result<Execution> {
        self.inner.load(id).await
    }

    async fn list(&self, query: &Query) -> Result<Vec<Execution>> {
        self.inner.list(query).await
    }

    async fn events(&self, id: &str, after: u64, limit: u32) -> Result<Vec<Event>> {
        self.inner.events(id, after, limit).await
    }

    async fn changed(&self, query: &ChangeQuery) -> Result<Changes> {
        self.inner.changed(query).await
    }

    async fn compact(&self, limit: u32) -> Result<u32> {
        self.inner.compact(limit).await
    }

    async fn expired(&self, expiry: &Expiry) -> Result<Vec<Past>> {
        self.inner.expired(expiry).await
    }

    async fn tidy(&self, before: Timestamp, limit: u32) -> Result<u32> {
        self.inner.tidy(before, limit).await
    }

    async fn delete(&self, id: &str, keep: Timestamp) -> Result<()> {
        self.inner.delete(id, keep).await
    }
}

#[async_trait]
impl Nodes for UnsteadyStore {
    async fn join(&self, registration: &Registration, ttl: Duration) -> Result<Epoch> {
        self.pass().await;
        self.inner.join(registration, ttl).await
    }

    async fn renew(&self, node: &str, epoch: Epoch, ttl: Duration) -> Result<()> {
        self.pass().await;
        self.inner.renew(node, epoch, ttl).await
    }

    async fn leave(&self, node: &str, epoch: Epoch) -> Result<()> {
        self.inner.leave(node, epoch).await
    }

    async fn living(&self) -> Result<Vec<Node>> {
        self.inner.living().await
    }

    async fn now(&self) -> Result<Timestamp> {
        self.inner.now().await
    }
}

#[async_trait]
impl Fences for UnsteadyStore {
    async fn admit(&self, fence: &Fence) -> Result<()> {
        self.inner.admit(fence).await
    }
}

#[async_trait]
impl Documents for UnsteadyStore {
    async fn put_document(
        &self,
        group: &str,
        name: &str,
        body: Option<String>,
        expected: Expected,
    ) -> Result<Document> {
        self.inner.put_document(group, name, body, expected).await
    }

    async fn documents(&self, group: &str) -> Result<Vec<Document>> {
        self.inner.documents(group).await
    }

    async fn document_history(&self, group: &str, name: &str) -> Result<Vec<Document>> {
        self.inner.document_history(group, name).await
    }
}

#[async_trait]
impl Leases for UnsteadyStore {
    async fn acquire(&self, name: &str, owner: &Owner) -> Result<Option<Lease>> {
        self.inner.acquire(name, owner).await
    }

    async fn release(&self, name: &str, owner: &Owner) -> Result<()> {
        self.inner.release(name, owner).await
    }

    async fn held(&self) -> Result<Vec<Lease>> {
        self.inner.held().await
    }
}
