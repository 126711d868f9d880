//! What an expression makes: lists, maps, arrays, objects of the allowed classes; and the types that it names.

use std::rc::Rc;

use super::Evaluation;
use crate::{
    Error, Value,
    class::{Class, Element, Primitive, Type},
    classes, convert, cost,
    method::{self, Call},
    suggest,
    syntax::{Node, Part},
    value::{Array, Map},
};

/// Elements that an array made by `new` may have (`ConstructorReference`).
const LARGEST_ARRAY: usize = 256 * 1024;

/// The type that `T(...)` names.
///
/// # Errors
/// It is not one that expressions may use.
pub(super) fn type_named(name: &str, dimensions: usize) -> Result<Type, Error> {
    let primitive =
        (name.starts_with(|c: char| c.is_lowercase()) && !name.contains('.')).then(|| Primitive::named(name));
    let element = match primitive.flatten() {
        Some(primitive) => Element::Primitive(primitive),
        None => Element::Class(class_named(name)?),
    };
    match dimensions {
        0 => Ok(convert::element_type(element)),
        1 => Ok(Type::Array(element)),
        _ => Err(Error::evaluation("arrays of arrays are not supported; use lists: {{1, 2}, {3, 4}}")),
    }
}

fn class_named(name: &str) -> Result<Class, Error> {
    let found = Class::NAMEABLE
        .iter()
        .find(|class| class.name() == name || class.name().strip_prefix("java.lang.") == Some(name));
    found.copied().ok_or_else(|| {
        let simple = Class::NAMEABLE.iter().find(|class| class.simple_name() == name);
        let hint = match simple {
            Some(class) => format!("; its whole name is needed: {}", class.name()),
            None => {
                let own = name.rsplit_once('.').map_or(name, |(_, own)| own);
                let near = suggest::nearest(own, Class::NAMEABLE.iter().map(|class| class.simple_name()));
                let class = near.and_then(|near| Class::NAMEABLE.iter().find(|class| class.simple_name() == near));
                class.map_or_else(String::new, |class| format!("; did you mean '{}'?", class.name()))
            }
        };
        Error::evaluation(format!("the type '{name}' is not one that expressions may use{hint}"))
    })
}

impl<'a> Evaluation<'a> {
    pub(super) fn list(&mut self, items: &[Node]) -> Result<Value<'a>, Error> {
        self.operation()?;
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            self.operation()?;
            values.push(self.node(item)?);
        }
        Ok(Value::list(values))
    }

    /// A name as a key is its text.
    pub(super) fn map(&mut self, entries: &[(Node, Node)]) -> Result<Value<'a>, Error> {
        self.operation()?;
        let mut values = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            self.operation()?;
            let key = match &key.part {
                Part::Property { name, .. } => Value::text(Rc::clone(name)),
                _ => self.node(key)?,
            };
            cost::reading(self, &key)?;
            values.push((key, self.node(value)?));
        }
        Ok(Value::Map(Map::of(values)))
    }

    pub(super) fn construct(&mut self, name: &str, arguments: &[Node]) -> Result<Value<'a>, Error> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let scope = self.scopes.last().unwrap_or(&self.root).clone();
            values.push(self.node_from(scope, argument)?);
        }
        let class = class_named(name)?;
        self.operation()?;
        let Some(constructor) = method::resolve_constructor(classes::constructors(class), &values) else {
            let given = method::shown(&values.iter().map(Value::kind).collect::<Vec<_>>());
            let known: Vec<_> = classes::constructors(class).map(|constructor| constructor.signature()).collect();
            let hint = if known.is_empty() { String::new() } else { format!("; there is {}", known.join(", ")) };
            return Err(Error::evaluation(format!("{} cannot be made of ({given}){hint}", class.simple_name())));
        };
        let arguments = constructor.convert(values)?;
        (constructor.invoke)(Call { this: &Value::Null, arguments: &arguments, evaluation: self })
    }

    pub(super) fn construct_array(
        &mut self,
        name: &str,
        element: Option<Element>,
        sizes: &[Option<Node>],
        items: Option<&[Node]>,
    ) -> Result<Value<'a>, Error> {
        let element = match element {
            Some(element) => element,
            None => Element::Class(class_named(name)?),
        };
        let [size] = sizes else {
            return Err(Error::evaluation("arrays of arrays are not supported; use lists: {{1, 2}, {3, 4}}"));
        };
        let size = match size {
            Some(size) => Some(self.array_size(size)?),
            None => None,
        };
        let items = match (size, items) {
            (Some(size), None) => {
                self.charge(size * size_of::<Value<'_>>())?;
                vec![convert::initial(element); size]
            }
            (None, None) => return Err(Error::evaluation("the size of the new array is missing")),
            (Some(size), Some(items)) if size != items.len() => {
                return Err(Error::evaluation(format!("an array of {size} elements is filled with {}", items.len())));
            }
            (_, Some(items)) => {
                let wanted = convert::element_type(element);
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    self.operation()?;
                    let value = self.node(item)?;
                    values.push(convert::convert(&value, wanted).map_err(|error| error.or_at(item.at))?);
                }
                values
            }
        };
        Ok(Value::Array(Rc::new(Array { element, items })))
    }

    fn array_size(&mut self, size: &Node) -> Result<usize, Error> {
        let value = self.node(size)?;
        match convert::convert(&value, Type::Primitive(Primitive::Int)) {
            Ok(Value::Integer(size)) if usize::try_from(size).is_ok_and(|size| size < LARGEST_ARRAY) => {
                Ok(size as usize)
            }
            Ok(_) => Err(Error::limit(format!("an array has fewer than {LARGEST_ARRAY} elements")).or_at(size.at)),
            Err(error) => Err(error.or_at(size.at)),
        }
    }
}
