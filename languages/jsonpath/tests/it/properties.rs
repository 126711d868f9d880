//! What holds for any path and any document.

use gennaker_jsonpath::{Options, Path};
use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

/// Mostly what means something in a path.
fn odd_path() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "$",
        "@",
        ".",
        "..",
        "[",
        "]",
        "[?(",
        ")]",
        "(",
        ")",
        "*",
        "[*]",
        "'",
        "\"",
        ",",
        ":",
        "-",
        "0",
        "1",
        "-1",
        "a",
        "b",
        "['a']",
        ".a",
        "..a",
        "[0]",
        "[-1]",
        "[1:]",
        "[0,1]",
        "['a','b']",
        "[?(@.a)]",
        "[?(@.a == 1)]",
        "@.a",
        "$.b",
        " == ",
        " != ",
        " < ",
        " in ",
        " =~ ",
        "/a.*/",
        "/(a+)+$/",
        "['x', 1]",
        "{'a':1}",
        " && ",
        " || ",
        "!",
        "!(",
        "true",
        "null",
        ".length()",
        ".sum()",
        ".first()",
        ".keys()",
        ".concat(",
        ".append($)",
        ".index(0)",
        " size ",
        " empty ",
        " ",
        "\\",
        "\\u0041",
        "é",
        "😀",
        "\u{1a}",
        "\n",
        "?",
        "[?]",
        "1e999999999",
        "99999999999",
    ]);
    prop_oneof![4 => vec(words, 0..12).prop_map(|words| words.concat()), 1 => any::<String>()]
}

fn odd_json() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec!["", "a", "1", "1.0", "$.a", "@", "[1]", "{a:1}", "'x'", "\\u00", "é", "😀"]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let names = prop::sample::select(vec!["a", "b", "c", "x-y", "é", ""]);
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((names, inner), 0..5)
                .prop_map(|all| all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        ]
    })
}

fn any_options() -> impl Strategy<Value = Options> {
    any::<[bool; 5]>().prop_map(|[a, b, c, d, e]| Options {
        default_path_leaf_to_null: a,
        always_return_list: b,
        as_path_list: c,
        suppress_exceptions: d,
        require_properties: e,
    })
}

proptest! {
    #[test]
    fn nothing_panics(text in odd_path(), mut document in odd_json(), options in any_options()) {
        if let Ok(path) = Path::parse(&text) {
            let _ = path.read_with(&document, options);
            let _ = path.nodes(&document);
            let _ = path.locations(&document);
            let _ = path.update(&mut document, |value| Some(json!([value])));
            let _ = path.set(&mut document, &json!({"a": 1}));
            let _ = path.delete(&mut document);
        }
    }

    #[test]
    fn errors_point_into_the_path(text in odd_path()) {
        if let Err(gennaker_jsonpath::Error::Syntax { column, .. }) = Path::parse(&text) {
            prop_assert!(column >= 1 && column <= text.chars().count() + 1, "{column} in {text:?}");
        }
    }

    #[test]
    fn what_was_set_is_there(text in odd_path(), mut document in odd_json()) {
        let Ok(path) = Path::parse(&text) else { return Ok(()) };
        let (before, places) = (document.clone(), path.locations(&document).unwrap_or_default());
        match path.set(&mut document, &json!("set")) {
            // A place within a place that was set is gone.
            Ok(_) => for place in places {
                let value = document.pointer(&place.pointer());
                prop_assert!(value.is_none_or(|value| *value == json!("set")), "{path} {place}");
            },
            Err(_) => prop_assert_eq!(before, document),
        }
    }

    #[test]
    fn a_location_is_a_path_to_itself(document in odd_json()) {
        for place in Path::parse("$..*").unwrap().locations(&document).unwrap_or_default() {
            let path = Path::parse(&place.to_string());
            // An empty name cannot be written.
            if let Ok(path) = path {
                prop_assert_eq!(path.nodes(&document).unwrap(), vec![document.pointer(&place.pointer()).unwrap()]);
            }
        }
    }

    #[test]
    fn deleting_leaves_nothing_to_find(mut document in odd_json()) {
        let path = Path::parse("$..a").unwrap();
        let count = path.locations(&document).unwrap_or_default().len();
        match path.delete(&mut document) {
            Ok(deleted) => prop_assert_eq!(deleted, count),
            Err(_) => prop_assert_eq!(count, 0),
        }
        prop_assert_eq!(path.nodes(&document).unwrap_or_default().len(), 0);
    }
}
