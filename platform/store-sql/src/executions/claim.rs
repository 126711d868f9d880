//! Claims: what waits for an owner, the longest-waiting first.

use gennaker_base::Timestamp;
use gennaker_store::{Claim, Execution};
use sqlx::{QueryBuilder, Row as _};

use super::{load, places};
use crate::{
    dialect::{Connection, Database},
    error::Step,
    nodes::{bury_expired, require_living},
    rows::{self, Stored, column, execution_columns},
    writer::Turn,
};

pub(super) async fn claim(turn: &mut Turn, claim: Claim) -> Step<Vec<Execution>> {
    require_living(&mut turn.connection, turn.now, "what waits for an owner", &claim.owner).await?;
    bury_expired(turn).await?;
    if claim.kinds.is_empty() || claim.limit == 0 {
        return Ok(Vec::new());
    }
    let mut found = claimable(turn, &claim).await?;
    for stored in &mut found {
        sqlx::query(
            "UPDATE gennaker_executions SET owner_node = ?, owner_epoch = ?, \
             ready = CASE WHEN signals > 0 THEN ready ELSE NULL END, \
             place_state = CASE WHEN place_state = ? THEN ? ELSE place_state END WHERE id = ?",
        )
        .bind(claim.owner.node.clone())
        .bind(column(claim.owner.epoch))
        // It is told of its place now.
        .bind(places::GRANTED)
        .bind(places::HELD)
        .bind(stored.execution.head.id.clone())
        .execute(&mut turn.connection)
        .await?;
        stored.execution.owner = Some(claim.owner.clone());
    }
    load::complete(&mut turn.connection, found).await
}

async fn claimable(turn: &mut Turn, claim: &Claim) -> Step<Vec<Stored>> {
    let mut query = select(claim, turn.now);
    let rows = query.build().persistent(false).fetch_all(&mut turn.connection).await?;
    rows.iter().map(rows::stored).collect()
}

pub(crate) fn select(claim: &Claim, now: Timestamp) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        execution_columns!(),
        " FROM gennaker_executions WHERE owner_node IS NULL AND owner_epoch IS NULL AND ready <= "
    ));
    query.push_bind(now.millis()).push(" AND format <= ").push_bind(i64::from(claim.format)).push(" AND kind IN (");
    list(&mut query, &claim.kinds);
    query.push(") ORDER BY ready, id LIMIT ").push_bind(i64::from(claim.limit));
    query
}

pub(super) async fn next_due(connection: &mut Connection, kinds: &[String]) -> Step<Option<Timestamp>> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let mut query = due(kinds);
    let row = query.build().persistent(false).fetch_optional(connection).await?;
    row.map(|row| Ok(Timestamp::from_millis(row.try_get(0)?))).transpose()
}

pub(crate) fn due(kinds: &[String]) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(
        "SELECT due FROM gennaker_executions WHERE owner_node IS NULL AND due IS NOT NULL AND kind IN (",
    );
    list(&mut query, kinds);
    query.push(") ORDER BY due LIMIT 1");
    query
}

fn list(query: &mut QueryBuilder<Database>, texts: &[String]) {
    let mut places = query.separated(", ");
    for text in texts {
        places.push_bind(text.clone());
    }
}
