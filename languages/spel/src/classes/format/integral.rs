//! `%d`, `%o`, `%x`.

use crate::{Error, Value};

use super::specifier::{Flag, Specifier};

/// A whole number's text, without the width's spaces; `None` if the value is none.
pub(super) fn text(specifier: &Specifier<'_>, value: &Value<'_>) -> Result<Option<String>, Error> {
    // Bits of its type, which a negative number is shown in as an unsigned one; big integers have a sign.
    let (value, bits) = match value {
        Value::Byte(value) => (i128::from(*value), 8),
        Value::Short(value) => (i128::from(*value), 16),
        Value::Integer(value) => (i128::from(*value), 32),
        Value::Long(value) => (i128::from(*value), 64),
        Value::BigInteger(value) => (**value, 0),
        _ => return Ok(None),
    };
    let negative = value < 0;
    if specifier.conversion == 'd' {
        return Ok(Some(specifier.signed(negative, &value.unsigned_abs().to_string(), "")));
    }
    let (negative, size) = match bits {
        0 => (negative, value.unsigned_abs()),
        bits => {
            specifier.without(&[Flag::Parentheses, Flag::Space, Flag::Plus])?;
            (false, if negative { (value + (1 << bits)) as u128 } else { value as u128 })
        }
    };
    let (prefix, digits) = match specifier.conversion {
        'o' => ("0", format!("{size:o}")),
        _ => ("0x", format!("{size:x}")),
    };
    let mut made = String::from(specifier.sign(negative));
    if specifier.has(Flag::Alternate) {
        made.push_str(prefix);
    }
    let closing = if negative && specifier.has(Flag::Parentheses) { ")" } else { "" };
    if specifier.has(Flag::Zero) {
        let taken = made.len() + digits.len() + closing.len();
        made.push_str(&"0".repeat(specifier.width.unwrap_or(0).saturating_sub(taken)));
    }
    Ok(Some(made + &digits + closing))
}
