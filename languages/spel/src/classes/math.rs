//! `java.lang.Math`.
//!
//! The transcendental functions are the platform's: Java allows them to differ in the last digit, and so they may here.

use crate::{Error, Value, method::Method};

use super::{DOUBLE, FLOAT, INT, LONG, method};

/// Static methods.
pub(super) const STATIC: &[Method] = &[
    method("IEEEremainder", &[DOUBLE, DOUBLE], |call| double(remainder(call.double(0)?, call.double(1)?))),
    method("abs", &[DOUBLE], |call| double(call.double(0)?.abs())),
    method("abs", &[FLOAT], |call| float(call.float(0)?.abs())),
    method("abs", &[INT], |call| int(call.int(0)?.wrapping_abs())),
    method("abs", &[LONG], |call| long(call.long(0)?.wrapping_abs())),
    method("absExact", &[INT], |call| exact_int(call.int(0)?.checked_abs())),
    method("absExact", &[LONG], |call| exact_long(call.long(0)?.checked_abs())),
    method("acos", &[DOUBLE], |call| double(call.double(0)?.acos())),
    method("addExact", &[INT, INT], |call| exact_int(call.int(0)?.checked_add(call.int(1)?))),
    method("addExact", &[LONG, LONG], |call| exact_long(call.long(0)?.checked_add(call.long(1)?))),
    method("asin", &[DOUBLE], |call| double(call.double(0)?.asin())),
    method("atan", &[DOUBLE], |call| double(call.double(0)?.atan())),
    method("atan2", &[DOUBLE, DOUBLE], |call| double(call.double(0)?.atan2(call.double(1)?))),
    method("cbrt", &[DOUBLE], |call| double(call.double(0)?.cbrt())),
    method("ceil", &[DOUBLE], |call| double(call.double(0)?.ceil())),
    method("copySign", &[DOUBLE, DOUBLE], |call| double(call.double(0)?.copysign(call.double(1)?))),
    method("copySign", &[FLOAT, FLOAT], |call| float(call.float(0)?.copysign(call.float(1)?))),
    method("cos", &[DOUBLE], |call| double(call.double(0)?.cos())),
    method("cosh", &[DOUBLE], |call| double(call.double(0)?.cosh())),
    method("decrementExact", &[INT], |call| exact_int(call.int(0)?.checked_sub(1))),
    method("decrementExact", &[LONG], |call| exact_long(call.long(0)?.checked_sub(1))),
    method("exp", &[DOUBLE], |call| double(call.double(0)?.exp())),
    method("expm1", &[DOUBLE], |call| double(call.double(0)?.exp_m1())),
    method("floor", &[DOUBLE], |call| double(call.double(0)?.floor())),
    method("floorDiv", &[INT, INT], |call| int(floor_div(call.int(0)?.into(), call.int(1)?.into())? as i32)),
    method("floorDiv", &[LONG, INT], |call| long(floor_div(call.long(0)?, call.int(1)?.into())?)),
    method("floorDiv", &[LONG, LONG], |call| long(floor_div(call.long(0)?, call.long(1)?)?)),
    method("floorMod", &[INT, INT], |call| int(floor_mod(call.int(0)?.into(), call.int(1)?.into())? as i32)),
    method("floorMod", &[LONG, INT], |call| int(floor_mod(call.long(0)?, call.int(1)?.into())? as i32)),
    method("floorMod", &[LONG, LONG], |call| long(floor_mod(call.long(0)?, call.long(1)?)?)),
    method("fma", &[DOUBLE, DOUBLE, DOUBLE], |call| double(call.double(0)?.mul_add(call.double(1)?, call.double(2)?))),
    method("fma", &[FLOAT, FLOAT, FLOAT], |call| float(call.float(0)?.mul_add(call.float(1)?, call.float(2)?))),
    method("getExponent", &[DOUBLE], |call| int((call.double(0)?.to_bits() >> 52 & 0x7ff) as i32 - 1023)),
    method("getExponent", &[FLOAT], |call| int((call.float(0)?.to_bits() >> 23 & 0xff) as i32 - 127)),
    method("hypot", &[DOUBLE, DOUBLE], |call| double(call.double(0)?.hypot(call.double(1)?))),
    method("incrementExact", &[INT], |call| exact_int(call.int(0)?.checked_add(1))),
    method("incrementExact", &[LONG], |call| exact_long(call.long(0)?.checked_add(1))),
    method("log", &[DOUBLE], |call| double(call.double(0)?.ln())),
    method("log10", &[DOUBLE], |call| double(call.double(0)?.log10())),
    method("log1p", &[DOUBLE], |call| double(call.double(0)?.ln_1p())),
    method("max", &[DOUBLE, DOUBLE], |call| double(larger(call.double(0)?, call.double(1)?))),
    method("max", &[FLOAT, FLOAT], |call| float(larger(call.float(0)?.into(), call.float(1)?.into()) as f32)),
    method("max", &[INT, INT], |call| int(call.int(0)?.max(call.int(1)?))),
    method("max", &[LONG, LONG], |call| long(call.long(0)?.max(call.long(1)?))),
    method("min", &[DOUBLE, DOUBLE], |call| double(smaller(call.double(0)?, call.double(1)?))),
    method("min", &[FLOAT, FLOAT], |call| float(smaller(call.float(0)?.into(), call.float(1)?.into()) as f32)),
    method("min", &[INT, INT], |call| int(call.int(0)?.min(call.int(1)?))),
    method("min", &[LONG, LONG], |call| long(call.long(0)?.min(call.long(1)?))),
    method("multiplyExact", &[INT, INT], |call| exact_int(call.int(0)?.checked_mul(call.int(1)?))),
    method("multiplyExact", &[LONG, INT], |call| exact_long(call.long(0)?.checked_mul(call.int(1)?.into()))),
    method("multiplyExact", &[LONG, LONG], |call| exact_long(call.long(0)?.checked_mul(call.long(1)?))),
    method("multiplyFull", &[INT, INT], |call| long(i64::from(call.int(0)?) * i64::from(call.int(1)?))),
    method("multiplyHigh", &[LONG, LONG], |call| {
        long(((i128::from(call.long(0)?) * i128::from(call.long(1)?)) >> 64) as i64)
    }),
    method("negateExact", &[INT], |call| exact_int(call.int(0)?.checked_neg())),
    method("negateExact", &[LONG], |call| exact_long(call.long(0)?.checked_neg())),
    method("nextAfter", &[DOUBLE, DOUBLE], |call| double(next_after(call.double(0)?, call.double(1)?))),
    method("nextAfter", &[FLOAT, DOUBLE], |call| {
        let (start, towards) = (call.float(0)?, call.double(1)?);
        float(match f64::from(start).partial_cmp(&towards) {
            None => f32::NAN,
            Some(std::cmp::Ordering::Less) => start.next_up(),
            Some(std::cmp::Ordering::Greater) => start.next_down(),
            Some(std::cmp::Ordering::Equal) => towards as f32,
        })
    }),
    method("nextDown", &[DOUBLE], |call| double(call.double(0)?.next_down())),
    method("nextDown", &[FLOAT], |call| float(call.float(0)?.next_down())),
    method("nextUp", &[DOUBLE], |call| double(call.double(0)?.next_up())),
    method("nextUp", &[FLOAT], |call| float(call.float(0)?.next_up())),
    method("pow", &[DOUBLE, DOUBLE], |call| double(power(call.double(0)?, call.double(1)?))),
    method("random", &[], |call| double((call.evaluation.host.random() >> 11) as f64 / (1_u64 << 53) as f64)),
    method("rint", &[DOUBLE], |call| double(call.double(0)?.round_ties_even())),
    method("round", &[DOUBLE], |call| long(rounded(call.double(0)?) as i64)),
    method("round", &[FLOAT], |call| int(rounded(call.float(0)?.into()) as i32)),
    method("scalb", &[DOUBLE, INT], |call| double(scaled(call.double(0)?, call.int(1)?))),
    method("scalb", &[FLOAT, INT], |call| float(scaled(call.float(0)?.into(), call.int(1)?) as f32)),
    method("signum", &[DOUBLE], |call| double(sign(call.double(0)?))),
    method("signum", &[FLOAT], |call| float(sign(call.float(0)?.into()) as f32)),
    method("sin", &[DOUBLE], |call| double(call.double(0)?.sin())),
    method("sinh", &[DOUBLE], |call| double(call.double(0)?.sinh())),
    method("sqrt", &[DOUBLE], |call| double(call.double(0)?.sqrt())),
    method("subtractExact", &[INT, INT], |call| exact_int(call.int(0)?.checked_sub(call.int(1)?))),
    method("subtractExact", &[LONG, LONG], |call| exact_long(call.long(0)?.checked_sub(call.long(1)?))),
    method("tan", &[DOUBLE], |call| double(call.double(0)?.tan())),
    method("tanh", &[DOUBLE], |call| double(call.double(0)?.tanh())),
    method("toDegrees", &[DOUBLE], |call| double(call.double(0)? * (180.0 / std::f64::consts::PI))),
    method("toIntExact", &[LONG], |call| exact_int(i32::try_from(call.long(0)?).ok())),
    method("toRadians", &[DOUBLE], |call| double(call.double(0)? * (std::f64::consts::PI / 180.0))),
    method("ulp", &[DOUBLE], |call| double(unit(call.double(0)?))),
    method("ulp", &[FLOAT], |call| {
        let size = call.float(0)?.abs();
        float(match size {
            f32::INFINITY => size,
            f32::MAX => size - size.next_down(),
            size => size.next_up() - size,
        })
    }),
];

