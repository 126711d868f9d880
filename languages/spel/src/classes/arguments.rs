//! What a method is called on and with, by type.
//!
//! Arguments were converted to the parameters' types, so only `null` can still be in the way: Java throws then, too.

use std::rc::Rc;

use crate::{
    Error, Value,
    method::Call,
    value::{Array, List, Map, Text},
};

impl<'c, 'a> Call<'c, 'a> {
    /// An argument of type `Object`.
    pub(super) fn object(&self, index: usize) -> &'c Value<'a> {
        self.arguments.get(index).unwrap_or(&Value::Null)
    }

    pub(super) fn boolean(&self, index: usize) -> Result<bool, Error> {
        match self.object(index) {
            Value::Boolean(value) => Ok(*value),
            other => Err(unfit(index, "boolean", other)),
        }
    }

    pub(super) fn byte(&self, index: usize) -> Result<i8, Error> {
        match self.object(index) {
            Value::Byte(value) => Ok(*value),
            other => Err(unfit(index, "byte", other)),
        }
    }

    pub(super) fn short(&self, index: usize) -> Result<i16, Error> {
        match self.object(index) {
            Value::Short(value) => Ok(*value),
            other => Err(unfit(index, "short", other)),
        }
    }

    pub(super) fn int(&self, index: usize) -> Result<i32, Error> {
        match self.object(index) {
            Value::Integer(value) => Ok(*value),
            other => Err(unfit(index, "int", other)),
        }
    }

    pub(super) fn long(&self, index: usize) -> Result<i64, Error> {
        match self.object(index) {
            Value::Long(value) => Ok(*value),
            other => Err(unfit(index, "long", other)),
        }
    }

    pub(super) fn float(&self, index: usize) -> Result<f32, Error> {
        match self.object(index) {
            Value::Float(value) => Ok(*value),
            other => Err(unfit(index, "float", other)),
        }
    }

    pub(super) fn double(&self, index: usize) -> Result<f64, Error> {
        match self.object(index) {
            Value::Double(value) => Ok(*value),
            other => Err(unfit(index, "double", other)),
        }
    }

    pub(super) fn char(&self, index: usize) -> Result<u16, Error> {
        match self.object(index) {
            Value::Character(value) => Ok(*value),
            other => Err(unfit(index, "char", other)),
        }
    }

    pub(super) fn big(&self, index: usize) -> Result<i128, Error> {
        match self.object(index) {
            Value::BigInteger(value) => Ok(**value),
            other => Err(unfit(index, "BigInteger", other)),
        }
    }

    /// An argument of type `String`.
    pub(super) fn string(&self, index: usize) -> Result<&'c Text<'a>, Error> {
        match self.object(index) {
            Value::String(text) => Ok(text),
            other => Err(unfit(index, "String", other)),
        }
    }

    /// An argument of type `CharSequence`.
    pub(super) fn chars(&self, index: usize) -> Result<&'c str, Error> {
        let value = self.object(index);
        value.as_char_sequence().ok_or_else(|| unfit(index, "text", value))
    }

    /// An argument that is an array.
    pub(super) fn array(&self, index: usize) -> Result<&'c Rc<Array<'a>>, Error> {
        match self.object(index) {
            Value::Array(array) => Ok(array),
            other => Err(unfit(index, "array", other)),
        }
    }

    /// The elements of an argument of type `Collection` or `Iterable`.
    pub(super) fn collection(&self, index: usize) -> Result<&'c List<'a>, Error> {
        match self.object(index) {
            Value::List(list) | Value::Set(list) => Ok(list),
            other => Err(unfit(index, "Collection", other)),
        }
    }

    /// An argument of type `Map`.
    pub(super) fn map(&self, index: usize) -> Result<&'c Map<'a>, Error> {
        match self.object(index) {
            Value::Map(map) => Ok(map),
            other => Err(unfit(index, "Map", other)),
        }
    }

    /// The string that the method is called on.
    pub(super) fn this_text(&self) -> Result<&'c Text<'a>, Error> {
        match self.this {
            Value::String(text) => Ok(text),
            other => Err(misplaced("String", other)),
        }
    }

    /// The list or set that the method is called on.
    pub(super) fn this_elements(&self) -> Result<&'c List<'a>, Error> {
        match self.this {
            Value::List(list) | Value::Set(list) => Ok(list),
            other => Err(misplaced("Collection", other)),
        }
    }

    /// The map that the method is called on.
    pub(super) fn this_map(&self) -> Result<&'c Map<'a>, Error> {
        match self.this {
            Value::Map(map) => Ok(map),
            other => Err(misplaced("Map", other)),
        }
    }
}

fn unfit(index: usize, wanted: &str, given: &Value<'_>) -> Error {
    Error::thrown(match given {
        Value::Null => format!("argument {} is null, and a {wanted} is needed", index + 1),
        _ => format!("argument {} is not of type {wanted}", index + 1),
    })
}

fn misplaced(wanted: &str, given: &Value<'_>) -> Error {
    let kind = given.kind().map_or("null", crate::class::Type::short_name);
    Error::thrown(format!("this is called on a {wanted}, not on {kind}"))
}
