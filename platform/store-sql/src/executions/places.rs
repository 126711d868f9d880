//! Places under a limit: who holds one and who waits is in the executions' own rows, and changes in the transaction of
//! the change that takes or gives back.
//!
//! `place_limit` is the limit's name, null without one; `place_state` is one of the states below. What waits is numbered
//! by `place_number`, in the order of arrival. The index over the three answers all questions here: none of them costs
//! more with more stored executions.

use gennaker_store::{Next, Place, Standing};
use sqlx::Row as _;

use crate::{error::Step, writer::Turn};

/// Another one took its turn: it gets no place any more.
const SUPERSEDED: i64 = 0;
/// It waits in the queue.
const WAITING: i64 = 1;
/// It got a place while nobody looked: to be told to whoever claims it. It holds the place as [`HELD`] does.
pub(super) const GRANTED: i64 = 2;
/// It holds a place.
pub(super) const HELD: i64 = 3;

/// The columns of a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) limit: Option<String>,
    pub(super) most: Option<i64>,
    pub(super) state: Option<i64>,
    pub(super) number: Option<i64>,
}

impl Row {
    /// Whether it waits, superseded or not.
    pub(super) fn waits(&self) -> bool {
        standing(self.state) == Standing::Waiting
    }

    /// Whether its owner does not know yet that it has a place.
    pub(super) fn is_news(&self) -> bool {
        self.state == Some(GRANTED)
    }

    fn holds(&self) -> bool {
        standing(self.state) == Standing::Held
    }

    /// Whether to ask for a place under `limit` changes nothing.
    fn has(&self, limit: &str) -> bool {
        self.limit.as_deref() == Some(limit) && self.state != Some(SUPERSEDED)
    }
}

/// What an execution is told of its place.
pub(crate) fn standing(state: Option<i64>) -> Standing {
    match state {
        None => Standing::None,
        Some(SUPERSEDED | WAITING) => Standing::Waiting,
        Some(_) => Standing::Held,
    }
}

/// A place under a limit, or one in its queue.
pub(super) async fn ask(turn: &mut Turn, place: &Place) -> Step<Row> {
    let (held, last) = count(turn, &place.limit).await?;
    let most = i64::from(place.most.max(1));
    let limit = Some(place.limit.clone());
    Ok(match last {
        None if held < most => Row { limit, most: Some(most), state: Some(HELD), number: None },
        last => Row { limit, most: Some(most), state: Some(WAITING), number: Some(last.unwrap_or(0) + 1) },
    })
}

/// The place of an execution that has `row` and now asks for `place`; says whether somebody else got one by it.
pub(super) async fn change(turn: &mut Turn, id: &str, row: Row, place: &Place) -> Step<(Row, bool)> {
    if row.has(&place.limit) {
        return Ok((Row { most: Some(i64::from(place.most.max(1))), ..row }, false));
    }
    let granted = free(turn, id, &row, &Next::Oldest).await?;
    Ok((ask(turn, place).await?, granted))
}

/// Takes away the place, or the position in the queue, of an execution that has `row`; gives the place on. Says whether
/// others got one, or were superseded.
pub(super) async fn free(turn: &mut Turn, id: &str, row: &Row, next: &Next) -> Step<bool> {
    let Some(limit) = &row.limit else { return Ok(false) };
    turn.guard().await?;
    sqlx::query(
        "UPDATE gennaker_executions SET place_limit = NULL, place_most = NULL, place_state = NULL, \
         place_number = NULL WHERE id = ?",
    )
    .bind(id.to_owned())
    .execute(&mut turn.connection)
    .await?;
    match next {
        Next::Newest { superseded } if row.holds() => grant_newest(turn, limit, superseded).await,
        _ => grant_oldest(turn, limit).await,
    }
}

