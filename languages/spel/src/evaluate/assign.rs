//! Assignment: `name = value`, `#name = value`, `++`, and what `list.add(...)` leaves behind.
//!
//! It is seen by the expressions after it in the same evaluation, as in the original, and by nobody else: the original
//! can change an execution's own lists and maps by this, here they stay as they are.

use std::rc::Rc;

use super::Evaluation;
use crate::{
    Error, Value,
    class::Type,
    convert, cost,
    syntax::{Node, Part},
    value::{Array, List, Map, Root, Text},
};

impl<'a> Evaluation<'a> {
    pub(super) fn assign(&mut self, operands: &(Node, Node)) -> Result<Value<'a>, Error> {
        let (place, value) = operands;
        let value = self.node(value)?;
        self.operation()?;
        self.write(place, value.clone())?;
        Ok(value)
    }

    /// Gives a place that value.
    pub(super) fn write(&mut self, place: &Node, value: Value<'a>) -> Result<(), Error> {
        let written = match &place.part {
            Part::Path(start, steps) => self.write_path(start, steps, value),
            _ => self.write_path(place, &[], value),
        };
        written.map_err(|error| error.or_at(place.at))
    }

    /// Gives the place that these steps lead to that value: the object that holds it is made anew, and so on upwards.
    pub(super) fn write_path(&mut self, start: &Node, steps: &[Node], value: Value<'a>) -> Result<(), Error> {
        self.operation()?;
        // What is kept is neither deeper nor larger than what can be written out.
        cost::reading(self, &value)?;
        let Some((last, before)) = steps.split_last() else { return self.write_start(start, value) };
        if before.is_empty() && super::is_constant(start) {
            return Err(Error::thrown("a list or map of literals cannot be changed"));
        }
        let holder = self.path(start, before)?;
        let held = match &holder {
            Value::Map(map) => map.len(),
            other => other.elements().map_or(0, |elements| elements.size_hint().0),
        };
        cost::elements(self, 2 * held)?;
        match &last.part {
            Part::Property { name, .. } => {
                let changed = with_key(&holder, Value::text(Rc::clone(name)), value)?;
                self.write_path(start, before, changed)
            }
            Part::Index { index, .. } => {
                let key = self.index_value(&holder, index)?;
                cost::reading(self, &key)?;
                let changed = with_index(&holder, key, value)?;
                self.write_path(start, before, changed)
            }
            // What a method or a selection gave is nobody's: the change ends here.
            _ => Ok(()),
        }
    }

    fn write_start(&mut self, start: &Node, value: Value<'a>) -> Result<(), Error> {
        match &start.part {
            Part::Property { name, .. } => self.write_root(Text::Shared(Rc::clone(name)), value),
            Part::Index { index, .. } => {
                let root = self.active();
                match self.index_value(&root, index)? {
                    Value::String(name) => self.write_root(name, value),
                    _ => Ok(()),
                }
            }
            Part::Variable(name) if matches!(&**name, "root" | "this") => Ok(()),
            Part::Variable(name) => {
                match self.variables.iter_mut().find(|(own, _)| own == name) {
                    Some((_, old)) => *old = value,
                    None => self.variables.push((Rc::clone(name), value)),
                }
                Ok(())
            }
            Part::List(_) | Part::Map(_) | Part::New { .. } | Part::NewArray { .. } => Ok(()),
            _ => Err(Error::evaluation("nothing can be assigned to this; assign to a name: x = 1")),
        }
    }

    /// Names are those of the root, unless a selection or projection is at work: its elements stay as they are.
    fn write_root(&mut self, name: Text<'a>, value: Value<'a>) -> Result<(), Error> {
        if self.active.len() > 1 {
            return Ok(());
        }
        if let Value::Map(Map::Root(root)) = &mut self.root {
            Rc::make_mut(root).set(name, value);
            self.active.clear();
            self.active.push(self.root.clone());
        }
        Ok(())
    }
}

fn with_key<'a>(holder: &Value<'a>, key: Value<'a>, value: Value<'a>) -> Result<Value<'a>, Error> {
    match holder {
        Value::Map(Map::Root(root)) => {
            let mut root = Root::clone(root);
            if let Value::String(key) = key {
                root.set(key, value);
            }
            Ok(Value::Map(Map::Root(Rc::new(root))))
        }
        Value::Map(map) => Ok(Value::Map(Map::of(map.entries().chain([(key, value)])))),
        other => Err(unassignable(other)),
    }
}

fn with_index<'a>(holder: &Value<'a>, key: Value<'a>, value: Value<'a>) -> Result<Value<'a>, Error> {
    let position = |length: usize| match &key {
        Value::Integer(index) => usize::try_from(*index).ok().filter(|index| *index < length),
        _ => None,
    };
    let outside = || Error::evaluation("there is no element at this index to assign to");
    match holder {
        Value::List(list) => {
            let mut items: Vec<Value<'a>> = list.iter().collect();
            let index = position(items.len()).ok_or_else(outside)?;
            items[index] = value;
            Ok(Value::List(List::of(items)))
        }
        Value::Array(array) => {
            let mut items = array.items.clone();
            let index = position(items.len()).ok_or_else(outside)?;
            items[index] = convert::convert(&value, convert::element_type(array.element))?;
            Ok(Value::Array(Rc::new(Array { element: array.element, items })))
        }
        map => with_key(map, key, value),
    }
}

fn unassignable(holder: &Value<'_>) -> Error {
    let kind = holder.kind().map_or("null", Type::short_name);
    Error::evaluation(format!("nothing can be assigned to a property of {kind}; maps and lists can be changed"))
}
