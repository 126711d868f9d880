//! Values: what an expression works on.
//!
//! They stand for the Java objects that the original works on, so that numbers promote, strings convert and methods are
//! found as there: an `Integer` is no `Long`, and `'1'` is neither. JSON is borrowed, not copied: a context of megabytes
//! costs nothing until an expression looks into it.
//!
//! Values are immutable: what a method changes of a list or map is a new one, put where the old one came from (`evaluate/assign`).

mod equality;
mod hash_order;
mod json;
mod list;
mod map;
mod text;

use std::{cell::Cell, rc::Rc};

use jiff::civil;

pub(crate) use self::{json::integer, text::display};
pub use self::{
    list::{Array, List},
    map::{Map, Outputs, Root},
    text::Text,
};
use crate::class::{Class, Type};

/// A value, by its Java class.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `java.lang.Boolean`.
    Boolean(bool),
    /// `java.lang.Byte`.
    Byte(i8),
    /// `java.lang.Short`.
    Short(i16),
    /// `java.lang.Integer`.
    Integer(i32),
    /// `java.lang.Long`.
    Long(i64),
    /// `java.math.BigInteger`, within 128 bits.
    BigInteger(Box<i128>),
    /// `java.lang.Float`.
    Float(f32),
    /// `java.lang.Double`.
    Double(f64),
    /// `java.lang.Character`: a UTF-16 code unit.
    Character(u16),
    /// `java.lang.String`.
    String(Text<'a>),
    /// `java.util.List`.
    List(List<'a>),
    /// `java.util.Set`, in the order of its elements.
    Set(List<'a>),
    /// A Java array.
    Array(Rc<Array<'a>>),
    /// `java.util.Map`.
    Map(Map<'a>),
    /// `java.lang.Class`: what `T(...)` gives.
    Class(Type),
    /// An object of one of the other classes that expressions may use.
    Object(Object<'a>),
}

/// An object that is neither a number, nor text, nor a collection.
#[derive(Debug, Clone)]
pub enum Object<'a> {
    /// `java.util.Map.Entry`: what a selection or projection on a map looks at.
    Entry(Rc<(Value<'a>, Value<'a>)>),
    /// `java.util.Date`: milliseconds since 1970 in UTC.
    Date(i64),
    /// `java.time.LocalDate`.
    LocalDate(civil::Date),
    /// `java.time.LocalDateTime`.
    LocalDateTime(civil::DateTime),
    /// `java.time.Instant`.
    Instant(jiff::Timestamp),
    /// A constant of a Java enum.
    Enum(Class, &'static str),
    /// `java.util.UUID`.
    Uuid(u128),
    /// `java.text.SimpleDateFormat`: its pattern.
    DateFormat(Rc<str>),
    /// `java.util.Random`: its state.
    Random(Rc<Cell<u64>>),
    /// A piece of an execution, seen as the original's class of it.
    Bean(Bean<'a>),
    /// What `#doNotEval` gives: text in it is not looked at for expressions.
    NotEvaluable(Rc<Value<'a>>),
}

/// A JSON object that has the properties and methods of one of the original's classes.
///
/// `execution` is the execution that it belongs to (a stage knows its execution), itself for an execution.
#[derive(Debug, Clone, Copy)]
pub struct Bean<'a> {
    /// The class, such as [`Class::Stage`].
    pub class: Class,
    /// Its fields, as orca's API shows them.
    pub json: &'a serde_json::Map<String, serde_json::Value>,
    /// The execution that it is part of.
    pub execution: &'a serde_json::Map<String, serde_json::Value>,
}

impl<'a> Value<'a> {
    /// A string that is its own.
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Value::String(Text::Shared(text.into()))
    }

    /// A list of these.
    pub fn list(items: Vec<Value<'a>>) -> Self {
        Value::List(List::of(items))
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether it is a `java.lang.Number`.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Value::Byte(_)
                | Value::Short(_)
                | Value::Integer(_)
                | Value::Long(_)
                | Value::BigInteger(_)
                | Value::Float(_)
                | Value::Double(_)
        )
    }

    /// The text of a `java.lang.String`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a `java.lang.CharSequence`: a string, or the status of an execution.
    pub(crate) fn as_char_sequence(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            Value::Object(Object::Enum(Class::ExecutionStatus, name)) => Some(name),
            _ => None,
        }
    }

    /// The elements of a list, set or array.
    pub(crate) fn elements(&self) -> Option<Box<dyn Iterator<Item = Value<'a>> + '_>> {
        match self {
            Value::List(list) | Value::Set(list) => Some(Box::new(list.iter())),
            Value::Array(array) => Some(Box::new(array.items.iter().cloned())),
            _ => None,
        }
    }

    /// Its run-time type, with numbers as their box classes; `None` for `null`.
    pub fn kind(&self) -> Option<Type> {
        Some(Type::Class(match self {
            Value::Null => return None,
            Value::Array(array) => return Some(Type::Array(array.element)),
            Value::Boolean(_) => Class::Boolean,
            Value::Byte(_) => Class::Byte,
            Value::Short(_) => Class::Short,
            Value::Integer(_) => Class::Integer,
            Value::Long(_) => Class::Long,
            Value::BigInteger(_) => Class::BigInteger,
            Value::Float(_) => Class::Float,
            Value::Double(_) => Class::Double,
            Value::Character(_) => Class::Character,
            Value::String(_) => Class::String,
            Value::List(_) => Class::ArrayList,
            Value::Set(_) => Class::LinkedHashSet,
            Value::Map(_) => Class::LinkedHashMap,
            Value::Class(_) => Class::Class,
            Value::Object(object) => match object {
                Object::Entry(_) => Class::Entry,
                Object::Date(_) => Class::Date,
                Object::LocalDate(_) => Class::LocalDate,
                Object::LocalDateTime(_) => Class::LocalDateTime,
                Object::Instant(_) => Class::Instant,
                Object::Enum(class, _) => *class,
                Object::Uuid(_) => Class::Uuid,
                Object::DateFormat(_) => Class::SimpleDateFormat,
                Object::Random(_) => Class::Random,
                Object::Bean(bean) => bean.class,
                Object::NotEvaluable(_) => Class::NotEvaluable,
            },
        }))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::String(Text::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::text(text)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Value::Integer(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Long(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}
