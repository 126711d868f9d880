//! Paths and documents that would take forever, or all of the stack, end in an error.

use gennaker_jsonpath::{Error, MAX_LENGTH, Path};
use serde_json::{Value, json};

fn limited(path: &str, document: &Value) -> bool {
    let result = Path::parse(path).and_then(|path| path.read(document));
    matches!(result, Err(Error::Limit { .. }))
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, level| {
        if level % 2 == 0 {
            Value::Array(vec![inner])
        } else {
            Value::Object([("a".to_owned(), inner)].into_iter().collect())
        }
    })
}

#[test]
fn long_and_deep_paths_are_refused() {
    let text = |open: &str, middle: &str, close: &str, times| {
        format!("$[?({}{middle}{})]", open.repeat(times), close.repeat(times))
    };
    for path in [
        "$".to_owned() + &".a".repeat(MAX_LENGTH),
        "$".to_owned() + &".a".repeat(2_000),
        text("(", "@.a", ")", 1_000),
        text("!", "(@.a)", "", 1_000),
        text("@[?(", "@.a", ")]", 500),
        format!("$.{}1{}", "sum($.".repeat(300), ")".repeat(300)),
    ] {
        assert!(Path::parse(&path).is_err(), "{}", &path[..40]);
    }
    assert!(Path::parse(&text("(", "@.a", ")", 50)).is_ok());
}

#[test]
fn what_multiplies_is_cut_off() {
    let deep = nested(120);
    assert!(limited("$..*..*..*..*", &deep));
    assert!(limited(&format!("$..*{}", "..*".repeat(200)), &deep));
    let list: Value = (0..200).map(|_| json!({"a": {"b": [1, 2, "x"]}, "s": "$.a[?(@.b)]"})).collect();
    let document = json!({"l": list, "t": "a".repeat(1_000_000)});
    assert!(limited(&format!("$.l[{}0]", "0,".repeat(8_000)), &json!({"l": ["a".repeat(1_000_000)]})));
    for comparison in ["$.l == $.l", "$.t == $.t", "$.t < $.t", "$..s anyof $..s", "$.t =~ /b/", "$..*.concat() == 1"] {
        assert!(limited(&format!("$..[?({comparison})]..[?({comparison})]"), &document), "{comparison}");
    }
    assert!(limited("$.l[*].a.b.concat($.t, $.t)", &document));
}

#[test]
fn ambiguous_patterns_are_given_up() {
    let document = json!(["a".repeat(40) + "!"]);
    // The back reference keeps it from being run without backtracking.
    assert!(limited("$[?(@ =~ /((a+)\\2?)+x/)]", &document));
}

#[test]
fn deep_documents_do_not_overflow_the_stack() {
    assert!(limited("$..a", &nested(2_000)));
    assert!(limited("$..[?(@..a)]..a", &nested(2_000)));
    assert!(Path::parse("$..a").unwrap().nodes(&nested(400)).unwrap().len() == 200);
    let filter = (0..15).fold("@.a".to_owned(), |inner, _| format!("@..[?({inner})]"));
    let _ = Path::parse(&format!("$..[?({filter})]")).and_then(|path| path.read(&nested(120)));
}

#[test]
fn slices_do_not_count_what_is_not_there() {
    let path = Path::parse("$[-2147483648:2147483647]").unwrap();
    assert_eq!(path.read(&json!([1, 2])).unwrap(), json!([1, 2, 1, 2]));
}
