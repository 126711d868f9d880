//! Claims: what waits for an owner, the longest-waiting first.

use gennaker_base::Timestamp;
use gennaker_store::{Claim, Claimed, Owner, Unreadable};
use sqlx::{QueryBuilder, Row as _};

use super::{compact, load, places};
use crate::{
    archive,
    dialect::{ASIDE, Connection, Database, PARAMETERS, Script},
    error::Step,
    nodes::{bury_expired, require_living},
    rows::{column, execution_columns},
    writer::Turn,
};

pub(super) async fn claim(turn: &mut Turn, claim: Claim) -> Step<Claimed> {
    require_living(&mut turn.connection, turn.now, "what waits for an owner", &claim.owner).await?;
    bury_expired(turn).await?;
    if claim.kinds.is_empty() || claim.limit == 0 {
        return Ok(Claimed::default());
    }
    let rows = select(&claim, turn.now).build().persistent(false).fetch_all(&mut turn.connection).await?;
    let (mut claimed, unpacked) = load::read(&mut turn.connection, &rows, true).await?;
    let mut script = Script::new();
    for (id, archive) in unpacked {
        compact::unpack(&mut script, &id, archive);
    }
    let ids = claimed.executions.iter().map(|execution| execution.head.id.clone()).collect::<Vec<_>>();
    for ids in ids.chunks(PARAMETERS) {
        own(&mut script, &claim.owner, ids);
    }
    for execution in &mut claimed.executions {
        execution.owner = Some(claim.owner.clone());
    }
    let ids = claimed.unreadable.iter().map(|unreadable| unreadable.id.clone()).collect::<Vec<_>>();
    for ids in ids.chunks(PARAMETERS) {
        // Else it would be met by every claim, and its due time be the next one for ever.
        let statement = script.statement("UPDATE gennaker_executions SET ready = NULL, due = NULL WHERE id IN (");
        list(statement, ids);
        statement.push(")");
    }
    turn.write(script).await?;
    for Unreadable { id, reason } in &claimed.unreadable {
        tracing::error!(execution = %id, reason, "an execution cannot be read: it is set aside until it gets a signal");
    }
    Ok(claimed)
}

fn own(script: &mut Script, owner: &Owner, ids: &[String]) {
    let statement = script.statement("UPDATE gennaker_executions SET owner_node = ");
    statement.push_bind(owner.node.clone()).push(", owner_epoch = ").push_bind(column(owner.epoch));
    statement.push(", ready = CASE WHEN signals > 0 THEN ready ELSE NULL END");
    // It is told of its place now.
    statement.push(", place_state = CASE WHEN place_state = ").push_bind(places::GRANTED);
    statement.push(" THEN ").push_bind(places::HELD).push(" ELSE place_state END WHERE id IN (");
    list(statement, ids);
    statement.push(")");
}

pub(crate) fn select(claim: &Claim, now: Timestamp) -> QueryBuilder<Database> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        execution_columns!(),
        " FROM gennaker_executions WHERE owner_node IS NULL AND owner_epoch IS NULL AND ready <= "
    ));
    query
        .push_bind(now.millis())
        .push(" AND format <= ")
        .push_bind(i64::from(claim.format))
        .push(" AND ")
        .push(ASIDE)
        .push("kind IN (");
    list(&mut query, &claim.kinds);
    // What a newer version packed is left to that one.
    query.push(") AND (packed IS NULL OR packed <= ").push_bind(archive::FORMAT);
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
    let mut query =
        QueryBuilder::new("SELECT due FROM gennaker_executions WHERE owner_node IS NULL AND due IS NOT NULL AND ");
    query.push(ASIDE).push("kind IN (");
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
