//! `String.format`: `java.util.Formatter`, of the locale `en_US`.
//!
//! All conversions but hexadecimal floating-point numbers with a precision (`%.3a`).

mod date;
mod floating;
mod integral;
mod specifier;

use crate::{
    Error, Value,
    class::Type,
    evaluate::Evaluation,
    value::{Object, display},
};

use self::specifier::{Argument, Flag, Piece, Specifier};
use super::{character, cost, hash, string::units};

/// The text of a format with these arguments.
///
/// # Errors
/// Where Java throws: a conversion that there is not, flags that do not go with it, arguments that are missing or of
/// another type.
pub(super) fn format<'a>(
    evaluation: &mut Evaluation<'_>,
    format: &str,
    arguments: &[Value<'a>],
) -> Result<Value<'a>, Error> {
    evaluation.charge(format.len())?;
    let mut made = String::with_capacity(format.len());
    // The next argument for those that do not say which, and the one before for `%<s`.
    let (mut ordinary, mut last) = (0, None);
    // The whole format is read first: a mistake at its end counts, whatever stands before.
    for piece in specifier::pieces(format)? {
        let specifier = match piece {
            Piece::Text(text) => {
                made.push_str(text);
                continue;
            }
            Piece::Specifier(specifier) => specifier,
        };
        evaluation.charge(specifier.width.unwrap_or(0).saturating_add(specifier.precision.unwrap_or(0)))?;
        if matches!(specifier.conversion, '%' | 'n') {
            made.push_str(&fixed(&specifier));
            continue;
        }
        let index = match specifier.argument {
            Argument::Ordinary => {
                ordinary += 1;
                Some(ordinary - 1)
            }
            Argument::Last => last,
            Argument::At(index) => Some(index),
        };
        let argument = index.and_then(|index| arguments.get(index));
        let argument = argument.ok_or_else(|| specifier.failure("has no argument"))?;
        last = index;
        if let ('s' | 'S', Value::String(text)) = (specifier.conversion, argument) {
            evaluation.charge(text.len())?;
        }
        let text = converted(evaluation, &specifier, argument)?;
        evaluation.charge(text.len())?;
        made.push_str(&text);
    }
    evaluation.charge(made.len())?;
    Ok(Value::text(made))
}

/// `%%` and `%n`.
fn fixed(specifier: &Specifier<'_>) -> String {
    if specifier.conversion == 'n' { "\n".into() } else { justified(specifier, "%".into()) }
}

fn converted(
    evaluation: &mut Evaluation<'_>,
    specifier: &Specifier<'_>,
    argument: &Value<'_>,
) -> Result<String, Error> {
    if specifier.date {
        return Ok(match argument {
            Value::Null => word(specifier, "null"),
            argument => justified(specifier, cased(specifier, date::text(specifier, argument)?)),
        });
    }
    match (specifier.conversion, argument) {
        ('b', Value::Boolean(value)) => Ok(word(specifier, if *value { "true" } else { "false" })),
        ('b', argument) => Ok(word(specifier, if argument.is_null() { "false" } else { "true" })),
        ('s', _) if specifier.has(Flag::Alternate) => Err(specifier.failure("has the flag '#'")),
        (_, Value::Null) => Ok(word(specifier, "null")),
        ('h', argument) => {
            cost::reading(evaluation, argument)?;
            Ok(word(specifier, &format!("{:x}", hash::hash_code(argument))))
        }
        ('s', Value::String(text)) => Ok(word(specifier, text)),
        ('s', argument) => {
            cost::writing(evaluation, argument)?;
            Ok(word(specifier, &display(argument)))
        }
        ('c', argument) => {
            let letter = match argument {
                Value::Character(unit) => String::from_utf16_lossy(&[*unit]),
                Value::Byte(code) => character::letter(i32::from(*code))?.to_string(),
                Value::Short(code) => character::letter(i32::from(*code))?.to_string(),
                Value::Integer(code) => character::letter(*code)?.to_string(),
                other => return Err(unfit(specifier, other)),
            };
            Ok(justified(specifier, cased(specifier, letter)))
        }
        ('d' | 'o' | 'x', argument) => match integral::text(specifier, argument)? {
            Some(text) => Ok(justified(specifier, cased(specifier, text))),
            None => Err(unfit(specifier, argument)),
        },
        (_, Value::Double(value)) => floating::text(specifier, *value).map(|text| justified(specifier, text)),
        (_, Value::Float(value)) => floating::text(specifier, f64::from(*value)).map(|text| justified(specifier, text)),
        (_, other) => Err(unfit(specifier, other)),
    }
}

/// Text, cut to the precision, in the conversion's case and with the width.
fn word(specifier: &Specifier<'_>, text: &str) -> String {
    let length = units::length(text);
    let cut = match specifier.precision {
        Some(precision) if precision < length => String::from_utf16_lossy(&units::between(text, 0, precision)),
        _ => text.to_owned(),
    };
    justified(specifier, cased(specifier, cut))
}

