//! Tags on things that clouds have.

use std::{collections::HashMap, sync::Arc};

use futures::{StreamExt as _, stream};
use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{
    Error,
    jackson::{Shape, coerce_each, fill},
    kind::{Kind, Modified, Record, Records},
    layout::shorten,
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

    /// Writes many, and gives them as they are written. With `refuse_stale` nothing is written unless each was made from
    /// what there is, by its `lastModified`; one without was made from nothing.
    pub(crate) async fn import(
        &self,
        all: Vec<Record<EntityTags>>,
        refuse_stale: bool,
        user: &str,
    ) -> Result<Vec<Arc<Record<EntityTags>>>, Error> {
        for tags in &all {
            self.items.check_id(tags.text("id").ok_or_else(without_id)?)?;
        }
        let mut looked_at = HashMap::new();
        for tags in all.iter().filter(|_| refuse_stale) {
            let id = tags.text("id").unwrap_or_default();
            let current = self.items.current(id).await?;
            if tags.modified() != current.item.as_ref().and_then(Record::modified) {
                return Err(changed_meanwhile(id));
            }
            looked_at.insert(id.to_owned(), current);
        }
        let mut written = Vec::with_capacity(all.len());
        for tags in all {
            let id = tags.text("id").unwrap_or_default().to_owned();
            written.push(match looked_at.remove(&id) {
                Some(current) => self.replace(&id, tags, &current, user).await?,
                None => self.put(&id, tags, user).await?,
            });
        }
        Ok(written)
    }

    /// Deletes the tags of one thing if they were changed last at `modified`, in epoch milliseconds, or are gone.
    pub(crate) async fn delete_unchanged(&self, id: &str, modified: &str) -> Result<(), Error> {
        let current = self.items.current(id).await?;
        match current.item.as_ref().and_then(Record::modified) {
            Some(now) if now != modified => Err(changed_meanwhile(id)),
            _ if !current.exists() => Ok(()),
            _ => self.items.delete_unchanged(id, &current).await,
        }
    }

    /// Deletes many; those that are not there are nothing to do.
    pub(crate) async fn delete_all(&self, ids: &[String]) -> Result<(), Error> {
        for id in ids {
            self.delete(id).await?;
        }
        Ok(())
    }
}

fn changed_meanwhile(id: &str) -> Error {
    Error::Concurrent(format!("the list of tags of {}", shorten(id)))
}

fn without_id() -> Error {
    Error::Invalid("tags need an `id`, as <type>:<entity>:<account>:<region>".to_owned())
}
