//! Floating-point numbers in hexadecimal, such as `0x1.8p1`: `Double.toHexString`, `Float.toHexString`, and back.

/// Bits of a double's fraction.
const FRACTION: u32 = 52;

/// `Double.toHexString`.
pub(super) fn double(value: f64) -> String {
    written(value, -1022)
}

/// `Float.toHexString`: as the double, but numbers below the least normal float have the exponent -126.
pub(super) fn float(value: f32) -> String {
    written(f64::from(value), -126)
}

fn written(value: f64, least_exponent: i32) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}Infinity");
    }
    if value == 0.0 {
        return format!("{sign}0x0.0p0");
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION) - 1);
    let (mut leading, mut fraction, mut exponent) = match (bits >> FRACTION & 0x7ff) as i32 {
        0 => (0, fraction, -1022),
        biased => (1, fraction, biased - 1023),
    };
    if exponent < least_exponent {
        // A float below its normal ones: its leading one moves into the fraction.
        let down = (least_exponent - exponent) as u32;
        fraction = (fraction | (1 << FRACTION)).checked_shr(down).unwrap_or(0);
        (leading, exponent) = (0, least_exponent);
    }
    let digits = format!("{fraction:013x}");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    format!("{sign}0x{leading}.{digits}p{exponent}")
}

/// A number in hexadecimal with its binary exponent, as `Double.parseDouble` reads it: `0x1.8p1`.
///
/// Digits behind the first 15 that are not zero do not count, which is more than a double holds.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let (sign, text) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let (digits, exponent) = text.split_once(['p', 'P'])?;
    let exponent = exponent.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(exponent);
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let (mut value, mut scale) = (0_u64, 0_i32);
    for (index, digit) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = digit.to_digit(16)?;
        let behind = index >= whole.len();
        if value >> 60 == 0 {
            value = value << 4 | u64::from(digit);
            scale -= 4 * i32::from(behind);
        } else {
            scale += 4 * i32::from(!behind);
        }
    }
    let power = exponent.clamp(-5000, 5000).saturating_add(scale).clamp(-5000, 5000);
    Some(sign * super::math::scaled(value as f64, power))
}
