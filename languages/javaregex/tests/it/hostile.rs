//! Whatever is given, an answer or an error comes, and no panic.

use gennaker_javaregex::{Error, Options, Regex, quote, quote_replacement};
use proptest::prelude::*;

/// What a user of the crate may do with a pattern.
fn use_all(pattern: &str, text: &str, replacement: &str) {
    let options = Options { backtrack_limit: 5_000, ..Options::default() };
    let Ok(regex) = Regex::with_options(pattern, &options) else { return };
    let whole = regex.matches(text);
    if let Ok(whole) = whole {
        assert_eq!(regex.captures_matching(text).map(|found| found.is_some()), Ok(whole), "{pattern} on {text}");
    }
    for (found, groups) in regex.find_iter(text).zip(regex.captures_iter(text)) {
        if let (Ok(found), Ok(groups)) = (found, groups) {
            assert_eq!(found, groups.whole(), "{pattern} on {text}");
            assert!(text.is_char_boundary(found.start()) && text.is_char_boundary(found.end()));
        }
    }
    let _ = regex.replace_all(text, replacement);
    if let Ok(same) = regex.replace_all(text, "$0") {
        assert_eq!(same, text, "{pattern}");
    }
    let _ = regex.split(text, 0);
}

fn pattern() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b", "é", ".", "^", "$", "|", "(", ")", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<n>", "(?i)",
        "(?iu:", "(?m)", "(?x)", "(?U)", "[", "[^", "]", "&&", "-", "*", "+", "?", "{2}", "{1,3}", "{0}", "{", "}",
        "\\", "\\1", "\\2", "\\k<n>", "\\d", "\\w", "\\b", "\\B", "\\R", "\\G", "\\Z", "\\Q", "\\E", "\\p{L}",
        "\\P{Lu}", "\\x4", "\\u00e9", "\\0", "\\cA", "#", " ", "\n", "1", "👍",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn patterns_of_pieces_do_not_panic(pattern in pattern(), text in "[ab1é \r\n👍_-]{0,12}", replacement in "[a$1\\\\{n}]{0,5}") {
        use_all(&pattern, &text, &replacement);
    }

    #[test]
    fn any_pattern_does_not_panic(pattern in any::<String>(), text in any::<String>()) {
        use_all(&pattern, &text, "$1");
    }

    #[test]
    fn a_quoted_text_matches_itself(text in r"[a-z\\QE$.*\[\]\r\n é👍]{0,12}", around in "[a-z]{0,3}") {
        let regex = Regex::new(&quote(&text)).expect("a quoted text is a pattern");
        prop_assert_eq!(regex.matches(&text), Ok(true));
        let replaced = Regex::new("-")?.replace_all(&format!("{around}-{around}"), &quote_replacement(&text));
        prop_assert_eq!(replaced, Ok(format!("{around}{text}{around}")));
    }
}

#[test]
fn catastrophic_patterns_are_answered_or_given_up() {
    let text = "a".repeat(40);
    for pattern in ["(a+)+$", "(a+)+b", "(a|aa)+$", "(a*)*b", "(.*a){20}b", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let regex = Regex::new(pattern).expect(pattern);
        assert!(regex.matches(&text).is_ok() && regex.find(&text).is_ok(), "{pattern}");
    }
    for pattern in ["(a*)*\\1b", "(?:(a|b)*\\1?){100}c", "(a?){100}\\1b"] {
        let regex = Regex::new(pattern).expect(pattern);
        assert_eq!(regex.matches(&text), Err(Error::Backtracking { limit: Options::BACKTRACK_LIMIT }), "{pattern}");
    }
}

#[test]
fn patterns_that_are_too_large_are_refused() {
    for pattern in [
        "(".repeat(1_000),
        "[".repeat(1_000),
        format!("[{}b]", "a&&".repeat(1_000)),
        "a".repeat(Options::LENGTH_LIMIT + 1),
        "a{70000}".to_owned(),
        "(?:a?){1001}".to_owned(),
        "(?:a{60000}){60000}".to_owned(),
    ] {
        assert!(matches!(Regex::new(&pattern), Err(Error::TooLarge { .. })), "{:.20}", pattern);
    }
    for pattern in ["((a{1000}){1000}){100}".to_owned(), r"\p{L}".repeat(1_000), r"\p{L}{1,1000}".to_owned()] {
        let regex = Regex::new(&pattern).expect("it is read");
        assert!(matches!(regex.find("x"), Err(Error::TooLarge { .. })), "{:.20}", pattern);
    }
}

#[test]
fn deep_patterns_within_the_limit_are_run() {
    for (open, close) in
        [("(", ")"), ("(?:a|", ")"), ("(?=", ")"), ("(?>", ")"), ("(", ")*"), ("(", ")?+"), ("(?:^|", ")*")]
    {
        let pattern = format!("{}a{}", open.repeat(50), close.repeat(50));
        let found = Regex::new(&pattern).and_then(|regex| regex.find("a").map(|found| found.is_some()));
        assert!(matches!(found, Ok(true) | Err(Error::TooLarge { .. })), "{open} {found:?}");
    }
    let deep = format!("{}a{}", "(".repeat(Options::DEPTH_LIMIT), ")".repeat(Options::DEPTH_LIMIT));
    assert_eq!(Regex::new(&deep).and_then(|regex| regex.matches("a")), Ok(true));
}
