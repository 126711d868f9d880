//! Changing the matched places of a document.
//!
//! Places within others are changed first, and of an array those further back, so that no change moves a place that is
//! still to be changed. Nothing is changed if one of the changes is impossible.
//!
//! Source: Jayway's `PathRef`.

use std::{cmp::Reverse, collections::HashSet};

use serde_json::Value;

pub(crate) use crate::evaluate::Reference;
use crate::{evaluate::Target, location::Step};

type Outcome = Result<usize, &'static str>;

/// Sets every place to a copy of a value.
pub(crate) fn set(document: &mut Value, references: &[Reference], value: &Value) -> Outcome {
    check(references)?;
    let mut count = 0;
    for reference in in_order(references) {
        match (container(document, &reference.container), &reference.target) {
            (Some(Value::Object(map)), Target::Properties(names)) => {
                count += names.len();
                for name in names {
                    map.insert(name.clone(), value.clone());
                }
            }
            (Some(Value::Array(list)), Target::Element(index, _)) => {
                if let Some(element) = list.get_mut(*index) {
                    count += 1;
                    *element = value.clone();
                }
            }
            _ => {}
        }
    }
    Ok(count)
}

/// Replaces places by what `f` makes of them.
pub(crate) fn update(
    document: &mut Value,
    references: &[Reference],
    mut f: impl FnMut(&Value) -> Option<Value>,
) -> Outcome {
    check(references)?;
    let mut count = 0;
    let mut replace = |place: Option<&mut Value>| {
        let Some(place) = place else { return };
        if let Some(value) = f(place) {
            *place = value;
            count += 1;
        }
    };
    for reference in in_order(references) {
        match (container(document, &reference.container), &reference.target) {
            (Some(Value::Object(map)), Target::Properties(names)) => {
                names.iter().for_each(|name| replace(map.get_mut(name)));
            }
            (Some(Value::Array(list)), Target::Element(index, _)) => replace(list.get_mut(*index)),
            _ => {}
        }
    }
    Ok(count)
}

/// Removes every place.
pub(crate) fn delete(document: &mut Value, references: &[Reference]) -> Outcome {
    check(references)?;
    let mut count = 0;
    for reference in in_order(references) {
        match (container(document, &reference.container), &reference.target) {
            (Some(Value::Object(map)), Target::Properties(names)) => {
                count += names.iter().filter_map(|name| map.shift_remove(name)).count();
            }
            (Some(Value::Array(list)), Target::Element(index, _)) if *index < list.len() => {
                list.remove(*index);
                count += 1;
            }
            _ => {}
        }
    }
    Ok(count)
}

fn check(references: &[Reference]) -> Result<(), &'static str> {
    for reference in references {
        match reference.target {
            Target::Root => return Err("the root of the document stays; name something within it"),
            Target::Element(_, i32::MIN..0) => return Err("a place by a negative index stays; count from the start"),
            _ => {}
        }
    }
    Ok(())
}

/// The deepest first, and of one array the last element first; each once.
fn in_order(references: &[Reference]) -> Vec<&Reference> {
    let mut seen = HashSet::with_capacity(references.len());
    let mut ordered: Vec<_> = references.iter().filter(|reference| seen.insert(*reference)).collect();
    ordered.sort_by_key(|reference| {
        let index = if let Target::Element(index, _) = reference.target { index } else { 0 };
        Reverse((reference.container.len(), index))
    });
    ordered
}

fn container<'d>(document: &'d mut Value, steps: &[Step]) -> Option<&'d mut Value> {
    steps.iter().try_fold(document, |value, step| match step {
        Step::Property(name) => value.get_mut(name),
        Step::Element(index) => value.get_mut(index),
    })
}
