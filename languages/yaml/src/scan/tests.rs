use crate::{read, read_all};

/// The message of the error at its place.
fn refused(text: &str) -> String {
    read_all(text).unwrap_err().to_string()
}

#[test]
fn mistakes_are_named() {
    for (text, start) in [
        ("a: b: c", "line 1, column 5: a mapping's value cannot stand here; quote"),
        ("a: 'b", "line 1, column 4: a quoted text does not end"),
        ("a:\n  b: 1\n c: 2", "line 3, column 2: "),
        ("a:\tb", "line 1, column 3: a tab stands before a token"),
        ("a: @b", "line 1, column 4: no token starts with `@`"),
        ("[a, b", "line 1, column 6: `,` or `]` is expected, but the end of the text stands here"),
        ("]", "line 1, column 1: `]` closes nothing"),
        ("a: |x\n b", "line 1, column 5: `x` cannot stand behind `|`"),
        ("\"\\q\"", "line 1, column 2: `q` cannot follow a `\\`"),
        ("%YAML 2.0\n--- a", "line 1, column 1: the version of YAML is not 1"),
        ("!e!x a", "line 1, column 1: the handle of a tag is not declared"),
        ("a\nb: c", "line 2, column 2: "),
        ("a: b\nc", "line 2, column 1: a key has no `:`"),
    ] {
        let message = refused(text);
        assert!(message.starts_with(start), "{text:?}: {message}");
    }
}

#[test]
fn a_long_line_is_not_a_key() {
    assert!(read(&format!("{}: a", "k".repeat(1024))).is_ok());
    assert!(refused(&format!("{}: a", "k".repeat(1025))).contains("column 1"));
    assert!(read(&format!("{}: a", "é".repeat(1024))).is_ok());
    assert!(read(&format!("? {}\n: a", "k".repeat(5000))).is_ok());
}

#[test]
fn words_are_read_as_other_scalars_are() {
    for text in [
        "W: W",
        "W: W\n",
        "W: W\nW: W\n",
        "W: W\n  W\nx: y\n",
        "W: W\n\nx: W\n",
        "W: W\n\n  W\n",
        "W: W\n  # x\ny: z\n",
        "W: W # x\ny: z\n",
        "W: W# x\n",
        "W: W\r\nx: y\r\n",
        "W: W\n\tx\n",
        "W: W\n---\nW\n",
        "W: W\n...\nW\n",
        "W: W\n---x\n",
        "W: W: W\n",
        "W: W:\nx: y\n",
        "W: W:W\nx: y\n",
        "W: W\n x: y\n",
        "W:\n  W:\n    W: W\n  x: y\n",
        "W:\n- W: W\n  W: W\n- W\n- - W\n",
        "? W\n: W\n? W: W\n",
        "x: {W: W, W: W}\n",
        "{W: W\n, W: W\n}\n",
        "[W: W, W]\n",
        "{W: W\nW\n",
        "W\nW\n",
        "W\nW: W\n",
        "&x W: *x\n",
        "- W\nW: x\n",
    ] {
        // The one is read as a word, the other, of as many characters, as any plain scalar.
        let [word, other] = ["word", "wörd"].map(|name| format!("{:?}", read_all(&text.replace('W', name))));
        assert_eq!(word.replace("word", "wörd"), other, "{text:?}");
    }
}
