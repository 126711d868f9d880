//! Lists: filters, order, pages, and so many of each definition.

use gennaker_store::{Execution, Order, Query};
use sqlx::QueryBuilder;

use super::load;
use crate::{
    dialect::{Connection, Database},
    error::Step,
    rows::{self, execution_columns},
};

/// What a limit of 0 means.
const LIMIT: u32 = 1000;

pub(super) async fn list(connection: &mut Connection, query: &Query) -> Step<Vec<Execution>> {
    let mut statement = select(query);
    let rows = statement.build().persistent(false).fetch_all(&mut *connection).await?;
    let found = rows.iter().map(rows::stored).collect::<Step<Vec<_>>>()?;
    load::complete(connection, found).await
}

pub(crate) fn select(query: &Query) -> QueryBuilder<Database> {
    let mut statement = QueryBuilder::new(concat!("SELECT ", execution_columns!(), " FROM gennaker_executions WHERE "));
    match query.limit_per_definition {
        None => filter(&mut statement, query),
        Some(limit) => {
            statement.push(
                "id IN (SELECT id FROM (SELECT id, ROW_NUMBER() OVER \
                 (PARTITION BY definition ORDER BY created DESC, id DESC) AS place FROM gennaker_executions WHERE ",
            );
            filter(&mut statement, query);
            statement.push(") AS ranked WHERE place <= ").push_bind(i64::from(limit)).push(")");
        }
    }
    statement.push(match query.order {
        Order::NewestFirst => " ORDER BY created DESC, id DESC",
        Order::OldestFirst => " ORDER BY created, id",
    });
    let limit = if query.limit == 0 { LIMIT } else { query.limit };
    statement.push(" LIMIT ").push_bind(i64::from(limit)).push(" OFFSET ").push_bind(i64::from(query.offset));
    statement
}

fn filter(statement: &mut QueryBuilder<Database>, query: &Query) {
    // Something for the first AND to follow.
    statement.push("1 = 1");
    among(statement, "kind", &query.kinds);
    among(statement, "id", &query.ids);
    if let Some(correlation) = &query.correlation {
        statement.push(" AND correlation = ").push_bind(correlation.clone());
    }
    if let Some(group) = &query.group {
        statement.push(" AND group_name = ").push_bind(group.clone());
    }
    among(statement, "definition", &query.definitions);
    among(statement, "status", &query.statuses);
    if let Some(from) = query.from {
        statement.push(" AND created >= ").push_bind(from.millis());
    }
    if let Some(until) = query.until {
        statement.push(" AND created < ").push_bind(until.millis());
    }
}

fn among(statement: &mut QueryBuilder<Database>, column: &str, texts: &[String]) {
    if texts.is_empty() {
        return;
    }
    statement.push(" AND ").push(column).push(" IN (");
    let mut places = statement.separated(", ");
    for text in texts {
        places.push_bind(text.clone());
    }
    statement.push(")");
}
