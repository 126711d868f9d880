//! JSON that is nearly right, and JSON that is anything.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Number, Value};

use crate::{
    words::{DOCUMENTS, NAMES, TEXTS},
    world::World,
};

/// How deep it is grown.
const DEPTH: usize = 5;
/// How often a document is changed.
const CHANGES: usize = 4;
/// How long a text becomes that is made long.
const LONG: usize = 4_000;
/// Numbers that have been trouble elsewhere.
const NUMBERS: [i64; 12] = [
    0,
    1,
    -1,
    2,
    100,
    i32::MAX as i64,
    i32::MIN as i64,
    i64::MAX,
    i64::MIN,
    1_700_000_000_000,
    253_402_300_800_000,
    1 << 53,
];

/// A body: a document with changes, or grown from nothing.
pub(crate) fn body(input: &mut Unstructured, world: &World) -> Result<Value> {
    if input.ratio(1, 4)? {
        return grown(input, world, 0);
    }
    let mut document = input.choose(&DOCUMENTS)?.clone();
    for _ in 0..input.int_in_range(0..=CHANGES)? {
        change(input, world, &mut document)?;
    }
    Ok(document)
}

/// Changes one place.
fn change(input: &mut Unstructured, world: &World, value: &mut Value) -> Result<()> {
    if input.ratio(4, 5)? {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let place = input.int_in_range(0..=fields.len() - 1)?;
                if let Some((_, field)) = fields.iter_mut().nth(place) {
                    return change(input, world, field);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let place = input.int_in_range(0..=items.len() - 1)?;
                return change(input, world, &mut items[place]);
            }
            _ => {}
        }
    }
    match (input.int_in_range(0..=4)?, &mut *value) {
        (0, Value::Object(fields)) => {
            fields.insert(name(input)?, grown(input, world, 2)?);
        }
        (1, Value::Object(fields)) if !fields.is_empty() => {
            let place = input.int_in_range(0..=fields.len() - 1)?;
            if let Some(name) = fields.keys().nth(place).cloned() {
                fields.remove(&name);
            }
        }
        (0, Value::Array(items)) => items.push(grown(input, world, 2)?),
        (1, Value::Array(items)) if !items.is_empty() => {
            let copy = items[input.int_in_range(0..=items.len() - 1)?].clone();
            items.push(copy);
        }
        (2, _) => *value = Value::Array(vec![value.take()]),
        (3, _) => *value = Value::String(text(input, world)?),
        _ => *value = grown(input, world, 2)?,
    }
    Ok(())
}

/// Anything.
fn grown(input: &mut Unstructured, world: &World, depth: usize) -> Result<Value> {
    let kinds = if depth < DEPTH { 9 } else { 6 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::Bool(input.arbitrary()?),
        2 => Value::from(*input.choose(&NUMBERS)?),
        3 => Value::from(input.arbitrary::<i32>()?),
        4 => Number::from_f64(input.arbitrary()?).map_or(Value::Null, Value::Number),
        5 | 6 => Value::String(text(input, world)?),
        7 => {
            let items = 0..input.int_in_range(0..=4)?;
            Value::Array(items.map(|_| grown(input, world, depth + 1)).collect::<Result<_>>()?)
        }
        8 => input.choose(&DOCUMENTS)?.clone(),
        _ => {
            let mut fields = Map::new();
            for _ in 0..input.int_in_range(0..=5)? {
                fields.insert(name(input)?, grown(input, world, depth + 1)?);
            }
            Value::Object(fields)
        }
    })
}

fn name(input: &mut Unstructured) -> Result<String> {
    if input.ratio(9, 10)? { Ok(input.choose(&NAMES)?.clone()) } else { anything(input) }
}

/// A text: a word, an id that is known, an expression, or anything.
pub(crate) fn text(input: &mut Unstructured, world: &World) -> Result<String> {
    Ok(match input.int_in_range(0..=9)? {
        0..=3 => input.choose(&TEXTS)?.clone(),
        4 | 5 if !world.ids().is_empty() => world.ids()[input.int_in_range(0..=world.ids().len() - 1)?].clone(),
        6 => input.choose(&NAMES)?.clone(),
        7 => format!("${{{}}}", anything(input)?),
        8 if input.ratio(1, 8)? => input.choose(&TEXTS)?.repeat(LONG / 8),
        _ => anything(input)?,
    })
}

fn anything(input: &mut Unstructured) -> Result<String> {
    let length = input.int_in_range(0..=24)?;
    Ok(String::from_utf8_lossy(input.bytes(length.min(input.len()))?).into_owned())
}
