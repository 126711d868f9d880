//! A change by the owner: compare the row, then write all of it or nothing.

use gennaker_store::{Ahead, Commit, Committed, Due, Error, PlaceChange};

use super::{
    changed, events, parts, places,
    row::{self, Row, Stored},
};
use crate::{dialect::Script, error::Step, nodes::fenced, rows::signed, writer::Turn};

pub(super) async fn commit(turn: &mut Turn, commit: Commit) -> Step<Committed> {
    let stored = compare(turn, &commit).await?;
    let taken = take(turn, &commit).await?;
    let left = stored.row.signals - taken;
    let signalled = (left > 0).then(|| stored.row.ready.unwrap_or(turn.now.millis()));
    let over = commit.ahead == Ahead::Ended;
    let (place, granted) = place(turn, &commit, stored.row.place.clone()).await?;
    let waits = place.waits();
    let released = match commit.ahead {
        // What waits for the place that it asks for is not driven meanwhile.
        Ahead::Keep => waits && matches!(commit.place, PlaceChange::Take(_)),
        Ahead::Wait | Ahead::Ended => true,
    };
    let due = match commit.due {
        _ if waits && released => None,
        Due::Never => None,
        Due::Keep if over => None,
        Due::Keep => stored.row.due,
        Due::At(time) => Some(time.millis()),
    };
    // The place that it got meanwhile is news to whoever claims it.
    let wakes = if place.is_news() { Some(turn.now.millis()) } else { due };
    let after = if turn.fenced { signed(commit.after) } else { stored.row.sequence };
    let row = Row {
        sequence: after + commit.events.len() as i64,
        owner: (!released).then_some(commit.owner.clone()),
        due,
        over,
        signals: left,
        ready: if released { ready(signalled, wakes) } else { signalled },
        place,
    };
    let mut script = Script::new();
    let changed = changed::mark(turn.now, stored.newest);
    row.write(&mut script, &commit.id, &stored, changed, commit.head);
    parts::remove(&mut script, &commit.id, commit.removed);
    parts::put(&mut script, &commit.id, commit.parts);
    events::insert(&mut script, &commit.id, after, Some(commit.owner.epoch), commit.events);
    turn.write(script).await?;
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

/// Refuses a commit that does not fit the row.
async fn compare(turn: &mut Turn, commit: &Commit) -> Step<Stored> {
    let row = sqlx::query(row::SELECT).bind(commit.id.clone()).fetch_optional(&mut turn.connection).await?;
    let stored = row.as_ref().map(|row| Stored::read(&commit.id, row)).transpose()?;
    let Some(stored) = stored else { return Err(fenced(commit.id.clone(), &commit.owner).into()) };
    if turn.fenced && stored.row.owner.as_ref() != Some(&commit.owner) {
        return Err(fenced(commit.id.clone(), &commit.owner).into());
    }
    let last = stored.row.sequence;
    if turn.fenced && last != signed(commit.after) {
        let after = commit.after;
        return Err(conflict(commit, format!("its last event is {last}, not {after}; read it again")).into());
    }
    if let Some(head) = &commit.head
        && head.id != commit.id
    {
        return Err(conflict(commit, format!("the head is that of {}", head.id)).into());
    }
    Ok(stored)
}

fn conflict(commit: &Commit, reason: String) -> Error {
    Error::Conflict { id: commit.id.clone(), reason }
}

/// Removes the taken signals and returns their number.
async fn take(turn: &mut Turn, commit: &Commit) -> Step<i64> {
    if !commit.taken.is_empty() {
        turn.guard().await?;
    }
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
