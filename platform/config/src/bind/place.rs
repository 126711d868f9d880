//! A place of the configuration as a deserialiser: it decides whether a value, a list or a section is meant.

use serde::de::{self, Deserializer, Visitor};
use serde_json::Value as Json;

use super::{
    access::{self, Fields, Items, Pairs},
    context::Context,
    fault::Fault,
    scalar::{Scalar, Text, from_default},
};
use crate::{
    error::Error,
    origin::Origin,
    setting::{DOTTED, LENIENT},
    view::{Content, Layer, View, is_list},
    yaml::scalar::Kind,
};

/// A place that a type is read from.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) view: View<'a>,
    /// What the type has here by itself.
    pub(super) default: Option<&'a Json>,
    /// Whether placeholders that are set nowhere stay as they are.
    pub(super) lenient: bool,
}

impl<'a> Place<'a> {
    /// The value here, or the fault that there is none.
    fn scalar(&self) -> Result<Scalar<'a>, Fault> {
        match self.view.leaf() {
            Some(leaf) => {
                self.context.visit(&self.view);
                let text = self.context.text(&self.view.key, leaf, self.lenient)?;
                Ok(Scalar { text, default: self.default })
            }
            None => Err(Fault::Expected("a single value".to_owned())),
        }
    }

    /// The default, where there are only variables that begin with this place's name (`REDIS_PORT_6379_TCP`).
    fn untouched(&self) -> Option<&'a Json> {
        let only_variables = self.view.layers.iter().all(|layer| layer.source.is_environment);
        let default = self.default.filter(|_| only_variables && self.view.leaf().is_none())?;
        (!default.is_object() && !default.is_array()).then_some(default)
    }

    /// Calls `read` with the value here and tells where a failure is.
    fn with_scalar<T>(self, read: impl FnOnce(Scalar<'a>) -> Result<T, Fault>) -> Result<T, Fault> {
        let scalar = self.scalar().map_err(|fault| self.locate(fault))?;
        let text = scalar.text.clone();
        read(scalar).map_err(|fault| self.locate_scalar(fault, &text))
    }

    /// The same place in another mode.
    fn leniently(self) -> Place<'a> {
        Place { lenient: true, ..self }
    }

    /// The child of that name.
    pub(super) fn child(&self, view: View<'a>, default: Option<&'a Json>) -> Place<'a> {
        Place { context: self.context, view, default, lenient: self.lenient }
    }

    /// Adds file, line and key to a fault of the value `text`.
    pub(super) fn locate_scalar(&self, fault: Fault, text: &Text) -> Fault {
        let (origin, key) = (text.origin.clone(), text.key.to_string());
        match fault {
            Fault::Expected(expected) => {
                Fault::from(Error::WrongType { origin, key, expected, found: text.description() })
            }
            // The type's own words may quote the value in a form that cannot be recognised.
            Fault::Message(_) if text.secret => {
                let problem = "the value does not have the form that is needed".to_owned();
                Fault::from(Error::Refused { origin, key, problem })
            }
            Fault::Message(problem) => {
                Fault::from(Error::Refused { origin, key, problem: self.context.scrub(&problem) })
            }
            other => other,
        }
    }

    /// Adds file, line and key to a fault of this place as a whole.
    pub(super) fn locate(&self, fault: Fault) -> Fault {
        let key = self.view.key.to_string();
        let layer = self.view.layers.first();
        let origin = layer.map_or(Origin::Default, |layer| match &layer.branch.leaf {
            Some(leaf) => leaf.origin.clone(),
            None => layer.branch.origin.clone(),
        });
        let missing = |key: String| Error::Missing { key, service: self.context.service.to_owned() };
        match fault {
            Fault::Missing(field) if layer.is_some() && !self.view.key.is_root() => {
                Error::Incomplete { origin, key: self.view.key.child(field).to_string() }.into()
            }
            Fault::Missing(field) => missing(self.view.key.child(field).to_string()).into(),
            Fault::Expected(_) | Fault::Message(_) if self.view.is_absent() && !self.view.key.is_root() => {
                missing(key).into()
            }
            Fault::Expected(expected) => {
                let found = match self.view.content() {
                    Content::Value(_) => "a single value".to_owned(),
                    Content::List => "a list".to_owned(),
                    Content::Section | Content::Nothing => "a section".to_owned(),
                };
                Error::WrongType { origin, key, expected, found }.into()
            }
            Fault::Message(problem) => Error::Refused { origin, key, problem: self.context.scrub(&problem) }.into(),
            Fault::Twice { field, section: None } => Fault::Twice { field, section: Some(self.view.key.clone()) },
            other => other,
        }
    }

    /// Refuses a value where a section is meant; an empty one, or a variable that merely has the name, is none.
    fn check_section(&self) -> Result<(), Fault> {
        for layer in &self.view.layers {
            match &layer.branch.leaf {
                Some(leaf) if !layer.source.is_environment && !leaf.scalar.text.trim().is_empty() => {
                    return Err(self.locate(Fault::Expected("a section with keys".to_owned())));
                }
                _ if !layer.branch.children.is_empty() => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// The items of the list here: of the highest source that has one.
    fn items(&self) -> Result<Items<'a>, Fault> {
        self.context.visit(&self.view);
        for layer in &self.view.layers {
            if is_list(layer.branch) {
                return Ok(Items::places(self.numbered(*layer)?));
            }
            if layer.branch.leaf.is_some() {
                let text = self.scalar()?.text;
                let blank = text.is_blank() || matches!(text.kind, Kind::EmptyList | Kind::EmptyMap | Kind::Null);
                let parts = if blank { Vec::new() } else { text.text.split(',').collect() };
                let item = |part: &str| Text { kind: Kind::Text, text: part.trim().to_owned(), ..text.clone() };
                return Ok(Items::texts(self.clone(), parts.into_iter().map(item).collect()));
            }
            if !layer.source.is_environment {
                return Err(Fault::Expected("a list, or values with commas between them".to_owned()));
            }
        }
        Ok(Items::places(Vec::new()))
    }

    fn numbered(&self, layer: Layer<'a>) -> Result<Vec<Place<'a>>, Fault> {
        let mut children: Vec<_> = layer.branch.children.iter().collect();
        children.sort_by_key(|(name, _)| name.parse::<usize>().unwrap_or(usize::MAX));
        let mut places = Vec::new();
        for (index, (name, branch)) in children.into_iter().enumerate() {
            if name.parse() != Ok(index) {
                let (origin, key) = (branch.origin.clone(), self.view.key.to_string());
                return Err(Error::Gap { origin, key, missing: index }.into());
            }
            let mut view = self.view.only(Layer { source: layer.source, branch });
            view.key = self.view.key.child(name);
            places.push(self.child(view, None));
        }
        Ok(places)
    }

    fn visit_items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let items = self.items().map_err(|fault| self.locate(fault))?;
        visitor.visit_seq(items).map_err(|fault| self.locate(fault))
    }

    fn visit_pairs<'de, V: Visitor<'de>>(self, visitor: V, dotted: bool) -> Result<V::Value, Fault> {
        self.check_section()?;
        self.context.visit(&self.view);
        let pairs = if dotted { Pairs::dotted(&self) } else { Pairs::new(&self) };
        visitor.visit_map(pairs).map_err(|fault| self.locate(fault))
    }
}

macro_rules! scalars {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.untouched() {
                Some(default) => from_default(default, |json, visitor| json.$method(visitor), visitor),
                None => self.with_scalar(|scalar| scalar.$method(visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Place<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.view.content() {
            Content::Nothing => visitor.visit_unit(),
            Content::Value(_) => self.with_scalar(|scalar| scalar.deserialize_any(visitor)),
            Content::List => self.visit_items(visitor),
            Content::Section => self.visit_pairs(visitor, false),
        }
    }

    scalars! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_bytes
        deserialize_byte_buf deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.view.content() {
            Content::Nothing => visitor.visit_none(),
            Content::Value(leaf) if !matches!(leaf.scalar.kind, Kind::EmptyList | Kind::EmptyMap) => {
                let text = self.scalar().map_err(|fault| self.locate(fault))?.text;
                if text.is_blank() { visitor.visit_none() } else { visitor.visit_some(self) }
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        match name {
            LENIENT => visitor.visit_newtype_struct(self.leniently()),
            DOTTED => self.visit_pairs(visitor, true),
            crate::setting::SETTING => self.with_scalar(|scalar| scalar.deserialize_newtype_struct(name, visitor)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_items(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.visit_items(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.visit_items(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit_pairs(visitor, false)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.check_section()?;
        self.context.visit(&self.view);
        access::note_unknown(&self, fields);
        visitor.visit_map(Fields::new(&self, fields)).map_err(|fault| self.locate(fault))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.view.content() {
            Content::Section => access::variant(&self, variants)
                .and_then(|variant| visitor.visit_enum(variant))
                .map_err(|fault| self.locate(fault)),
            _ => self.with_scalar(|scalar| scalar.deserialize_enum(name, variants, visitor)),
        }
    }
}

impl de::IntoDeserializer<'_, Fault> for Place<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
