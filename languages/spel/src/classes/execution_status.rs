//! `ExecutionStatus`, an enum that is also a `CharSequence`: upstream's class of that name.

use crate::{
    Error, Value,
    class::{Class, Element, Type},
    method::{Call, Method},
    value::{Array, Object},
};

use super::{INT, STRING, constant, method, string::units};

const BOXED: Type = Type::Class(Class::ExecutionStatus);

/// Its constants, in order.
pub(super) const CONSTANTS: &[&str] = &[
    "NOT_STARTED",
    "RUNNING",
    "PAUSED",
    "SUSPENDED",
    "SUCCEEDED",
    "FAILED_CONTINUE",
    "TERMINAL",
    "CANCELED",
    "REDIRECT",
    "STOPPED",
    "SKIPPED",
    "BUFFERED",
];

/// Methods of a status.
pub(super) const METHODS: &[Method] = &[
    method("charAt", &[INT], |call| units::at(name(&call)?, call.int(0)?).map(Value::Character)),
    method("compareTo", &[BOXED], |call| {
        let Value::Object(Object::Enum(_, other)) = call.object(0) else {
            return Err(Error::thrown("a status is compared with a status, not with null"));
        };
        Ok(Value::Integer(ordinal(name(&call)?) - ordinal(other)))
    }),
    method("isComplete", &[], |call| {
        is(&call, &["SUCCEEDED", "FAILED_CONTINUE", "TERMINAL", "CANCELED", "STOPPED", "SKIPPED"])
    }),
    method("isEmpty", &[], |_| Ok(Value::Boolean(false))),
    method("isFailure", &[], |call| is(&call, &["TERMINAL", "STOPPED", "FAILED_CONTINUE"])),
    method("isHalt", &[], |call| is(&call, &["TERMINAL", "CANCELED", "STOPPED"])),
    method("isSkipped", &[], |call| is(&call, &["SKIPPED"])),
    method("isSuccessful", &[], |call| is(&call, &["SUCCEEDED", "STOPPED", "SKIPPED"])),
    method("length", &[], |call| Ok(Value::Integer(name(&call)?.len() as i32))),
    method("name", &[], |call| name(&call).map(Value::from)),
    method("ordinal", &[], |call| Ok(Value::Integer(ordinal(name(&call)?)))),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("valueOf", &[STRING], |call| {
        let name = call.string(0)?;
        let status = constant(Class::ExecutionStatus, name);
        let status = status.map(|name| Value::Object(Object::Enum(Class::ExecutionStatus, name)));
        status.ok_or_else(|| Error::thrown(format!("there is no status '{}'", &**name)))
    }),
    method("values", &[], |_| {
        let status = |name: &&'static str| Value::Object(Object::Enum(Class::ExecutionStatus, name));
        let items = CONSTANTS.iter().map(status).collect();
        Ok(Value::Array(std::rc::Rc::new(Array { element: Element::Class(Class::ExecutionStatus), items })))
    }),
];

fn name(call: &Call<'_, '_>) -> Result<&'static str, Error> {
    match call.this {
        Value::Object(Object::Enum(_, name)) => Ok(name),
        _ => Err(Error::thrown("this is called on a status")),
    }
}

fn ordinal(name: &str) -> i32 {
    CONSTANTS.iter().position(|constant| *constant == name).map_or(-1, |ordinal| ordinal as i32)
}

fn is<'a>(call: &Call<'_, 'a>, names: &[&str]) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(names.contains(&name(call)?)))
}
