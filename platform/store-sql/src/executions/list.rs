//! Lists: filters, order, pages, and so many of each definition.
//!
//! A list reads as many rows as it answers, however many are stored: a filter by several kinds, statuses or definitions
//! is a [`Stream`] for each combination, which one index gives in the list's order, and the streams are merged. So is a
//! limit for each definition. What no index orders (ids, a correlation, an owner) is few by nature and sorted.

mod streams;

use std::collections::HashMap;

use gennaker_store::{Execution, Order, Query};
use sqlx::QueryBuilder;

pub(crate) use self::streams::Stream;
use super::load;
use crate::{
    dialect::{ASIDE, Connection, Database},
    error::Step,
    rows::{column, execution_columns},
};

/// What a limit of 0 means.
const LIMIT: u32 = 1000;

pub(super) async fn list(connection: &mut Connection, query: &Query) -> Step<Vec<Execution>> {
    let streams = match query.limit_per_definition {
        None => Some(streams::of(query)),
        Some(_) => streams::of_definitions(connection, query).await?,
    };
    match streams {
        Some(streams) if query.limit_per_definition.is_some() || streams.len() > 1 => {
            let ids = streams::merge(connection, query, &streams).await?;
            in_order(connection, &ids).await
        }
        _ => {
            let rows = select(query).build().persistent(false).fetch_all(&mut *connection).await?;
            load::listed(connection, &rows).await
        }
    }
}

/// How many a page holds at most.
fn limit(query: &Query) -> u32 {
    if query.limit == 0 { LIMIT } else { query.limit }
}

/// The whole list as one statement.
pub(crate) fn select(query: &Query) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new(concat!("SELECT ", execution_columns!(), " FROM gennaker_executions WHERE "));
    let all = Stream::default();
    match query.limit_per_definition {
        None => filter(&mut statement, query, &all),
        Some(most) => {
            statement.push(
                "id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER \
                 (PARTITION BY definition ORDER BY created DESC, id DESC) AS place FROM gennaker_executions WHERE ",
            );
            filter(&mut statement, query, &all);
            statement.push(") AS ranked WHERE place <= ").push_bind(i64::from(most)).push(")");
        }
    }
    order(&mut statement, query.order);
    statement.push(" LIMIT ").push_bind(i64::from(limit(query)));
    statement.push(" OFFSET ").push_bind(i64::from(query.offset));
    statement
}

fn order(statement: &mut QueryBuilder<Database>, order: Order) {
    statement.push(match order {
        Order::NewestFirst => " ORDER BY created DESC, id DESC",
        Order::OldestFirst => " ORDER BY created, id",
    });
}

/// The executions of these ids, in the order of the ids.
async fn in_order(connection: &mut Connection, ids: &[String]) -> Step<Vec<Execution>> {
    let read = load::those(connection, ids).await?.into_iter();
    let mut found: HashMap<_, _> = read.map(|execution| (execution.head.id.clone(), execution)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The query's conditions, in which the stream's values take the place of several.
fn filter(statement: &mut QueryBuilder<Database>, query: &Query, stream: &Stream) {
    // What leads to the rows by itself; all else is looked at in these rows.
    let few = streams::is_few(query);
    let aside = if few || !query.definitions.is_empty() { ASIDE } else { "" };
    // Something for the first AND to follow.
    statement.push("1 = 1");
    among(statement, "", "id", &query.ids);
    one_or_among(statement, "", "correlation", query.correlation.as_ref(), &[]);
    if let Some(owner) = &query.owner {
        statement.push(" AND owner_node = ").push_bind(owner.node.clone());
        statement.push(" AND owner_epoch = ").push_bind(column(owner.epoch));
    }
    let before_definition = if few { ASIDE } else { "" };
    match &stream.definition {
        Some(None) => {
            statement.push(" AND definition IS NULL");
        }
        Some(definition) => one_or_among(statement, before_definition, "definition", definition.as_ref(), &[]),
        None => among(statement, before_definition, "definition", &query.definitions),
    }
    one_or_among(statement, aside, "group_name", query.group.as_ref(), &[]);
    one_or_among(statement, aside, "kind", stream.kind.as_ref(), &query.kinds);
    one_or_among(statement, aside, "status", stream.status.as_ref(), &query.statuses);
    among(statement, "", "name", &query.names);
    if let Some(from) = query.from {
        statement.push(" AND created >= ").push_bind(from.millis());
    }
    if let Some(until) = query.until {
        statement.push(" AND created < ").push_bind(until.millis());
    }
}

fn one_or_among(
    statement: &mut QueryBuilder<Database>,
    aside: &str,
    column: &str,
    one: Option<&String>,
    several: &[String],
) {
    match one {
        Some(text) => {
            statement.push(" AND ").push(aside).push(column).push(" = ").push_bind(text.clone());
        }
        None => among(statement, aside, column, several),
    }
}

fn among(statement: &mut QueryBuilder<Database>, aside: &str, column: &str, texts: &[String]) {
    if texts.is_empty() {
        return;
    }
    statement.push(" AND ").push(aside).push(column).push(" IN (");
    let mut places = statement.separated(", ");
    for text in texts {
        places.push_bind(text.clone());
    }
    statement.push(")");
}

/// The statements whose plans are tested.
#[cfg(test)]
pub(crate) use self::streams::{definitions, of as streams_of, several};
