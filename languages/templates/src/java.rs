//! What is seen of Java in a result: how it writes values, names classes, and orders maps.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

/// `String.valueOf`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name}={}", text(value));
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
    }
}

fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (None, None, Some(float)) => double(float),
        _ => number.to_string(),
    }
}

/// `Double.toString`.
pub(crate) fn double(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) || !value.is_finite() {
        return match value {
            _ if value.is_nan() => "NaN".to_owned(),
            _ if value.is_infinite() => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            _ => format!("{value:?}"),
        };
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => format!("{mantissa}E{exponent}"),
        Some((mantissa, exponent)) => format!("{mantissa}.0E{exponent}"),
        None => text,
    }
}

/// The simple name of the class that Jackson reads the value as.
pub(crate) fn class(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "Boolean",
        Value::String(_) => "String",
        Value::Array(_) => "ArrayList",
        Value::Object(_) => "LinkedHashMap",
        Value::Number(number) => match number.as_i64() {
            Some(number) if i32::try_from(number).is_ok() => "Integer",
            Some(_) => "Long",
            None if number.is_f64() => "Double",
            None => "BigInteger",
        },
    }
}

/// The same with its package, as `Class.toString` has it.
pub(crate) fn class_in_full(value: &Value) -> String {
    let package = match value {
        Value::Array(_) | Value::Object(_) => "java.util",
        Value::Number(number) if class(value) == "BigInteger" && !number.is_f64() => "java.math",
        _ => "java.lang",
    };
    format!("class {package}.{}", class(value))
}

/// `String.trim`.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter <= ' ')
}

/// The places of the keys in the order in which a `HashMap` goes through them: by bucket, and as they came in one bucket. `None` if two
/// are the same. Buckets of more than eight keys, which Java makes trees of, stay as they came.
pub(crate) fn hash_order(keys: &[&str]) -> Result<Vec<usize>, String> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, key) in keys.iter().enumerate() {
        if known.insert(key, place).is_some() {
            return Err((*key).to_owned());
        }
    }
    let mut buckets = 16;
    while keys.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    let bucket = |key: &str| {
        let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    };
    let mut places: Vec<usize> = (0..keys.len()).collect();
    places.sort_by_key(|place| bucket(keys[*place]));
    Ok(places)
}

/// JSON as Jackson writes it with indentation.
pub(crate) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out
}

fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push_str("[ ");
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { ", " } else { "" });
                write(item, depth, out);
            }
            out.push_str(if items.is_empty() { "]" } else { " ]" });
        }
        Value::Object(fields) if !fields.is_empty() => {
            out.push('{');
            for (place, (name, field)) in fields.iter().enumerate() {
                out.push_str(if place > 0 { ",\n" } else { "\n" });
                out.push_str(&"  ".repeat(depth + 1));
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push_str(" : ");
                write(field, depth + 1, out);
            }
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
            out.push('}');
        }
        Value::Object(_) => out.push_str("{ }"),
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_java_does() {
        assert_eq!(text(&json!(["a", 1, 1.5, null, {"k": [true]}])), "[a, 1, 1.5, null, {k=[true]}]");
        let doubles = [1.0, 0.5, 1e7, 1.25e-5, 123_456_789.0].map(double);
        assert_eq!(doubles, ["1.0", "0.5", "1.0E7", "1.25E-5", "1.23456789E8"]);
    }

    #[test]
    fn classes_are_named() {
        let names = [json!(1), json!(1_i64 << 40), json!(1.0), json!([]), json!({}), json!("")];
        assert_eq!(names.each_ref().map(class), ["Integer", "Long", "Double", "ArrayList", "LinkedHashMap", "String"]);
        assert_eq!(class_in_full(&json!([])), "class java.util.ArrayList");
    }

    #[test]
    fn keys_come_in_the_order_of_a_hash_map() {
        let names = "parameters execution trigger scmInfo region account cluster deploy.server.groups ami Aa BB \
                     stageTimeoutMs capacity";
        let keys: Vec<&str> = names.split_whitespace().collect();
        let expected = "Aa BB execution cluster trigger capacity scmInfo stageTimeoutMs deploy.server.groups region ami \
                        parameters account";
        let ordered: Vec<&str> = hash_order(&keys).expect("no two").into_iter().map(|place| keys[place]).collect();
        assert_eq!(ordered.join(" "), expected);
        assert_eq!(hash_order(&["a", "b", "a"]), Err("a".to_owned()));
    }

    #[test]
    fn json_is_indented_as_jackson_does() {
        let json = json!({"a": [1, {"b": {}}], "c": []});
        assert_eq!(pretty(&json), "{\n  \"a\" : [ 1, {\n    \"b\" : { }\n  } ],\n  \"c\" : [ ]\n}");
    }
}
