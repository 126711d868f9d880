//! Texts that are to exhaust the stack, the memory or the time: each ends, most in an error.

use gennaker_yaml::{Error, Exceeded, Limits, Value, read, read_all, read_json, read_with, write};

fn exceeded(text: &str) -> Option<Exceeded> {
    let error = read(text).err();
    assert_eq!(read_json(text).err(), error, "{}", &text[..text.len().min(100)]);
    match error {
        Some(Error::Limit { exceeded, .. }) => Some(exceeded),
        _ => None,
    }
}

#[test]
fn nesting_is_limited_as_in_snakeyaml() {
    // 51 collections are read if the innermost has nothing in it.
    assert!(read(&("[".repeat(51) + &"]".repeat(51))).is_ok());
    assert!(read(&("[".repeat(50) + "1" + &"]".repeat(50))).is_ok());
    assert_eq!(exceeded(&("[".repeat(51) + "1" + &"]".repeat(51))), Some(Exceeded::Depth));
    for opening in ["[", "{a: ", "{? ", "- ", "? ", "[[{a: ", "!!set {? "] {
        assert_eq!(exceeded(&opening.repeat(100_000)), Some(Exceeded::Depth), "{opening}");
    }
    let deep: String = (0..1000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(exceeded(&deep), Some(Exceeded::Depth));
}

#[test]
fn aliases_are_limited() {
    let laughs: String = (1..12)
        .map(|level| {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            format!("a{level}: &a{level} [{aliases}]\n")
        })
        .collect();
    assert_eq!(exceeded(&format!("a0: &a0 [lol]\n{laughs}")), Some(Exceeded::Aliases));
    // Within the number of aliases, but too much once they are written out.
    let doubling: String = (1..25).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1)).collect();
    assert_eq!(exceeded(&format!("a0: &a0 [lol]\n{doubling}")), Some(Exceeded::Expansion));
    // Aliases of scalars are not counted, what they add is.
    let long = format!("- &a {}\n{}", "x".repeat(100_000), "- *a\n".repeat(10_000));
    assert_eq!(exceeded(&long), Some(Exceeded::Expansion));
    assert!(read(&format!("- &a x\n{}", "- *a\n".repeat(10_000))).is_ok());
    // The documents of a text share the limit.
    let documents = "a: &a [1]\nb: *a\n---\n".repeat(51);
    assert!(matches!(read_all(&documents), Err(Error::Limit { exceeded: Exceeded::Aliases, .. })));
}

#[test]
fn merge_keys_are_limited() {
    let entries: String = (0..20_000).map(|entry| format!("  k{entry}: {}\n", "v".repeat(40))).collect();
    let merges: String = (0..49).map(|merge| format!("m{merge}: {{<<: *a, own: 1}}\n")).collect();
    assert_eq!(exceeded(&format!("a: &a\n{entries}{merges}")), Some(Exceeded::Expansion));
    let chain: String =
        (1..50).map(|level| format!("- &a{level} {{<<: *a{}, b: [&x{level} 1]}}\n", level - 1)).collect();
    assert!(read(&format!("- &a0 {{c: 1}}\n{chain}")).is_ok());
    assert!(read(&format!("list:\n- &a0 {{c: 1}}\n{chain}<<: *a49\n")).is_ok());
}

#[test]
fn aliases_make_values_deeper_only_so_far() {
    let nested = |inner: &str| "[".repeat(45) + inner + &"]".repeat(45);
    let chain: String = (1..49).map(|level| format!("- &a{level} {}\n", nested(&format!("*a{}", level - 1)))).collect();
    assert_eq!(exceeded(&format!("- &a0 x\n{chain}")), Some(Exceeded::Depth));
    // Keys in keys, which are looked at again because one repeats: the second look finds none.
    let keys = (0..45).fold("a".to_string(), |key, _| format!("{{? {key} : 1, b: 1, b: 2}}"));
    assert!(read(&keys).is_ok());
}

#[test]
fn the_most_nesting_that_can_be_set_fits_on_a_small_stack() {
    let limits = Limits { depth: usize::MAX, ..Limits::default() };
    let depth = Limits::MAX_DEPTH;
    let read = move || {
        let text = "{a: [".repeat(depth / 2) + &"]}".repeat(depth / 2);
        let value = read_with(&text, &limits).map(Value::into_json);
        assert!(value.is_ok(), "{value:?}");
        assert!(read_with(&"[".repeat(depth + 2), &limits).is_err());
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(read).unwrap().join().unwrap();
}

#[test]
fn long_texts_end() {
    let length = 200_000;
    for part in [
        "a", "a: b\n", "a: 1\n", "- ", "'", "\"", "\\", "|", "|\n", "é", "&", "!", "%", " ", "\t", "\n", "[a],",
        "{a},", "a,", "? a\n", "- - a\n", "a\n ", "#", "---\n", "--- a\n", "[?", "- 'a\n", "é: ", "a b: ",
    ] {
        let text = part.repeat(length / part.len());
        let _ = read_all(&text);
        let _ = read_all(&format!("[{text}"));
        let _ = read_all(&format!("a: {text}"));
    }
    let keys: String = (0..20_000).map(|key| format!("k{key}: a\n")).collect();
    assert_eq!(
        read(&format!("{keys}{keys}")).map(|value| matches!(value, Value::Mapping(entries) if entries.len() == 20_000)),
        Ok(true)
    );
    assert_eq!(exceeded(&"- a\n".repeat(1_000_000)), Some(Exceeded::CodePoints));
}

#[test]
fn a_value_of_any_depth_is_written() {
    let mut value = serde_json::json!("a");
    for level in 0..100_000 {
        value = match level % 2 {
            0 => serde_json::Value::Array(vec![value]),
            _ => serde_json::Value::Object([("key".to_string(), value)].into_iter().collect()),
        };
    }
    let text = write(&value);
    assert!(text.len() < 2_000_000);
    // A value this deep cannot be dropped without its own recursion: taken apart level by level.
    loop {
        let inner = match &mut value {
            serde_json::Value::Array(items) => items.pop(),
            serde_json::Value::Object(entries) => entries.remove("key"),
            _ => None,
        };
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    assert!(matches!(read(&text), Err(Error::Limit { exceeded: Exceeded::Depth, .. })));
}
