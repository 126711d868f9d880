//! What SnakeYAML itself answered (`snakeyaml.json`, whose `meta` says how a case is read).

use gennaker_yaml::{Value, read_all, read_all_json};
use serde_json::{Value as Json, json};

/// A value with its type, as the recorded answers have it.
fn typed(value: &Value) -> Json {
    let list = |name: &str, items: &[Value]| {
        let mut list = vec![json!(name)];
        list.extend(items.iter().map(typed));
        Json::Array(list)
    };
    match value {
        Value::Null => json!("~"),
        Value::Bool(value) => json!(format!("b:{value}")),
        Value::Integer(value) => json!(format!("i:{value}")),
        Value::BigInteger(digits) => json!(format!("I:{digits}")),
        Value::Float(value) if value.is_nan() => json!("d:7ff8000000000000"),
        Value::Float(value) => json!(format!("d:{:x}", value.to_bits())),
        Value::String(text) => json!(format!("s:{text}")),
        Value::Binary(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!(format!("x:{digits}"))
        }
        Value::Timestamp(time) => json!(format!("t:{}", time.as_millisecond())),
        Value::Sequence(items) => list("L", items),
        Value::Set(items) => list("S", items),
        Value::Mapping(entries) => {
            let mut list = vec![json!("M")];
            list.extend(entries.iter().map(|(key, value)| json!([typed(key), typed(value)])));
            Json::Array(list)
        }
    }
}

#[test]
fn snakeyaml_answers_the_same() {
    let set: Json = serde_json::from_str(include_str!("snakeyaml.json")).unwrap();
    let cases = set["cases"].as_array().unwrap();
    assert!(cases.len() > 500);
    for case in cases {
        let text = case["yaml"].as_str().unwrap();
        match (read_all(text), case.get("documents")) {
            (Ok(documents), Some(expected)) => {
                let answer: Vec<_> = documents.iter().map(typed).collect();
                assert_eq!(&Json::Array(answer), expected, "{text:?}");
                let json: Vec<_> = documents.into_iter().map(Value::into_json).collect();
                assert_eq!(read_all_json(text), Ok(json), "{text:?}");
            }
            (Err(error), None) => assert_eq!(read_all_json(text), Err(error), "{text:?}"),
            (answer, _) => panic!("{text:?}: {answer:?}"),
        }
    }
}
