//! `java.util.List`, as `ArrayList` is.
//!
//! What changes the list gives the evaluation the changed one, which puts it where the list came from. Nothing that gives
//! an element can be called (it would give an `Object`): elements are read by an index, `list[0]`.

use crate::{
    Error, Value,
    method::{Call, Method},
    value::List,
};

use super::{COLLECTION, INT, OBJECT, cost, method, natural, set};

/// Methods of lists.
pub(super) const METHODS: &[Method] = &[
    method("add", &[OBJECT], |call| {
        let end = call.this_elements()?.len();
        let item = call.object(0).clone();
        insert(call, end, vec![item])?;
        Ok(Value::Boolean(true))
    }),
    method("add", &[INT, OBJECT], |call| {
        let at = place(&call)?;
        let item = call.object(1).clone();
        insert(call, at, vec![item])?;
        Ok(Value::Null)
    }),
    method("addAll", &[COLLECTION], |call| {
        let end = call.this_elements()?.len();
        let items: Vec<_> = call.collection(0)?.iter().collect();
        insert(call, end, items)
    }),
    method("addAll", &[INT, COLLECTION], |call| {
        let at = place(&call)?;
        let items: Vec<_> = call.collection(1)?.iter().collect();
        insert(call, at, items)
    }),
    method("clear", &[], |call| {
        call.evaluation.change(Value::list(Vec::new()));
        Ok(Value::Null)
    }),
    method("contains", &[OBJECT], |mut call| set::position(&mut call).map(|found| Value::Boolean(found.is_some()))),
    method("containsAll", &[COLLECTION], set::contains_all),
    method("ensureCapacity", &[INT], |call| call.int(0).map(|_| Value::Null)),
    method("indexOf", &[OBJECT], |mut call| set::position(&mut call).map(index)),
    method("isEmpty", &[], |call| Ok(Value::Boolean(call.this_elements()?.is_empty()))),
    method("lastIndexOf", &[OBJECT], |mut call| {
        set::scan(&mut call)?;
        let items = call.this_elements()?;
        Ok(index((0..items.len()).rev().find(|at| items.get(*at).is_some_and(|item| item == *call.object(0)))))
    }),
    // remove(int) gives the element, an Object: a number is taken for the element, too.
    method("remove", &[OBJECT], |mut call| {
        let Some(found) = set::position(&mut call)? else { return unchanged(call) };
        let mut items = copied(&mut call, 0)?;
        items.remove(found);
        call.evaluation.change(Value::list(items));
        Ok(Value::Boolean(true))
    }),
    method("removeAll", &[COLLECTION], |call| set::keep(call, false)),
    method("retainAll", &[COLLECTION], |call| set::keep(call, true)),
    method("size", &[], |call| Ok(Value::Integer(call.this_elements()?.len() as i32))),
    // Its parameter is a Comparator, and there is none but null.
    method("sort", &[OBJECT], sort),
    method("subList", &[INT, INT], sub_list),
    method("trimToSize", &[], |_| Ok(Value::Null)),
];

fn index<'a>(found: Option<usize>) -> Value<'a> {
    Value::Integer(found.map_or(-1, |at| at as i32))
}

/// The first argument as a place to insert at.
fn place(call: &Call<'_, '_>) -> Result<usize, Error> {
    let (at, length) = (call.int(0)?, call.this_elements()?.len());
    usize::try_from(at)
        .ok()
        .filter(|at| *at <= length)
        .ok_or_else(|| Error::thrown(format!("nothing can be inserted at index {at} of a list of {length}")))
}

/// The elements, to change, with room for more.
fn copied<'a>(call: &mut Call<'_, 'a>, more: usize) -> Result<Vec<Value<'a>>, Error> {
    let items = call.this_elements()?;
    cost::elements(call.evaluation, items.len() + more)?;
    let mut copy = Vec::with_capacity(items.len() + more);
    copy.extend(items.iter());
    Ok(copy)
}

/// What would have changed the list, had there been anything to change: a list that nothing may change refuses it, too.
pub(super) fn unchanged<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    call.evaluation.change(call.this.clone());
    Ok(Value::Boolean(false))
}

/// Whether there was anything to insert.
fn insert<'a>(mut call: Call<'_, 'a>, at: usize, new: Vec<Value<'a>>) -> Result<Value<'a>, Error> {
    if new.is_empty() {
        return unchanged(call);
    }
    let mut items = copied(&mut call, new.len())?;
    items.splice(at..at, new);
    call.evaluation.change(Value::list(items));
    Ok(Value::Boolean(true))
}

fn sort<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    if !call.object(0).is_null() {
        return Err(Error::thrown("a list is sorted by the order of its elements: write sort(null)"));
    }
    let mut items = copied(&mut call, 0)?;
    if let [first, rest @ ..] = &items[..]
        && !rest.is_empty()
        && items.iter().any(|item| natural::order(first, item).is_none())
    {
        return Err(Error::thrown("only a list of elements of one class that has an order can be sorted"));
    }
    items.sort_by(|left, right| natural::order(left, right).unwrap_or(std::cmp::Ordering::Equal));
    call.evaluation.change(Value::list(items));
    Ok(Value::Null)
}

fn sub_list<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (from, to, items) = (call.int(0)?, call.int(1)?, call.this_elements()?);
    let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
    let Some((from, to)) = range.filter(|(from, to)| from <= to && *to <= items.len()) else {
        return Err(Error::thrown(format!("there is no sublist from {from} to {to} of a list of {}", items.len())));
    };
    if let List::Json(all) = items {
        return Ok(Value::List(List::Json(&all[from..to])));
    }
    cost::elements(call.evaluation, to - from)?;
    Ok(Value::list((from..to).filter_map(|at| items.get(at)).collect()))
}
