use serde_json::json;

use super::{write, write_all};

#[test]
fn what_reads_as_something_else_is_quoted() {
    for text in [
        "yes",
        "Off",
        "y",
        "N",
        "~",
        "null",
        "",
        " ",
        "012",
        "0x1F",
        "1_0",
        "1e3",
        "1.5",
        ".5",
        "1:30",
        "2001-12-14",
        "=",
        "<<",
        "-",
        "- a",
        "a: b",
        "a:",
        "a #b",
        "# a",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "'a",
        "[a]",
        "{a}",
        "a ",
        " a",
        "\ta",
        "10.0.0.1",
        "12T",
    ] {
        assert_eq!(write(&json!(text)), format!("\"{}\"\n", text.replace('\t', "\\t")));
    }
    for text in ["a", "a b", "é", "500m", "1Gi", "a:b", "a#b", "http://a:80/b?c=d", "/a", "_a", "it's", "a, b", "$x"] {
        assert_eq!(write(&json!(text)), format!("{text}\n"));
    }
    assert_eq!(write(&json!("a\u{7}\"\\\u{2028}\r")), "\"a\\u0007\\\"\\\\\\u2028\\r\"\n");
}

#[test]
fn numbers_keep_their_kind() {
    assert_eq!(
        write(&json!([1, 1.0, -0.0, 1e16, 1.5e-7, u64::MAX])),
        "- 1\n- 1.0\n- -0.0\n- 1.0e+16\n- 1.5e-7\n- 18446744073709551615\n"
    );
}

#[test]
fn collections_in_each_other() {
    let value = json!({"a": {"b": [1, {"c": 2, "d": []}, [3, [4]], {}], "yes": {"e": null}}, "f": "x\ny\n", "g": ["x\n\ny", "z\n\n"]});
    let text = "\
a:
  b:
  - 1
  - c: 2
    d: []
  - - 3
    - - 4
  - {}
  \"yes\":
    e: null
f: |
  x
  y
g:
- |-
  x

  y
- |+
  z

";
    assert_eq!(write(&value), text);
    assert_eq!(write_all(&[value, json!("a")]), format!("---\n{text}---\na\n"));
    assert_eq!(write_all([]), "");
}

#[test]
fn long_keys_have_a_mark() {
    let key = "k".repeat(200);
    assert_eq!(write(&json!({ key.clone(): [1] })), format!("? {key}\n:\n- 1\n"));
}
