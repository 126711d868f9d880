//! A change by the owner: compare the row, then write all of it or nothing.

use gennaker_store::{Ahead, Commit, Committed, Due, Error, Head, Part, PlaceChange};
use sqlx::Row as _;

use super::{events, places};
use crate::{
    dialect::upsert,
    error::Step,
    nodes::fenced,
    rows::{column, millis, signed},
    writer::Turn,
};

pub(super) async fn commit(turn: &mut Turn, commit: Commit) -> Step<Committed> {
    let row = compare(turn, &commit).await?;
    let taken = take(turn, &commit).await?;
    let left = row.signals - taken;
    let signalled = (left > 0).then(|| row.ready.unwrap_or(turn.now.millis()));
    let over = commit.ahead == Ahead::Ended;
    let (place, granted) = place(turn, &commit, row.place).await?;
    let waits = place.waits();
    let released = match commit.ahead {
        // What waits for the place that it asks for is not driven meanwhile.
        Ahead::Keep => waits && matches!(commit.place, PlaceChange::Take(_)),
        Ahead::Wait | Ahead::Ended => true,
    };
    let due = match commit.due {
        _ if over || (waits && released) => None,
        Due::Never => None,
        Due::Keep => row.due,
        Due::At(time) => Some(time.millis()),
    };
    // The place that it got meanwhile is news to whoever claims it.
    let wakes = if place.is_news() { Some(turn.now.millis()) } else { due };
    let last = signed(commit.after) + commit.events.len() as i64;
    let owner = (!released).then_some(&commit.owner);
    sqlx::query(
        "UPDATE gennaker_executions SET sequence = ?, owner_node = ?, owner_epoch = ?, due = ?, is_over = ?, \
         signals = ?, ready = ?, place_limit = ?, place_most = ?, place_state = ?, place_number = ? WHERE id = ?",
    )
    .bind(last)
    .bind(owner.map(|owner| owner.node.clone()))
    .bind(owner.map(|owner| column(owner.epoch)))
    .bind(due)
    .bind(i64::from(over))
    .bind(left)
    .bind(if released { ready(signalled, wakes) } else { signalled })
    .bind(place.limit)
    .bind(place.most)
    .bind(place.state)
    .bind(place.number)
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
    Ok(Committed { waits, granted })
}

/// The place after the commit, and whether somebody else got one by it.
async fn place(turn: &mut Turn, commit: &Commit, row: places::Row) -> Step<(places::Row, bool)> {
    match (commit.ahead, &commit.place) {
        (Ahead::Ended, _) => {
            let granted = places::free(turn, &commit.id, &row, &commit.next).await?;
            Ok((places::Row::default(), granted))
        }
        (_, PlaceChange::Take(place)) => places::change(turn, &commit.id, row, place).await,
        (_, PlaceChange::Keep) => Ok((row, false)),
    }
}

/// Since when an execution without an owner is claimable: the first of its untaken signal and of what else wakes it.
fn ready(signalled: Option<i64>, wakes: Option<i64>) -> Option<i64> {
    match (signalled, wakes) {
        (Some(signalled), Some(wakes)) => Some(signalled.min(wakes)),
        (signalled, wakes) => signalled.or(wakes),
    }
}

/// What a commit needs of the stored row.
struct Compared {
    due: Option<i64>,
    signals: i64,
    ready: Option<i64>,
    place: places::Row,
}

/// Refuses a commit that does not fit the row.
async fn compare(turn: &mut Turn, commit: &Commit) -> Step<Compared> {
    let row = sqlx::query(
        "SELECT owner_node, owner_epoch, sequence, due, signals, ready, place_limit, place_most, place_state, \
         place_number FROM gennaker_executions WHERE id = ?",
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
    let place =
        places::Row { limit: row.try_get(6)?, most: row.try_get(7)?, state: row.try_get(8)?, number: row.try_get(9)? };
    Ok(Compared { due: row.try_get(3)?, signals: row.try_get(4)?, ready: row.try_get(5)?, place })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_execution_is_ready_at_the_first_of_signal_and_what_wakes_it() {
        assert_eq!(ready(Some(5), Some(9)), Some(5));
        assert_eq!(ready(Some(9), Some(5)), Some(5));
        assert_eq!(ready(None, Some(9)), Some(9));
        assert_eq!(ready(Some(5), None), Some(5));
        assert_eq!(ready(None, None), None);
    }
}
