//! YAML 1.1 as SnakeYAML reads it, and YAML that SnakeYAML reads back.
//!
//! ```
//! use gennaker_yaml::{Value, read, read_json, write};
//!
//! let text = "
//! defaults: &defaults {enabled: yes, timeout: 1_500}
//! account:
//!   <<: *defaults
//!   mode: 0644
//!   version: \"1.10\"
//! ";
//! let account = read(text)?.get("account").cloned().unwrap_or_default();
//! assert_eq!(account.get("enabled"), Some(&Value::Bool(true)));
//! assert_eq!(account.get("timeout"), Some(&Value::Integer(1500)));
//! assert_eq!(account.get("mode"), Some(&Value::Integer(420)));
//! assert_eq!(account.get("version").and_then(Value::as_str), Some("1.10"));
//!
//! let json = read_json("{answer: yes, country: 'no'}")?;
//! assert_eq!(json, serde_json::json!({"answer": true, "country": "no"}));
//! assert_eq!(write(&json), "answer: true\ncountry: \"no\"\n");
//! # Ok::<(), gennaker_yaml::Error>(())
//! ```
//!
//! Guarantees: no text makes it panic or use more stack, memory or time than the [`Limits`] allow; what [`write`]
//! writes reads back to the same value, here, in SnakeYAML and in Jackson's YAML.
//!
//! It keeps no comments and no styles, makes no Java objects of tags (every tag outside of YAML 1.1 is refused, as
//! `SafeConstructor` does), and reads no YAML 1.2: `no` is false and `0644` is octal.
//!
//! An object that holds itself (an alias inside of its own anchor) is refused, where SnakeYAML makes one.
//!
//! Sources: SnakeYAML 2.4 (`ScannerImpl`, `ParserImpl`, `Composer`, `Resolver`, `SafeConstructor`, `LoaderOptions`) and
//! <https://yaml.org/spec/1.1/>. JSON is as Jackson 2.19 writes those Java objects. The scanner is our own: what reads
//! YAML 1.2 reads other texts (a tab behind `key:`, `---text`, `{a:1}` ...), and takes longer for a manifest.

mod compose;
mod construct;
mod error;
mod limits;
mod parse;
mod resolve;
mod scan;
mod value;
mod write;

use self::{
    compose::{Composer, Document},
    construct::Constructor,
};
pub use self::{
    error::{Error, Exceeded, Place},
    limits::Limits,
    value::{Mapping, Value},
    write::{write, write_all},
};

/// The one document of `text`; [`Value::Null`] for a text without one (`Yaml.load`).
///
/// Errors: what is not YAML 1.1, a second document, or a text beyond the default [`Limits`].
pub fn read(text: &str) -> Result<Value, Error> {
    read_with(text, &Limits::default())
}

/// All documents of `text` in order; an empty one is [`Value::Null`], a text without one has none (`Yaml.loadAll`).
///
/// Errors: what is not YAML 1.1, or a text beyond the default [`Limits`].
pub fn read_all(text: &str) -> Result<Vec<Value>, Error> {
    read_all_with(text, &Limits::default())
}

/// As [`read`], with other limits.
pub fn read_with(text: &str, limits: &Limits) -> Result<Value, Error> {
    single(text, limits, |constructor| constructor.root_value()).map_err(|error| *error)
}

/// As [`read_all`], with other limits.
pub fn read_all_with(text: &str, limits: &Limits) -> Result<Vec<Value>, Error> {
    all(text, limits, |constructor| constructor.root_value()).map_err(|error| *error)
}

/// As [`read`], straight to the JSON of [`Value::into_json`]: the fast way for manifests.
pub fn read_json(text: &str) -> Result<serde_json::Value, Error> {
    read_json_with(text, &Limits::default())
}

/// As [`read_all`], straight to the JSON of [`Value::into_json`]: the fast way for manifests.
pub fn read_all_json(text: &str) -> Result<Vec<serde_json::Value>, Error> {
    read_all_json_with(text, &Limits::default())
}

/// As [`read_json`], with other limits.
pub fn read_json_with(text: &str, limits: &Limits) -> Result<serde_json::Value, Error> {
    single(text, limits, |constructor| constructor.root_json()).map_err(|error| *error)
}

/// As [`read_all_json`], with other limits.
pub fn read_all_json_with(text: &str, limits: &Limits) -> Result<Vec<serde_json::Value>, Error> {
    all(text, limits, |constructor| constructor.root_json()).map_err(|error| *error)
}

fn all<'t, T>(
    text: &'t str,
    limits: &Limits,
    make: impl Fn(&mut Constructor<'_, 't>) -> scan::Result<T>,
) -> scan::Result<Vec<T>> {
    let mut composer = Composer::new(text, limits)?;
    let mut document = Document::default();
    let mut made = Vec::new();
    while composer.next(&mut document)?.is_some() {
        made.push(make(&mut Constructor::new(&mut document, composer.texts(), text, limits))?);
    }
    Ok(made)
}

fn single<'t, T: Default>(
    text: &'t str,
    limits: &Limits,
    make: impl Fn(&mut Constructor<'_, 't>) -> scan::Result<T>,
) -> scan::Result<T> {
    let mut composer = Composer::new(text, limits)?;
    let mut document = Document::default();
    if composer.next(&mut document)?.is_none() {
        return Ok(T::default());
    }
    let made = make(&mut Constructor::new(&mut document, composer.texts(), text, limits))?;
    match composer.next(&mut document)? {
        None => Ok(made),
        Some(start) => Err(Box::new(Error::SecondDocument { place: scan::place(text, start) })),
    }
}
