//! `%f`, `%e`, `%g`, `%a`.
//!
//! Java rounds the shortest digits that tell the number from its neighbours, a 5 upwards: 1.005 is `1.01` with two
//! digits, though the binary number is a little less.

use crate::Error;

use super::specifier::{Flag, Specifier};
use crate::classes::hexadecimal;

/// A number's text, without the width's spaces.
pub(super) fn text(specifier: &Specifier<'_>, value: f64) -> Result<String, Error> {
    let text = if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        let closing = if value < 0.0 && specifier.has(Flag::Parentheses) { ")" } else { "" };
        format!("{}Infinity{closing}", specifier.sign(value < 0.0))
    } else {
        finite(specifier, value)?
    };
    Ok(if specifier.upper { text.to_uppercase() } else { text })
}

fn finite(specifier: &Specifier<'_>, value: f64) -> Result<String, Error> {
    let negative = value.is_sign_negative();
    let digits = Digits::of(value.abs());
    let precision = specifier.precision.unwrap_or(6);
    Ok(match specifier.conversion {
        'f' => specifier.signed(negative, &pointed(specifier, digits.fixed(precision)), ""),
        'e' => {
            let (digits, exponent) = digits.scientific(precision);
            specifier.signed(negative, &pointed(specifier, digits), &exponent)
        }
        'g' => {
            let precision = precision.max(1);
            let rounded = digits.rounded(precision);
            // 10^-4 up to 10^precision, as rounded, are written without an exponent; zero is.
            let point = if rounded.is_zero() { 1 } else { rounded.point };
            if rounded.is_zero() || (point > -4 && point <= precision as i32) {
                let fraction = (precision as i32 - point).max(0) as usize;
                specifier.signed(negative, &rounded.fixed(fraction), "")
            } else {
                let (digits, exponent) = rounded.scientific(precision - 1);
                specifier.signed(negative, &digits, &exponent)
            }
        }
        _ => hexadecimal(specifier, value, negative)?,
    })
}

/// With `#` there is a point even without digits behind it.
fn pointed(specifier: &Specifier<'_>, digits: String) -> String {
    if specifier.has(Flag::Alternate) && !digits.contains('.') { digits + "." } else { digits }
}

fn hexadecimal(specifier: &Specifier<'_>, value: f64, negative: bool) -> Result<String, Error> {
    if specifier.precision.is_some() {
        return Err(specifier.failure("has a precision, which is not supported here; leave it out"));
    }
    let written = hexadecimal::double(value.abs());
    let digits = written.strip_prefix("0x").unwrap_or(&written);
    let sign = specifier.sign(negative);
    let zeros = match specifier.width {
        Some(width) if specifier.has(Flag::Zero) => width.saturating_sub(sign.len() + 2 + digits.len()),
        _ => 0,
    };
    Ok(format!("{sign}0x{}{digits}", "0".repeat(zeros)))
}

/// A decimal number: 0.digits * 10^point.
#[derive(Debug, Clone)]
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

impl Digits {
    /// The shortest that mean this number, which is not negative.
    fn of(value: f64) -> Self {
        if value == 0.0 {
            return Digits { digits: vec![b'0'], point: 1 };
        }
        let shortest = format!("{value:e}");
        let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
        let digits = digits.bytes().filter(u8::is_ascii_digit).collect();
        Digits { digits, point: exponent.parse::<i32>().unwrap_or(0) + 1 }
    }

    fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == b'0')
    }

    /// With so many digits at most, half rounded up.
    fn rounded(&self, count: usize) -> Self {
        let Some(next) = self.digits.get(count) else { return self.clone() };
        let mut digits = self.digits[..count].to_vec();
        if *next < b'5' {
            return Digits { digits, point: self.point };
        }
        while let Some(last) = digits.pop() {
            if last < b'9' {
                digits.push(last + 1);
                return Digits { digits, point: self.point };
            }
        }
        Digits { digits: vec![b'1'], point: self.point + 1 }
    }

    /// Without an exponent, and with so many digits behind the point.
    fn fixed(&self, fraction: usize) -> String {
        let kept = i64::from(self.point) + fraction as i64;
        let rounded = match usize::try_from(kept) {
            Ok(kept) => self.rounded(kept),
            // Far below the last digit.
            Err(_) => Digits { digits: Vec::new(), point: 0 },
        };
        let digit = |at: i32| {
            usize::try_from(at).ok().and_then(|at| rounded.digits.get(at)).map_or('0', |digit| *digit as char)
        };
        let mut made = String::new();
        if rounded.point <= 0 {
            made.push('0');
        }
        made.extend((0..rounded.point).map(digit));
        if fraction > 0 {
            made.push('.');
            made.extend((0..fraction as i32).map(|behind| digit(rounded.point + behind)));
        }
        made
    }

    /// With one digit before the point and so many behind it, and the exponent.
    fn scientific(&self, fraction: usize) -> (String, String) {
        let rounded = self.rounded(fraction + 1);
        let digit = |at: usize| rounded.digits.get(at).map_or('0', |digit| *digit as char);
        let mut made = String::from(digit(0));
        if fraction > 0 {
            made.push('.');
            made.extend((1..=fraction).map(digit));
        }
        let exponent = if self.is_zero() { 0 } else { rounded.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        (made, format!("e{sign}{:02}", exponent.abs()))
    }
}