fn int<'a>(value: i32) -> Result<Value<'a>, Error> {
    Ok(Value::Integer(value))
}

fn long<'a>(value: i64) -> Result<Value<'a>, Error> {
    Ok(Value::Long(value))
}

fn float<'a>(value: f32) -> Result<Value<'a>, Error> {
    Ok(Value::Float(value))
}

fn double<'a>(value: f64) -> Result<Value<'a>, Error> {
    Ok(Value::Double(value))
}

fn exact_int<'a>(value: Option<i32>) -> Result<Value<'a>, Error> {
    value.map(Value::Integer).ok_or_else(|| Error::thrown("the result does not fit an int"))
}

fn exact_long<'a>(value: Option<i64>) -> Result<Value<'a>, Error> {
    value.map(Value::Long).ok_or_else(|| Error::thrown("the result does not fit a long"))
}

fn floor_div(left: i64, right: i64) -> Result<i64, Error> {
    let whole = left.wrapping_div(nonzero(right)?);
    Ok(if left.wrapping_rem(right) != 0 && (left < 0) != (right < 0) { whole - 1 } else { whole })
}

fn floor_mod(left: i64, right: i64) -> Result<i64, Error> {
    let rest = left.wrapping_rem(nonzero(right)?);
    Ok(if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest })
}

