//! Lists, maps, structs and enum variants of a place, handed to serde one by one.

use std::collections::VecDeque;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::Value as Json;

use super::{
    fault::{Fault, one_of},
    place::Place,
    scalar::{Scalar, Text, map_key},
};
use crate::{
    key::{Key, nearest, uniform, words},
    report::{Problem, Unknown, Warning},
    view::{Layer, View},
};

/// A value for serde: from the sources, or from the type's default.
enum Supply<'a> {
    Place(Place<'a>),
    Default(&'a Json),
}

impl<'a> Supply<'a> {
    fn read<'de, S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        match self {
            Supply::Place(place) => {
                let whole = place.clone();
                seed.deserialize(place).map_err(|fault| whole.locate(fault))
            }
            Supply::Default(json) => seed.deserialize(json.clone()).map_err(de::Error::custom),
        }
    }
}

/// The items of a list.
pub(super) struct Items<'a> {
    places: VecDeque<Place<'a>>,
    texts: Option<(Place<'a>, VecDeque<Text>)>,
}

impl<'a> Items<'a> {
    pub(super) fn places(places: Vec<Place<'a>>) -> Items<'a> {
        Items { places: places.into(), texts: None }
    }

    /// The parts of one value with commas, which stands at `list`.
    pub(super) fn texts(list: Place<'a>, texts: Vec<Text>) -> Items<'a> {
        Items { places: VecDeque::new(), texts: Some((list, texts.into())) }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if let Some((list, texts)) = &mut self.texts {
            let Some(text) = texts.pop_front() else { return Ok(None) };
            let read = seed.deserialize(Scalar { text: text.clone(), default: None });
            return read.map(Some).map_err(|fault| list.locate_scalar(fault, &text));
        }
        self.places.pop_front().map(|place| Supply::Place(place).read(seed)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.places.len() + self.texts.as_ref().map_or(0, |(_, texts)| texts.len()))
    }
}

/// The entries of a map: those of the sources, then those that only the default has.
pub(super) struct Pairs<'a> {
    section: Key,
    entries: VecDeque<(String, Supply<'a>)>,
    value: Option<Supply<'a>>,
}

impl<'a> Pairs<'a> {
    /// The children of a place.
    pub(super) fn new(place: &Place<'a>) -> Pairs<'a> {
        Pairs::of(place, place.view.children())
    }

    /// The values below a place, each with its whole path as name: `com.netflix.spinnaker`.
    pub(super) fn dotted(place: &Place<'a>) -> Pairs<'a> {
        let mut leaves = Vec::new();
        collect_leaves(&place.view, "", &mut leaves);
        Pairs::of(place, leaves)
    }

    fn of(place: &Place<'a>, children: Vec<(String, View<'a>)>) -> Pairs<'a> {
        let defaults = place.default.and_then(Json::as_object);
        let mut entries = VecDeque::new();
        let mut given = Vec::new();
        for (name, view) in children {
            let known = defaults.and_then(|defaults| {
                let same = |(known, _): &(&'a String, &'a Json)| uniform(known) == uniform(&name);
                defaults.get_key_value(&name).or_else(|| defaults.iter().find(same))
            });
            let name = known.map_or(name, |(known, _)| known.clone());
            given.push(name.clone());
            entries.push_back((name, Supply::Place(place.child(view, known.map(|(_, default)| default)))));
        }
        for (name, default) in defaults.into_iter().flatten() {
            if !given.contains(name) && !place.context.is_withheld(&place.view.key.child(name)) {
                entries.push_back((name.clone(), Supply::Default(default)));
            }
        }
        Pairs { section: place.view.key.clone(), entries, value: None }
    }
}

fn collect_leaves<'a>(view: &View<'a>, path: &str, leaves: &mut Vec<(String, View<'a>)>) {
    for (name, child) in view.children() {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        if child.leaf().is_some() {
            leaves.push((path.clone(), child.clone()));
        }
        collect_leaves(&child, &path, leaves);
    }
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((name, value)) = self.entries.pop_front() else { return Ok(None) };
        self.value = Some(value);
        map_key(&name, &self.section, seed).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.value.take().ok_or_else(|| Fault::Message("a value was asked for before its key".to_owned()))?.read(seed)
    }
}

/// The fields of a struct that have a value, under the struct's own names.
pub(super) struct Fields<'a> {
    fields: VecDeque<(&'static str, Supply<'a>)>,
    value: Option<Supply<'a>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(place: &Place<'a>, names: &'static [&'static str]) -> Fields<'a> {
        let defaults = place.default.and_then(Json::as_object);
        let mut seen: Vec<String> = Vec::new();
        let mut fields = VecDeque::new();
        for name in names.iter().copied() {
            let default = defaults.and_then(|defaults| defaults.get(name));
            let view = place.view.child(name);
            if !view.is_absent() && !seen.contains(&uniform(name)) {
                seen.push(uniform(name));
                fields.push_back((name, Supply::Place(place.child(view, default))));
            } else if view.is_absent() {
                match default {
                    Some(default) if !place.context.is_withheld(&view.key) => {
                        fields.push_back((name, Supply::Default(default)));
                    }
                    Some(_) => {}
                    None => place.context.notes.borrow_mut().absent.push(view.key),
                }
            }
        }
        Fields { fields, value: None }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((name, value)) = self.fields.pop_front() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.value.take().ok_or_else(|| Fault::Message("a value was asked for before its key".to_owned()))?.read(seed)
    }
}

