//! Executions: one row each, with rows for parts, events and signals. What each operation does is in its own file.

mod belongings;
mod changed;
mod claim;
mod commit;
mod compact;
mod create;
mod delete;
mod events;
mod list;
mod load;
mod parts;
mod places;
mod row;
mod signals;
mod told;

use async_trait::async_trait;
use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{
    ChangeQuery, Changes, Claim, Claimed, Commit, Committed, Created, Event, Execution, Executions, Expiry,
    NewExecution, Owner, Past, Query, Result, Signal, Told,
};

pub(crate) use self::places::standing;
use crate::SqlStore;

#[async_trait]
impl Executions for SqlStore {
    async fn create(&self, new: NewExecution) -> Result<Created> {
        let id = new.head.id.clone();
        self.writer.write_unguarded(&id, move |turn| create::create(turn, new).boxed()).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed> {
        let id = commit.id.clone();
        self.writer.write_unguarded(&id, move |turn| commit::commit(turn, commit).boxed()).await
    }

    async fn told(&self, told: Vec<Told>) -> Result<()> {
        self.writer.write_unguarded("ends that were told", |turn| told::told(turn, told).boxed()).await
    }

    async fn claim(&self, claim: Claim) -> Result<Claimed> {
        let node = claim.owner.node.clone();
        self.writer.write(&node, move |turn| claim::claim(turn, claim).boxed()).await
    }

    async fn next_due(&self, kinds: &[String]) -> Result<Option<Timestamp>> {
        let mut connection = self.connection().await?;
        self.settle(claim::next_due(&mut connection, kinds).await)
    }

    async fn signal(&self, id: &str, body: String) -> Result<Signal> {
        let execution = id.to_owned();
        self.writer.write_unguarded(id, move |turn| signals::signal(turn, execution, body).boxed()).await
    }

    async fn signalled(&self, owner: &Owner) -> Result<Vec<String>> {
        let mut connection = self.connection().await?;
        self.settle(signals::signalled(&mut connection, owner).await)
    }

    async fn signals(&self, id: &str) -> Result<Vec<Signal>> {
        let mut connection = self.connection().await?;
        self.settle(signals::waiting(&mut connection, id).await)
    }

    async fn load(&self, id: &str) -> Result<Execution> {
        let mut connection = self.connection().await?;
        self.settle(load::load(&mut connection, id).await)
    }

    async fn list(&self, query: &Query) -> Result<Vec<Execution>> {
        let mut snapshot = self.snapshot().await?;
        self.settle(list::list(&mut snapshot, query).await)
    }

    async fn events(&self, id: &str, after: u64, limit: u32) -> Result<Vec<Event>> {
        let mut snapshot = self.snapshot().await?;
        self.settle(events::events(&mut snapshot, id, after, limit).await)
    }

    async fn changed(&self, query: &ChangeQuery) -> Result<Changes> {
        let mut snapshot = self.snapshot().await?;
        self.settle(changed::changed(&mut snapshot, query).await)
    }

    async fn compact(&self, limit: u32) -> Result<u32> {
        let mut count = 0;
        while count < limit {
            let together = compact::TOGETHER.min(limit - count);
            let mut snapshot = self.snapshot().await?;
            let packed = self.settle(compact::pack(&mut snapshot, together).await)?;
            drop(snapshot);
            if packed.is_empty() {
                break;
            }
            let stored = self.writer.write_unguarded("ended executions", |turn| compact::store(turn, packed).boxed());
            count += stored.await?;
        }
        Ok(count)
    }

    async fn delete(&self, id: &str, keep: Timestamp) -> Result<()> {
        let execution = id.to_owned();
        self.writer.write_unguarded(id, move |turn| delete::delete(turn, execution, keep).boxed()).await
    }

    async fn expired(&self, expiry: &Expiry) -> Result<Vec<Past>> {
        let mut snapshot = self.snapshot().await?;
        self.settle(delete::expired(&mut snapshot, expiry).await)
    }

    async fn tidy(&self, before: Timestamp, limit: u32) -> Result<u32> {
        self.writer.write("tombstones", move |turn| delete::tidy(turn, before, limit).boxed()).await
    }
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) mod statements {
    pub(crate) use super::{
        changed::{NEWEST, select as changed},
        claim::{due as next_due, select as claim},
        compact::select as unpacked,
        create::LOOK,
        delete::{FENCES, REQUESTS, TOMBSTONES, select as expired},
        list::{Stream, definitions, select as list, several, streams_of},
        places::{COUNT, NUMBERED, OLDEST},
    };
}
