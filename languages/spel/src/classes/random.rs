//! `java.util.Random`: the same numbers from the same seed as Java's.

use std::{cell::Cell, rc::Rc};

use super::{DOUBLE, FLOAT, INT, LONG, constructor, method};
use crate::{
    Error, Value,
    method::{Call, Method},
    value::Object,
};

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const MASK: u64 = (1 << 48) - 1;

pub(super) const METHODS: &[Method] = &[
    method("nextBoolean", &[], |call| Ok(Value::Boolean(next(&call, 1)? != 0))),
    method("nextDouble", &[], |call| double(&call).map(Value::Double)),
    method("nextDouble", &[DOUBLE], |call| between(&call, 0.0, call.double(0)?).map(Value::Double)),
    method("nextDouble", &[DOUBLE, DOUBLE], |call| between(&call, call.double(0)?, call.double(1)?).map(Value::Double)),
    method("nextFloat", &[], |call| Ok(Value::Float(next(&call, 24)? as f32 / (1 << 24) as f32))),
    method("nextFloat", &[FLOAT], |call| {
        let bound = call.float(0)?;
        ordered(0.0, bound.into())?;
        Ok(Value::Float(next(&call, 24)? as f32 / (1 << 24) as f32 * bound))
    }),
    method("nextInt", &[], |call| next(&call, 32).map(Value::Integer)),
    method("nextInt", &[INT], |call| below(&call, call.int(0)?).map(Value::Integer)),
    method("nextInt", &[INT, INT], |call| {
        let (origin, bound) = (call.int(0)?, call.int(1)?);
        ordered(origin.into(), bound.into())?;
        int_between(&call, origin, bound).map(Value::Integer)
    }),
    method("nextLong", &[], |call| long(&call).map(Value::Long)),
    method("setSeed", &[LONG], |call| {
        state(&call)?.set(scrambled(call.long(0)?));
        Ok(Value::Null)
    }),
];

pub(super) const CONSTRUCTORS: &[Method] = &[
    constructor(&[], |call| {
        let seed = call.evaluation.host.random() as i64;
        Ok(of_seed(seed))
    }),
    constructor(&[LONG], |call| call.long(0).map(of_seed)),
];

fn of_seed<'a>(seed: i64) -> Value<'a> {
    Value::Object(Object::Random(Rc::new(Cell::new(scrambled(seed)))))
}

fn scrambled(seed: i64) -> u64 {
    (seed as u64 ^ MULTIPLIER) & MASK
}

fn state<'c>(call: &Call<'c, '_>) -> Result<&'c Cell<u64>, Error> {
    match call.this {
        Value::Object(Object::Random(state)) => Ok(state),
        _ => Err(Error::thrown("this is no java.util.Random")),
    }
}

fn next(call: &Call<'_, '_>, bits: u32) -> Result<i32, Error> {
    let state = state(call)?;
    let seed = state.get().wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
    state.set(seed);
    Ok((seed >> (48 - bits)) as i32)
}

fn below(call: &Call<'_, '_>, bound: i32) -> Result<i32, Error> {
    if bound <= 0 {
        return Err(Error::thrown("the bound of a random number is above zero"));
    }
    let mut bits = next(call, 31)?;
    if bound & (bound - 1) == 0 {
        return Ok(((i64::from(bound) * i64::from(bits)) >> 31) as i32);
    }
    // Those at the end that would make small numbers likelier are drawn again; it is less than every second one.
    let mut value = bits % bound;
    while bits.wrapping_sub(value).wrapping_add(bound - 1) < 0 {
        bits = next(call, 31)?;
        value = bits % bound;
    }
    Ok(value)
}

/// `RandomSupport.boundedNextInt`.
fn int_between(call: &Call<'_, '_>, origin: i32, bound: i32) -> Result<i32, Error> {
    let mut drawn = next(call, 32)?;
    let range = bound.wrapping_sub(origin);
    let mask = range.wrapping_sub(1);
    if range & mask == 0 {
        return Ok((drawn & mask).wrapping_add(origin));
    }
    if range > 0 {
        let mut bits = (drawn as u32 >> 1) as i32;
        drawn = bits % range;
        while bits.wrapping_add(mask).wrapping_sub(drawn) < 0 {
            bits = (next(call, 32)? as u32 >> 1) as i32;
            drawn = bits % range;
        }
        return Ok(drawn.wrapping_add(origin));
    }
    while drawn < origin || drawn >= bound {
        drawn = next(call, 32)?;
    }
    Ok(drawn)
}

fn long(call: &Call<'_, '_>) -> Result<i64, Error> {
    let high = i64::from(next(call, 32)?) << 32;
    Ok(high.wrapping_add(i64::from(next(call, 32)?)))
}

fn double(call: &Call<'_, '_>) -> Result<f64, Error> {
    let high = i64::from(next(call, 26)?) << 27;
    Ok((high + i64::from(next(call, 27)?)) as f64 * (1.0 / (1_u64 << 53) as f64))
}

fn between(call: &Call<'_, '_>, origin: f64, bound: f64) -> Result<f64, Error> {
    ordered(origin, bound)?;
    let drawn = double(call)? * (bound - origin) + origin;
    Ok(if drawn >= bound { bound.next_down() } else { drawn })
}

fn ordered(origin: f64, bound: f64) -> Result<(), Error> {
    if origin < bound && bound - origin < f64::INFINITY {
        return Ok(());
    }
    Err(Error::thrown("the bound of a random number is above its origin"))
}