/// Notes the keys of a section that the struct does not have, and second spellings of those that it has.
pub(super) fn note_unknown(place: &Place<'_>, fields: &'static [&'static str]) {
    if place.view.key.is_root() {
        return;
    }
    for layer in &place.view.layers {
        for (name, branch) in &layer.branch.children {
            let key = place.view.key.child(name);
            let field = fields.iter().copied().find(|field| uniform(field) == branch.uniform);
            let problem = match field {
                Some(field) => match layer.branch.child(field) {
                    Some(chosen) if !std::ptr::eq(chosen, branch) => {
                        let warning = Warning {
                            origin: chosen.origin.clone(),
                            key: key.to_string(),
                            problem: Problem::SetTwice { ignored: branch.origin.clone() },
                        };
                        place.context.notes.borrow_mut().warnings.push(warning);
                        continue;
                    }
                    _ => continue,
                },
                None if starts_a_field(layer, name, fields) => continue,
                None => nearest(name, fields),
            };
            // A variable may be meant for another program; only a likely slip is worth a warning.
            if layer.source.is_environment && problem.is_none() {
                continue;
            }
            let suggestion = problem.map(|field| place.view.key.child(field).to_string());
            let warning = Warning {
                origin: branch.origin.clone(),
                key: key.to_string(),
                problem: Problem::UnknownKey { suggestion },
            };
            let place_of_key = (layer.source.name.clone(), key.uniform());
            place.context.notes.borrow_mut().unknown.push(Unknown { warning, place: place_of_key });
        }
    }
}

/// Whether a variable's word is the first of a field's: `BASE` of `BASE_URL`.
fn starts_a_field(layer: &Layer<'_>, name: &str, fields: &[&str]) -> bool {
    layer.source.is_environment && fields.iter().any(|field| words(field).first().is_some_and(|word| word == name))
}

/// A variant of an enum that is written as a section with one key.
pub(super) struct Variant<'a> {
    name: &'static str,
    place: Place<'a>,
}

/// The variant that the section names.
pub(super) fn variant<'a>(place: &Place<'a>, variants: &'static [&'static str]) -> Result<Variant<'a>, Fault> {
    place.context.visit(&place.view);
    let mut children = place.view.children();
    let named = children.pop().filter(|_| children.is_empty());
    let found = named.and_then(|(key, view)| {
        let name = variants.iter().copied().find(|variant| uniform(variant) == uniform(&key))?;
        Some(Variant { name, place: place.child(view, None) })
    });
    found.ok_or_else(|| Fault::Expected(one_of(variants)))
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Fault;
    type Variant = Place<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Place<'a>), Fault> {
        let name: de::value::StrDeserializer<'_, Fault> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.place))
    }
}

impl<'de> VariantAccess<'de> for Place<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Fault> {
        Supply::Place(self).read(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_struct("", fields, visitor)
    }
}
