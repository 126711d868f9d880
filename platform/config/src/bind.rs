//! Binding: a section of the configuration becomes a typed value.
//!
//! A serde deserialiser over a [`View`], laid over the type's own default: what no source sets keeps the default,
//! also inside a section that is set in part. Scalars convert as Spring converts them. On the way it notes what was
//! read, from where, and which keys nobody knows.

mod access;
mod context;
mod fault;
mod place;
mod scalar;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

pub(crate) use self::context::Notes;
use self::{context::Context, fault::Fault, place::Place};
use crate::{
    error::Error,
    key::Key,
    mask,
    origin::Origin,
    view::{Source, View},
};

/// How often a field with an alias may be found twice before giving up.
const RETRIES: usize = 64;

/// A setting that a bound value has without any source.
pub(crate) struct Defaulted {
    pub(crate) key: Key,
    pub(crate) value: Option<String>,
}

/// What a binding yields besides the value.
pub(crate) struct Bound<T> {
    pub(crate) value: T,
    pub(crate) notes: Notes,
    pub(crate) defaults: Vec<Defaulted>,
}

/// The value at `key`, over `T::default()`.
pub(crate) fn bind<T: DeserializeOwned + Serialize + Default>(
    service: &str,
    sources: &[Source],
    key: &Key,
) -> Result<Bound<T>, Error> {
    let unlisted =
        |problem: serde_json::Error| Error::Options { prefix: key.to_string(), problem: problem.to_string() };
    let default = serde_json::to_value(T::default()).map_err(unlisted)?;
    let (value, notes) = deserialise::<T>(service, sources, key, Some(&default))?;
    let effective = serde_json::to_value(&value).map_err(unlisted)?;
    let mut defaults = Vec::new();
    let read: Vec<String> = notes.reads.iter().map(|read| read.key.uniform()).collect();
    collect_defaults(&effective, key, &read, &mut defaults);
    for absent in &notes.absent {
        // A secret's field is not serialised; it is listed all the same, so that an operator sees that it exists.
        let listed = defaults.iter().any(|entry| entry.key.uniform().starts_with(&absent.uniform()));
        if mask::is_secret_name(absent.elements()) && !listed && !was_read(&read, absent) {
            defaults.push(Defaulted { key: absent.clone(), value: None });
        }
    }
    Ok(Bound { value, notes, defaults })
}

/// The value at `key`, which must be there.
pub(crate) fn get<T: DeserializeOwned>(service: &str, sources: &[Source], key: &Key) -> Result<(T, Notes), Error> {
    deserialise(service, sources, key, None)
}

fn deserialise<T: DeserializeOwned>(
    service: &str,
    sources: &[Source],
    key: &Key,
    default: Option<&Json>,
) -> Result<(T, Notes), Error> {
    let mut withheld = Vec::new();
    loop {
        let context = Context::new(service, sources, &withheld);
        let place = Place { context: &context, view: View::root(sources).descend(key), default, lenient: false };
        match T::deserialize(place.clone()) {
            Ok(value) => return Ok((value, context.into_notes())),
            Err(fault) => match place.locate(fault) {
                // A field was set under its alias and its default was given under its name: leave the default out.
                Fault::Twice { field, section: Some(section) } if withheld.len() < RETRIES => {
                    let field = section.child(&field).uniform();
                    if withheld.contains(&field) {
                        return Err(context.set_twice(&section));
                    }
                    withheld.push(field);
                }
                fault => return Err(fault.into_error(&context, key)),
            },
        }
    }
}

/// Whether the key, or one above or below it, is among the uniform keys `read`.
fn was_read(read: &[String], key: &Key) -> bool {
    let uniform = key.uniform();
    read.iter().any(|other| uniform.starts_with(other) || other.starts_with(&uniform))
}

fn collect_defaults(value: &Json, key: &Key, read: &[String], found: &mut Vec<Defaulted>) {
    match value {
        Json::Object(fields) if !fields.is_empty() => {
            fields.iter().for_each(|(name, value)| collect_defaults(value, &key.child(name), read, found));
        }
        Json::Array(items) if !items.is_empty() => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(index, item)| collect_defaults(item, &key.child(&index.to_string()), read, found));
        }
        _ if was_read(read, key) => {}
        Json::Null => found.push(Defaulted { key: key.clone(), value: None }),
        Json::Object(_) | Json::Array(_) => {
            found.push(Defaulted { key: key.clone(), value: Some(value.to_string()) });
        }
        leaf => {
            let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
            let value = Some(mask::shown(&text, mask::is_secret_name(key.elements())));
            found.push(Defaulted { key: key.clone(), value });
        }
    }
}

/// A value that was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) key: Key,
    /// As it may be shown; `None` for null.
    pub(crate) value: Option<String>,
    pub(crate) origin: Origin,
}
