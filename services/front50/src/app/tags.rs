//! Tags on things that clouds have.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{
    Error,
    jackson::{Shape, coerce_each, fill},
    kind::{Kind, Modified, Record, Records},
};

/// The tags of one thing.
pub(crate) struct EntityTags;

/// The tags of all things.
pub(crate) type Tags = Records<EntityTags>;

/// How many are read at a time.
const READS: usize = 16;

const TAG: [(&str, Shape); 5] = [
    ("name", Shape::Text),
    ("namespace", Shape::Text),
    ("category", Shape::Text),
    ("value", Shape::Any),
    ("valueType", Shape::Text),
];
const ABOUT_TAG: [(&str, Shape); 5] = [
    ("name", Shape::Text),
    ("lastModified", Shape::Long),
    ("lastModifiedBy", Shape::Text),
    ("created", Shape::Long),
    ("createdBy", Shape::Text),
];

impl Kind for EntityTags {
    const GROUP: &'static str = "tags";
    const FILE: &'static str = "entity-tags-metadata.json";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("version", Shape::Text),
        ("id", Shape::Text),
        ("idPattern", Shape::Text),
        ("lastModified", Shape::Long),
        ("lastModifiedBy", Shape::Text),
        ("tags", Shape::Objects),
        ("tagsMetadata", Shape::Objects),
        ("entityRef", Shape::Object),
    ];
    const MODIFIED: Modified = Modified::Number("lastModified");

    fn complete(body: &mut Object) -> Result<(), String> {
        fill(body, &[("version", "v1".into()), ("tags", json!([])), ("tagsMetadata", json!([]))]);
        for (name, _) in Self::FIELDS {
            fill(body, &[(name, Value::Null)]);
        }
        coerce_each(body, "tags", &TAG)?;
        coerce_each(body, "tagsMetadata", &ABOUT_TAG)
    }

    fn complete_stored(body: &mut Object, id: &str) -> Result<(), String> {
        if body["id"].is_null() {
            body["id"] = id.into();
        }
        Ok(())
    }
}

impl Tags {
    /// Those whose id begins with `prefix`.
    pub(crate) async fn with_prefix(&self, prefix: &str, fresh: bool) -> Vec<Arc<Record<EntityTags>>> {
        let mut all = self.all(fresh).await;
        all.retain(|tags| tags.body()["id"].as_str().is_some_and(|id| id.starts_with(prefix)));
        all
    }

    /// Those of these ids that are there and can be read.
    pub(crate) async fn of_ids(&self, ids: Vec<String>) -> Vec<Arc<Record<EntityTags>>> {
        let found = stream::iter(ids).map(|id| async move { self.get(&id).await }).buffered(READS);
        found.filter_map(async |found| found.ok()).collect().await
    }

    /// Writes tags under their id.
    pub(crate) async fn create(&self, tags: Record<EntityTags>, user: &str) -> Result<Arc<Record<EntityTags>>, Error> {
        let id = tags.text("id").ok_or_else(without_id)?.to_owned();
        self.put(&id, tags, user).await
    }

    /// Writes many, and gives them as they are written.
    pub(crate) async fn import(
        &self,
        all: Vec<Record<EntityTags>>,
        user: &str,
    ) -> Result<Vec<Arc<Record<EntityTags>>>, Error> {
        for tags in &all {
            self.items.check_id(tags.text("id").ok_or_else(without_id)?)?;
        }
        let mut written = Vec::new();
        for tags in all {
            written.push(self.create(tags, user).await?);
        }
        Ok(written)
    }

    /// Deletes many; those that are not there are nothing to do.
    pub(crate) async fn delete_all(&self, ids: &[String]) -> Result<(), Error> {
        for id in ids {
            self.delete(id).await?;
        }
        Ok(())
    }
}

fn without_id() -> Error {
    Error::Invalid("tags need an `id`, as <type>:<entity>:<account>:<region>".to_owned())
}
