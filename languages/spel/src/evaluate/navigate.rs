//! What is asked of a value: a property, a method, an index; and the functions and variables behind a `#`.

use super::Evaluation;
use crate::{
    Error, Value, beans,
    class::{Class, Primitive, Type},
    classes, convert, cost, functions,
    method::{self, Call, Method},
    suggest,
    syntax::{Node, Part},
    value::{Bean, Map, Object},
};

impl<'a> Evaluation<'a> {
    /// `target.name`: a map's key, else what a getter gives.
    ///
    /// Upstream's `MapPropertyAccessor` before `FilteredPropertyAccessor`.
    pub(super) fn property(&mut self, target: &Value<'a>, name: &str, safe: bool) -> Result<Value<'a>, Error> {
        self.operation()?;
        match target {
            Value::Null if safe => return Ok(Value::Null),
            Value::Null => {
                return Err(Error::evaluation(format!(
                    "'{name}' is asked of null; write '?.{name}' if what stands before may be missing"
                )));
            }
            Value::Map(map) => {
                if self.allow_unknown_keys {
                    return Ok(map.get_str(name).unwrap_or(Value::Null));
                }
                if map.contains_key(&Value::from(name)) {
                    return Ok(map.get_str(name).unwrap_or(Value::Null));
                }
            }
            Value::Array(array) if name == "length" => return Ok(Value::Integer(array.items.len() as i32)),
            Value::Object(Object::Bean(bean)) => {
                self.bean_cost(bean, name)?;
                if let Some(value) = beans::property(bean, name).or_else(|| beans::getter(bean, name)) {
                    return self.read_bean(value);
                }
            }
            _ => {}
        }
        match getter(target, name) {
            Some(getter) => self.invoke(getter, target, Vec::new()),
            None => Err(no_property(target, name)),
        }
    }

    pub(super) fn method(
        &mut self,
        target: &Value<'a>,
        name: &str,
        arguments: &[Node],
        safe: bool,
    ) -> Result<Value<'a>, Error> {
        let scope = self.scopes.last().unwrap_or(&self.root).clone();
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.node_from(scope.clone(), argument)?);
        }
        let Some(kind) = target.kind() else {
            return if safe {
                Ok(Value::Null)
            } else {
                Err(Error::evaluation(format!(
                    "method '{name}' is called on null; write '?.{name}(...)' if what stands before may be missing"
                )))
            };
        };
        self.operation()?;
        if let Value::Object(Object::Bean(bean)) = target {
            self.bean_cost(bean, name)?;
        }
        if let (Value::Object(Object::Bean(bean)), []) = (target, &values[..])
            && let Some(value) = beans::getter(bean, name)
        {
            return self.read_bean(value);
        }
        if let (Value::Object(Object::Bean(bean)), [Value::String(argument)]) = (target, &values[..])
            && let Some(value) = beans::found(bean, name, argument)
        {
            return Ok(value);
        }
        let found = match target {
            Value::Class(Type::Class(class)) => method::resolve(classes::static_methods(*class), name, &values)?,
            Value::Class(_) => None,
            _ => method::resolve(classes::instance_methods(kind), name, &values)?,
        };
        match found {
            Some(method) => self.invoke(method, target, values),
            None => Err(no_method(target, kind, name, &values)),
        }
    }

    fn invoke(&mut self, method: &Method, this: &Value<'a>, arguments: Vec<Value<'a>>) -> Result<Value<'a>, Error> {
        // Converting and comparing goes through whole arguments, searching through whole texts.
        let mut texts = this.as_str().map_or(0, str::len);
        for argument in &arguments {
            texts += argument.as_str().map_or(0, str::len);
            cost::reading(self, argument)?;
        }
        self.charge(texts / 64)?;
        let arguments = if method.parameters.is_empty() { arguments } else { method.convert(arguments)? };
        (method.invoke)(Call { this, arguments: &arguments, evaluation: self })
    }

    /// Charges for what is looked up among the stages of an execution.
    fn bean_cost(&mut self, bean: &Bean<'a>, name: &str) -> Result<(), Error> {
        let lower = name.to_ascii_lowercase();
        let looks = ["context", "ancestors", "parent", "toplevelstage"].iter().any(|own| lower.ends_with(own));
        if looks { self.charge(beans::stage_count(bean).saturating_mul(8)) } else { Ok(()) }
    }

    /// Charges for the list that reading a property has made.
    fn read_bean(&mut self, value: Value<'a>) -> Result<Value<'a>, Error> {
        let made = value.elements().map_or(0, |elements| elements.size_hint().0);
        cost::elements(self, made)?;
        Ok(value)
    }

    /// Notes what a method made of the list or map that it was called on.
    pub(crate) fn change(&mut self, changed: Value<'a>) {
        self.changed = Some(changed);
    }

    /// An index's value: of a map a name is the key itself, anything else is evaluated from the root.
    pub(super) fn index_value(&mut self, target: &Value<'a>, index: &Node) -> Result<Value<'a>, Error> {
        if let (Value::Map(_), Part::Property { name, .. }) = (target, &index.part) {
            return Ok(Value::text(std::rc::Rc::clone(name)));
        }
        match self.node_from(self.root.clone(), index)? {
            Value::Null => Err(Error::evaluation("the index is null").or_at(index.at)),
            value => Ok(value),
        }
    }

    pub(super) fn index(&mut self, target: &Value<'a>, index: &Node, safe: bool) -> Result<Value<'a>, Error> {
        if target.is_null() {
            return if safe {
                Ok(Value::Null)
            } else {
                Err(Error::evaluation("null has no elements; write '?.[...]' if what stands before may be missing"))
            };
        }
        let key = self.index_value(target, index)?;
        self.operation()?;
        let position = || match convert::convert(&key, Type::Primitive(Primitive::Int)) {
            Ok(Value::Integer(position)) => Ok(position),
            Ok(_) => Err(Error::evaluation("an index is a whole number").or_at(index.at)),
            Err(error) => Err(error.or_at(index.at)),
        };
        let (length, element) = match target {
            Value::Map(map) => {
                cost::reading(self, &key)?;
                return Ok(map.get(&key).unwrap_or(Value::Null));
            }
            Value::List(list) | Value::Set(list) => (list.len(), at(position()?, |index| list.get(index))),
            Value::Array(array) => (array.items.len(), at(position()?, |index| array.items.get(index).cloned())),
            Value::String(text) => {
                self.charge(text.len() / 16)?;
                let unit = at(position()?, |index| text.encode_utf16().nth(index));
                (text.encode_utf16().count(), unit.map(|unit| Value::text(String::from_utf16_lossy(&[unit]))))
            }
            _ => {
                return match &key {
                    Value::String(name) => self.property(target, name, false),
                    _ => Err(Error::evaluation(format!(
                        "a value of type {} has no elements",
                        target.kind().map_or("null", Type::short_name)
                    ))),
                };
            }
        };
        element.ok_or_else(|| {
            let index = position().unwrap_or(-1);
            Error::evaluation(format!("there is no element {index}: there are {length}, counted from 0"))
        })
    }

    /// `#name`: what was assigned to it, or `null`.
    pub(super) fn variable(&self, name: &str) -> Value<'a> {
        match name {
            "this" => self.active(),
            "root" => self.root.clone(),
            _ => self.variables.iter().find(|(own, _)| &**own == name).map_or(Value::Null, |(_, value)| value.clone()),
        }
    }

    pub(super) fn function(&mut self, name: &str, arguments: &[Node]) -> Result<Value<'a>, Error> {
        let Some(function) = functions::function(name) else {
            return Err(Error::evaluation(format!(
                "there is no function '#{name}'{}",
                suggest::hint("#", name, functions::names())
            )));
        };
        self.operation()?;
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.node(argument)?);
        }
        let expected = function.parameters.len();
        let given = values.len();
        if (!function.varargs && given != expected) || given + 1 < expected {
            // The execution is put in front by itself and nobody writes it.
            let own = usize::from(function.parameters.first() == Some(&Type::Class(Class::Execution)));
            return Err(Error::evaluation(format!(
                "'#{name}' takes {} arguments, and {} are given",
                expected - own,
                given.saturating_sub(own)
            )));
        }
        self.invoke(function, &Value::Null, values)
    }
}

