//! What one binding shares: the sources, the placeholders, the notes.

use std::{cell::RefCell, sync::Arc};

use super::{Read, scalar::Text};
use crate::{
    branch::Leaf,
    error::Error,
    key::Key,
    mask,
    origin::Origin,
    placeholder::{self, Failure, Found},
    report::{Unknown, Warning},
    view::{Source, View},
    yaml::scalar::Kind,
};

/// What was met on the way.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) reads: Vec<Read>,
    pub(crate) known: Vec<(Arc<str>, String)>,
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) warnings: Vec<Warning>,
    /// Fields that no source sets and the default does not list.
    pub(crate) absent: Vec<Key>,
    /// Texts that no message may hold.
    secrets: Vec<String>,
}

/// One binding.
pub(super) struct Context<'a> {
    pub(super) service: &'a str,
    sources: &'a [Source],
    /// Uniform keys whose default is not given to the type.
    withheld: &'a [String],
    pub(super) notes: RefCell<Notes>,
}

impl<'a> Context<'a> {
    pub(super) fn new(service: &'a str, sources: &'a [Source], withheld: &'a [String]) -> Context<'a> {
        Context { service, sources, withheld, notes: RefCell::default() }
    }

    pub(super) fn into_notes(self) -> Notes {
        self.notes.into_inner()
    }

    pub(super) fn is_withheld(&self, key: &Key) -> bool {
        !self.withheld.is_empty() && self.withheld.contains(&key.uniform())
    }

    /// Notes that somebody reads this place.
    pub(super) fn visit(&self, view: &View<'_>) {
        let uniform = view.key.uniform();
        let places = view.layers.iter().map(|layer| (Arc::clone(&layer.source.name), uniform.clone()));
        self.notes.borrow_mut().known.extend(places);
    }

    /// The text of a value, placeholders replaced, and the note that it was read.
    pub(super) fn text(&self, key: &Key, leaf: &Leaf, lenient: bool) -> Result<Text, Error> {
        let shown_key = key.to_string();
        let resolved = placeholder::resolve(&shown_key, &leaf.scalar.text, lenient, &|name| self.look_up(name))
            .map_err(|failure| placeholder_error(failure, &leaf.origin, shown_key))?;
        let kind = if resolved.changed { Kind::Text } else { leaf.scalar.kind };
        let secret = resolved.secret || mask::is_secret_name(key.elements());
        let text = Text { key: key.clone(), kind, text: resolved.text, secret, origin: leaf.origin.clone() };
        let mut notes = self.notes.borrow_mut();
        if secret && !text.text.is_empty() {
            notes.secrets.push(text.text.clone());
        }
        let value = match kind {
            Kind::Null => None,
            Kind::EmptyList => Some("[]".to_owned()),
            Kind::EmptyMap => Some("{}".to_owned()),
            _ => Some(text.shown()),
        };
        notes.reads.push(Read { key: key.clone(), value, origin: leaf.origin.clone() });
        Ok(text)
    }

    fn look_up(&self, name: &str) -> Option<Found> {
        let view = View::root(self.sources).descend(&Key::parse(name));
        let leaf = view.leaf().filter(|_| !view.key.is_root())?;
        self.visit(&view);
        Some(Found {
            key: name.to_owned(),
            text: leaf.scalar.text.clone(),
            origin: leaf.origin.clone(),
            secret: mask::is_secret_name(view.key.elements()),
        })
    }

    /// A message of somebody else, without the secrets that were read.
    pub(super) fn scrub(&self, message: &str) -> String {
        let notes = self.notes.borrow();
        notes.secrets.iter().fold(message.to_owned(), |text, secret| text.replace(secret.as_str(), "******"))
    }

    /// The error for a field that stands in a section under two names.
    pub(super) fn set_twice(&self, section: &Key) -> Error {
        let view = View::root(self.sources).descend(section);
        let origin = view.layers.first().map_or(Origin::Default, |layer| layer.branch.origin.clone());
        let problem = "one setting is given under two of its names; remove one of them".to_owned();
        Error::Refused { origin, key: section.to_string(), problem }
    }
}

fn placeholder_error(failure: Failure, origin: &Origin, key: String) -> Error {
    let origin = origin.clone();
    match failure {
        Failure::Unresolved { placeholder, at: Some((key, origin)) } => Error::Unresolved { origin, key, placeholder },
        Failure::Unresolved { placeholder, at: None } => Error::Unresolved { origin, key, placeholder },
        Failure::Cycle(chain) => Error::Cycle { origin, key, chain: chain.join(" -> ") },
        Failure::TooMuch => Error::Expansion { origin, key },
    }
}
