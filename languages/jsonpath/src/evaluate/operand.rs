//! The values that filters compare, and when they are equal.
//!
//! A string is compared with a number by the number's text if it stands on the left, as a number if it stands on the
//! right. A list in a filter is text until it is needed, so it equals nothing if it stands on the left.
//!
//! Source: Jayway's `ValueNode` and `ValueNodes`.

use std::{borrow::Cow, cmp::Ordering};

use gennaker_javaregex::Regex;
use serde_json::Value;

use super::{Fault, Item, Run, run::Outcome};
use crate::{number::Number, parse, syntax::Side};

/// What it counts for to try whether a string is a path or JSON, at least.
const READING_STEPS: usize = 50;

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Operand<'a> {
    /// A path that leads nowhere.
    Undefined,
    Null,
    Boolean(bool),
    Number(Cow<'a, Number>),
    Text(Cow<'a, str>),
    /// An array or an object that a path leads to.
    Found(Item<'a>),
    /// An array or an object that stands in the filter, with its text; nothing if it cannot be read.
    Written(&'a str, Option<&'a Value>),
    Pattern(&'a Regex),
    /// A string in a list that is a path itself, and is equal to nothing.
    Path,
}

/// What makes an array of an operand's elements.
pub(super) enum Elements<'o, 'a> {
    Values(&'o [Value]),
    Items(&'o [Item<'a>]),
}

impl<'a> Operand<'a> {
    /// What stands in a filter; nothing for a path.
    pub(super) fn of_side(side: &'a Side) -> Self {
        match side {
            Side::Path(_) => Operand::Undefined,
            Side::Null => Operand::Null,
            Side::Boolean(boolean) => Operand::Boolean(*boolean),
            Side::Number(number) => Operand::Number(Cow::Borrowed(number)),
            Side::Text(text) => Operand::Text(Cow::Borrowed(text)),
            Side::Json(text, value) => Operand::Written(text, value.as_ref()),
            Side::Pattern(regex) => Operand::Pattern(regex),
        }
    }

    /// What a path leads to.
    pub(super) fn of_item(item: Item<'a>) -> Outcome<Self> {
        match &item {
            Item::Node(value) => match of_single(value)? {
                Some(operand) => Ok(operand),
                None => Ok(Operand::Found(item)),
            },
            Item::Made(value) => match of_single(value)? {
                Some(operand) => Ok(operand.into_owned()),
                None => Ok(Operand::Found(item)),
            },
            Item::List(_) => Ok(Operand::Found(item)),
            Item::Keys(_) => Err(Fault::Failed("what keys() gives cannot be compared".into())),
        }
    }

    /// An element of a list; strings that look like paths or JSON are such.
    fn of_element(value: &'a Value, run: &mut Run) -> Outcome<Self> {
        run.steps(1)?;
        let Value::String(text) = value else {
            return of_single(value)?.ok_or(Fault::Failed("a list within a list cannot be compared".into()));
        };
        run.text(text)?;
        let trimmed = text.trim_matches(|c| c <= ' ');
        if let [b'@' | b'$' | b'[' | b'{', ..] = trimmed.as_bytes() {
            run.steps(READING_STEPS + trimmed.len())?;
        }
        match trimmed.as_bytes() {
            [b'@' | b'$', ..] if parse::is_path(trimmed) => Ok(Operand::Path),
            [b'[', .., b']'] | [b'{', .., b'}'] if crate::lenient::parse(trimmed).is_some() => {
                Ok(Operand::Written(text, None))
            }
            _ => {
                let inner = match text.as_bytes() {
                    [b'\'', .., b'\''] | [b'"', .., b'"'] => &text[1..text.len() - 1],
                    [_] => return Ok(Operand::Text(Cow::Borrowed(text))),
                    _ => text,
                };
                match parse::unescape(inner) {
                    Some(text) => Ok(Operand::Text(text)),
                    None => Err(Fault::Failed("\\u needs four hexadecimal digits in a string of a list".into())),
                }
            }
        }
    }

    fn into_owned<'b>(self) -> Operand<'b> {
        match self {
            Operand::Null => Operand::Null,
            Operand::Boolean(boolean) => Operand::Boolean(boolean),
            Operand::Number(number) => Operand::Number(Cow::Owned(number.into_owned())),
            Operand::Text(text) => Operand::Text(Cow::Owned(text.into_owned())),
            Operand::Undefined | Operand::Found(_) | Operand::Written(..) | Operand::Pattern(_) => Operand::Undefined,
            Operand::Path => Operand::Path,
        }
    }

    /// Whether it is an array or an object.
    pub(super) fn is_json(&self) -> bool {
        matches!(self, Operand::Found(_) | Operand::Written(..))
    }

    /// What an array consists of; `None` for an object. Fails if it is neither, or cannot be read.
    pub(super) fn elements(&self) -> Outcome<Option<Elements<'_, 'a>>> {
        match self {
            Operand::Found(item) => Ok(elements_of(item)),
            Operand::Written(_, value) => match value.ok_or_else(unreadable)? {
                Value::Array(list) => Ok(Some(Elements::Values(list))),
                _ => Ok(None),
            },
            _ => Err(Fault::Invalid("a list is expected on this side of the operator".into())),
        }
    }

    /// How many elements an array has, or properties an object; `true` for an array.
    pub(super) fn size(&self) -> Outcome<Option<(usize, bool)>> {
        let value: &Value = match self {
            Operand::Found(Item::List(items)) => return Ok(Some((items.len(), true))),
            Operand::Found(Item::Node(value)) => value,
            Operand::Found(Item::Made(value)) => value,
            Operand::Written(_, value) => value.ok_or_else(unreadable)?,
            _ => return Ok(None),
        };
        Ok(match value {
            Value::Array(list) => Some((list.len(), true)),
            Value::Object(map) => Some((map.len(), false)),
            _ => None,
        })
    }

    /// What a regular expression is matched with; empty for what has no text.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Operand::Text(text) => Cow::Borrowed(text),
            Operand::Number(number) => Cow::Owned(number.to_string()),
            Operand::Boolean(boolean) => Cow::Borrowed(if *boolean { "true" } else { "false" }),
            _ => Cow::Borrowed(""),
        }
    }

    /// Which of two numbers or strings is larger; nothing for a pair of anything else.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Operand::Number(left), Operand::Number(right)) => Some(left.compare(right)),
            // Java compares UTF-16.
            (Operand::Text(left), Operand::Text(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
            _ => None,
        }
    }

    /// `==`
    pub(super) fn equals(&self, other: &Self, run: &mut Run) -> Outcome<bool> {
        match (self, other) {
            (Operand::Found(left), Operand::Found(right)) => same(left, right, run),
            (Operand::Found(left), Operand::Written(_, right)) => {
                same(left, &Item::Node(right.ok_or_else(unreadable)?), run)
            }
            (Operand::Written(..), Operand::Written(_, None)) => Err(unreadable()),
            (Operand::Written(..), Operand::Written(..)) => Ok(false),
            (left, right) => Ok(left.is_same(right)),
        }
    }

    /// Whether two are of one kind, as `===` asks.
    pub(super) fn is_of_kind_of(&self, other: &Self) -> bool {
        let is_same = std::mem::discriminant(self) == std::mem::discriminant(other);
        is_same || (self.is_json() && other.is_json())
    }

    /// Whether it is equal to an element of a list, which is never an array or an object itself.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Operand::Null, Operand::Null) => true,
            (Operand::Boolean(left), Operand::Boolean(right)) => left == right,
            (Operand::Text(left), Operand::Text(right)) => left == right,
            (Operand::Text(left), Operand::Number(right)) => **left == right.to_string(),
            (Operand::Number(left), Operand::Number(right)) => left.compare(right) == Ordering::Equal,
            (Operand::Number(left), Operand::Text(right)) => {
                Number::parse(right).is_some_and(|right| left.compare(&right) == Ordering::Equal)
            }
            (Operand::Written(left, _), Operand::Written(right, _)) => left == right,
            _ => false,
        }
    }
}

