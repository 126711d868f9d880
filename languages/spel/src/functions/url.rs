//! What is at an address: the fetching half of upstream's `UrlExpressionFunctionProvider`.

use serde_json::Value as Json;

use super::json;
use crate::{Error, Value, host::Question, method::Call, value::Map};

fn fetch(call: &mut Call<'_, '_>) -> Result<String, Error> {
    let url = call.argument(0).unwrap_or("null").to_owned();
    let failed = |reason: &str| Error::thrown(format!("#from({url}) failed: {reason}"));
    match call.evaluation.ask(&Question::Url(&url)) {
        Ok(Json::String(text)) => {
            call.evaluation.charge(text.len())?;
            Ok(text)
        }
        Ok(_) => Err(failed("the answer is no text")),
        Err(error) => Err(Error { message: failed(&error.message).message, ..error }),
    }
}

pub(super) fn from_url<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    fetch(&mut call).map(Value::from)
}

pub(super) fn json_from_url<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = fetch(&mut call)?;
    json::of_json(call.evaluation, &text, "#jsonFromUrl")
}

pub(super) fn yaml_from_url<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = fetch(&mut call)?;
    json::of_yaml(call.evaluation, &text, "#yamlFromUrl")
}

pub(super) fn properties_from_url<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    // The original reads the bytes as ISO 8859-1, whatever they are.
    let text: String = fetch(&mut call)?.bytes().map(char::from).collect();
    let entries = properties(&text).into_iter().map(|(key, value)| (Value::from(key), Value::from(value)));
    Ok(Value::Map(Map::of(entries)))
}

/// Java's properties (`java.util.Properties.load`): `key=value`, `key: value` or `key value`, comments after `#` and `!`,
/// a backslash at the end of a line continues it, `\t \n \r \f \uXXXX` and `\` before anything else stand for characters.
fn properties(text: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut lines = text.split(['\n', '\r']).map(|line| line.trim_start_matches([' ', '\t', '\u{c}']));
    while let Some(line) = lines.next() {
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = line.to_owned();
        while continues(&logical) {
            logical.pop();
            match lines.next() {
                Some(next) => logical.push_str(next),
                None => break,
            }
        }
        entries.push(entry(&logical));
    }
    entries
}

/// Whether a line ends in an odd number of backslashes.
fn continues(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn entry(line: &str) -> (String, String) {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\u{c}');
    let mut escaped = false;
    let end = line.find(|c: char| {
        let ends = !escaped && (blank(c) || c == '=' || c == ':');
        escaped = c == '\\' && !escaped;
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(blank);
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches(blank);
    (unescaped(key), unescaped(value))
}

fn unescaped(text: &str) -> String {
    let mut out: Vec<u16> = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    let mut buffer = [0; 2];
    while let Some(letter) = letters.next() {
        let letter = match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some('u') => {
                    let digits: String = letters.clone().take(4).collect();
                    if let (4, Ok(unit)) = (digits.len(), u16::from_str_radix(&digits, 16)) {
                        out.push(unit);
                        letters.nth(3);
                    }
                    continue;
                }
                Some(other) => other,
                None => continue,
            },
            other => other,
        };
        out.extend_from_slice(letter.encode_utf16(&mut buffer));
    }
    String::from_utf16_lossy(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_java_reads_them() {
        let text =
            "a=1\nb = two words\n# comment\n ! too\nc:3\nd\\ e=x\nf\ng h\ni=one\\\n   two\nj=\\u00e9\\t\\\\\r\nk==v\n";
        let expected = [
            ("a", "1"),
            ("b", "two words"),
            ("c", "3"),
            ("d e", "x"),
            ("f", ""),
            ("g", "h"),
            ("i", "onetwo"),
            ("j", "\u{e9}\t\\"),
            ("k", "=v"),
        ];
        let got = properties(text);
        assert_eq!(got, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
