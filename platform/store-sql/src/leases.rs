//! Named leases: a row says who took it last; whether it is held is decided by that node's own lease.

use async_trait::async_trait;
use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Lease, Leases, Owner, Result};
use sqlx::Row as _;

use crate::{
    SqlStore,
    dialect::{Connection, Row, upsert},
    error::Step,
    nodes::{next_epoch, require_living},
    rows::{column, epoch_of},
    writer::Turn,
};

#[async_trait]
impl Leases for SqlStore {
    async fn acquire(&self, name: &str, owner: &Owner) -> Result<Option<Lease>> {
        // Pollers ask all the time and mostly in vain: a read answers that without a write transaction.
        let mut snapshot = self.snapshot().await?;
        let taken = self.settle(held_by_another(&mut snapshot, self.clock.now(), name, owner).await)?;
        drop(snapshot);
        if taken {
            return Ok(None);
        }
        let (key, owner) = (name.to_owned(), owner.clone());
        self.writer.write(name, move |turn| acquire(turn, key, owner).boxed()).await
    }

    async fn release(&self, name: &str, owner: &Owner) -> Result<()> {
        let (key, owner) = (name.to_owned(), owner.clone());
        self.writer.write(name, move |turn| release(turn, key, owner).boxed()).await
    }

    async fn held(&self) -> Result<Vec<Lease>> {
        let mut connection = self.connection().await?;
        self.settle(held(&mut connection, self.clock.now()).await)
    }
}

async fn held_by_another(connection: &mut Connection, now: Timestamp, name: &str, owner: &Owner) -> Step<bool> {
    require_living(connection, now, name, owner).await?;
    let lease = holder(connection, now, name).await?;
    Ok(lease.is_some_and(|lease| lease.holder != *owner))
}

async fn acquire(turn: &mut Turn, name: String, owner: Owner) -> Step<Option<Lease>> {
    require_living(&mut turn.connection, turn.now, &name, &owner).await?;
    if let Some(lease) = holder(&mut turn.connection, turn.now, &name).await? {
        return Ok((lease.holder == owner).then_some(lease));
    }
    let epoch = next_epoch(&mut turn.connection).await?;
    sqlx::query(concat!(
        "INSERT INTO gennaker_leases (name, node, node_epoch, epoch) VALUES (?, ?, ?, ?)",
        upsert!("name"; "node", "node_epoch", "epoch")
    ))
    .bind(name.clone())
    .bind(owner.node.clone())
    .bind(column(owner.epoch))
    .bind(column(epoch))
    .execute(&mut turn.connection)
    .await?;
    Ok(Some(Lease { name, holder: owner, epoch }))
}

async fn release(turn: &mut Turn, name: String, owner: Owner) -> Step<()> {
    sqlx::query("DELETE FROM gennaker_leases WHERE name = ? AND node = ? AND node_epoch = ?")
        .bind(name)
        .bind(owner.node)
        .bind(column(owner.epoch))
        .execute(&mut turn.connection)
        .await?;
    Ok(())
}

/// The lease `name` if its holder lives.
async fn holder(connection: &mut Connection, now: Timestamp, name: &str) -> Step<Option<Lease>> {
    let row = sqlx::query(
        "SELECT l.name, l.node, l.node_epoch, l.epoch FROM gennaker_leases l \
         JOIN gennaker_nodes n ON n.node = l.node AND n.epoch = l.node_epoch WHERE l.name = ? AND n.expires > ?",
    )
    .bind(name.to_owned())
    .bind(now.millis())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(lease).transpose()
}

async fn held(connection: &mut Connection, now: Timestamp) -> Step<Vec<Lease>> {
    let rows = sqlx::query(
        "SELECT l.name, l.node, l.node_epoch, l.epoch FROM gennaker_leases l \
         JOIN gennaker_nodes n ON n.node = l.node AND n.epoch = l.node_epoch WHERE n.expires > ? ORDER BY l.name",
    )
    .bind(now.millis())
    .fetch_all(connection)
    .await?;
    rows.iter().map(lease).collect()
}

fn lease(row: &Row) -> Step<Lease> {
    let name: String = row.try_get(0)?;
    let holder = Owner { node: row.try_get(1)?, epoch: epoch_of("lease", &name, row.try_get(2)?)? };
    let epoch = epoch_of("lease", &name, row.try_get(3)?)?;
    Ok(Lease { name, holder, epoch })
}
