//! A change by the owner: compare the row, then write all of it or nothing.

use gennaker_store::{Ahead, Commit, Due, Error, Head, Part};
use sqlx::Row as _;

use super::{events, ready};
use crate::{
    dialect::upsert,
    error::Step,
    nodes::fenced,
    rows::{column, millis, signed},
    writer::Turn,
};

pub(super) async fn commit(turn: &mut Turn, commit: Commit) -> Step<()> {
    let row = compare(turn, &commit).await?;
    let taken = take(turn, &commit).await?;
    let left = row.signals - taken;
    let signalled = (left > 0).then(|| row.ready.unwrap_or(turn.now.millis()));
    let due = match (commit.ahead, commit.due) {
        (Ahead::Ended, _) | (_, Due::Never) => None,
        (_, Due::Keep) => row.due,
        (_, Due::At(time)) => Some(time.millis()),
    };
    let last = signed(commit.after) + commit.events.len() as i64;
    let owner = (commit.ahead == Ahead::Keep).then_some(&commit.owner);
    sqlx::query(
        "UPDATE gennaker_executions SET sequence = ?, owner_node = ?, owner_epoch = ?, due = ?, is_over = ?, \
         signals = ?, ready = ? WHERE id = ?",
    )
    .bind(last)
    .bind(owner.map(|owner| owner.node.clone()))
    .bind(owner.map(|owner| column(owner.epoch)))
    .bind(due)
    .bind(i64::from(commit.ahead == Ahead::Ended))
    .bind(left)
    .bind(ready(commit.ahead, signalled, due))
    .bind(commit.id.clone())
    .execute(&mut turn.connection)
    .await?;
    if let Some(head) = commit.head {
        write_head(turn, head).await?;
    }
    write_parts(turn, &commit.id, commit.removed, commit.parts).await?;
    for (event, number) in commit.events.into_iter().zip(signed(commit.after) + 1..) {
        events::insert(&mut turn.connection, &commit.id, number, Some(commit.owner.epoch), event).await?;
    }
    Ok(())
}

/// What a commit needs of the stored row.
struct Compared {
    due: Option<i64>,
    signals: i64,
    ready: Option<i64>,
}

/// Refuses a commit that does not fit the row.
async fn compare(turn: &mut Turn, commit: &Commit) -> Step<Compared> {
    let row = sqlx::query(
        "SELECT owner_node, owner_epoch, sequence, due, signals, ready FROM gennaker_executions WHERE id = ?",
    )
    .bind(commit.id.clone())
    .fetch_optional(&mut turn.connection)
    .await?;
    let Some(row) = row else { return Err(fenced(commit.id.clone(), &commit.owner).into()) };
    let node: Option<String> = row.try_get(0)?;
    let epoch: Option<i64> = row.try_get(1)?;
    if node.as_ref() != Some(&commit.owner.node) || epoch != Some(column(commit.owner.epoch)) {
        return Err(fenced(commit.id.clone(), &commit.owner).into());
    }
    let last: i64 = row.try_get(2)?;
    if last != signed(commit.after) {
        let after = commit.after;
        return Err(conflict(commit, format!("its last event is {last}, not {after}; read it again")).into());
    }
    if let Some(head) = &commit.head
        && head.id != commit.id
    {
        return Err(conflict(commit, format!("the head is that of {}", head.id)).into());
    }
    Ok(Compared { due: row.try_get(3)?, signals: row.try_get(4)?, ready: row.try_get(5)? })
}

fn conflict(commit: &Commit, reason: String) -> Error {
    Error::Conflict { id: commit.id.clone(), reason }
}

/// Removes the taken signals and returns their number.
async fn take(turn: &mut Turn, commit: &Commit) -> Step<i64> {
    for signal in &commit.taken {
        let gone = sqlx::query("DELETE FROM gennaker_signals WHERE execution = ? AND sequence = ?")
            .bind(commit.id.clone())
            .bind(signed(*signal))
            .execute(&mut turn.connection)
            .await?;
        if gone.rows_affected() == 0 {
            return Err(conflict(commit, format!("signal {signal} does not wait; read it again")).into());
        }
    }
    Ok(commit.taken.len() as i64)
}

async fn write_head(turn: &mut Turn, head: Head) -> Step<()> {
    sqlx::query(
        "UPDATE gennaker_executions SET kind = ?, group_name = ?, definition = ?, name = ?, status = ?, created = ?, \
         started = ?, ended = ?, format = ?, body = ? WHERE id = ?",
    )
    .bind(head.kind)
    .bind(head.group)
    .bind(head.definition)
    .bind(head.name)
    .bind(head.status)
    .bind(head.created.millis())
    .bind(millis(head.started))
    .bind(millis(head.ended))
    .bind(i64::from(head.format))
    .bind(head.body)
    .bind(head.id)
    .execute(&mut turn.connection)
    .await?;
    Ok(())
}

async fn write_parts(turn: &mut Turn, id: &str, removed: Vec<String>, parts: Vec<Part>) -> Step<()> {
    for part in removed {
        sqlx::query("DELETE FROM gennaker_parts WHERE execution = ? AND id = ?")
            .bind(id.to_owned())
            .bind(part)
            .execute(&mut turn.connection)
            .await?;
    }
    for part in parts {
        sqlx::query(concat!(
            "INSERT INTO gennaker_parts (execution, id, position, body) VALUES (?, ?, ?, ?)",
            upsert!("execution, id"; "position", "body")
        ))
        .bind(id.to_owned())
        .bind(part.id)
        .bind(i64::from(part.position))
        .bind(part.body)
        .execute(&mut turn.connection)
        .await?;
    }
    Ok(())
}
