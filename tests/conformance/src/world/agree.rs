//! What in a recorded answer stands for any value of its kind: times, durations, ids, hashes, what varied.
//!
//! | recorded | accepted |
//! |---|---|
//! | `<time>` | epoch milliseconds, as a number or a text, or ISO 8601 |
//! | `<took>`, `<ms>` | a duration |
//! | `<id:N>` | a ULID or UUID, the same one wherever `N` is the same, and only there |
//! | `@<hash>` | an object's hash |
//! | `<stack>` | any text |
//! | `<varies>` | anything, also nothing: put in place of what differed between recordings |

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Stands for what differed between recordings of a case.
pub(super) const VARIES: &str = "<varies>";

/// Puts [`VARIES`] wherever the case's `variesBetweenRuns` points to.
pub(crate) fn mark_what_varies(case: &mut Value) {
    let pointers: Vec<String> = case["variesBetweenRuns"]
        .as_array()
        .map(|pointers| pointers.iter().filter_map(|pointer| Some(pointer.as_str()?.to_owned())).collect())
        .unwrap_or_default();
    for pointer in pointers {
        let Some((parent, name)) = pointer.rsplit_once('/') else { continue };
        match case.pointer_mut(parent) {
            Some(Value::Object(fields)) => {
                fields.insert(name.replace("~1", "/").replace("~0", "~"), VARIES.into());
            }
            Some(Value::Array(items)) => {
                if let Some(item) = name.parse().ok().and_then(|index: usize| items.get_mut(index)) {
                    *item = VARIES.into();
                }
            }
            _ => {}
        }
    }
}

/// Which of our ids the recorded `<id:N>` are, in one case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Agreement {
    ids: BTreeMap<String, String>,
}

impl Agreement {
    /// Ours with the recorded symbols in the places where it agrees with them.
    pub(crate) fn settle(&mut self, expected: &Value, got: Value) -> Value {
        match (expected, got) {
            (Value::String(symbol), _) if symbol == VARIES => expected.clone(),
            (Value::String(symbol), Value::Number(number)) => match symbol.as_str() {
                "<time>" if number.as_i64().is_some_and(is_time) => expected.clone(),
                "<took>" | "<ms>" if number.as_f64().is_some_and(|number| number >= 0.0) => expected.clone(),
                _ => Value::Number(number),
            },
            (Value::String(recorded), Value::String(text)) => {
                if self.fits(recorded, &text) {
                    expected.clone()
                } else {
                    Value::String(text)
                }
            }
            (Value::Array(expected), Value::Array(got)) => {
                let items = got.into_iter().enumerate();
                items.map(|(index, item)| self.settle(expected.get(index).unwrap_or(&Value::Null), item)).collect()
            }
            (Value::Object(expected), Value::Object(got)) => Value::Object(self.settle_fields(expected, got)),
            (_, got) => got,
        }
    }

    fn settle_fields(&mut self, expected: &Map<String, Value>, got: Map<String, Value>) -> Map<String, Value> {
        let mut settled = Map::new();
        // In the recorded order, so that ids are told apart where they were numbered.
        let (known, more): (Vec<_>, Vec<_>) = got.into_iter().partition(|(name, _)| expected.contains_key(name));
        let mut known: Map<String, Value> = known.into_iter().collect();
        for (name, recorded) in expected {
            match known.remove(name) {
                Some(field) => {
                    let mut field = self.settle(recorded, field);
                    if name == "headers" && expected.get("statusCodeValue").is_some_and(|status| status == 204) {
                        say_empty_length(recorded, &mut field);
                    }
                    settled.insert(name.clone(), field);
                }
                None if recorded == VARIES => {
                    settled.insert(name.clone(), recorded.clone());
                }
                None => {}
            }
        }
        settled.extend(more);
        settled
    }

