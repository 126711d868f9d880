//! What every object has: `equals`, `hashCode`, `toString`.

use crate::{
    Error, Value,
    class::{Class, Type},
    method::{Call, Method},
    value::{Object, display},
};

use super::{OBJECT, cost, hash, method};

/// The methods of `Object` that can be called on values of a type.
///
/// Upstream takes `equals` and `hashCode` away where a class has only those of `Object` itself.
pub(super) fn methods(kind: Type) -> &'static [Method] {
    match kind {
        Type::Class(Class::Class) | Type::Primitive(_) => &[],
        Type::Array(_) | Type::Class(Class::Random | Class::NotEvaluable) => &ALL[2..],
        Type::Class(_) => ALL,
    }
}

const ALL: &[Method] = &[
    method("equals", &[OBJECT], equals),
    method("hashCode", &[], |call| {
        cost::reading(call.evaluation, call.this)?;
        Ok(Value::Integer(hash::hash_code(call.this)))
    }),
    method("toString", &[], to_string),
];

fn equals<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let other = call.object(0);
    if let (Value::Set(own), Value::Set(other)) = (call.this, other) {
        return super::set::same(call.evaluation, own, other).map(Value::Boolean);
    }
    cost::reading(call.evaluation, call.this)?;
    Ok(Value::Boolean(call.this == other))
}

fn to_string<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    match call.this {
        Value::String(text) => Ok(Value::String(text.clone())),
        Value::Object(Object::Enum(class, name)) => Ok(Value::from(class.constant_text(name))),
        this => {
            cost::writing(call.evaluation, this)?;
            Ok(Value::text(display(this)))
        }
    }
}