impl<'o> Elements<'o, '_> {
    /// Every element as an operand; fails if one is a list or an object.
    pub(super) fn operands(&self, run: &mut Run) -> Outcome<Vec<Operand<'o>>> {
        match self {
            Elements::Values(values) => values.iter().map(|value| Operand::of_element(value, run)).collect(),
            Elements::Items(items) => items
                .iter()
                .map(|item| match item {
                    Item::Node(value) => Operand::of_element(value, run),
                    Item::Made(value) => Operand::of_element(value, run),
                    Item::List(_) | Item::Keys(_) => {
                        Err(Fault::Failed("a list within a list cannot be compared".into()))
                    }
                })
                .collect(),
        }
    }
}

/// A value that is neither an array nor an object.
fn of_single(value: &Value) -> Outcome<Option<Operand<'_>>> {
    Ok(Some(match value {
        Value::Null => Operand::Null,
        Value::Bool(boolean) => Operand::Boolean(*boolean),
        Value::Number(number) => match Number::of_json(number) {
            Some(number) => Operand::Number(Cow::Owned(number)),
            None => return Err(Fault::Failed("this number cannot be compared".into())),
        },
        Value::String(text) => Operand::Text(Cow::Borrowed(text)),
        Value::Array(_) | Value::Object(_) => return Ok(None),
    }))
}

