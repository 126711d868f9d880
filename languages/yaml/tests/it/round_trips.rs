//! What is written reads back, and no text makes anything panic.

use gennaker_yaml::{Value, read, read_all, read_all_json, read_json, write, write_all};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value as Json;

/// What means something in YAML, in some place.
fn word() -> impl Strategy<Value = &'static str> {
    select(vec![
        "yes",
        "No",
        "off",
        "~",
        "null",
        "012",
        "0x1F",
        "1_0",
        "1e3",
        "1.5",
        ".inf",
        ".NaN",
        "1:30",
        "2001-12-14",
        "=",
        "<<",
        "-",
        "- ",
        "---",
        "--- ",
        "...",
        "? ",
        ": ",
        ":",
        ", ",
        "#",
        " #",
        "&a ",
        "*a",
        "!x ",
        "!!str ",
        "!!set ",
        "!!omap ",
        "!!binary ",
        "|",
        ">",
        "|-",
        "|+\n",
        ">2\n",
        "%YAML 1.1\n",
        "%TAG !e! a\n",
        "@",
        "`",
        "{",
        "}",
        "[",
        "]",
        "'",
        "\"",
        "\\",
        "\\x4",
        "\\ud83d",
        "\n",
        "\n ",
        "\n  ",
        "\r\n",
        "\r",
        " ",
        "\t",
        "\u{85}",
        "\u{2028}",
        "\u{FEFF}",
        "\0",
        "\u{7}",
        "\u{7F}",
        "\u{FFFE}",
        "é",
        "日本",
        "\u{1F600}",
        "a",
        "b: ",
        "key: ",
        "500m",
        "${x}",
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(word(), 0..6).prop_map(|words| words.concat()),
        1 => any::<String>(),
        1 => "[ -~\n]{0,12}",
        1 => (word(), 100..1500_usize).prop_map(|(word, times)| word.repeat(times)),
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        text().prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            vec((text(), inner), 0..5).prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_document_reads_back(value in json()) {
        let text = write(&value);
        prop_assert_eq!(read_json(&text), Ok(value.clone()), "{}", text);
        prop_assert_eq!(read(&text).map(Value::into_json), Ok(value), "{}", text);
    }

    #[test]
    fn documents_read_back(values in vec(json(), 0..4)) {
        let text = write_all(&values);
        prop_assert_eq!(read_all_json(&text), Ok(values), "{}", text);
    }

    #[test]
    fn json_is_yaml(value in json()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        // JSON may have characters that YAML has as escapes only, breaks of lines among them, and longer keys.
        prop_assume!(text.chars().all(|char| matches!(char, '\n' | ' '..='~' | '\u{A0}'..'\u{2028}' | '\u{202A}'..='\u{FFFD}')));
        prop_assume!(text.lines().all(|line| line.len() < 1000));
        prop_assert_eq!(read_json(&text), Ok(value), "{}", text);
    }

    #[test]
    fn no_text_panics_and_both_readers_agree(text in text()) {
        let documents = read_all(&text).map(|documents| documents.into_iter().map(Value::into_json).collect::<Vec<_>>());
        prop_assert_eq!(&documents, &read_all_json(&text));
        if let Err(error) = documents {
            prop_assert!(error.place().line >= 1 && error.place().column >= 1);
        }
    }
}
