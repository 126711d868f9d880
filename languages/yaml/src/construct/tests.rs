use serde_json::json;

use crate::{Error, Exceeded, Limits, Place, Value, read, read_json, read_with};

#[test]
fn merged_keys_lose_and_come_in_order() {
    for (text, expected) in [
        ("{a: &a {x: 1, y: 1}, b: {x: 2, <<: *a}}", r#"{"x":2,"y":1}"#),
        ("{a: &a {x: 1, y: 1}, b: {<<: *a, x: 2}}", r#"{"x":2,"y":1}"#),
        ("{b: {<<: [{x: 1}, {x: 2, y: 2}], z: 3}}", r#"{"x":1,"y":2,"z":3}"#),
        ("{b: {<<: {<<: {x: 1}, y: 1}, z: 1}}", r#"{"x":1,"y":1,"z":1}"#),
        ("{b: {<<: {x: 1, x: 2}}}", r#"{"x":1}"#),
        ("{a: &a {x: 1, x: 2}, b: {<<: *a}}", r#"{"x":2}"#),
        // The outer mapping merges first, and takes the inner one's merge key away.
        ("{b: &b {<<: {x: 1}, y: 2}, <<: *b}", r#"{"y":2}"#),
    ] {
        assert_eq!(read_json(text).unwrap()["b"].to_string(), expected, "{text}");
    }
}

#[test]
fn the_last_of_repeated_keys_counts_with_its_place() {
    assert_eq!(read_json("{a: 1, b: 2, a: 3}").unwrap().to_string(), r#"{"b":2,"a":3}"#);
    // Different keys with the same text.
    assert_eq!(read_json("{1: a, b: 2, '1': c}").unwrap().to_string(), r#"{"1":"c","b":2}"#);
    // What is replaced may be wrong.
    assert_eq!(read_json("{a: !unknown x, a: 3}"), Ok(json!({"a": 3})));
}

#[test]
fn integers_grow() {
    assert_eq!(read("9223372036854775807"), Ok(Value::Integer(i64::MAX)));
    assert_eq!(read("-9223372036854775808"), Ok(Value::Integer(i64::MIN)));
    assert_eq!(read("9223372036854775808"), Ok(Value::BigInteger("9223372036854775808".into())));
    let hexadecimal = format!("-0x1{}", "0".repeat(33));
    assert_eq!(read(&hexadecimal), Ok(Value::BigInteger("-5444517870735015415413993718908291383296".into())));
    assert_eq!(read_json("18446744073709551615"), Ok(json!(u64::MAX)));
    assert_eq!(read_json("18446744073709551616"), Ok(json!(18446744073709551616.0)));
}

#[test]
fn errors_say_where() {
    let place = |line, column| Place { line, column };
    for (text, expected) in [
        ("a:\n  - é: *x", Error::UnknownAlias { place: place(2, 8), name: "x".into() }),
        ("&a [1, *a]", Error::RecursiveAlias { place: place(1, 8), name: "a".into() }),
        ("a: 1\r\nb: !!int x", Error::Mismatch { place: place(2, 4), expected: "integer (of at most 4096 digits)" }),
        ("a\u{2028}--- b\n--- c\n", Error::SecondDocument { place: place(2, 1) }),
        ("- !java.util.Date x", Error::Tag { place: place(1, 3), tag: "!java.util.Date".into() }),
        ("- <<: [1]", Error::Merge { place: place(1, 8) }),
        ("a: b # \u{7}", Error::Character { place: place(1, 8), code: 7 }),
    ] {
        assert_eq!(read(text), Err(expected.clone()), "{text:?}");
        assert_eq!(read_json(text), Err(expected), "{text:?}");
    }
    let error = read("a: b\n\tc: d").unwrap_err();
    assert!(error.to_string().starts_with("line 2, column 1: a tab"), "{error}");
}

#[test]
fn limits_can_be_set() {
    let limits = Limits { depth: 1, aliases: 0, code_points: 20, expansion: 150 };
    let exceeded = |text: &str| match read_with(text, &limits) {
        Err(Error::Limit { exceeded, limit, .. }) => Some((exceeded, limit)),
        _ => None,
    };
    assert_eq!(exceeded("[[]]"), None);
    assert_eq!(exceeded("[[1]]"), Some((Exceeded::Depth, 1)));
    assert_eq!(exceeded("[&a [], *a]"), Some((Exceeded::Aliases, 0)));
    assert_eq!(exceeded("[&a b, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]"), Some((Exceeded::CodePoints, 20)));
    assert_eq!(exceeded("ééééééééééé"), None);
}

#[test]
fn keys_that_are_equal_mappings_are_one_key_whatever_their_order() {
    let text = "? {i: , j: }\n: 1\n? {j: , i: }\n: 2\n";
    let json = read_json(text).unwrap();
    assert_eq!(json, read(text).unwrap().into_json());
    assert_eq!(json, json!({"{i=null, j=null}": 2}));
}
