//! The functions of a path, `$.a.length()`.
//!
//! Source: Jayway's `PathFunctionFactory` and the classes that it makes.

use std::rc::Rc;

use serde_json::Value;

use super::{Evaluation, Fault, Item, Outcome, Run, found::copy, value};
use crate::{
    number::double_text,
    syntax::{Function, Parameter},
};

impl<'a> Evaluation<'_, 'a, '_> {
    /// What a function makes of a value.
    pub(super) fn function(&mut self, function: &Function, model: &'a Value) -> Outcome<Item<'a>> {
        let name = function.name.as_str();
        const NAMES: [&str; 13] = [
            "avg", "stddev", "sum", "min", "max", "concat", "length", "size", "append", "keys", "first", "last",
            "index",
        ];
        if !NAMES.contains(&name) {
            return Err(Fault::Invalid(
                format!("there is no function `{name}`; there are {}", NAMES.join(", ")).into(),
            ));
        }
        let mut values = Vec::with_capacity(function.parameters.len());
        for parameter in &function.parameters {
            values.push(match parameter {
                Parameter::Json(json) => json.as_ref().map(|json| Item::made(json.clone())),
                Parameter::Path { path, .. } => Some(value(path, self.root, self.root, self.options, self.run)?),
            });
        }
        match name {
            "length" | "size" => self.length(&function.parameters, model),
            "keys" => Ok(match model {
                Value::Object(map) => Item::Keys(Rc::new(map.keys().cloned().collect())),
                _ => Item::Node(&super::NULL),
            }),
            "append" => append(model, values, self.run),
            "concat" => concat(model, values, self.run),
            "first" => element(model, 0),
            "last" => element(model, -1),
            "index" => {
                let list = model.as_array().ok_or(not_a_list())?;
                let index = numbers(values, self.run)?.first().copied().ok_or(Fault::OutOfBounds)?;
                self.run.steps(list.len())?;
                element(model, index.integer)
            }
            _ => aggregate(name, model, values, self.run),
        }
    }

    /// How many elements or properties there are. A path that is given is followed from the value here, and its children
    /// are counted; the value's own are if those are no list.
    fn length(&mut self, parameters: &[Parameter], model: &'a Value) -> Outcome<Item<'a>> {
        match parameters.first() {
            None => {}
            Some(Parameter::Json(_)) => return Err(Fault::Failed("length() and size() are given paths only".into())),
            Some(Parameter::Path { path, children }) => {
                let path = children.as_ref().unwrap_or(path);
                let count = match value(path, model, model, self.options, self.run)? {
                    Item::Node(Value::Array(list)) => Some(list.len()),
                    Item::Made(value) => value.as_array().map(Vec::len),
                    Item::List(items) => Some(items.len()),
                    Item::Node(_) | Item::Keys(_) => None,
                };
                if let Some(count) = count {
                    return Ok(Item::made(count));
                }
            }
        }
        Ok(match model {
            Value::Array(list) => Item::made(list.len()),
            Value::Object(map) => Item::made(map.len()),
            _ => Item::Node(&super::NULL),
        })
    }
}

fn not_a_list() -> Fault {
    Fault::Failed("first(), last() and index() are for arrays".into())
}

/// An element of an array. A negative index counts from the end, and never reaches the first element.
fn element<'a>(model: &'a Value, index: i32) -> Outcome<Item<'a>> {
    let list = model.as_array().ok_or(not_a_list())?;
    let from_end = index.unsigned_abs() as usize;
    if index >= 0 {
        return list.get(from_end).map(Item::Node).ok_or(Fault::OutOfBounds);
    }
    match list.len().checked_sub(from_end).filter(|&index| index > 0).and_then(|index| list.get(index)) {
        Some(value) => Ok(Item::Node(value)),
        None => Err(Fault::Failed("last() and index() need an array of more elements than they count back".into())),
    }
}

/// An array with what is given behind its elements; any other value as it is.
fn append<'a>(model: &'a Value, values: Vec<Option<Item<'a>>>, run: &mut Run) -> Outcome<Item<'a>> {
    if values.is_empty() || !model.is_array() {
        return Ok(Item::Node(model));
    }
    let mut list = copy(model, run)?;
    for value in values {
        let value = value.ok_or_else(unreadable)?.into_value(run)?;
        if let Value::Array(list) = &mut list {
            list.push(value);
        }
    }
    Ok(Item::made(list))
}

fn unreadable() -> Fault {
    Fault::Failed("what is given to the function cannot be read as JSON".into())
}

