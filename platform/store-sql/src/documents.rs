//! Small documents: a row a revision, the newest of a name marked.

use async_trait::async_trait;
use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Document, Documents, Error, Expected, KEPT_REVISIONS, Result};
use sqlx::Row as _;

use crate::{
    SqlStore,
    dialect::{Connection, Row},
    error::Step,
    rows::{number, signed},
    writer::Turn,
};

/// What a row is read from, in the order of [`document`].
macro_rules! columns {
    () => {
        "group_name, name, revision, at, body"
    };
}

#[async_trait]
impl Documents for SqlStore {
    async fn put_document(
        &self,
        group: &str,
        name: &str,
        body: Option<String>,
        expected: Expected,
    ) -> Result<Document> {
        let (group, name) = (group.to_owned(), name.to_owned());
        self.writer.write(&name.clone(), move |turn| put(turn, group, name, body, expected).boxed()).await
    }

    async fn documents(&self, group: &str) -> Result<Vec<Document>> {
        let mut connection = self.connection().await?;
        self.settle(documents(&mut connection, group).await)
    }

    async fn document_history(&self, group: &str, name: &str) -> Result<Vec<Document>> {
        let mut connection = self.connection().await?;
        self.settle(history(&mut connection, group, name).await)
    }
}

async fn put(turn: &mut Turn, group: String, name: String, body: Option<String>, expected: Expected) -> Step<Document> {
    let latest = latest(&mut turn.connection, &group, &name).await?;
    judge(&name, latest.as_ref(), expected)?;
    let revision = latest.map_or(0, |latest| latest.revision) + 1;
    let document = Document { group, name, revision, at: turn.now, body };
    sqlx::query("UPDATE gennaker_documents SET latest = 0 WHERE group_name = ? AND name = ? AND latest = 1")
        .bind(document.group.clone())
        .bind(document.name.clone())
        .execute(&mut turn.connection)
        .await?;
    sqlx::query("DELETE FROM gennaker_documents WHERE group_name = ? AND name = ? AND revision <= ?")
        .bind(document.group.clone())
        .bind(document.name.clone())
        .bind(signed(revision.saturating_sub(KEPT_REVISIONS)))
        .execute(&mut turn.connection)
        .await?;
    sqlx::query(
        "INSERT INTO gennaker_documents (group_name, name, revision, at, latest, body) VALUES (?, ?, ?, ?, 1, ?)",
    )
    .bind(document.group.clone())
    .bind(document.name.clone())
    .bind(signed(revision))
    .bind(document.at.millis())
    .bind(document.body.clone())
    .execute(&mut turn.connection)
    .await?;
    Ok(document)
}

fn judge(name: &str, latest: Option<&Document>, expected: Expected) -> Result<()> {
    let present = latest.filter(|latest| latest.body.is_some());
    let conflict = |reason: String| Err(Error::Conflict { id: name.to_owned(), reason });
    match expected {
        Expected::Any => Ok(()),
        Expected::Absent if present.is_some() => conflict("there is one already".to_owned()),
        Expected::Absent => Ok(()),
        Expected::Present if present.is_none() => Err(Error::NotFound { what: "document", id: name.to_owned() }),
        Expected::Present => Ok(()),
        Expected::Revision(revision) => match latest.map_or(0, |latest| latest.revision) {
            found if found == revision => Ok(()),
            found => conflict(format!("revision {revision} was expected, {found} is there")),
        },
    }
}

async fn latest(connection: &mut Connection, group: &str, name: &str) -> Step<Option<Document>> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM gennaker_documents WHERE group_name = ? AND name = ? ORDER BY revision DESC LIMIT 1"
    ))
    .bind(group.to_owned())
    .bind(name.to_owned())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(document).transpose()
}

async fn documents(connection: &mut Connection, group: &str) -> Step<Vec<Document>> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM gennaker_documents WHERE group_name = ? AND latest = 1 AND body IS NOT NULL ORDER BY name"
    ))
    .bind(group.to_owned())
    .fetch_all(connection)
    .await?;
    rows.iter().map(document).collect()
}

async fn history(connection: &mut Connection, group: &str, name: &str) -> Step<Vec<Document>> {
    let rows = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM gennaker_documents WHERE group_name = ? AND name = ? ORDER BY revision DESC"
    ))
    .bind(group.to_owned())
    .bind(name.to_owned())
    .fetch_all(connection)
    .await?;
    rows.iter().map(document).collect()
}

fn document(row: &Row) -> Step<Document> {
    let name: String = row.try_get(1)?;
    let revision = number("document", &name, row.try_get::<i64, _>(2)?)?;
    let at = Timestamp::from_millis(row.try_get(3)?);
    Ok(Document { group: row.try_get(0)?, revision, at, body: row.try_get(4)?, name })
}