fn at<T>(position: i32, get: impl FnOnce(usize) -> Option<T>) -> Option<T> {
    usize::try_from(position).ok().and_then(get)
}

/// The method that reads a property: `getName`, `isName`, `name`.
fn getter(target: &Value<'_>, name: &str) -> Option<&'static Method> {
    let find = |wanted: &str| -> Option<&'static Method> {
        let matches = |method: &&Method| method.parameters.is_empty() && method.name == wanted;
        match target {
            Value::Class(Type::Class(class)) => classes::static_methods(*class).find(matches),
            _ => classes::instance_methods(target.kind()?).find(matches),
        }
    };
    let mut letters = name.chars();
    let first = letters.next()?;
    let suffix: String = first.to_uppercase().chain(letters).collect();
    find(&format!("get{suffix}")).or_else(|| find(&format!("is{suffix}"))).or_else(|| find(name))
}

fn no_property(target: &Value<'_>, name: &str) -> Error {
    let kind = target.kind().map_or("null", Type::short_name);
    let hint = match target {
        Value::Map(map) => {
            let keys: Vec<String> = map.entries().filter_map(|(key, _)| key.as_str().map(str::to_owned)).collect();
            suggest::hint("", name, keys.iter().map(String::as_str))
        }
        Value::Object(Object::Bean(bean)) => suggest::hint("", name, beans::names(bean.class)),
        Value::Object(Object::Entry(_)) => {
            "; the keys and values of a map's entries cannot be read, but keySet() and values() can".into()
        }
        Value::List(_) | Value::Set(_) | Value::Array(_) => format!("; of each element it is '.![{name}]'"),
        _ => String::new(),
    };
    match target {
        Value::Map(Map::Root(_)) => Error::property(format!("there is no '{name}' here{hint}")),
        _ => Error::property(format!("there is no '{name}' on {kind}{hint}")),
    }
}

fn no_method(target: &Value<'_>, kind: Type, name: &str, arguments: &[Value<'_>]) -> Error {
    let of_class = |class: Class| classes::static_methods(class);
    let (owner, methods): (&str, Vec<&'static Method>) = match target {
        Value::Class(class @ Type::Class(own)) => (class.short_name(), of_class(*own).collect()),
        Value::Class(class) => (class.short_name(), Vec::new()),
        _ => (kind.short_name(), classes::instance_methods(kind).collect()),
    };
    let named: Vec<String> =
        methods.iter().filter(|method| method.name == name).map(|method| method.signature()).collect();
    if named.is_empty() {
        let hint = suggest::hint("", name, methods.iter().map(|method| method.name));
        return Error::evaluation(format!("there is no method '{name}' on {owner}{hint}"));
    }
    let given = method::shown(&arguments.iter().map(Value::kind).collect::<Vec<_>>());
    Error::evaluation(format!("'{name}' on {owner} does not take ({given}); it is {}", named.join(" or ")))
}
