//! `java.util.Set`, as the views of a map are: its keys, entries and values.
//!
//! The values of a map, a `Collection` in Java, are a set here whose elements may repeat. What such a view loses, the
//! original's map loses; here the map stays as it is.

use std::collections::HashMap;

use crate::{
    Error, Value,
    evaluate::Evaluation,
    method::{Call, Method},
    value::List,
};

use super::{COLLECTION, OBJECT, cost, hash, method};

/// Methods of sets.
pub(super) const METHODS: &[Method] = &[
    method("add", &[OBJECT], |_| Err(unsupported())),
    method("addAll", &[COLLECTION], |call| {
        // The original fails at the first element.
        if call.collection(0)?.is_empty() { Ok(Value::Boolean(false)) } else { Err(unsupported()) }
    }),
    method("clear", &[], |call| {
        call.evaluation.change(Value::Set(List::of(Vec::new())));
        Ok(Value::Null)
    }),
    method("contains", &[OBJECT], |mut call| position(&mut call).map(|found| Value::Boolean(found.is_some()))),
    method("containsAll", &[COLLECTION], contains_all),
    method("isEmpty", &[], |call| Ok(Value::Boolean(call.this_elements()?.is_empty()))),
    method("remove", &[OBJECT], |mut call| {
        let Some(found) = position(&mut call)? else { return Ok(Value::Boolean(false)) };
        let items = call.this_elements()?;
        cost::elements(call.evaluation, items.len())?;
        let rest = items.iter().enumerate().filter(|(index, _)| *index != found).map(|(_, item)| item).collect();
        call.evaluation.change(Value::Set(List::of(rest)));
        Ok(Value::Boolean(true))
    }),
    method("removeAll", &[COLLECTION], |call| keep(call, false)),
    method("retainAll", &[COLLECTION], |call| keep(call, true)),
    method("size", &[], |call| Ok(Value::Integer(call.this_elements()?.len() as i32))),
];

/// What is added to a map's keys or values would have no other half.
fn unsupported() -> Error {
    Error::thrown("nothing can be added to the keys or values of a map; add to a list, or putAll(...) to the map")
}

/// Where the first element is that equals the argument.
pub(super) fn position(call: &mut Call<'_, '_>) -> Result<Option<usize>, Error> {
    scan(call)?;
    Ok(call.this_elements()?.iter().position(|item| item == *call.object(0)))
}

/// Charges for comparing every element with the argument.
pub(super) fn scan(call: &mut Call<'_, '_>) -> Result<(), Error> {
    match call.object(0) {
        Value::List(_) | Value::Set(_) | Value::Map(_) => cost::reading(call.evaluation, call.this),
        _ => cost::scanning(call.evaluation, call.this_elements()?.len()),
    }
}

/// `containsAll` of any collection.
pub(super) fn contains_all<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let wanted = call.collection(0)?;
    let mut members = Members::of(call.evaluation, call.this_elements()?)?;
    for item in wanted.iter() {
        if !members.contain(call.evaluation, &item)? {
            return Ok(Value::Boolean(false));
        }
    }
    Ok(Value::Boolean(true))
}

/// `retainAll` and `removeAll` of any collection.
pub(super) fn keep<'a>(call: Call<'_, 'a>, members_stay: bool) -> Result<Value<'a>, Error> {
    let items = call.this_elements()?;
    let mut members = Members::of(call.evaluation, call.collection(0)?)?;
    cost::elements(call.evaluation, items.len())?;
    let mut rest = Vec::with_capacity(items.len());
    for item in items.iter() {
        if members.contain(call.evaluation, &item)? == members_stay {
            rest.push(item);
        }
    }
    match call.this {
        _ if rest.len() == items.len() => super::list::unchanged(call),
        Value::Set(_) => {
            call.evaluation.change(Value::Set(List::of(rest)));
            Ok(Value::Boolean(true))
        }
        _ => {
            call.evaluation.change(Value::list(rest));
            Ok(Value::Boolean(true))
        }
    }
}

/// Whether two sets have the same elements.
pub(super) fn same<'a>(evaluation: &mut Evaluation<'_>, own: &List<'a>, other: &List<'a>) -> Result<bool, Error> {
    if own.len() != other.len() {
        return Ok(false);
    }
    let mut members = Members::of(evaluation, own)?;
    for item in other.iter() {
        if !members.contain(evaluation, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The elements of a collection, to look many values up in.
struct Members<'a> {
    by_hash: HashMap<i32, Vec<Value<'a>>>,
}

impl<'a> Members<'a> {
    fn of(evaluation: &mut Evaluation<'_>, items: &List<'a>) -> Result<Self, Error> {
        cost::elements(evaluation, items.len())?;
        let mut by_hash: HashMap<i32, Vec<Value<'a>>> = HashMap::with_capacity(items.len());
        for item in items.iter() {
            cost::reading(evaluation, &item)?;
            by_hash.entry(hash::hash_code(&item)).or_default().push(item);
        }
        Ok(Members { by_hash })
    }

    fn contain(&mut self, evaluation: &mut Evaluation<'_>, value: &Value<'a>) -> Result<bool, Error> {
        cost::reading(evaluation, value)?;
        let Some(same_hash) = self.by_hash.get(&hash::hash_code(value)) else { return Ok(false) };
        for item in same_hash {
            if item == value {
                return Ok(true);
            }
            // Many values of one hash were put there by somebody who meant it.
            cost::reading(evaluation, value)?;
            evaluation.charge(16)?;
        }
        Ok(false)
    }
}
