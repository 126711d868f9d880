//! `java.lang.Boolean`.

use crate::{
    Value,
    class::{Class, Type},
    method::{Call, Method},
};

use super::{BOOLEAN, STRING, constructor, hash, method, natural};

const BOXED: Type = Type::Class(Class::Boolean);

/// Methods of booleans.
pub(super) const METHODS: &[Method] = &[
    method("booleanValue", &[], |call| Ok(call.this.clone())),
    method("compareTo", &[BOXED], |call| {
        Ok(Value::Integer(natural::sign((*call.this == Value::Boolean(true)).cmp(&call.boolean(0)?))))
    }),
];

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("compare", &[BOOLEAN, BOOLEAN], |call| {
        Ok(Value::Integer(natural::sign(call.boolean(0)?.cmp(&call.boolean(1)?))))
    }),
    method("hashCode", &[BOOLEAN], |call| Ok(Value::Integer(hash::boolean(call.boolean(0)?)))),
    method("logicalAnd", &[BOOLEAN, BOOLEAN], |call| Ok(Value::Boolean(call.boolean(0)? & call.boolean(1)?))),
    method("logicalOr", &[BOOLEAN, BOOLEAN], |call| Ok(Value::Boolean(call.boolean(0)? | call.boolean(1)?))),
    method("logicalXor", &[BOOLEAN, BOOLEAN], |call| Ok(Value::Boolean(call.boolean(0)? ^ call.boolean(1)?))),
    method("parseBoolean", &[STRING], |call| Ok(parse(&call))),
    method("toString", &[BOOLEAN], |call| Ok(Value::from(if call.boolean(0)? { "true" } else { "false" }))),
    method("valueOf", &[STRING], |call| Ok(parse(&call))),
    method("valueOf", &[BOOLEAN], |call| call.boolean(0).map(Value::Boolean)),
];

/// Constructors, in the order of the original's: of those that fit by conversion the last is called.
pub(super) const CONSTRUCTORS: &[Method] = &[
    constructor(&[BOOLEAN], |call| call.boolean(0).map(Value::Boolean)),
    constructor(&[STRING], |call| Ok(parse(&call))),
];

/// Whether the text is "true", in any letter case; `null` is not.
fn parse<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    Value::Boolean(call.object(0).as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}
