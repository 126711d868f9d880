//! JSON as Java prints it (`toString`) and as Jackson reads it into a field.
//!
//! Sources: Java 17 `Double`, `AbstractMap`, `AbstractCollection`; jackson-databind 2.15 `StringDeserializer`,
//! `NumberDeserializers.BooleanDeserializer`.

use serde_json::{Number, Value};

use crate::Error;

/// What a value is, in words, for messages.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as `toString` prints what Jackson reads it into: `{a=1, b=[x, null]}`.
pub fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        _ => nested_text(value),
    }
}

fn nested_text(value: &Value) -> String {
    enum Piece<'a> {
        Text(&'a str),
        Value(&'a Value),
    }
    let mut printed = String::new();
    // A stack and not recursion: payloads come from outside, as deep as they like.
    let mut pieces = vec![Piece::Value(value)];
    while let Some(piece) = pieces.pop() {
        match piece {
            Piece::Text(text) => printed.push_str(text),
            Piece::Value(Value::String(text)) => printed.push_str(text),
            Piece::Value(Value::Null) => printed.push_str("null"),
            Piece::Value(Value::Bool(boolean)) => printed.push_str(if *boolean { "true" } else { "false" }),
            Piece::Value(Value::Number(number)) => printed.push_str(&number_text(number)),
            Piece::Value(Value::Array(elements)) => {
                pieces.push(Piece::Text("]"));
                for (index, element) in elements.iter().enumerate().rev() {
                    pieces.push(Piece::Value(element));
                    pieces.push(Piece::Text(if index == 0 { "[" } else { ", " }));
                }
                if elements.is_empty() {
                    pieces.push(Piece::Text("["));
                }
            }
            Piece::Value(Value::Object(fields)) => {
                pieces.push(Piece::Text("}"));
                for (index, (key, field)) in fields.iter().enumerate().rev() {
                    pieces.push(Piece::Value(field));
                    pieces.push(Piece::Text("="));
                    pieces.push(Piece::Text(key));
                    pieces.push(Piece::Text(if index == 0 { "{" } else { ", " }));
                }
                if fields.is_empty() {
                    pieces.push(Piece::Text("{"));
                }
            }
        }
    }
    printed
}

/// A number as `Integer`, `Long`, `BigInteger` or `Double` print it.
pub(crate) fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(double) if number.is_f64() => double_text(double),
        _ => number.to_string(),
    }
}

/// The shortest digits that read back as the same number; with an exponent below 0.001 and from 10,000,000 on. Java 17
/// prints a digit too many for a few numbers (JDK-4511638), which we do not.
fn double_text(double: f64) -> String {
    if double == 0.0 {
        return if double.is_sign_negative() { "-0.0" } else { "0.0" }.to_owned();
    }
    if (1e-3..1e7).contains(&double.abs()) {
        let plain = double.to_string();
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let scientific = format!("{double:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => scientific,
    }
}

/// A field that Jackson reads into a `String`: a text, number or boolean; `null` is none.
pub(crate) fn text_field(value: Value, field: impl FnOnce() -> String) -> Result<Option<String>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Number(_) => Ok(Some(text_of(&value))),
        Value::Array(_) | Value::Object(_) => {
            Err(Error::Field { field: field(), wanted: "a text", found: kind_of(&value) })
        }
    }
}

/// A field that Jackson reads into a `boolean`: a boolean, a whole number (0 is false), or a text that says so; `null`
/// and an empty text are false.
pub(crate) fn boolean_field(value: &Value, field: impl FnOnce() -> String) -> Result<bool, Error> {
    let refused = || Error::Field { field: field(), wanted: "true or false", found: kind_of(value) };
    match value {
        Value::Null => Ok(false),
        Value::Bool(boolean) => Ok(*boolean),
        Value::Number(number) if !number.is_f64() => Ok(number.as_i64() != Some(0)),
        Value::String(text) => match text.trim() {
            "true" | "True" | "TRUE" => Ok(true),
            "" | "false" | "False" | "FALSE" => Ok(false),
            _ => Err(refused()),
        },
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_print_as_in_java() {
        for (value, expected) in [
            (json!(null), "null"),
            (json!(true), "true"),
            (json!("a"), "a"),
            (json!(5), "5"),
            (json!(18_446_744_073_709_551_615_u64), "18446744073709551615"),
            (json!({}), "{}"),
            (json!([]), "[]"),
            (
                json!({"branch": "main", "deep": {"x": [1, "y", null]}, "e": {}}),
                "{branch=main, deep={x=[1, y, null]}, e={}}",
            ),
            (json!([[], [[1]], {"a": []}]), "[[], [[1]], {a=[]}]"),
        ] {
            assert_eq!(text_of(&value), expected, "{value}");
        }
    }

    #[test]
    fn numbers_with_a_fraction_print_as_in_java() {
        for (double, expected) in [
            (1.5, "1.5"),
            (100.0, "100.0"),
            (-0.0, "-0.0"),
            (0.001, "0.001"),
            (0.000_99, "9.9E-4"),
            (1e-7, "1.0E-7"),
            (9_999_999.0, "9999999.0"),
            (12_345_678.9, "1.23456789E7"),
            (-1e10, "-1.0E10"),
            (1e300, "1.0E300"),
        ] {
            assert_eq!(text_of(&json!(double)), expected);
        }
    }

    #[test]
    fn deep_values_print() {
        let mut deep = json!(1);
        for _ in 0..5_000 {
            deep = Value::Array(vec![deep]);
        }
        assert_eq!(text_of(&deep).len(), 10_001);
    }

    #[test]
    fn booleans_are_read_from_much_but_not_from_all() {
        let read = |value: Value| boolean_field(&value, String::new);
        for value in [json!(true), json!(1), json!(-7), json!("true"), json!(" TRUE ")] {
            assert!(read(value.clone()).unwrap(), "{value}");
        }
        for value in [json!(false), json!(null), json!(0), json!(""), json!("False")] {
            assert!(!read(value.clone()).unwrap(), "{value}");
        }
        for value in [json!("yes"), json!("tRUE"), json!(1.0), json!([]), json!({})] {
            assert!(read(value.clone()).is_err(), "{value}");
        }
    }
}
