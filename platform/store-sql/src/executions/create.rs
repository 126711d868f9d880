//! Creation: create if absent, by id, by request and by correlation, with fence and place in the same write.

use gennaker_store::{Created, Error, Fence, NewExecution};
use sqlx::Row as _;

use super::{events, places};
use crate::{
    dialect::{Query, upsert},
    error::Step,
    nodes::fenced,
    rows::{column, millis},
    writer::Turn,
};

pub(super) async fn create(turn: &mut Turn, new: NewExecution) -> Step<Created> {
    let known = look(turn, &new).await?;
    if let Some(fence) = &new.fence {
        refuse_lower(fence, known.fence)?;
        if known.fence.is_none_or(|seen| seen < column(fence.epoch)) {
            remember_fence(turn, fence).await?;
        }
    }
    if let Some(id) = known.id {
        // The second request for one id is answered as the first: so is its repetition.
        remember_request(turn, &new, &id, &known.request).await?;
        return Ok(Created::Existing(id));
    }
    match known.request {
        Some(Request { execution, keep: None }) => return Ok(Created::Existing(execution)),
        Some(Request { keep: Some(keep), .. }) if keep > turn.now.millis() => return Ok(Created::Deleted),
        _ => {}
    }
    if known.tombstone.is_some_and(|keep| keep > turn.now.millis()) {
        return Ok(Created::Deleted);
    }
    if let Some(id) = known.correlated {
        remember_request(turn, &new, &id, &known.request).await?;
        return Ok(Created::Existing(id));
    }
    if let Some(owner) = &new.owner
        && known.owner_expires.is_none_or(|expires| expires <= turn.now.millis())
    {
        return Err(fenced(new.head.id, owner).into());
    }
    let place = match &new.place {
        Some(place) => places::ask(turn, place).await?,
        None => places::Row::default(),
    };
    let waits = place.waits();
    insert(turn, new, place, known.tombstone.is_some()).await?;
    Ok(Created::New { waits })
}

/// What the store knows that bears on a creation.
struct Known {
    id: Option<String>,
    tombstone: Option<i64>,
    fence: Option<i64>,
    owner_expires: Option<i64>,
    request: Option<Request>,
    correlated: Option<String>,
}

/// A request that was answered: by which execution, and until when that is known if it is deleted.
struct Request {
    execution: String,
    keep: Option<i64>,
}

async fn look(turn: &mut Turn, new: &NewExecution) -> Step<Known> {
    let row = sqlx::query(
        "SELECT (SELECT id FROM gennaker_executions WHERE id = ?), \
         (SELECT keep FROM gennaker_tombstones WHERE id = ?), \
         (SELECT epoch FROM gennaker_fences WHERE execution = ?), \
         (SELECT expires FROM gennaker_nodes WHERE node = ? AND epoch = ?), \
         (SELECT execution FROM gennaker_requests WHERE kind = ? AND request = ?), \
         (SELECT keep FROM gennaker_requests WHERE kind = ? AND request = ?), \
         (SELECT id FROM gennaker_executions WHERE correlation = ? AND kind = ? AND is_over = 0 \
         ORDER BY created DESC, id DESC LIMIT 1)",
    )
    .bind(new.head.id.clone())
    .bind(new.head.id.clone())
    .bind(new.fence.as_ref().map(|fence| fence.execution.clone()))
    .bind(new.owner.as_ref().map(|owner| owner.node.clone()))
    .bind(new.owner.as_ref().map(|owner| column(owner.epoch)))
    .bind(new.head.kind.clone())
    .bind(new.request.clone())
    .bind(new.head.kind.clone())
    .bind(new.request.clone())
    .bind(new.correlation.clone())
    .bind(new.head.kind.clone())
    .fetch_one(&mut turn.connection)
    .await?;
    let keep = row.try_get(5)?;
    let request = row.try_get::<Option<String>, _>(4)?.map(|execution| Request { execution, keep });
    Ok(Known {
        id: row.try_get(0)?,
        tombstone: row.try_get(1)?,
        fence: row.try_get(2)?,
        owner_expires: row.try_get(3)?,
        request,
        correlated: row.try_get(6)?,
    })
}

fn refuse_lower(fence: &Fence, seen: Option<i64>) -> Result<(), Error> {
    if seen.is_some_and(|seen| seen > column(fence.epoch)) {
        let node = "a former owner".to_owned();
        return Err(Error::Fenced { id: fence.execution.clone(), node, epoch: fence.epoch.0 });
    }
    Ok(())
}

async fn remember_fence(turn: &mut Turn, fence: &Fence) -> Step<()> {
    sqlx::query(concat!(
        "INSERT INTO gennaker_fences (execution, epoch, seen) VALUES (?, ?, ?)",
        upsert!("execution"; "epoch", "seen")
    ))
    .bind(fence.execution.clone())
    .bind(column(fence.epoch))
    .bind(turn.now.millis())
    .execute(&mut turn.connection)
    .await?;
    Ok(())
}

/// Remembers that execution `id` answers the request, unless another one does so already.
async fn remember_request(turn: &mut Turn, new: &NewExecution, id: &str, known: &Option<Request>) -> Step<()> {
    let Some(request) = &new.request else { return Ok(()) };
    let taken = known.as_ref().is_some_and(|known| known.keep.is_none_or(|keep| keep > turn.now.millis()));
    if taken {
        return Ok(());
    }
    sqlx::query(concat!(
        "INSERT INTO gennaker_requests (kind, request, execution, keep) VALUES (?, ?, ?, NULL)",
        upsert!("kind, request"; "execution", "keep")
    ))
    .bind(new.head.kind.clone())
    .bind(request.clone())
    .bind(id.to_owned())
    .execute(&mut turn.connection)
    .await?;
    Ok(())
}

async fn insert(turn: &mut Turn, new: NewExecution, place: places::Row, buried: bool) -> Step<()> {
    if buried {
        sqlx::query("DELETE FROM gennaker_tombstones WHERE id = ?")
            .bind(new.head.id.clone())
            .execute(&mut turn.connection)
            .await?;
    }
    let id = new.head.id.clone();
    remember_request(turn, &new, &id, &None).await?;
    head_row(&new, place, turn).execute(&mut turn.connection).await?;
    for part in new.parts {
        sqlx::query("INSERT INTO gennaker_parts (execution, id, position, body) VALUES (?, ?, ?, ?)")
            .bind(id.clone())
            .bind(part.id)
            .bind(i64::from(part.position))
            .bind(part.body)
            .execute(&mut turn.connection)
            .await?;
    }
    events::insert(&mut turn.connection, &id, 1, None, new.event).await
}

fn head_row(new: &NewExecution, place: places::Row, turn: &Turn) -> Query {
    let head = new.head.clone();
    let owner = new.owner.as_ref().filter(|_| !place.waits());
    // What nobody owns waits for an owner from now on, unless it waits for a place.
    let ready = (owner.is_none() && !place.waits()).then_some(turn.now.millis());
    sqlx::query(
        "INSERT INTO gennaker_executions (id, kind, group_name, definition, name, status, created, started, ended, \
         format, body, sequence, owner_node, owner_epoch, due, is_over, signals, signal_sequence, ready, \
         correlation, place_limit, place_most, place_state, place_number) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, NULL, 0, 0, 0, ?, ?, ?, ?, ?, ?)",
    )
    .bind(head.id)
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
    .bind(owner.map(|owner| owner.node.clone()))
    .bind(owner.map(|owner| column(owner.epoch)))
    .bind(ready)
    .bind(new.correlation.clone())
    .bind(place.limit)
    .bind(place.most)
    .bind(place.state)
    .bind(place.number)
}
