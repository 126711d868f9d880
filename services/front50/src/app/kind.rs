//! A kind of object that is kept as the JSON that was sent: projects, notifications, templates and the like.
//!
//! ```text
//! struct Project;
//! impl Kind for Project { const GROUP: &'static str = "projects"; ... }
//! type Projects = Records<Project>;
//! ```
//!
//! A kind says where its objects are, which fields upstream knows and what an object must have; its further rules are
//! methods of its `Records`. Fields that nobody knows are kept.

use std::{marker::PhantomData, sync::Arc};

use gennaker_base::{SharedClock, id};
use gennaker_objects::Object as Stored;
use gennaker_wire::Object;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    Collection, Error,
    applications::later,
    collection::{Current, Item},
    jackson::{Shape, coerce},
    packed::Keep,
    reservations::Reservations,
    shelf::Indexed,
};

/// A kind of object.
pub(crate) trait Kind: Send + Sync + 'static {
    /// The group, a folder's name; upstream's `ObjectType`.
    const GROUP: &'static str;
    /// The name of each object's file.
    const FILE: &'static str;
    /// The names of all files in the folders of the group's ids, where another kind of object shares them.
    const FILES: &'static [&'static str] = &[Self::FILE];
    /// What it is called in the health.
    const NAME: &'static str = Self::GROUP;
    /// The fields that upstream knows.
    const FIELDS: &'static [(&'static str, Shape)];
    /// The field that says when it was changed last.
    const MODIFIED: Modified;

    /// Completes what was sent or stored, whose known fields have their shape. The error is a sentence.
    fn complete(body: &mut Object) -> Result<(), String>;

    /// Completes what is stored under an id; the error says why it cannot be such an object.
    fn complete_stored(_body: &mut Object, _id: &str) -> Result<(), String> {
        Ok(())
    }

    /// What an object is found by besides its id.
    fn terms(_body: &Object) -> Vec<String> {
        Vec::new()
    }
}

/// How an object says when it was changed last, in epoch milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Modified {
    /// A field with a number.
    Number(&'static str),
    /// A field with a text.
    Text(&'static str),
}

/// An object of a kind.
#[derive(Debug)]
pub(crate) struct Record<K> {
    body: Object,
    kind: PhantomData<fn() -> K>,
}

/// The objects of a kind.
pub(crate) struct Records<K> {
    pub(crate) items: Collection<Record<K>>,
    pub(super) clock: SharedClock,
    /// The names that are being saved.
    pub(super) names: Reservations,
}

impl Modified {
    fn field(self) -> &'static str {
        match self {
            Modified::Number(field) | Modified::Text(field) => field,
        }
    }

    fn write(self, millis: &str) -> Value {
        match self {
            Modified::Number(_) => millis.parse::<i64>().map_or(Value::Null, Value::from),
            Modified::Text(_) => millis.into(),
        }
    }

    fn read(self, body: &Object) -> Option<String> {
        match body.get(self.field())? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl<K: Kind> Record<K> {
    /// Reads an object as upstream reads it.
    ///
    /// # Errors
    /// A sentence that names the field that cannot be read.
    pub(crate) fn parse(mut body: Object) -> Result<Self, String> {
        coerce(&mut body, K::FIELDS)?;
        K::complete(&mut body)?;
        Ok(Record { body, kind: PhantomData })
    }

    /// Its fields.
    pub(crate) fn body(&self) -> &Object {
        &self.body
    }

    /// Its fields, to be changed.
    pub(crate) fn body_mut(&mut self) -> &mut Object {
        &mut self.body
    }

    /// A field's text, if it has one that is more than spaces.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        text(&self.body, field)
    }

    /// When it was changed last, in epoch milliseconds.
    pub(crate) fn modified(&self) -> Option<String> {
        K::MODIFIED.read(&self.body)
    }
}

/// A field's text, if it has one that is more than spaces.
pub(super) fn text<'a>(body: &'a Object, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

impl<K> Clone for Record<K> {
    fn clone(&self) -> Self {
        Record { body: self.body.clone(), kind: PhantomData }
    }
}

impl<K> Serialize for Record<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

impl<K> Keep for Record<K> {}

impl<K: Kind> Indexed for Record<K> {
    fn terms(&self) -> Vec<String> {
        K::terms(&self.body)
    }
}

impl<K: Kind> Item for Record<K> {
    const GROUP: &'static str = K::GROUP;
    const FILE: &'static str = K::FILE;
    const FILES: &'static [&'static str] = K::FILES;
    const NAME: &'static str = K::NAME;

    fn read(id: &str, object: &Stored) -> Result<Self, String> {
        let body: Object = serde_json::from_slice(&object.bytes).map_err(|error| error.to_string())?;
        let mut record = Self::parse(body)?;
        K::complete_stored(&mut record.body, id)?;
        if record.modified().is_none() {
            let modified = K::MODIFIED.write(&object.modified.millis().to_string());
            record.body.insert(K::MODIFIED.field().to_owned(), modified);
        }
        Ok(record)
    }

    fn write(&self) -> Vec<u8> {
        Value::Object(self.body.clone()).to_string().into_bytes()
    }
}