/// Calls `take` with each value that was given; for a list with each of its elements.
fn each(values: Vec<Option<Item<'_>>>, run: &mut Run, take: &mut dyn FnMut(&Value)) -> Outcome {
    fn of_value(value: &Value, run: &mut Run, take: &mut dyn FnMut(&Value)) -> Outcome {
        let values = if let Value::Array(list) = value { list.as_slice() } else { std::slice::from_ref(value) };
        run.steps(values.len())?;
        values.iter().for_each(take);
        Ok(())
    }
    for item in values {
        match item.ok_or_else(unreadable)? {
            Item::Node(value) => of_value(value, run, take)?,
            Item::Made(value) => of_value(&value, run, take)?,
            keys @ Item::Keys(_) => {
                let keys = keys.into_value(run)?;
                take(&keys);
            }
            Item::List(items) => {
                run.steps(items.len())?;
                for item in items.iter() {
                    match item {
                        Item::Node(value) => take(value),
                        Item::Made(value) => take(value),
                        other => take(&other.clone().into_value(run)?),
                    }
                }
            }
        }
    }
    Ok(())
}

/// The strings of an array, and what is given, as one text.
fn concat<'a>(model: &Value, values: Vec<Option<Item<'a>>>, run: &mut Run) -> Outcome<Item<'a>> {
    let mut text = String::new();
    let strings = model.as_array().into_iter().flatten().filter_map(Value::as_str);
    strings.for_each(|string| text.push_str(string));
    each(values, run, &mut |value| {
        if !value.is_null() {
            java_text(value, &mut text);
        }
    })?;
    run.steps(text.len() / 8)?;
    Ok(Item::made(text))
}

/// A value as Java prints it: an object as `{a=1}`, an array as JSON.
fn java_text(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(string),
        Value::Object(map) => {
            text.push('{');
            for (index, (name, value)) in map.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                text.extend([name, "="]);
                java_text(value, text);
            }
            text.push('}');
        }
        other => json_text(other, text),
    }
}

/// A value as json-smart writes it: with Java's doubles, and with a backslash before slashes.
fn json_text(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) if number.is_f64() => text.push_str(&double_text(number.as_f64().unwrap_or_default())),
        Value::Array(list) => {
            text.push('[');
            for (index, value) in list.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                json_text(value, text);
            }
            text.push(']');
        }
        Value::Object(map) => {
            text.push('{');
            for (index, (name, value)) in map.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                json_text(&Value::from(name.as_str()), text);
                text.push(':');
                json_text(value, text);
            }
            text.push('}');
        }
        single => text.push_str(&single.to_string().replace('/', "\\/")),
    }
}

#[derive(Clone, Copy)]
struct Given {
    double: f64,
    /// As `Number.intValue`.
    integer: i32,
}

/// The numbers among what is given.
fn numbers(values: Vec<Option<Item<'_>>>, run: &mut Run) -> Outcome<Vec<Given>> {
    let mut numbers = Vec::new();
    each(values, run, &mut |value| {
        if let Some(double) = value.as_f64() {
            let integer = value.as_i64().map(|integer| integer as i32).or(value.as_u64().map(|integer| integer as i32));
            numbers.push(Given { double, integer: integer.unwrap_or(double as i32) });
        }
    })?;
    Ok(numbers)
}

/// A function of the numbers in an array and those that are given; what is no number is left out.
fn aggregate<'a>(name: &str, model: &Value, values: Vec<Option<Item<'a>>>, run: &mut Run) -> Outcome<Item<'a>> {
    let own = model.as_array().map_or(&[][..], Vec::as_slice);
    run.steps(own.len())?;
    let given = numbers(values, run)?;
    let all = || own.iter().filter_map(Value::as_f64).chain(given.iter().map(|given| given.double));
    let count = all().count() as f64;
    if count == 0.0 {
        return Err(Fault::Failed("there are no numbers for the function".into()));
    }
    let sum = || all().fold(0.0, |sum, number| sum + number);
    let result = match name {
        "avg" => sum() / count,
        "sum" => sum(),
        "min" => all().fold(f64::MAX, |min, number| if min > number { number } else { min }),
        // The largest number starts from the smallest positive one, so of negative ones it is none.
        "max" => all().fold(f64::from_bits(1), |max, number| if max < number { number } else { max }),
        _ => {
            let squares = all().fold(0.0, |sum, number| sum + number * number);
            (squares / count - sum() * sum() / count / count).sqrt()
        }
    };
    // What is not a number becomes null.
    Ok(Item::made(result))
}
