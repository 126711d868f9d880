//! What the types and functions promise.

use gennaker_javaregex::{Error, Options, Regex, quote, quote_replacement};

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect(pattern)
}

#[test]
fn it_is_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    shared(&regex("a"));
}

#[test]
fn flags_are_those_of_compile() {
    let with = |pattern: &str, options: Options| Regex::with_options(pattern, &options).expect(pattern);
    let none = Options::default();
    assert_eq!(with("a", Options { case_insensitive: true, ..none.clone() }).matches("A"), Ok(true));
    assert_eq!(with("é", Options { case_insensitive: true, ..none.clone() }).matches("É"), Ok(false));
    let unicode = Options { case_insensitive: true, unicode_case: true, ..none.clone() };
    assert_eq!(with("é", unicode).matches("É"), Ok(true));
    assert_eq!(with("^b$", Options { multiline: true, ..none.clone() }).find("a\nb").map(|m| m.is_some()), Ok(true));
    assert_eq!(with(".", Options { dot_all: true, ..none.clone() }).matches("\n"), Ok(true));
    assert_eq!(with("a b # c", Options { comments: true, ..none.clone() }).matches("ab"), Ok(true));
    assert_eq!(with("a.*\\Q", Options { literal: true, ..none.clone() }).matches("a.*\\Q"), Ok(true));
    assert_eq!(with(".", Options { unix_lines: true, ..none.clone() }).matches("\r"), Ok(true));
    assert_eq!(with("\\w", Options { unicode_character_class: true, ..none }).matches("é"), Ok(true));
}

#[test]
fn a_search_from_within_sees_what_stands_before() {
    assert_eq!(regex("(?<=a)b").find_at("ab", 1).map(|found| found.map(|found| found.start())), Ok(Some(1)));
    assert_eq!(regex("^b").find_at("ab", 1), Ok(None));
    assert_eq!(regex("a").find_at("éa", 1), Ok(None), "1 is within the é");
    assert_eq!(regex("a").find_at("a", 7), Ok(None));
    assert_eq!(regex("\\Gb").find_at("ab", 1).map(|found| found.is_some()), Ok(true));
}

#[test]
fn groups_go_by_number_and_name() {
    let found = regex("(?<a>x)|(?<b>y)(z)?").captures("-y").expect("no limit").expect("a match");
    assert_eq!((found.group(0), found.group(1), found.group(2), found.group(3)), (Some("y"), None, Some("y"), None));
    assert_eq!((found.name("a"), found.name("b"), found.name("c")), (None, Some("y"), None));
    assert_eq!((found.group_count(), found.group(9)), (3, None));
    assert_eq!(regex("(?<a>x)(?<b>y)").group_number("b"), Some(2));
}

#[test]
fn replacements_are_read_as_java_reads_them() {
    let pattern = regex("(?<first>a)(b)");
    for (replacement, made) in [
        ("$2$1", "ba-"),
        ("$11", "a1-"),
        ("$20", "b0-"),
        ("${first}!", "a!-"),
        (r"\$1\\", r"$1\-"),
        (r"\a", "a-"),
        ("", "-"),
    ] {
        assert_eq!(pattern.replace_all("ab-", replacement).as_deref(), Ok(made), "{replacement}");
    }
    for (replacement, message) in [
        ("$", "Illegal group reference: group index is missing"),
        ("$x", "Illegal group reference"),
        ("$3", "No group 3"),
        ("\\", "character to be escaped is missing"),
        ("${first", "named capturing group is missing trailing '}'"),
        ("${}", "named capturing group has 0 length name"),
        ("${nope}", "No group with name {nope}"),
        ("${1}", "capturing group name {1} starts with digit character"),
    ] {
        match pattern.replace_all("ab", replacement) {
            Err(Error::Replacement { message: said, .. }) => assert_eq!(said, message),
            other => panic!("{replacement}: {other:?}"),
        }
        assert_eq!(pattern.replace_all("xx", replacement).as_deref(), Ok("xx"), "without a match nothing is read");
    }
    assert_eq!(regex("a").replace_first("aaa", "b").as_deref(), Ok("baa"));
}

#[test]
fn pieces_are_javas() {
    let split = |pattern: &str, text: &str, limit| regex(pattern).split(text, limit).expect(pattern);
    assert_eq!(split(":", "boo:and:foo", 2), ["boo", "and:foo"]);
    assert_eq!(split("o", "boo:and:foo", 0), ["b", "", ":and:f"]);
    assert_eq!(split("o", "boo:and:foo", -2), ["b", "", ":and:f", "", ""]);
    assert_eq!(split(",", "", 0), [""]);
    assert_eq!(split(",", ",", 0), [] as [&str; 0]);
    assert_eq!(split("", "abc", 0), ["a", "b", "c"]);
    assert_eq!(split(",", "a,b", i32::MIN), ["a", "b"]);
}

#[test]
fn what_is_not_there_says_so() {
    for (pattern, construct) in [(r"\X", r"\X"), (r"\N{DIGIT ONE}", r"\N"), (r"\b{g}", r"\b{g}"), ("(?c)a", "(?c)")] {
        match Regex::new(pattern) {
            Err(error @ Error::Unsupported { .. }) => assert!(error.to_string().contains(construct), "{error}"),
            other => panic!("{pattern}: {other:?}"),
        }
    }
    let either_case = regex(r"(?i)(\p{L})\1");
    assert_eq!(either_case.matches("aA"), Ok(true));
    assert!(matches!(either_case.matches("éÉ"), Err(Error::Unsupported { .. })));
    assert_eq!(regex(r"(?i)(\w)\1é").matches("aAé"), Ok(true), "the group is ASCII, so it does not matter");
}

#[test]
fn quotations_are_for_any_text() {
    assert_eq!(quote("a.b"), r"\Qa.b\E");
    assert_eq!(quote(r"a\Eb"), r"\Qa\E\\E\Qb\E");
    assert_eq!(quote_replacement(r"$1\"), r"\$1\\");
}
