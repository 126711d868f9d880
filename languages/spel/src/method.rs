//! Methods: what can be called on a value, and which of several of one name is meant.
//!
//! The choice is Spring's (`ReflectiveMethodResolver`): an exact match of types wins, then the nearest one that the
//! arguments can be passed to as they are, then the only one that they can be converted to; two of the latter are an error.

use crate::{
    Error, Value,
    class::{Element, Type},
    convert,
    evaluate::Evaluation,
    value::Array,
};

/// A method or constructor of a class.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    /// Its name; that of a constructor is `new`.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) parameters: &'static [Type],
    /// Whether the last parameter, an array, takes any number of arguments.
    pub(crate) varargs: bool,
    /// What it does.
    pub(crate) invoke: Invoke,
}

/// A method's body. Errors are what Java would throw: [`Error::thrown`].
pub(crate) type Invoke = for<'c, 'a> fn(Call<'c, 'a>) -> Result<Value<'a>, Error>;

/// A call of a method.
pub(crate) struct Call<'c, 'a> {
    /// What it is called on; `null` for static methods and constructors.
    pub(crate) this: &'c Value<'a>,
    /// As many as the method has parameters, each converted to its type; of type `Object` it is what was given.
    pub(crate) arguments: &'c [Value<'a>],
    /// The evaluation that it happens in: its host, and what it may still cost.
    pub(crate) evaluation: &'c mut Evaluation<'a>,
}

/// How well arguments fit.
enum Fit {
    Exact,
    Close,
    Converted,
}

/// The method that is meant; `None` if none fits.
///
/// # Errors
/// Several fit by conversion alone.
pub(crate) fn resolve<'m>(
    methods: impl Iterator<Item = &'m Method>,
    name: &str,
    arguments: &[Value<'_>],
) -> Result<Option<&'m Method>, Error> {
    let kinds: Vec<Option<Type>> = arguments.iter().map(Value::kind).collect();
    let mut named: Vec<&Method> = methods.filter(|method| method.name == name).collect();
    named.sort_by_key(|method| (method.parameters.len(), method.varargs));
    let mut close: Option<(&Method, u32)> = None;
    let mut converted: Vec<&Method> = Vec::new();
    for method in named {
        match fit(method, &kinds) {
            Some(Fit::Exact) => return Ok(Some(method)),
            Some(Fit::Close) => {
                let distance = distance(method, &kinds);
                if close.is_none_or(|(_, best)| distance < best) {
                    close = Some((method, distance));
                }
            }
            Some(Fit::Converted) => converted.push(method),
            None => {}
        }
    }
    match (close, converted[..].split_first()) {
        (Some((method, _)), _) => Ok(Some(method)),
        (None, Some((method, []))) => Ok(Some(method)),
        (None, Some(_)) => Err(Error::evaluation(format!(
            "which method '{name}' is meant is not clear: the arguments ({}) fit {} by conversion; convert them first",
            shown(&kinds),
            converted.iter().map(|method| method.signature()).collect::<Vec<_>>().join(" and ")
        ))),
        (None, None) => Ok(None),
    }
}

/// The constructor that is meant: as [`resolve`], but of several that fit alike the last is taken
/// (`ReflectiveConstructorResolver`).
pub(crate) fn resolve_constructor<'m>(
    constructors: impl Iterator<Item = &'m Method>,
    arguments: &[Value<'_>],
) -> Option<&'m Method> {
    let kinds: Vec<Option<Type>> = arguments.iter().map(Value::kind).collect();
    let mut sorted: Vec<&Method> = constructors.collect();
    sorted.sort_by_key(|constructor| constructor.parameters.len());
    let (mut close, mut converted) = (None, None);
    for constructor in sorted {
        match fit(constructor, &kinds) {
            Some(Fit::Exact) => return Some(constructor),
            Some(Fit::Close) => close = Some(constructor),
            Some(Fit::Converted) => converted = Some(constructor),
            None => {}
        }
    }
    close.or(converted)
}

/// The types of arguments, as messages show them.
pub(crate) fn shown(kinds: &[Option<Type>]) -> String {
    kinds.iter().map(|kind| kind.map_or("null", Type::short_name)).collect::<Vec<_>>().join(", ")
}