    /// Whether the text is the recorded one, with something fitting in place of each symbol.
    fn fits(&mut self, recorded: &str, text: &str) -> bool {
        if recorded == text {
            return true;
        }
        let parts = parts_of(recorded);
        if parts.iter().all(|part| matches!(part, Part::Text(_))) {
            return false;
        }
        let mut bound = self.ids.clone();
        let fits = matches(&parts, text, &mut bound);
        if fits {
            self.ids = bound;
        }
        fits
    }
}

/// Says the length of an empty body, as the server of the recordings did: with a 204 none may be said (RFC 9110, 8.6), and
/// ours does not.
fn say_empty_length(recorded: &Value, headers: &mut Value) {
    const LENGTH: &str = "content-length";
    if let (Some("0"), Value::Object(headers)) = (recorded[LENGTH].as_str(), headers) {
        headers.entry(LENGTH).or_insert_with(|| "0".into());
    }
}

fn is_time(millis: i64) -> bool {
    (1_500_000_000_000..4_000_000_000_000).contains(&millis)
}

/// A piece of a recorded text.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part<'a> {
    Text(&'a str),
    Time,
    Duration,
    Id(&'a str),
    Hash,
    Anything,
}

fn parts_of(recorded: &str) -> Vec<Part<'_>> {
    const SYMBOLS: [(&str, Part<'_>); 5] = [
        ("<time>", Part::Time),
        ("<took>", Part::Duration),
        ("<ms>", Part::Duration),
        ("@<hash>", Part::Hash),
        ("<stack>", Part::Anything),
    ];
    let mut parts = Vec::new();
    let (mut rest, mut plain) = (recorded, 0);
    while plain < rest.len() {
        let here = &rest[plain..];
        let fixed =
            SYMBOLS.iter().find(|(symbol, _)| here.starts_with(symbol)).map(|(symbol, part)| (symbol.len(), *part));
        let id = || {
            let end = here.starts_with("<id:").then(|| here.find('>')).flatten()?;
            Some((end + 1, Part::Id(&here[..=end])))
        };
        if let Some((length, part)) = fixed.or_else(id) {
            if plain > 0 {
                parts.push(Part::Text(&rest[..plain]));
            }
            parts.push(part);
            (rest, plain) = (&here[length..], 0);
        } else {
            plain += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    if plain > 0 {
        parts.push(Part::Text(rest));
    }
    parts
}

fn matches(parts: &[Part<'_>], text: &str, ids: &mut BTreeMap<String, String>) -> bool {
    let Some((part, others)) = parts.split_first() else { return text.is_empty() };
    if let Part::Text(plain) = part {
        return text.strip_prefix(plain).is_some_and(|rest| matches(others, rest, ids));
    }
    for length in lengths(*part, text) {
        let (taken, rest) = text.split_at(length);
        let mut tried = ids.clone();
        if let Part::Id(symbol) = part {
            let known = tried.get(*symbol).map(String::as_str);
            let of_another = known.is_none() && tried.values().any(|id| id == taken);
            if known.is_some_and(|id| id != taken) || of_another {
                continue;
            }
            tried.insert((*symbol).to_owned(), taken.to_owned());
        }
        if matches(others, rest, &mut tried) {
            *ids = tried;
            return true;
        }
    }
    false
}

/// How much of the text's beginning the symbol may stand for, the longest first.
fn lengths(part: Part<'_>, text: &str) -> Vec<usize> {
    let run = |fits: fn(char) -> bool| text.find(|c| !fits(c)).unwrap_or(text.len());
    match part {
        Part::Text(_) => Vec::new(),
        Part::Time => {
            let digits = run(|c| c.is_ascii_digit());
            if text[..digits].parse().is_ok_and(is_time) {
                return vec![digits];
            }
            let iso = run(|c| c.is_ascii_digit() || "-:.TZ+".contains(c));
            if iso >= "2026-01-01T00:00:00".len() && text.as_bytes()[4] == b'-' { vec![iso] } else { Vec::new() }
        }
        Part::Duration => (1..=run(|c| c.is_ascii_alphanumeric() || ":. ".contains(c))).rev().collect(),
        Part::Id(_) => [36, 26].into_iter().filter(|length| text.get(..*length).is_some_and(is_id)).collect(),
        Part::Hash => {
            let rest = text.strip_prefix('@').unwrap_or_default();
            let digits = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
            if digits > 0 { vec![digits + 1] } else { Vec::new() }
        }
        Part::Anything => (0..=text.len()).rev().filter(|length| text.is_char_boundary(*length)).collect(),
    }
}

fn is_id(text: &str) -> bool {
    match text.len() {
        26 => text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()),
        _ => text
            .char_indices()
            .all(|(at, c)| if [8, 13, 18, 23].contains(&at) { c == '-' } else { c.is_ascii_hexdigit() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const B: &str = "0a2ecbd1-5e11-4bd0-a7e5-f09f1e1cbf4e";

    fn agrees(expected: Value, got: Value) -> bool {
        Agreement::default().settle(&expected, got) == expected
    }

    #[test]
    fn times_and_durations_are_accepted_where_they_were_recorded() {
        assert!(agrees(json!("<time>"), json!(1_787_000_000_000_i64)));
        assert!(agrees(json!("<time>"), json!("1787000000000")));
        assert!(agrees(json!("<time>"), json!("2026-08-21T15:00:00.123Z")));
        assert!(agrees(json!("at <time> sharp"), json!("at 1787000000000 sharp")));
        assert!(agrees(json!("<ms>"), json!(12)));
        assert!(agrees(json!("after <took>."), json!("after 3 seconds.")));
        assert!(!agrees(json!("<time>"), json!(12)));
        assert!(!agrees(json!("<time>"), json!("soon")));
        assert!(!agrees(json!(12), json!(1_787_000_000_000_i64)));
        assert!(!agrees(json!("at <time> sharp"), json!("at 1787000000000")));
    }

    #[test]
    fn only_an_answer_without_a_body_may_leave_its_length_out() {
        let answer = |status: u32, headers: Value| json!({"headers": headers, "statusCodeValue": status});
        assert!(agrees(answer(204, json!({"content-length": "0", "a": "b"})), answer(204, json!({"a": "b"}))));
        assert!(!agrees(answer(200, json!({"content-length": "0"})), answer(200, json!({}))));
        assert!(!agrees(answer(204, json!({"content-length": "2"})), answer(204, json!({}))));
    }

    #[test]
    fn an_id_is_the_same_wherever_its_number_is() {
        assert!(agrees(json!(["<id:1>", "x-<id:2>-<id:1>", "<id:1>"]), json!([A, format!("x-{B}-{A}"), A])));
        assert!(!agrees(json!(["<id:1>", "<id:1>"]), json!([A, B])));
        assert!(!agrees(json!(["<id:1>", "<id:2>"]), json!([A, A])));
        assert!(!agrees(json!("<id:1>"), json!("abc")));
    }

    #[test]
    fn hashes_and_stacks_are_any() {
        assert!(agrees(json!("java.lang.Object@<hash>, x"), json!("java.lang.Object@1f2e, x")));
        assert!(!agrees(json!("java.lang.Object@<hash>"), json!("java.lang.Object@")));
        assert!(agrees(json!("<stack>"), json!("a\n\tat b")));
    }

    #[test]
    fn what_varied_may_be_anything_and_nothing() {
        let mut case = json!({
            "variesBetweenRuns": ["/a/b", "/a/c~1d", "/l/1"],
            "a": {"b": 1, "e": 2}, "l": [1, 2],
        });
        mark_what_varies(&mut case);
        assert_eq!(case["a"], json!({"b": VARIES, "e": 2, "c/d": VARIES}));
        assert_eq!(case["l"], json!([1, VARIES]));
        assert!(agrees(case["a"].clone(), json!({"b": [1], "e": 2})));
        assert!(!agrees(case["a"].clone(), json!({"b": 1, "e": 3})));
    }
}
