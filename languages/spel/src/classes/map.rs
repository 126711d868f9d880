//! `java.util.Map`, as `LinkedHashMap` is.
//!
//! Nothing that gives a value can be called (it would give an `Object`): values are read by their keys, `map['a']`.

use crate::{
    Error, Value,
    method::{Call, Method},
    value::{List, Map, Object},
};

use super::{MAP, OBJECT, cost, method};

/// Methods of maps.
pub(super) const METHODS: &[Method] = &[
    method("clear", &[], |call| {
        call.evaluation.change(Value::Map(Map::of([])));
        Ok(Value::Null)
    }),
    method("containsKey", &[OBJECT], |call| {
        let (map, key) = (call.this_map()?, call.object(0));
        cost::reading(call.evaluation, key)?;
        Ok(Value::Boolean(map.contains_key(key)))
    }),
    method("containsValue", &[OBJECT], |call| {
        let (map, wanted) = (call.this_map()?, call.object(0));
        match wanted {
            Value::List(_) | Value::Set(_) | Value::Map(_) | Value::Object(_) => {
                cost::reading(call.evaluation, call.this)?
            }
            _ => cost::scanning(call.evaluation, map.len())?,
        }
        Ok(Value::Boolean(map.entries().any(|(_, value)| value == *wanted)))
    }),
    method("entrySet", &[], |call| view(call, |entry| Value::Object(Object::Entry(entry.into())))),
    method("isEmpty", &[], |call| Ok(Value::Boolean(call.this_map()?.is_empty()))),
    method("keySet", &[], |call| view(call, |(key, _)| key)),
    method("putAll", &[MAP], |call| {
        let (map, new) = (call.this_map()?, call.map(0)?);
        cost::elements(call.evaluation, 2 * (map.len() + new.len()))?;
        call.evaluation.change(Value::Map(Map::of(map.entries().chain(new.entries()))));
        Ok(Value::Null)
    }),
    method("remove", &[OBJECT, OBJECT], |mut call| {
        if !holds(&mut call)? {
            return super::list::unchanged(call);
        }
        let (map, gone) = (call.this_map()?, call.object(0));
        cost::elements(call.evaluation, 2 * map.len())?;
        call.evaluation.change(Value::Map(Map::of(map.entries().filter(|(key, _)| key != gone))));
        Ok(Value::Boolean(true))
    }),
    method("replace", &[OBJECT, OBJECT, OBJECT], |mut call| {
        if !holds(&mut call)? {
            return super::list::unchanged(call);
        }
        let (map, key, new) = (call.this_map()?, call.object(0), call.object(2));
        cost::elements(call.evaluation, 2 * map.len())?;
        call.evaluation.change(Value::Map(Map::of(map.entries().chain([(key.clone(), new.clone())]))));
        Ok(Value::Boolean(true))
    }),
    method("size", &[], |call| Ok(Value::Integer(call.this_map()?.len() as i32))),
    method("values", &[], |call| view(call, |(_, value)| value)),
];

fn view<'a>(call: Call<'_, 'a>, of: fn((Value<'a>, Value<'a>)) -> Value<'a>) -> Result<Value<'a>, Error> {
    let map = call.this_map()?;
    cost::elements(call.evaluation, map.len())?;
    Ok(Value::Set(List::of(map.entries().map(of).collect())))
}

/// Whether the map has the first argument as a key, and the second as its value.
fn holds(call: &mut Call<'_, '_>) -> Result<bool, Error> {
    let (map, key, value) = (call.this_map()?, call.object(0), call.object(1));
    cost::reading(call.evaluation, key)?;
    cost::reading(call.evaluation, value)?;
    Ok(map.contains_key(key) && map.get(key).is_some_and(|own| own == *value))
}
