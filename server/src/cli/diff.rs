//! What differs between two values, as lines of their YAML.

use std::fmt::Write as _;

use serde_json::Value;
use similar::TextDiff;

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// The value with the keys of each object in order, so that equal values have equal texts.
pub(super) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        value => value,
    }
}

/// The lines that differ, with some around them, as `diff -u` writes them; none if the values are equal. Line numbers are those of
/// the YAML of each value.
pub(super) fn lines(before: &Value, after: &Value) -> Vec<String> {
    let (before, after) = (gennaker_yaml::write(before), gennaker_yaml::write(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        lines.push(hunk.header().to_string().trim_end().to_owned());
        for change in hunk.iter_changes() {
            let mut line = String::new();
            // Writing to a text cannot fail.
            let _ = write!(line, "{}{}", change.tag(), change.value().trim_end_matches('\n'));
            lines.push(line);
        }
    }
    lines
}

/// How many lines were added and removed: `+2 -1`.
pub(super) fn size(before: &Value, after: &Value) -> String {
    let lines = lines(before, after);
    let count = |sign: char| lines.iter().filter(|line| line.starts_with(sign)).count();
    format!("+{} -{}", count('+'), count('-'))
}

/// The line in the colour of its sign.
pub(super) fn painted(line: &str, colour: bool) -> String {
    let code = match line.chars().next() {
        _ if !colour => return line.to_owned(),
        Some('+') => "32",
        Some('-') => "31",
        Some('@') => "36",
        _ => return line.to_owned(),
    };
    format!("\u{1b}[{code}m{line}\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_shown_with_what_is_around_it() {
        let before = sorted(json!({"b": 1, "a": {"d": [1, 2], "c": "x"}}));
        let after = sorted(json!({"a": {"c": "x", "d": [1, 3]}, "b": 1, "e": true}));
        let expected = ["@@ -2,5 +2,6 @@", "   c: x", "   d:", "   - 1", "-  - 2", "+  - 3", " b: 1", "+e: true"];
        assert_eq!(lines(&before, &after), expected);
        assert_eq!(size(&before, &after), "+2 -1");
        assert!(lines(&before, &before).is_empty());
        assert_eq!(painted("+a", true), "\u{1b}[32m+a\u{1b}[0m");
    }
}