pub(crate) const COUNT: &str = "\
    SELECT (SELECT COUNT(*) FROM gennaker_executions WHERE place_limit = ? AND place_state >= ?), \
    (SELECT MAX(place_number) FROM gennaker_executions WHERE place_limit = ? AND place_state = ?)";
pub(crate) const OLDEST: &str = "\
    SELECT id, place_most FROM gennaker_executions WHERE place_limit = ? AND place_state = ? \
    ORDER BY place_number LIMIT 1";
pub(crate) const NUMBERED: &str = "\
    SELECT id, place_most FROM gennaker_executions WHERE place_limit = ? AND place_state = ? AND place_number = ?";

/// How many hold a place, and the number of the last one that waits.
async fn count(turn: &mut Turn, limit: &str) -> Step<(i64, Option<i64>)> {
    let row = sqlx::query(COUNT)
        .bind(limit.to_owned())
        .bind(GRANTED)
        .bind(limit.to_owned())
        .bind(WAITING)
        .fetch_one(&mut turn.connection)
        .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// The longest waiting ones get places as long as each allows it.
async fn grant_oldest(turn: &mut Turn, limit: &str) -> Step<bool> {
    let (mut held, last) = count(turn, limit).await?;
    let mut granted = false;
    while last.is_some() {
        let row = sqlx::query(OLDEST).bind(limit.to_owned()).bind(WAITING).fetch_optional(&mut turn.connection).await?;
        let Some(row) = row else { break };
        if held >= row.try_get::<i64, _>(1)? {
            break;
        }
        grant(turn, row.try_get(0)?).await?;
        held += 1;
        granted = true;
    }
    Ok(granted)
}

/// The newest one gets the place if it allows that, and the others leave the queue with a signal.
async fn grant_newest(turn: &mut Turn, limit: &str, superseded: &str) -> Step<bool> {
    let (held, last) = count(turn, limit).await?;
    let Some(last) = last else { return Ok(false) };
    let row =
        sqlx::query(NUMBERED).bind(limit.to_owned()).bind(WAITING).bind(last).fetch_one(&mut turn.connection).await?;
    if held >= row.try_get::<i64, _>(1)? {
        return Ok(false);
    }
    grant(turn, row.try_get(0)?).await?;
    supersede(turn, limit, superseded).await?;
    Ok(true)
}

/// Gives a place; an owned execution becomes claimable when its owner releases it.
async fn grant(turn: &mut Turn, id: String) -> Step<()> {
    let now = turn.now.millis();
    sqlx::query(
        "UPDATE gennaker_executions SET place_state = ?, place_number = NULL, \
         ready = CASE WHEN owner_node IS NOT NULL OR ready < ? THEN ready ELSE ? END WHERE id = ?",
    )
    .bind(GRANTED)
    .bind(now)
    .bind(now)
    .bind(id)
    .execute(&mut turn.connection)
    .await?;
    Ok(())
}

/// Signals all that wait under the limit.
async fn supersede(turn: &mut Turn, limit: &str, body: &str) -> Step<()> {
    let now = turn.now.millis();
    sqlx::query(
        "INSERT INTO gennaker_signals (execution, sequence, at, body) SELECT id, signal_sequence + 1, ?, ? \
         FROM gennaker_executions WHERE place_limit = ? AND place_state = ?",
    )
    .bind(now)
    .bind(body.to_owned())
    .bind(limit.to_owned())
    .bind(WAITING)
    .execute(&mut turn.connection)
    .await?;
    sqlx::query(
        "UPDATE gennaker_executions SET place_state = ?, place_number = NULL, signals = signals + 1, \
         signal_sequence = signal_sequence + 1, ready = CASE WHEN ready < ? THEN ready ELSE ? END \
         WHERE place_limit = ? AND place_state = ?",
    )
    .bind(SUPERSEDED)
    .bind(now)
    .bind(now)
    .bind(limit.to_owned())
    .bind(WAITING)
    .execute(&mut turn.connection)
    .await?;
    Ok(())
}