impl<K: Kind> Records<K> {
    pub(super) fn new(items: Collection<Record<K>>, clock: SharedClock) -> Self {
        Records { items, clock, names: Reservations::default() }
    }

    /// All of them; with `fresh` after a look whether others changed some.
    pub(crate) async fn all(&self, fresh: bool) -> Vec<Arc<Record<K>>> {
        self.items.list(fresh).await
    }

    /// One by its id.
    pub(crate) async fn get(&self, id: &str) -> Result<Arc<Record<K>>, Error> {
        self.items.find(id).await
    }

    /// Whether there is one of that id.
    pub(crate) async fn exists(&self, id: &str) -> Result<bool, Error> {
        match self.items.find(id).await {
            Ok(_) | Err(Error::Damaged { .. }) => Ok(true),
            Err(Error::NoItem(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What one was, newest first.
    pub(crate) async fn history(&self, id: &str, limit: usize) -> Result<Vec<Record<K>>, Error> {
        self.items.history(id, limit).await
    }

    /// Deletes one; if it is not there nothing is to do.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Error> {
        match self.items.check_id(id) {
            Ok(()) => self.items.delete(id).await,
            Err(_) => Ok(()),
        }
    }

    /// Writes one under an id, whatever is there.
    pub(super) async fn put(&self, id: &str, record: Record<K>, user: &str) -> Result<Arc<Record<K>>, Error> {
        let current = self.items.current(id).await?;
        self.replace(id, record, &current, user).await
    }

    /// Writes one under an id that must be free.
    ///
    /// # Errors
    /// `taken` if it is not.
    pub(super) async fn add(
        &self,
        id: &str,
        record: Record<K>,
        user: &str,
        taken: Error,
    ) -> Result<Arc<Record<K>>, Error> {
        let current = self.items.current(id).await?;
        if current.exists() {
            return Err(taken);
        }
        self.replace(id, record, &current, user).await
    }

    /// Writes one under an id if the store still has what `current` says, with the time and by whom.
    pub(super) async fn replace(
        &self,
        id: &str,
        mut record: Record<K>,
        current: &Current<Record<K>>,
        user: &str,
    ) -> Result<Arc<Record<K>>, Error> {
        let before = current.item.as_ref().and_then(Record::modified);
        let now = later(self.clock.now(), before.as_deref());
        record.body.insert("lastModifiedBy".to_owned(), user.into());
        record.body.insert(K::MODIFIED.field().to_owned(), K::MODIFIED.write(&now));
        self.items.put(id, record, current).await
    }

    /// Writes many, each under its id. If one cannot be written nothing is.
    pub(super) async fn put_all(&self, records: Vec<(String, Record<K>)>, user: &str) -> Result<(), Error> {
        for (id, _) in &records {
            self.items.check_id(id)?;
        }
        for (id, record) in records {
            self.put(&id, record, user).await?;
        }
        Ok(())
    }

    /// A new id.
    pub(super) fn new_id(&self) -> String {
        id::uuid(self.clock.now())
    }
}
