//! A value as a key of JSON: what Jackson's key serializers make of Java's objects.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use super::Value;

/// The text that a key of a JSON object gets (`com.fasterxml.jackson.databind.ser.std.StdKeySerializers`): dates in ISO
/// 8601, bytes in base64, everything else by its `toString()`.
pub(crate) fn key_text(key: Value) -> String {
    match key {
        Value::String(text) | Value::BigInteger(text) => text,
        Value::Timestamp(time) => time.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string(),
        Value::Binary(bytes) => STANDARD.encode(bytes),
        other => {
            let mut text = String::new();
            java(&other, &mut text);
            text
        }
    }
}

/// `Object.toString()`. An array of bytes has its address there, which is of no use; here it is base64.
fn java(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Integer(value) => out.push_str(&value.to_string()),
        Value::Float(value) => out.push_str(&double(*value)),
        Value::String(text) | Value::BigInteger(text) => out.push_str(text),
        Value::Binary(bytes) => out.push_str(&STANDARD.encode(bytes)),
        Value::Timestamp(time) => out.push_str(&date(*time)),
        Value::Sequence(items) | Value::Set(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { ", " });
                java(item, out);
            }
            out.push(']');
        }
        Value::Mapping(entries) => {
            out.push('{');
            for (position, (key, value)) in entries.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { ", " });
                java(key, out);
                out.push('=');
                java(value, out);
            }
            out.push('}');
        }
    }
}

/// `Date.toString()` in UTC.
fn date(time: Timestamp) -> String {
    time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}

/// `Double.toString()`: a decimal point always, an exponent from 10^7 on and below 10^-3.
pub(crate) fn double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    let size = value.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        let text = value.to_string();
        return if text.contains('.') { text } else { text + ".0" };
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}