impl Method {
    /// Its name and parameters, as messages show them.
    pub(crate) fn signature(&self) -> String {
        let parameters: Vec<_> = self.parameters.iter().map(|parameter| parameter.short_name()).collect();
        let dots = if self.varargs { "..." } else { "" };
        format!("{}({}{dots})", self.name, parameters.join(", "))
    }

    /// The arguments as the body takes them.
    ///
    /// # Errors
    /// One cannot be converted, such as `'a'` to an `int`.
    pub(crate) fn convert<'a>(&self, arguments: Vec<Value<'a>>) -> Result<Vec<Value<'a>>, Error> {
        let fixed = self.parameters.len() - usize::from(self.varargs);
        let (own, rest) = arguments.split_at(fixed.min(arguments.len()));
        let mut converted = Vec::with_capacity(self.parameters.len());
        for (argument, parameter) in own.iter().zip(self.parameters) {
            converted.push(convert::convert(argument, *parameter)?);
        }
        if let (true, Some(Type::Array(element))) = (self.varargs, self.parameters.last()) {
            converted.push(spread(rest, *element)?);
        }
        Ok(converted)
    }
}

/// The last parameter's array, of the arguments from there on: a single array or list stands for its elements.
fn spread<'a>(rest: &[Value<'a>], element: Element) -> Result<Value<'a>, Error> {
    let wanted = match element {
        Element::Class(class) => Type::Class(class),
        Element::Primitive(primitive) => Type::Primitive(primitive),
    };
    let single = match rest {
        [Value::Array(array)] => Some(array.items.clone()),
        [Value::List(list)] => Some(list.iter().collect()),
        _ => None,
    };
    let items = single.as_deref().unwrap_or(rest);
    let items = items.iter().map(|item| convert::convert(item, wanted)).collect::<Result<_, _>>()?;
    Ok(Value::Array(std::rc::Rc::new(Array { element, items })))
}

fn fit(method: &Method, arguments: &[Option<Type>]) -> Option<Fit> {
    if !method.varargs {
        if arguments.len() != method.parameters.len() {
            return None;
        }
        return method
            .parameters
            .iter()
            .zip(arguments)
            .try_fold(Fit::Exact, |fit, (wanted, argument)| worse(fit, fit_one(*wanted, *argument)?));
    }
    let fixed = method.parameters.len() - 1;
    if arguments.len() < fixed {
        return None;
    }
    let mut upto = method.parameters[..fixed].iter().zip(arguments);
    let fit = upto.try_fold(Fit::Exact, |fit, (wanted, argument)| worse(fit, fit_one(*wanted, *argument)?))?;
    let last = method.parameters[fixed];
    if arguments.len() == fixed + 1 && arguments[fixed] == Some(last) {
        return Some(fit);
    }
    let Type::Array(element) = last else { return None };
    let wanted = match element {
        Element::Class(class) => Type::Class(class),
        Element::Primitive(primitive) => Type::Primitive(primitive),
    };
    arguments[fixed..].iter().try_fold(fit, |fit, argument| worse(fit, fit_one(wanted, *argument)?))
}

fn fit_one(wanted: Type, argument: Option<Type>) -> Option<Fit> {
    match (wanted, argument) {
        (Type::Primitive(_), None) => None,
        (_, None) => Some(Fit::Exact),
        (wanted, Some(argument)) if wanted == argument => Some(Fit::Exact),
        (wanted, Some(argument)) if argument.assignable_to(wanted) => Some(Fit::Close),
        (wanted, Some(argument)) if convert::can_convert(argument, wanted) => Some(Fit::Converted),
        _ => None,
    }
}

fn worse(a: Fit, b: Fit) -> Option<Fit> {
    Some(match (a, b) {
        (Fit::Converted, _) | (_, Fit::Converted) => Fit::Converted,
        (Fit::Close, _) | (_, Fit::Close) => Fit::Close,
        _ => Fit::Exact,
    })
}

fn distance(method: &Method, arguments: &[Option<Type>]) -> u32 {
    let pairs = method.parameters.iter().zip(arguments);
    pairs.map(|(wanted, argument)| argument.map_or(0, |argument| wanted.distance_from(argument))).sum()
}
