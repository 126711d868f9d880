//! Numbers as filters compare them: exact decimals, with the text that Java's `BigDecimal` gives them.
//!
//! `1.50` and `1.5` compare equal, but are different texts, which counts where a string is compared with a number.
//!
//! Source: the documentation of `java.math.BigDecimal` and of `Double.toString`.

use std::{borrow::Cow, cmp::Ordering, fmt};

/// Integers below this are doubles too.
const EXACT: u128 = 1 << 53;

/// A decimal number of any size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    /// Written without a fraction and an exponent.
    Integer(i128),
    /// A double of a document.
    Double(f64),
    /// Any other.
    Decimal(Decimal),
}

/// `digits` times ten to the power of `-scale`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading zeros, unless it is zero.
    digits: String,
    scale: i64,
}

impl Number {
    /// A number as `new BigDecimal(String)` reads it; `None` where that fails.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !unsigned.is_empty() && unsigned.len() < 38 && unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().ok().map(Number::Integer);
        }
        Decimal::parse(text).map(Number::Decimal)
    }

    /// A number of a document, by the text that Java has for it.
    pub(crate) fn of_json(number: &serde_json::Number) -> Option<Self> {
        if let Some(integer) = number.as_i64() {
            return Some(Number::Integer(integer.into()));
        }
        if let Some(integer) = number.as_u64() {
            return Some(Number::Integer(integer.into()));
        }
        number.as_f64().filter(|double| double.is_finite()).map(Number::Double)
    }

    /// The low 32 bits of the whole part, as `BigDecimal.intValue`.
    pub(crate) fn to_i32(&self) -> i32 {
        match self {
            Number::Integer(integer) => *integer as i32,
            number => number.decimal().to_i32(),
        }
    }

    /// Which of the two is larger, whatever their scale.
    pub(crate) fn compare(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Integer(left), Number::Integer(right)) => left.cmp(right),
            // The shortest decimals of doubles are in the same order as these, and exact for such integers.
            (Number::Double(left), Number::Double(right)) => left.partial_cmp(right).unwrap_or(Ordering::Equal),
            (Number::Double(left), Number::Integer(right)) if right.unsigned_abs() < EXACT => {
                left.partial_cmp(&(*right as f64)).unwrap_or(Ordering::Equal)
            }
            (Number::Integer(_), Number::Double(_)) => other.compare(self).reverse(),
            (left, right) => left.decimal().compare(&right.decimal()),
        }
    }

    fn decimal(&self) -> Cow<'_, Decimal> {
        match self {
            Number::Integer(integer) => {
                Cow::Owned(Decimal { negative: *integer < 0, digits: integer.unsigned_abs().to_string(), scale: 0 })
            }
            Number::Double(double) => {
                let zero = || Decimal { negative: false, digits: "0".to_owned(), scale: 0 };
                Cow::Owned(Decimal::parse(&double_text(*double)).unwrap_or_else(zero))
            }
            Number::Decimal(decimal) => Cow::Borrowed(decimal),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => write!(f, "{integer}"),
            number => write!(f, "{}", number.decimal()),
        }
    }
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let scale = fraction.len() as i64 - exponent;
        i32::try_from(scale).ok()?;
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0');
        let digits = if significant.is_empty() { "0".to_owned() } else { significant.to_owned() };
        Some(Decimal { negative: negative && digits != "0", digits, scale })
    }

    fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    fn compare(&self, other: &Decimal) -> Ordering {
        let sign = |decimal: &Decimal| match (decimal.is_zero(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let order = sign(self).cmp(&sign(other));
        if order != Ordering::Equal || self.is_zero() {
            return order;
        }
        // Where the first digit stands, then the digits from there.
        let magnitude = |decimal: &Decimal| decimal.digits.len() as i64 - decimal.scale;
        let (left, right) = (self.digits.trim_end_matches('0'), other.digits.trim_end_matches('0'));
        let order = magnitude(self).cmp(&magnitude(other)).then_with(|| left.cmp(right));
        if self.negative { order.reverse() } else { order }
    }

    fn to_i32(&self) -> i32 {
        if self.scale <= -64 {
            return 0;
        }
        let whole = (self.digits.len() as i64 - self.scale).clamp(0, self.digits.len() as i64) as usize;
        let mut value = 0_i32;
        for digit in self.digits.bytes().take(whole) {
            value = value.wrapping_mul(10).wrapping_add((digit - b'0').into());
        }
        for _ in self.scale..0 {
            value = value.wrapping_mul(10);
        }
        if self.negative { value.wrapping_neg() } else { value }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let digits = &self.digits;
        let exponent = digits.len() as i64 - 1 - self.scale;
        if self.scale >= 0 && exponent >= -6 {
            let scale = self.scale as usize;
            return match digits.len().checked_sub(scale) {
                _ if scale == 0 => write!(f, "{sign}{digits}"),
                Some(whole) if whole > 0 => write!(f, "{sign}{}.{}", &digits[..whole], &digits[whole..]),
                _ => write!(f, "{sign}0.{digits:0>scale$}"),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{point}{rest}")?;
        if exponent == 0 { Ok(()) } else { write!(f, "E{exponent:+}") }
    }
}

/// An exponent with an optional sign and at most ten digits.
fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let significant = digits.trim_start_matches('0');
    if digits.is_empty() || significant.len() > 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A double as `Double.toString` prints it: `100.0`, `1.0E10`.
pub(crate) fn double_text(double: f64) -> String {
    let size = double.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{double:?}");
    }
    let text = format!("{double:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<String> {
        Number::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn texts_are_big_decimals() {
        for (given, expected) in [
            ("007", "7"),
            ("-0", "0"),
            ("1.50", "1.50"),
            (".5", "0.5"),
            ("1.", "1"),
            ("1e3", "1E+3"),
            ("1.0E10", "1.0E+10"),
            ("-12.5e-10", "-1.25E-9"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1E-7"),
            ("0e5", "0E+5"),
            ("123e-2", "1.23"),
            ("0.00", "0.00"),
            ("1e0", "1"),
            ("12345678901234567890123456789012345678901", "12345678901234567890123456789012345678901"),
        ] {
            assert_eq!(text(given).as_deref(), Some(expected), "{given}");
        }
        for wrong in ["", "-", "1e", "e1", ".", "1.2.3", "1-2", " 1", "0x1", "1e99999999999", "é"] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn comparison_ignores_the_scale() {
        let compare = |left, right| Number::parse(left).unwrap().compare(&Number::parse(right).unwrap());
        for (left, right, order) in [
            ("1", "1.00", Ordering::Equal),
            ("100", "1e2", Ordering::Equal),
            ("-1", "1", Ordering::Less),
            ("0.0", "-0", Ordering::Equal),
            ("9007199254740993", "9007199254740992.5", Ordering::Greater),
            ("-10", "-9.99", Ordering::Less),
            ("1e999999", "2", Ordering::Greater),
            ("0", "-1e-9", Ordering::Greater),
        ] {
            assert_eq!(compare(left, right), order, "{left} {right}");
        }
    }

    #[test]
    fn doubles_compare_as_their_shortest_decimals() {
        let double = |double| Number::of_json(&serde_json::Number::from_f64(double).unwrap()).unwrap();
        let number = |text| Number::parse(text).unwrap();
        assert_eq!(double(8.95).compare(&number("8.950")), Ordering::Equal);
        assert_eq!(number("8.950000001").compare(&double(8.95)), Ordering::Greater);
        assert_eq!(double(-2.5).compare(&number("-2")), Ordering::Less);
        assert_eq!(number("-2").compare(&double(-2.5)), Ordering::Greater);
        assert_eq!(double(1e22).compare(&number("10000000000000000000000")), Ordering::Equal);
        assert_eq!(double(1e10).to_string(), "1.0E+10");
        assert_eq!(double(100.0).to_string(), "100.0");
        assert_eq!(double(1e10).to_i32(), 1410065408);
    }

    #[test]
    fn whole_parts_wrap() {
        let whole = |text| Number::parse(text).unwrap().to_i32();
        assert_eq!(whole("3.99"), 3);
        assert_eq!(whole("-3.99"), -3);
        assert_eq!(whole("4294967298"), 2);
        assert_eq!(whole("2e1"), 20);
        assert_eq!(whole("1e999999999"), 0);
        assert_eq!(whole("0.001"), 0);
    }

    #[test]
    fn doubles_print_as_in_java() {
        for (double, expected) in [
            (100.0, "100.0"),
            (1e7, "1.0E7"),
            (1.5e10, "1.5E10"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (-0.0, "-0.0"),
            (f64::MAX, "1.7976931348623157E308"),
            (4.9e-324, "5.0E-324"),
        ] {
            assert_eq!(double_text(double), expected);
        }
    }
}
