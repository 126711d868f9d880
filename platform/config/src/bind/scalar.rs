//! A scalar's text converted to the type that is asked for, as Spring's conversion service does.
//!
//! - numbers: decimal, `0x..`, signs; white space around is dropped;
//! - booleans: true, on, yes, 1 and false, off, no, 0 in any case;
//! - enums: any spelling of a variant, relaxed as keys are;
//! - nothing, where a number, a boolean, a setting or a choice is asked for: the default stays.

use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value as Json;

use super::fault::{Fault, one_of};
use crate::{
    key::{Key, uniform},
    mask,
    origin::Origin,
    setting::SETTING,
    yaml::scalar::Kind,
};

/// The longest value that an error shows, in characters.
const SHOWN: usize = 60;

/// A value with its placeholders replaced.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) key: Key,
    pub(super) kind: Kind,
    pub(super) text: String,
    /// Whether its key, or a part of it, is a secret's.
    pub(super) secret: bool,
    pub(super) origin: Origin,
}

impl Text {
    /// The value as it may be shown.
    pub(super) fn shown(&self) -> String {
        mask::shown(&self.text, self.secret)
    }

    /// What the value is, for an error.
    pub(super) fn description(&self) -> String {
        let mut shown: String = self.shown().chars().take(SHOWN).collect();
        if shown.len() < self.shown().len() {
            shown.push_str("...");
        }
        match self.kind {
            Kind::Null => "empty".to_owned(),
            Kind::EmptyList => "an empty list".to_owned(),
            Kind::EmptyMap => "an empty section".to_owned(),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => shown,
            Kind::Text if self.text.trim().is_empty() => "empty".to_owned(),
            Kind::Text => format!("the text {shown:?}"),
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A text as a deserialiser.
pub(super) struct Scalar<'d> {
    pub(super) text: Text,
    /// What stays if there is nothing.
    pub(super) default: Option<&'d Json>,
}

impl Scalar<'_> {
    fn integer(&self) -> Option<i128> {
        let text = self.text.text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.starts_with(['+', '-']) {
            return None;
        }
        let hexadecimal = ["0x", "0X", "#"].iter().find_map(|prefix| digits.strip_prefix(prefix));
        let number = match hexadecimal {
            Some(rest) if !rest.starts_with(['+', '-']) => i128::from_str_radix(rest, 16).ok()?,
            Some(_) => return None,
            None => digits.parse().ok()?,
        };
        Some(if negative { -number } else { number })
    }

    fn boolean(&self) -> Option<bool> {
        match self.text.text.trim().to_lowercase().as_str() {
            "true" | "on" | "yes" | "1" => Some(true),
            "false" | "off" | "no" | "0" => Some(false),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match (self.text.kind, self.text.text.trim()) {
            (Kind::Float(number), _) => Some(number),
            (_, text) => text.parse().ok(),
        }
    }

    /// The default, where the value is blank and the default is of a fitting type.
    fn fallback(&self, fits: fn(&Json) -> bool) -> Option<&Json> {
        self.default.filter(|default| self.text.is_blank() && fits(default))
    }
}

/// A default's value for a type; it was made from that type.
pub(super) fn from_default<'de, D: Visitor<'de>>(
    default: &Json,
    deserialise: impl FnOnce(Json, D) -> Result<D::Value, serde_json::Error>,
    visitor: D,
) -> Result<D::Value, Fault> {
    deserialise(default.clone(), visitor).map_err(de::Error::custom)
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            if let Some(default) = self.fallback(Json::is_number) {
                return from_default(default, |json, visitor| json.$method(visitor), visitor);
            }
            match self.integer().map(<$type>::try_from) {
                Some(Ok(number)) => visitor.$visit(number),
                _ => Err(Fault::Expected(format!("a whole number from {} to {}", <$type>::MIN, <$type>::MAX))),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Scalar<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.text.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(truth) => visitor.visit_bool(truth),
            Kind::Int(number) => match (i64::try_from(number), u64::try_from(number)) {
                (Ok(number), _) => visitor.visit_i64(number),
                (_, Ok(number)) => visitor.visit_u64(number),
                _ => visitor.visit_string(self.text.text),
            },
            Kind::Float(number) => visitor.visit_f64(number),
            Kind::EmptyList => visitor.visit_seq(de::value::SeqDeserializer::new(std::iter::empty::<()>())),
            Kind::EmptyMap => visitor.visit_map(de::value::MapDeserializer::new(std::iter::empty::<((), ())>())),
            // A variable is always text; the default says what it is meant to be.
            Kind::Text => match (self.default, self.integer(), self.boolean()) {
                (Some(Json::Number(_)), Some(number), _) if i64::try_from(number).is_ok() => {
                    self.deserialize_i64(visitor)
                }
                (Some(Json::Bool(_)), _, Some(truth)) => visitor.visit_bool(truth),
                _ => visitor.visit_string(self.text.text),
            },
        }
    }

    integers! {
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(default) = self.fallback(Json::is_boolean) {
            return from_default(default, |json, visitor| json.deserialize_bool(visitor), visitor);
        }
        let expected = || Fault::Expected("true or false (or on, off, yes, no, 1, 0)".to_owned());
        visitor.visit_bool(self.boolean().ok_or_else(expected)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(default) = self.fallback(Json::is_number) {
            return from_default(default, |json, visitor| json.deserialize_f64(visitor), visitor);
        }
        visitor.visit_f64(self.float().ok_or_else(|| Fault::Expected("a number".to_owned()))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.text.text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.text.text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.text.is_blank() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        match self.fallback(|default| !default.is_null()) {
            Some(default) if name == SETTING => {
                from_default(default, |json, visitor| json.deserialize_newtype_struct(name, visitor), visitor)
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Some(default) = self.fallback(Json::is_string) {
            return from_default(default, |json, visitor| json.deserialize_enum(name, variants, visitor), visitor);
        }
        let wanted = uniform(self.text.text.trim());
        match variants.iter().find(|variant| uniform(variant) == wanted) {
            Some(variant) => visitor.visit_enum((*variant).into_deserializer()),
            None => Err(Fault::Expected(one_of(variants))),
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit_struct seq tuple tuple_struct map struct identifier
    }
}

/// The name of a map's entry, read as the type that the map has for keys.
pub(super) fn map_key<'de, S: de::DeserializeSeed<'de>>(name: &str, section: &Key, seed: S) -> Result<S::Value, Fault> {
    let key = section.child(name);
    let text = Text { key, kind: Kind::Text, text: name.to_owned(), secret: false, origin: Origin::Default };
    seed.deserialize(Scalar { text, default: None })
}
