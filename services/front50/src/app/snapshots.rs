//! Snapshots of an application's infrastructure in an account.

use std::sync::Arc;

use gennaker_wire::Object;
use serde_json::Value;

use super::{
    Error,
    jackson::{Shape, fill},
    kind::{Kind, Modified, Record, Records},
};

/// A snapshot.
pub(crate) struct Snapshot;

/// The snapshots.
pub(crate) type Snapshots = Records<Snapshot>;

impl Kind for Snapshot {
    const GROUP: &'static str = "snapshots";
    const FILE: &'static str = "snapshot.json";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("id", Shape::Text),
        ("application", Shape::Text),
        ("account", Shape::Text),
        ("infrastructure", Shape::Object),
        ("configLang", Shape::Text),
        ("lastModified", Shape::Long),
        ("lastModifiedBy", Shape::Text),
        ("timestamp", Shape::Long),
    ];
    const MODIFIED: Modified = Modified::Number("lastModified");

    fn complete(body: &mut Object) -> Result<(), String> {
        if body.get("configLang").is_some_and(|language| language != "TERRAFORM") {
            return Err("the body is wrong at configLang: there is TERRAFORM only".to_owned());
        }
        for (name, _) in Self::FIELDS {
            fill(body, &[(name, Value::Null)]);
        }
        Ok(())
    }

    fn complete_stored(body: &mut Object, id: &str) -> Result<(), String> {
        if body["id"].is_null() {
            body["id"] = id.into();
        }
        Ok(())
    }
}

impl Snapshots {
    /// Writes the snapshot of an application in an account.
    pub(crate) async fn save(&self, mut snapshot: Record<Snapshot>, user: &str) -> Result<(), Error> {
        let id = match (snapshot.text("application"), snapshot.text("account")) {
            (Some(application), Some(account)) => format!("{application}-{account}"),
            _ => return Err(Error::SnapshotIncomplete),
        };
        snapshot.body_mut().insert("id".to_owned(), id.clone().into());
        snapshot.body_mut().insert("timestamp".to_owned(), self.clock.now().millis().into());
        self.put(&id, snapshot, user).await.map(|_| ())
    }

    /// The snapshot that was taken at that time, among the newest `limit` ones.
    pub(crate) async fn at(&self, id: &str, timestamp: &str, limit: usize) -> Result<Arc<Record<Snapshot>>, Error> {
        let wanted: i64 =
            timestamp.parse().map_err(|_| Error::Invalid(format!("For input string: \"{timestamp}\"")))?;
        let history = self.history(id, limit).await?;
        let found = history.into_iter().find(|snapshot| snapshot.body()["timestamp"] == wanted);
        found.map(Arc::new).ok_or(Error::NoSnapshot)
    }
}
