//! Creation: create if absent, by id, by request and by correlation, with fence and place in the same write.

use gennaker_base::Timestamp;
use gennaker_store::{Created, NewExecution};
use sqlx::Row as _;

use super::{
    changed::{self, newest},
    events, parts, places,
};
use crate::{
    dialect::{Script, aside, upsert},
    error::Step,
    fences::{self, Seen},
    nodes::fenced,
    rows::{column, millis},
    writer::Turn,
};

pub(super) async fn create(turn: &mut Turn, new: NewExecution) -> Step<Created> {
    let known = look(turn, &new).await?;
    let mut script = Script::new();
    if let Some(fence) = &new.fence {
        fences::refuse_lower(fence, known.fence, turn.fenced)?;
        fences::remember(&mut script, turn.now, fence, known.fence);
    }
    let created = match known.answer(turn.now) {
        Some(created) => {
            if let Created::Existing(id) = &created {
                // Whatever it was found by, its repetition is answered so too.
                remember_request(&mut script, turn.now, &new, id, &known.request);
            }
            created
        }
        None => {
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
            remember_request(&mut script, turn.now, &new, &new.head.id, &None);
            if known.tombstone.is_some() {
                let statement = script.statement("DELETE FROM gennaker_tombstones WHERE id = ");
                statement.push_bind(new.head.id.clone());
            }
            insert(&mut script, turn.now, changed::mark(turn.now, known.newest), new, place);
            Created::New { waits }
        }
    };
    turn.write(script).await?;
    Ok(created)
}

/// What the store knows that bears on a creation.
struct Known {
    id: Option<String>,
    tombstone: Option<i64>,
    fence: Option<Seen>,
    owner_expires: Option<i64>,
    request: Option<Request>,
    correlated: Option<String>,
    /// When something changed last.
    newest: Option<i64>,
}

impl Known {
    /// What is answered without creating anything, if so.
    fn answer(&self, now: Timestamp) -> Option<Created> {
        if let Some(id) = &self.id {
            return Some(Created::Existing(id.clone()));
        }
        match &self.request {
            Some(Request { execution, keep: None }) => return Some(Created::Existing(execution.clone())),
            Some(Request { keep: Some(keep), .. }) if *keep > now.millis() => return Some(Created::Deleted),
            _ => {}
        }
        if self.tombstone.is_some_and(|keep| keep > now.millis()) {
            return Some(Created::Deleted);
        }
        self.correlated.clone().map(Created::Existing)
    }
}

/// A request that was answered: by which execution, and until when that is known if it is deleted.
struct Request {
    execution: String,
    keep: Option<i64>,
}

/// Reads [`Known`].
pub(crate) const LOOK: &str = concat!(
    "SELECT (SELECT id FROM gennaker_executions WHERE id = ?), \
     (SELECT keep FROM gennaker_tombstones WHERE id = ?), \
     (SELECT epoch FROM gennaker_fences WHERE execution = ?), \
     (SELECT expires FROM gennaker_nodes WHERE node = ? AND epoch = ?), \
     (SELECT execution FROM gennaker_requests WHERE kind = ? AND request = ?), \
     (SELECT keep FROM gennaker_requests WHERE kind = ? AND request = ?), \
     (SELECT id FROM gennaker_executions WHERE correlation = ? AND is_over = 0 AND ",
    aside!(),
    "kind = ? ORDER BY created DESC, id DESC LIMIT 1), \
     (SELECT seen FROM gennaker_fences WHERE execution = ?), ",
    newest!()
);

async fn look(turn: &mut Turn, new: &NewExecution) -> Step<Known> {
    let row = sqlx::query(LOOK)
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
        .bind(new.fence.as_ref().map(|fence| fence.execution.clone()))
        .fetch_one(&mut turn.connection)
        .await?;
    let keep = row.try_get(5)?;
    let fence = match (row.try_get::<Option<i64>, _>(2)?, row.try_get::<Option<i64>, _>(7)?) {
        (Some(epoch), Some(at)) => Some(Seen { epoch, at }),
        _ => None,
    };
    let request = row.try_get::<Option<String>, _>(4)?.map(|execution| Request { execution, keep });
    Ok(Known {
        id: row.try_get(0)?,
        tombstone: row.try_get(1)?,
        fence,
        owner_expires: row.try_get(3)?,
        request,
        correlated: row.try_get(6)?,
        newest: row.try_get(8)?,
    })
}

/// Remembers that execution `id` answers the request, unless another one does so already.
fn remember_request(script: &mut Script, now: Timestamp, new: &NewExecution, id: &str, known: &Option<Request>) {
    let taken = known.as_ref().is_some_and(|known| known.keep.is_none_or(|keep| keep > now.millis()));
    let requests = new.request.iter().filter(|_| !taken).collect();
    script.insert(
        "INSERT INTO gennaker_requests (kind, request, execution, keep)",
        requests,
        |row, request| {
            row.push_bind(new.head.kind.clone()).push_bind(request.clone()).push_bind(id.to_owned()).push("NULL");
        },
        upsert!("kind, request"; "execution", "keep"),
    );
}

fn insert(script: &mut Script, now: Timestamp, changed: i64, new: NewExecution, place: places::Row) {
    let NewExecution { head, parts, event, owner, correlation, .. } = new;
    let id = head.id.clone();
    let owner = owner.filter(|_| !place.waits());
    // What nobody owns waits for an owner from now on, unless it waits for a place.
    let ready = (owner.is_none() && !place.waits()).then_some(now.millis());
    script.insert(
        "INSERT INTO gennaker_executions (id, kind, group_name, definition, name, status, created, started, ended, \
         format, body, sequence, owner_node, owner_epoch, due, is_over, signals, signal_sequence, ready, correlation, \
         place_limit, place_most, place_state, place_number, changed)",
        vec![(head, owner, place)],
        |row, (head, owner, place)| {
            row.push_bind(head.id).push_bind(head.kind).push_bind(head.group).push_bind(head.definition);
            row.push_bind(head.name).push_bind(head.status).push_bind(head.created.millis());
            row.push_bind(millis(head.started)).push_bind(millis(head.ended)).push_bind(i64::from(head.format));
            row.push_bind(head.body).push("1").push_bind(owner.as_ref().map(|owner| owner.node.clone()));
            row.push_bind(owner.map(|owner| column(owner.epoch))).push("NULL, 0, 0, 0").push_bind(ready);
            row.push_bind(correlation.clone()).push_bind(place.limit).push_bind(place.most);
            row.push_bind(place.state).push_bind(place.number).push_bind(changed);
        },
        "",
    );
    parts::insert(script, &id, parts, "");
    events::insert(script, &id, 0, None, vec![event]);
}
