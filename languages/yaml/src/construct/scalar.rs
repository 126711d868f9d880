//! The text of a scalar to its value, whether the resolver or a tag says the type.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::value::Value;

/// How many digits an integer may have that is not decimal.
const DIGITS: usize = 4096;

/// What Java's basic decoder takes: padding may be absent, and the last bits may be anything.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `ConstructYamlBool`: null for what is none of the six words.
pub(super) fn bool(text: &str) -> Value {
    let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match (is(["yes", "true", "on"]), is(["no", "false", "off"])) {
        (true, _) => Value::Bool(true),
        (_, true) => Value::Bool(false),
        _ => Value::Null,
    }
}

/// `ConstructYamlInt`: decimal, `0b` binary, `0` octal, `0x` hexadecimal, `:` base 60.
pub(super) fn int(text: &str) -> Option<Value> {
    // Most are decimal and short.
    if text.len() < 19 && !text.starts_with('0') && text.bytes().all(|digit| digit.is_ascii_digit()) {
        return text.parse().ok().map(Value::Integer);
    }
    let text = text.replace('_', "");
    let (negative, digits) = signed(&text);
    let (radix, digits) = match digits.as_bytes() {
        b"0" => return Some(Value::Integer(0)),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', ..] => (8, &digits[1..]),
        _ if digits.contains(':') => return base_60_int(negative, digits),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    if let Ok(size) = i128::from_str_radix(digits, radix) {
        return Some(integer(if negative { -size } else { size }));
    }
    let digits = if radix == 10 { digits.into() } else { decimal(digits, radix)? };
    Some(Value::BigInteger(if negative { format!("-{digits}") } else { digits }))
}

fn integer(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| Value::BigInteger(value.to_string()), Value::Integer)
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Java sums up in 32 bits, which wrap around. A negative sum has no second sign.
fn base_60_int(negative: bool, text: &str) -> Option<Value> {
    let mut sum = 0_i32;
    let mut unit = 1_i32;
    for digits in places(text) {
        let digits = digits.parse::<i64>().ok()?;
        sum = i64::from(sum).wrapping_add(digits.wrapping_mul(i64::from(unit))) as i32;
        unit = unit.wrapping_mul(60);
    }
    match negative {
        true if sum < 0 => None,
        true => Some(Value::Integer(-i64::from(sum))),
        false => Some(Value::Integer(i64::from(sum))),
    }
}

/// What stands between colons, the lowest place first; nothing at the end counts, as in Java's `String.split`.
fn places(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_end_matches(':');
    text.rsplit(':').filter(move |_| !text.is_empty())
}

/// The digits in base 10.
fn decimal(digits: &str, radix: u32) -> Option<String> {
    const LIMB: u64 = 1_000_000_000;
    if digits.len() > DIGITS {
        return None;
    }
    // The lowest nine decimal digits first.
    let mut limbs = vec![0_u64];
    for digit in digits.chars() {
        let mut carry = u64::from(digit.to_digit(radix)?);
        for limb in &mut limbs {
            let value = *limb * u64::from(radix) + carry;
            *limb = value % LIMB;
            carry = value / LIMB;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut limbs = limbs.iter().rev();
    let first = limbs.next()?.to_string();
    Some(limbs.fold(first, |text, limb| text + &format!("{limb:09}")))
}

/// `ConstructYamlFloat`.
pub(super) fn float(text: &str) -> Option<f64> {
    let text = text.replace('_', "");
    let (negative, size) = signed(&text);
    let size = match size.to_lowercase().as_str() {
        ".inf" => f64::INFINITY,
        ".nan" => return Some(f64::NAN),
        _ if size.contains(':') => {
            let mut sum = 0.0;
            let mut unit = 1_i32;
            for digits in places(size) {
                sum += double(digits)? * f64::from(unit);
                unit = unit.wrapping_mul(60);
            }
            sum
        }
        _ => double(size)?,
    };
    Some(if negative { -size } else { size })
}

/// `Double.valueOf`, without hexadecimal numbers.
fn double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|blank| blank <= ' ');
    let (negative, size) = signed(text);
    let size = match size {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        _ => {
            let size = size.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(size);
            let is_number = size.starts_with(|first: char| first == '.' || first.is_ascii_digit())
                && size.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
            size.parse().ok().filter(|_| is_number)?
        }
    };
    Some(if negative { -size } else { size })
}

/// `ConstructYamlBinary`: base64 with any white space.
pub(super) fn binary(text: &str) -> Option<Vec<u8>> {
    let text: String =
        text.chars().filter(|char| !matches!(char, ' ' | '\t' | '\n' | '\u{B}' | '\u{C}' | '\r')).collect();
    let padding = text.len() - text.trim_end_matches('=').len();
    // Padding is all there or not at all.
    if padding > 0 && !text.len().is_multiple_of(4) {
        return None;
    }
    BASE64.decode(text).ok()
}
