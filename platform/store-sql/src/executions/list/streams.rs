//! Streams: the parts of a list that an index gives in the list's order.

use std::collections::HashMap;

use gennaker_store::{Order, Query};
use sqlx::{QueryBuilder, Row as _};

use super::{filter, limit, order};
use crate::{
    dialect::{Connection, Database},
    error::Step,
};

/// Into how many streams a list is split at most; else it is sorted.
const STREAMS: usize = 200;
/// How many streams one statement reads.
const TOGETHER: usize = 50;

/// Of each of these columns one value; none: whatever the query says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream {
    pub(crate) kind: Option<String>,
    pub(crate) status: Option<String>,
    /// The inner `None` is what runs no definition.
    pub(crate) definition: Option<Option<String>>,
}

/// The streams of a list.
pub(crate) fn of(query: &Query) -> Vec<Stream> {
    let whole = vec![Stream::default()];
    if is_few(query) {
        return whole;
    }
    let streams: Vec<_> = if query.definitions.is_empty() {
        let statuses = choices(&query.statuses);
        let pairs = choices(&query.kinds)
            .into_iter()
            .flat_map(|kind| statuses.iter().map(move |status| (kind.clone(), status.clone())));
        pairs.map(|(kind, status)| Stream { kind, status, definition: None }).collect()
    } else {
        let definitions = choices(&query.definitions).into_iter();
        definitions.map(|definition| Stream { definition: Some(definition), ..Stream::default() }).collect()
    };
    if streams.len() > STREAMS { whole } else { streams }
}

/// The streams of a list of so many of each definition, one or more for each definition; `None` if no index leads to
/// the definitions.
pub(super) async fn of_definitions(connection: &mut Connection, query: &Query) -> Step<Option<Vec<Stream>>> {
    if is_few(query) {
        return Ok(None);
    }
    if !query.definitions.is_empty() {
        return Ok(Some(of(query)).filter(|streams| streams.iter().all(|stream| stream.definition.is_some())));
    }
    let Some(group) = query.group.as_ref().filter(|_| !query.kinds.is_empty()) else { return Ok(None) };
    let mut streams = Vec::new();
    for kind in choices(&query.kinds).into_iter().flatten() {
        let rows = definitions(group, &kind).build().fetch_all(&mut *connection).await?;
        let mut found: Vec<Option<String>> = vec![None];
        for row in rows {
            found.push(row.try_get(0)?);
        }
        let of_kind = |definition| Stream { kind: Some(kind.clone()), definition: Some(definition), status: None };
        streams.extend(found.into_iter().map(of_kind));
    }
    Ok(Some(streams))
}

/// Whether what the query finds is few, and not led to by the indexes that order.
pub(super) fn is_few(query: &Query) -> bool {
    !query.ids.is_empty() || query.correlation.is_some() || query.owner.is_some()
}

/// Each text once; a single `None` if there is none.
fn choices(texts: &[String]) -> Vec<Option<String>> {
    let mut texts: Vec<_> = texts.iter().cloned().map(Some).collect();
    texts.sort_unstable();
    texts.dedup();
    if texts.is_empty() { vec![None] } else { texts }
}

/// The definitions of a group, each found by one step in the index.
pub(crate) fn definitions(group: &str, kind: &str) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new("WITH RECURSIVE found (definition) AS (SELECT ");
    let next = |statement: &mut QueryBuilder<Database>, than: &'static str| {
        statement.push("(SELECT definition FROM gennaker_executions WHERE group_name = ").push_bind(group.to_owned());
        statement.push(" AND kind = ").push_bind(kind.to_owned());
        statement.push(" AND definition ").push(than).push(" ORDER BY definition LIMIT 1)");
    };
    next(&mut statement, ">= ''");
    statement.push(" UNION ALL SELECT ");
    next(&mut statement, "> found.definition");
    statement.push(
        " FROM found WHERE found.definition IS NOT NULL) SELECT definition FROM found WHERE definition IS NOT NULL",
    );
    statement
}

struct Found {
    created: i64,
    id: String,
    definition: Option<String>,
}

/// The ids of the query's page.
pub(super) async fn merge(connection: &mut Connection, query: &Query, streams: &[Stream]) -> Step<Vec<String>> {
    let mut found = Vec::new();
    for streams in streams.chunks(TOGETHER) {
        for row in several(query, streams).build().persistent(false).fetch_all(&mut *connection).await? {
            found.push(Found { id: row.try_get(0)?, created: row.try_get(1)?, definition: row.try_get(2)? });
        }
    }
    found.sort_unstable_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    if let Some(most) = query.limit_per_definition {
        let mut counts: HashMap<Option<String>, u32> = HashMap::new();
        found.retain(|found| {
            let count = counts.entry(found.definition.clone()).or_default();
            *count += 1;
            *count <= most
        });
    }
    if query.order == Order::OldestFirst {
        found.reverse();
    }
    let page = found.into_iter().skip(query.offset as usize).take(limit(query) as usize);
    Ok(page.map(|found| found.id).collect())
}

/// What the page may need of each stream.
pub(crate) fn several(query: &Query, streams: &[Stream]) -> QueryBuilder<Database> {
    let (direction, most) = match query.limit_per_definition {
        // The newest ones of each count, whatever the order of the list.
        Some(most) => (Order::NewestFirst, i64::from(most)),
        None => (query.order, i64::from(query.offset) + i64::from(limit(query))),
    };
    let mut statement = QueryBuilder::new("");
    let mut between = "";
    for stream in streams {
        statement.push(between).push("SELECT id, created, definition FROM (");
        statement.push("SELECT id, created, definition FROM gennaker_executions WHERE ");
        filter(&mut statement, query, stream);
        order(&mut statement, direction);
        statement.push(" LIMIT ").push_bind(most).push(") AS stream");
        between = " UNION ALL ";
    }
    statement
}
