//! Selection `.?[...]`, `.^[...]`, `.$[...]` and projection `.![...]`.

use std::rc::Rc;

use super::Evaluation;
use crate::{
    Error, Value,
    class::{Class, Element, Type},
    syntax::{Node, Which},
    value::{Array, Map, Object},
};

impl<'a> Evaluation<'a> {
    pub(super) fn project(&mut self, of: &Node, safe: bool) -> Result<Value<'a>, Error> {
        let target = self.active();
        let mut results = Vec::new();
        match &target {
            Value::Null if safe => return Ok(Value::Null),
            Value::Map(map) => {
                self.operation()?;
                for entry in map.entries() {
                    self.operation()?;
                    results.push(self.element(entry_of(entry), of)?);
                }
            }
            other => {
                let Some(elements) = other.elements() else {
                    return Err(Error::evaluation(format!(
                        "'.![...]' works on lists and maps, and this is {}",
                        other.kind().map_or("null", Type::short_name)
                    )));
                };
                self.operation()?;
                for element in elements {
                    self.operation()?;
                    results.push(self.element(element, of)?);
                }
            }
        }
        self.charge(results.len() * size_of::<Value<'_>>())?;
        Ok(match target {
            Value::Array(_) => array_of(results),
            _ => Value::list(results),
        })
    }

    pub(super) fn select(&mut self, which: Which, condition: &Node, safe: bool) -> Result<Value<'a>, Error> {
        let target = self.active();
        match &target {
            Value::Null if safe => Ok(Value::Null),
            Value::Map(map) => self.select_entries(which, condition, map),
            other => {
                let Some(elements) = other.elements() else {
                    return Err(Error::evaluation(format!(
                        "'.?[...]' works on lists and maps, and this is {}",
                        other.kind().map_or("null", Type::short_name)
                    )));
                };
                self.operation()?;
                let mut selected = Vec::new();
                for element in elements {
                    if self.meets(element.clone(), condition)? {
                        if which == Which::First {
                            return Ok(element);
                        }
                        self.operation()?;
                        selected.push(element);
                    }
                }
                self.charge(selected.len() * size_of::<Value<'_>>())?;
                Ok(match (which, &target) {
                    (Which::All, Value::Array(array)) => {
                        Value::Array(Rc::new(Array { element: array.element, items: selected }))
                    }
                    (Which::All, _) => Value::list(selected),
                    (Which::First | Which::Last, _) => selected.pop().unwrap_or(Value::Null),
                })
            }
        }
    }

    fn select_entries(&mut self, which: Which, condition: &Node, map: &Map<'a>) -> Result<Value<'a>, Error> {
        self.operation()?;
        let mut selected = Vec::new();
        for (key, value) in map.entries() {
            if self.meets(entry_of((key.clone(), value.clone())), condition)? {
                self.operation()?;
                if which != Which::All {
                    selected.clear();
                }
                selected.push((key, value));
                if which == Which::First {
                    break;
                }
            }
        }
        self.charge(selected.len() * 2 * size_of::<Value<'_>>())?;
        Ok(match which {
            Which::First | Which::Last if selected.is_empty() => Value::Null,
            _ => Value::Map(Map::hashed(selected)),
        })
    }

    /// A part's value, with the element as what names refer to.
    fn element(&mut self, element: Value<'a>, of: &Node) -> Result<Value<'a>, Error> {
        self.look()?;
        self.scopes.push(element.clone());
        let value = self.node_from(element, of);
        self.scopes.pop();
        value
    }

    fn meets(&mut self, element: Value<'a>, condition: &Node) -> Result<bool, Error> {
        match self.element(element, condition)? {
            Value::Boolean(meets) => Ok(meets),
            other => Err(Error::evaluation(format!(
                "the condition of a selection is true or false, and this is {}; compare it with something",
                other.kind().map_or("null", Type::short_name)
            ))
            .or_at(condition.at)),
        }
    }
}

fn entry_of<'a>(entry: (Value<'a>, Value<'a>)) -> Value<'a> {
    Value::Object(Object::Entry(Rc::new(entry)))
}

/// An array of the class that all the elements have, or of `Object`.
fn array_of(items: Vec<Value<'_>>) -> Value<'_> {
    let mut kinds = items.iter().filter_map(Value::kind);
    let first = kinds.next();
    let element = match first {
        Some(Type::Class(class)) if kinds.all(|kind| kind == Type::Class(class)) => class,
        _ => Class::Object,
    };
    Value::Array(Rc::new(Array { element: Element::Class(element), items }))
}
