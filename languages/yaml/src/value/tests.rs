use super::{Mapping, Value, text::double};
use serde_json::json;

#[test]
fn doubles_as_java_writes_them() {
    for (value, text) in [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (9_999_999.5, "9999999.5"),
        (1e7, "1.0E7"),
        (1.25e-9, "1.25E-9"),
        (f64::NEG_INFINITY, "-Infinity"),
    ] {
        assert_eq!(double(value), text);
    }
}

#[test]
fn keys_become_text() {
    let inner = Mapping::from_iter([("b".into_value(), Value::Null)]);
    let mapping = Mapping::from_iter([
        (Value::Integer(1), Value::Bool(true)),
        (Value::Float(2.0), Value::Float(f64::NAN)),
        (Value::Null, Value::BigInteger("18446744073709551615".into())),
        (Value::Sequence(vec!["a".into_value(), Value::Mapping(inner)]), Value::Binary(vec![1, 2])),
        (Value::Timestamp(jiff::Timestamp::UNIX_EPOCH), Value::Timestamp(jiff::Timestamp::UNIX_EPOCH)),
    ]);
    assert_eq!(
        Value::Mapping(mapping).into_json(),
        json!({"1": true, "2.0": "NaN", "null": 18446744073709551615_u64, "[a, {b=null}]": "AQI=",
               "1970-01-01T00:00:00.000+00:00": 0})
    );
}

#[test]
fn mappings_are_found_by_text_and_equal_in_any_order() {
    let one = Mapping::from_iter([("a".into_value(), Value::Integer(1)), ("b".into_value(), Value::Null)]);
    let other = Mapping::from_iter([("b".into_value(), Value::Null), ("a".into_value(), Value::Integer(1))]);
    assert_eq!(one.get("a"), Some(&Value::Integer(1)));
    let keyed = Mapping::from_iter([(Value::Mapping(one), Value::Null)]);
    assert!(keyed.contains_key(&Value::Mapping(other)));
}

trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::String(self.into())
    }
}
