//! Lists and arrays.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Value;
use crate::class::Element;

/// The elements of a list or set.
#[derive(Debug, Clone)]
pub enum List<'a> {
    /// Those of a JSON array.
    Json(&'a [Json]),
    /// Its own.
    Owned(Rc<Vec<Value<'a>>>),
}

impl<'a> List<'a> {
    /// A list of these.
    pub fn of(items: Vec<Value<'a>>) -> Self {
        List::Owned(Rc::new(items))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            List::Json(items) => items.len(),
            List::Owned(items) => items.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element there.
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            List::Json(items) => items.get(index).map(Value::from),
            List::Owned(items) => items.get(index).cloned(),
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value<'a>> + DoubleEndedIterator + '_ {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Value::Null))
    }
}

/// A Java array.
#[derive(Debug, Clone)]
pub struct Array<'a> {
    /// What its elements are.
    pub element: Element,
    /// They.
    pub items: Vec<Value<'a>>,
}
