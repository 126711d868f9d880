//! Node leases. A dead node's lease is removed by the next write that looks at leases, in the same transaction in which
//! its executions lose their owner: so an owned execution always has an owner with a lease row.

use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Epoch, Error, Node, Nodes, Owner, Registration, Result};
use sqlx::Row as _;

use crate::{
    SqlStore,
    dialect::Connection,
    error::Step,
    rows::{column, epoch_of, number},
    writer::Turn,
};

#[async_trait]
impl Nodes for SqlStore {
    async fn join(&self, registration: &Registration, ttl: Duration) -> Result<Epoch> {
        let registration = registration.clone();
        let id = registration.node.clone();
        self.writer.write(&id, move |turn| join(turn, registration, ttl).boxed()).await
    }

    async fn renew(&self, node: &str, epoch: Epoch, ttl: Duration) -> Result<()> {
        let owner = Owner { node: node.to_owned(), epoch };
        self.writer.write(node, move |turn| renew(turn, owner, ttl).boxed()).await
    }

    async fn leave(&self, node: &str, epoch: Epoch) -> Result<()> {
        let owner = Owner { node: node.to_owned(), epoch };
        self.writer.write(node, move |turn| leave(turn, owner).boxed()).await
    }

    async fn living(&self) -> Result<Vec<Node>> {
        let mut connection = self.connection().await?;
        self.settle(living(&mut connection, self.clock.now()).await)
    }

    async fn now(&self) -> Result<Timestamp> {
        Ok(self.clock.now())
    }
}

async fn join(turn: &mut Turn, registration: Registration, ttl: Duration) -> Step<Epoch> {
    bury_expired(turn).await?;
    bury_named(turn, &registration.node).await?;
    let epoch = next_epoch(&mut turn.connection).await?;
    sqlx::query("INSERT INTO gennaker_nodes (node, epoch, address, format, expires) VALUES (?, ?, ?, ?, ?)")
        .bind(registration.node)
        .bind(column(epoch))
        .bind(registration.address)
        .bind(i64::from(registration.format))
        .bind(turn.now.after(ttl).millis())
        .execute(&mut turn.connection)
        .await?;
    Ok(epoch)
}

async fn renew(turn: &mut Turn, owner: Owner, ttl: Duration) -> Step<()> {
    let renewed = sqlx::query("UPDATE gennaker_nodes SET expires = ? WHERE node = ? AND epoch = ? AND expires > ?")
        .bind(turn.now.after(ttl).millis())
        .bind(owner.node.clone())
        .bind(column(owner.epoch))
        .bind(turn.now.millis())
        .execute(&mut turn.connection)
        .await?;
    if renewed.rows_affected() == 0 {
        return Err(fenced("its lease".to_owned(), &owner).into());
    }
    Ok(())
}

async fn leave(turn: &mut Turn, owner: Owner) -> Step<()> {
    let row = sqlx::query("SELECT expires FROM gennaker_nodes WHERE node = ? AND epoch = ?")
        .bind(owner.node.clone())
        .bind(column(owner.epoch))
        .fetch_optional(&mut turn.connection)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let ended = turn.now.min(Timestamp::from_millis(row.try_get(0)?));
    bury(turn, &owner.node, column(owner.epoch), ended.millis()).await
}

async fn living(connection: &mut Connection, now: Timestamp) -> Step<Vec<Node>> {
    let rows =
        sqlx::query("SELECT node, epoch, address, format, expires FROM gennaker_nodes WHERE expires > ? ORDER BY node")
            .bind(now.millis())
            .fetch_all(connection)
            .await?;
    let mut nodes = Vec::with_capacity(rows.len());
    for row in rows {
        let node: String = row.try_get(0)?;
        let epoch = epoch_of("node", &node, row.try_get(1)?)?;
        let format = number("node", &node, row.try_get::<i64, _>(3)?)?;
        let registration = Registration { node, address: row.try_get(2)?, format };
        nodes.push(Node { registration, epoch, expires: Timestamp::from_millis(row.try_get(4)?) });
    }
    Ok(nodes)
}

/// The next number of the store's one counter.
pub(crate) async fn next_epoch(connection: &mut Connection) -> Step<Epoch> {
    sqlx::query("UPDATE gennaker_counters SET value = value + 1 WHERE name = 'epoch'")
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query("SELECT value FROM gennaker_counters WHERE name = 'epoch'").fetch_one(connection).await?;
    epoch_of("counter", "epoch", row.try_get(0)?)
}

/// Refuses an owner that is not a living node; `id` is what it wants.
pub(crate) async fn require_living(connection: &mut Connection, now: Timestamp, id: &str, owner: &Owner) -> Step<()> {
    let row = sqlx::query("SELECT 1 FROM gennaker_nodes WHERE node = ? AND epoch = ? AND expires > ?")
        .bind(owner.node.clone())
        .bind(column(owner.epoch))
        .bind(now.millis())
        .fetch_optional(connection)
        .await?;
    row.map(|_| ()).ok_or_else(|| fenced(id.to_owned(), owner).into())
}

/// The refusal of a writer that owns nothing any more.
pub(crate) fn fenced(id: String, owner: &Owner) -> Error {
    Error::Fenced { id, node: owner.node.clone(), epoch: owner.epoch.0 }
}

/// Removes expired leases; what their nodes owned waits for an owner since the lease ended.
pub(crate) async fn bury_expired(turn: &mut Turn) -> Step<()> {
    let dead = sqlx::query("SELECT node, epoch, expires FROM gennaker_nodes WHERE expires <= ?")
        .bind(turn.now.millis())
        .fetch_all(&mut turn.connection)
        .await?;
    for row in dead {
        let node: String = row.try_get(0)?;
        bury(turn, &node, row.try_get(1)?, row.try_get(2)?).await?;
    }
    Ok(())
}

async fn bury_named(turn: &mut Turn, node: &str) -> Step<()> {
    let row = sqlx::query("SELECT epoch FROM gennaker_nodes WHERE node = ?")
        .bind(node.to_owned())
        .fetch_optional(&mut turn.connection)
        .await?;
    match row {
        Some(row) => {
            let ended = turn.now.millis();
            bury(turn, node, row.try_get(0)?, ended).await
        }
        None => Ok(()),
    }
}

async fn bury(turn: &mut Turn, node: &str, epoch: i64, ended: i64) -> Step<()> {
    sqlx::query("DELETE FROM gennaker_nodes WHERE node = ? AND epoch = ?")
        .bind(node.to_owned())
        .bind(epoch)
        .execute(&mut turn.connection)
        .await?;
    let freed = sqlx::query(
        "UPDATE gennaker_executions SET owner_node = NULL, owner_epoch = NULL, ready = ? \
         WHERE owner_node = ? AND owner_epoch = ?",
    )
    .bind(ended)
    .bind(node.to_owned())
    .bind(epoch)
    .execute(&mut turn.connection)
    .await?
    .rows_affected();
    tracing::info!(node, epoch, executions = freed, "a node's lease ended");
    Ok(())
}
