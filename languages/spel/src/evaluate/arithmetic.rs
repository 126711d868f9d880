//! `+ - * / % ^`, with Java's numeric promotion: a double makes a double, else a float a float, else a big integer one,
//! else a long one; smaller numbers are ints, which wrap around.

use super::Evaluation;
use crate::{
    Error, Value,
    class::{Class, Type},
    classes::math::power,
    convert, cost,
    syntax::{Arithmetic, Node},
    value::{Object, display},
};

/// Characters that a text may have when it is joined by `+` (`OpPlus`).
const MOST_JOINED: usize = 100_000;
/// Characters that `'text' * n` may make (`OpMultiply`).
const MOST_REPEATED: usize = 256;

impl<'a> Evaluation<'a> {
    pub(super) fn arithmetic(&mut self, first: &Node, rest: &[(Arithmetic, usize, Node)]) -> Result<Value<'a>, Error> {
        let mut left = self.node(first)?;
        for (operator, at, node) in rest {
            let right = self.node(node)?;
            self.operation()?;
            left = self.operate(*operator, &left, &right).map_err(|error| error.or_at(*at))?;
        }
        Ok(left)
    }

    fn operate(&mut self, operator: Arithmetic, left: &Value<'a>, right: &Value<'a>) -> Result<Value<'a>, Error> {
        if let (Arithmetic::Power, Value::Integer(_) | Value::Long(_), Value::BigInteger(exponent)) =
            (operator, left, right)
        {
            let base = convert::floating(left).unwrap_or_default();
            return Ok(Value::Long(power(base, **exponent as f64) as i64));
        }
        if let Some(numbers) = Numbers::of(left, right) {
            return numbers.operate(operator);
        }
        match (operator, left, right) {
            (Arithmetic::Add, Value::String(left), Value::String(right)) => self.join(left, right),
            (Arithmetic::Add, Value::String(left), right) => {
                cost::writing(self, right)?;
                self.join(left, &text_of(right)?)
            }
            (Arithmetic::Add, left, Value::String(right)) => {
                cost::writing(self, left)?;
                self.join(&text_of(left)?, right)
            }
            (Arithmetic::Subtract, Value::String(text), Value::Integer(down)) if text.encode_utf16().count() == 1 => {
                let unit = text.encode_utf16().next().unwrap_or(0);
                let less = i32::from(unit).wrapping_sub(*down) as u16;
                Ok(Value::text(String::from_utf16_lossy(&[less])))
            }
            (Arithmetic::Multiply, Value::String(text), Value::Integer(times)) => {
                let times = usize::try_from(*times)
                    .map_err(|_| Error::evaluation(format!("text cannot be repeated {times} times")))?;
                if text.encode_utf16().count().saturating_mul(times) > MOST_REPEATED {
                    return Err(Error::limit(format!("text repeated by '*' may have {MOST_REPEATED} characters")));
                }
                Ok(Value::text(text.repeat(times)))
            }
            _ => Err(unsupported(operator, left, right)),
        }
    }

    fn join(&mut self, left: &str, right: &str) -> Result<Value<'a>, Error> {
        // Bytes are at least as many as characters.
        if left.len() + right.len() > MOST_JOINED
            && left.encode_utf16().count() + right.encode_utf16().count() > MOST_JOINED
        {
            return Err(Error::limit(format!("text joined by '+' may have {MOST_JOINED} characters")));
        }
        self.charge(left.len() + right.len())?;
        Ok(Value::text([left, right].concat()))
    }

    pub(super) fn plus(&mut self, of: &Node) -> Result<Value<'a>, Error> {
        let value = self.node(of)?;
        self.operation()?;
        if value.is_number() { Ok(value) } else { Err(unsupported_alone("+", &value)) }
    }

    pub(super) fn minus(&mut self, of: &Node) -> Result<Value<'a>, Error> {
        let value = self.node(of)?;
        self.operation()?;
        Ok(match value {
            // Zero minus it, as the original does: -0.0 comes out as 0.0.
            Value::Double(value) => Value::Double(0.0 - value),
            Value::Float(value) => Value::Float(0.0 - value),
            Value::Long(value) => Value::Long(0_i64.wrapping_sub(value)),
            Value::Integer(value) => Value::Integer(0_i32.wrapping_sub(value)),
            Value::Short(value) => Value::Integer(-i32::from(value)),
            Value::Byte(value) => Value::Integer(-i32::from(value)),
            Value::BigInteger(value) => Value::BigInteger(Box::new(value.checked_neg().ok_or_else(too_big)?)),
            other => return Err(unsupported_alone("-", &other)),
        })
    }

    /// `++` and `--`: the value before or after the step; what it stands in gets the new one.
    pub(super) fn step(&mut self, before: bool, up: bool, of: &Node) -> Result<Value<'a>, Error> {
        let value = self.node(of)?;
        if !value.is_number() {
            return Err(unsupported_alone(if up { "++" } else { "--" }, &value));
        }
        self.operation()?;
        let operator = if up { Arithmetic::Add } else { Arithmetic::Subtract };
        let stepped = self.operate(operator, &value, &Value::Integer(1))?;
        self.write(of, stepped.clone())?;
        Ok(if before { stepped } else { value })
    }
}