fn elements_of<'o, 'a>(item: &'o Item<'a>) -> Option<Elements<'o, 'a>> {
    match item {
        Item::Node(Value::Array(list)) => Some(Elements::Values(list)),
        Item::Made(value) => match &**value {
            Value::Array(list) => Some(Elements::Values(list)),
            _ => None,
        },
        Item::List(items) => Some(Elements::Items(items)),
        Item::Node(_) | Item::Keys(_) => None,
    }
}

/// Whether two values are equal as Java's lists and maps are: `1` is not `1.0`.
fn same(left: &Item<'_>, right: &Item<'_>, run: &mut Run) -> Outcome<bool> {
    match (left, right) {
        (Item::Node(left), Item::Node(right)) => same_value(left, right, run),
        (Item::Node(left), Item::Made(right)) => same_value(left, right, run),
        (Item::Made(left), Item::Node(right)) => same_value(left, right, run),
        (Item::Made(left), Item::Made(right)) => same_value(left, right, run),
        (Item::List(left), Item::List(right)) => all_same(left, right, |left, right| same(left, right, run)),
        (Item::List(items), other) | (other, Item::List(items)) => match elements_of(other) {
            Some(Elements::Values(values)) => {
                all_same(items, values, |item, value| same(item, &Item::Node(value), run))
            }
            _ => Ok(false),
        },
        (Item::Keys(left), Item::Keys(right)) => Ok(left == right),
        (Item::Keys(_), _) | (_, Item::Keys(_)) => Ok(false),
    }
}

fn same_value(left: &Value, right: &Value, run: &mut Run) -> Outcome<bool> {
    run.steps(1)?;
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => all_same(left, right, |left, right| same_value(left, right, run)),
        (Value::Object(left), Value::Object(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            for (name, value) in left {
                match right.get(name) {
                    Some(other) if same_value(value, other, run)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        (Value::String(text), _) => {
            run.text(text)?;
            Ok(left == right)
        }
        (left, right) => Ok(left == right),
    }
}

fn all_same<L, R>(left: &[L], right: &[R], mut same: impl FnMut(&L, &R) -> Outcome<bool>) -> Outcome<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right) {
        if !same(left, right)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn unreadable() -> Fault {
    Fault::Failed("the JSON in the filter cannot be read".into())
}