fn nonzero(divisor: i64) -> Result<i64, Error> {
    if divisor == 0 { Err(super::integer::by_zero()) } else { Ok(divisor) }
}

/// `Math.max`: NaN if either is, 0.0 above -0.0.
pub(super) fn larger(left: f64, right: f64) -> f64 {
    match (left.is_nan() || right.is_nan(), left.total_cmp(&right).is_ge()) {
        (true, _) => f64::NAN,
        (false, true) => left,
        (false, false) => right,
    }
}

/// `Math.min`.
pub(super) fn smaller(left: f64, right: f64) -> f64 {
    -larger(-left, -right)
}

/// `Math.pow`: 1 to an infinite power is not a number there, nor is anything to the power of one that is none.
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    let undefined = exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite());
    if undefined { f64::NAN } else { base.powf(exponent) }
}

/// The nearest whole number, the upper one of two that are equally near.
fn rounded(value: f64) -> f64 {
    let below = value.floor();
    if value - below >= 0.5 { below + 1.0 } else { below }
}

fn sign(value: f64) -> f64 {
    if value == 0.0 || value.is_nan() { value } else { value.signum() }
}

fn next_after(start: f64, towards: f64) -> f64 {
    match start.partial_cmp(&towards) {
        None => f64::NAN,
        Some(std::cmp::Ordering::Less) => start.next_up(),
        Some(std::cmp::Ordering::Greater) => start.next_down(),
        Some(std::cmp::Ordering::Equal) => towards,
    }
}

/// The distance to the next larger size.
fn unit(value: f64) -> f64 {
    match value.abs() {
        f64::INFINITY => f64::INFINITY,
        f64::MAX => f64::MAX - f64::MAX.next_down(),
        size => size.next_up() - size,
    }
}

/// `value * 2^power`, in steps that overflow or underflow only at the end.
pub(super) fn scaled(mut value: f64, power: i32) -> f64 {
    let mut rest = power.clamp(-5000, 5000);
    while rest != 0 {
        let step = rest.clamp(-1000, 1000);
        value *= 2_f64.powi(step);
        rest -= step;
    }
    value
}

/// `Math.IEEEremainder`: what is left of `left` at the nearest multiple of `right`, an even one of two.
fn remainder(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() || left.is_infinite() || right == 0.0 {
        return f64::NAN;
    }
    if right.is_infinite() {
        return left;
    }
    let divisor = right.abs();
    // The remainder of division tells how near the multiple below is; whether that is an odd one decides a tie.
    let twice = if divisor <= f64::MAX / 2.0 { left.abs() % (2.0 * divisor) } else { left.abs() };
    let (odd, rest) = if twice >= divisor { (true, twice - divisor) } else { (false, twice) };
    let above = divisor - rest;
    let nearest = if rest > above || (rest == above && odd) { rest - divisor } else { rest };
    if left.is_sign_negative() { -nearest } else { nearest }
}