/// As `+` writes what is no text: converted if there is a conversion for its class, else as `toString()` does.
fn text_of(value: &Value<'_>) -> Result<String, Error> {
    match value.kind() {
        Some(kind) if convert::can_convert(kind, Type::Class(Class::String)) => convert::to_text(value),
        _ => Ok(display(value)),
    }
}

fn too_big() -> Error {
    Error::evaluation("the number does not fit 128 bits")
}

fn symbol(operator: Arithmetic) -> &'static str {
    match operator {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::Modulus => "%",
        Arithmetic::Power => "^",
    }
}

fn unsupported(operator: Arithmetic, left: &Value<'_>, right: &Value<'_>) -> Error {
    let name = |value: &Value<'_>| value.kind().map_or("null", Type::short_name);
    let hint = match (left, right) {
        (Value::Null, _) | (_, Value::Null) => "; give a default: (x ?: 0)",
        (Value::String(_), _) | (_, Value::String(_)) => "; make a number of text with #toInt(...)",
        (Value::Object(Object::Enum(..)), _) => "; make text of it with toString()",
        _ => "",
    };
    Error::evaluation(format!("'{}' does not work between {} and {}{hint}", symbol(operator), name(left), name(right)))
}

fn unsupported_alone(operator: &str, value: &Value<'_>) -> Error {
    Error::evaluation(format!(
        "'{operator}' needs a number, and this is {}",
        value.kind().map_or("null", Type::short_name)
    ))
}

/// Two numbers of one type.
enum Numbers {
    Doubles(f64, f64),
    Floats(f32, f32),
    Bigs(i128, i128),
    Longs(i64, i64),
    Ints(i32, i32),
}

impl Numbers {
    fn of(left: &Value<'_>, right: &Value<'_>) -> Option<Self> {
        if !left.is_number() || !right.is_number() {
            return None;
        }
        let any = |wanted: fn(&Value<'_>) -> bool| wanted(left) || wanted(right);
        if any(|value| matches!(value, Value::Double(_))) {
            return Some(Numbers::Doubles(convert::floating(left)?, convert::floating(right)?));
        }
        if any(|value| matches!(value, Value::Float(_))) {
            return Some(Numbers::Floats(convert::floating(left)? as f32, convert::floating(right)? as f32));
        }
        let (left_whole, right_whole) = (convert::whole(left)?, convert::whole(right)?);
        if any(|value| matches!(value, Value::BigInteger(_))) {
            return Some(Numbers::Bigs(left_whole, right_whole));
        }
        if any(|value| matches!(value, Value::Long(_))) {
            return Some(Numbers::Longs(left_whole as i64, right_whole as i64));
        }
        Some(Numbers::Ints(left_whole as i32, right_whole as i32))
    }

    fn operate<'a>(self, operator: Arithmetic) -> Result<Value<'a>, Error> {
        use Arithmetic::{Add, Divide, Modulus, Multiply, Power, Subtract};
        let by_zero = || Error::thrown("a whole number cannot be divided by zero");
        Ok(match self {
            Numbers::Doubles(a, b) => Value::Double(match operator {
                Add => a + b,
                Subtract => a - b,
                Multiply => a * b,
                Divide => a / b,
                Modulus => a % b,
                Power => power(a, b),
            }),
            Numbers::Floats(a, b) => match operator {
                Add => Value::Float(a + b),
                Subtract => Value::Float(a - b),
                Multiply => Value::Float(a * b),
                Divide => Value::Float(a / b),
                Modulus => Value::Float(a % b),
                // The power of floats is a double (`OperatorPower`).
                Power => Value::Double(power(f64::from(a), f64::from(b))),
            },
            Numbers::Bigs(a, b) => Value::BigInteger(Box::new(
                match operator {
                    Add => a.checked_add(b),
                    Subtract => a.checked_sub(b),
                    Multiply => a.checked_mul(b),
                    Divide if b == 0 => return Err(by_zero()),
                    Divide => a.checked_div(b),
                    Modulus if b == 0 => return Err(by_zero()),
                    Modulus => a.checked_rem(b),
                    Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                }
                .ok_or_else(too_big)?,
            )),
            Numbers::Longs(a, b) => Value::Long(match operator {
                Add => a.wrapping_add(b),
                Subtract => a.wrapping_sub(b),
                Multiply => a.wrapping_mul(b),
                Divide if b == 0 => return Err(by_zero()),
                Divide => a.wrapping_div(b),
                Modulus if b == 0 => return Err(by_zero()),
                Modulus => a.wrapping_rem(b),
                Power => power(a as f64, b as f64) as i64,
            }),
            Numbers::Ints(a, b) => match operator {
                Add => Value::Integer(a.wrapping_add(b)),
                Subtract => Value::Integer(a.wrapping_sub(b)),
                Multiply => Value::Integer(a.wrapping_mul(b)),
                Divide if b == 0 => return Err(by_zero()),
                Divide => Value::Integer(a.wrapping_div(b)),
                Modulus if b == 0 => return Err(by_zero()),
                Modulus => Value::Integer(a.wrapping_rem(b)),
                // A long above what an int holds, the least int below (`OperatorPower`).
                Power => match power(f64::from(a), f64::from(b)) {
                    result if result > f64::from(i32::MAX) => Value::Long(result as i64),
                    result => Value::Integer(result as i32),
                },
            },
        })
    }
}