fn cased(specifier: &Specifier<'_>, text: String) -> String {
    if specifier.upper { text.to_uppercase() } else { text }
}

/// With spaces up to the width.
fn justified(specifier: &Specifier<'_>, text: String) -> String {
    let missing = specifier.width.unwrap_or(0).saturating_sub(units::length(&text));
    match missing {
        0 => text,
        missing if specifier.has(Flag::Left) => text + &" ".repeat(missing),
        missing => " ".repeat(missing) + &text,
    }
}

fn unfit(specifier: &Specifier<'_>, argument: &Value<'_>) -> Error {
    let kind = argument.kind().map_or("null", Type::short_name);
    let hint = match (specifier.conversion, argument) {
        ('d', Value::Double(_) | Value::Float(_)) => "; %.0f writes it without a fraction",
        ('e' | 'f' | 'g', Value::Integer(_) | Value::Long(_)) => "; %d writes it",
        ('d' | 'e' | 'f' | 'g', Value::String(_)) => "; %s writes it, and #toInt(...) makes a number of it",
        (_, Value::Object(Object::Date(_))) => "; %tF writes its day",
        _ => "",
    };
    specifier.failure(&format!("does not take a value of type {kind}{hint}"))
}

#[cfg(test)]
mod tests {
    use crate::{Limits, Nothing, Value, evaluate::Evaluation};

    fn formatted(format: &str, argument: Value<'static>) -> Option<String> {
        let limits = Limits::default();
        let mut evaluation = Evaluation::new(Value::Null, &Nothing, &limits, true);
        let made = super::format(&mut evaluation, format, &[argument]).ok()?;
        made.as_str().map(str::to_owned)
    }

    #[test]
    fn numbers_are_rounded_by_their_digits() {
        let cases = [
            ("%.2f", 1.005, "1.01"),
            ("%.0f", 2.5, "3"),
            ("%,.1f", 1_234_567.85, "1,234,567.9"),
            ("%08.2f", -1.5, "-0001.50"),
            ("%(.1f", -1.5, "(1.5)"),
            ("%+.1f", 1.25, "+1.3"),
            ("%f", 1e-7, "0.000000"),
            ("%.3e", 123_456.0, "1.235e+05"),
            ("%E", 0.0, "0.000000E+00"),
            ("%g", 0.0001, "0.000100000"),
            ("%g", 1e-5, "1.00000e-05"),
            ("%.3g", 999.96, "1.00e+03"),
            ("%a", 1.5, "0x1.8p0"),
            ("%6.1f|", f64::INFINITY, "Infinity|"),
            ("%F", 1.0, ""),
        ];
        for (format, value, expected) in cases {
            let expected = (!expected.is_empty()).then(|| expected.to_owned());
            assert_eq!(formatted(format, Value::Double(value)), expected, "{format} of {value}");
        }
    }

    #[test]
    fn whole_numbers_have_the_bits_of_their_class() {
        let cases = [
            ("%d", Value::Integer(-5), Some("-5")),
            ("%,d", Value::Long(-1_234_567), Some("-1,234,567")),
            ("%05d", Value::Integer(-5), Some("-0005")),
            ("%-5d|", Value::Integer(5), Some("5    |")),
            ("%x", Value::Integer(-1), Some("ffffffff")),
            ("%X", Value::Byte(-1), Some("FF")),
            ("%#o", Value::Integer(8), Some("010")),
            ("%c", Value::Integer(128_512), Some("\u{1f600}")),
            ("%d", Value::Double(1.0), None),
            ("%d", Value::from("1"), None),
            ("%.1d", Value::Integer(1), None),
            ("%+x", Value::Integer(1), None),
            ("%-05d", Value::Integer(1), None),
            ("%0d", Value::Integer(1), None),
        ];
        for (format, value, expected) in cases {
            assert_eq!(formatted(format, value), expected.map(str::to_owned), "{format}");
        }
    }

    #[test]
    fn text_and_all_others() {
        let cases = [
            ("%s %1$s %<S", Value::from("a"), Some("a a A")),
            ("%.2s|%4s|%-4s|", Value::from("abc"), None),
            ("%1$.2s|%1$4s|%1$-4s|", Value::from("abc"), Some("ab| abc|abc |")),
            ("%b %<h", Value::from("abc"), Some("true 17862")),
            ("%s %<d %<b", Value::Null, Some("null null false")),
            ("100%%%n", Value::Null, Some("100%\n")),
            ("%tF %<tT", Value::Long(1_700_000_000_000), Some("2023-11-14 22:13:20")),
            ("%s %s", Value::from("a"), None),
            ("%", Value::Null, None),
            ("%q", Value::Null, None),
            ("%--5s", Value::Null, None),
            ("%<s", Value::from("a"), None),
        ];
        for (format, value, expected) in cases {
            assert_eq!(formatted(format, value), expected.map(str::to_owned), "{format}");
        }
    }
}
