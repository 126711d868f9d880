//! JSON as json-smart reads it when it lets everything pass: `['a', b, 1,]`.
//!
//! Strings may have single quotes or none, commas may be missing their values, what follows the value is not looked at.
//! It is what a list in a filter, `@.a in ['x','y']`, and the arguments of functions are read by.
//!
//! Source: json-smart's `JSONParser` in `MODE_PERMISSIVE`.

use serde_json::{Map, Number, Value};

/// Levels of lists and objects, as json-smart has them.
const MAX_LEVELS: usize = 400;

/// What stands for the end of the text.
const END: char = '\u{1a}';

/// The value at the start of a text; `None` if there is none.
///
/// Numbers that `serde_json` cannot hold become the nearest double; where that is `NaN` or infinite, there is no value.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text.chars(), text, at: 0, current: END, levels: 0 };
    reader.next();
    reader.skip_white_space();
    reader.value(&[])
}

struct Reader<'t> {
    text: &'t str,
    rest: std::str::Chars<'t>,
    /// Where the current character is.
    at: usize,
    current: char,
    levels: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) {
        self.at = self.text.len() - self.rest.as_str().len();
        self.current = self.rest.next().unwrap_or(END);
    }

    fn is_white_space(&self) -> bool {
        matches!(self.current, ' ' | '\r' | '\n' | '\t')
    }

    fn skip_white_space(&mut self) {
        while self.is_white_space() {
            self.next();
        }
    }

    /// A value; what has no quotes goes up to one of these characters.
    fn value(&mut self, stops: &[char]) -> Option<Value> {
        self.skip_white_space();
        match self.current {
            ':' | '}' | ']' => None,
            '{' => self.object(),
            '[' => self.array(),
            '"' | '\'' => self.string().map(Value::String),
            '0'..='9' | '-' => self.number(stops),
            first => {
                let text = self.word(self.at, stops);
                match (first, text) {
                    ('N', "NaN") => None,
                    ('n', "null") => Some(Value::Null),
                    ('t', "true") => Some(Value::Bool(true)),
                    ('f', "false") => Some(Value::Bool(false)),
                    _ => Some(Value::String(text.to_owned())),
                }
            }
        }
    }

    fn array(&mut self) -> Option<Value> {
        self.go_down()?;
        self.next();
        let mut list = Vec::new();
        loop {
            match self.current {
                ' ' | '\r' | '\n' | '\t' | ',' => self.next(),
                ']' => {
                    self.levels -= 1;
                    self.next();
                    return Some(Value::Array(list));
                }
                ':' | '}' | END => return None,
                _ => list.push(self.value(&[',', ']'])?),
            }
        }
    }

    fn object(&mut self) -> Option<Value> {
        self.go_down()?;
        let mut map = Map::new();
        loop {
            self.next();
            match self.current {
                ' ' | '\r' | '\n' | '\t' | ',' => continue,
                '}' => break,
                ':' | ']' | '[' | '{' => return None,
                _ => {}
            }
            let key = match self.current {
                '"' | '\'' => self.string()?,
                _ => self.word(self.at, &[':']).to_owned(),
            };
            self.skip_white_space();
            if self.current != ':' {
                return None;
            }
            self.next();
            if self.at >= self.text.len() {
                return None;
            }
            let value = self.value(&[',', '}'])?;
            map.insert(key, value);
            self.skip_white_space();
            match self.current {
                '}' => break,
                ',' => {}
                _ => return None,
            }
        }
        self.levels -= 1;
        self.next();
        Some(Value::Object(map))
    }

    fn go_down(&mut self) -> Option<()> {
        self.levels += 1;
        (self.levels <= MAX_LEVELS).then_some(())
    }

    /// What has no quotes, from `start` to one of the stops or the end, without the white space around it.
    fn word(&mut self, start: usize, stops: &[char]) -> &'t str {
        while self.current != END && !stops.contains(&self.current) {
            self.next();
        }
        trimmed(&self.text[start..self.at])
    }

    fn skip_digits(&mut self) {
        while self.current.is_ascii_digit() {
            self.next();
        }
    }

    /// A number, or a word that starts as one.
    fn number(&mut self, stops: &[char]) -> Option<Value> {
        let start = self.at;
        self.next();
        self.skip_digits();
        let mut integer = true;
        if self.current == '.' {
            integer = false;
            self.next();
            self.skip_digits();
        }
        if matches!(self.current, 'e' | 'E') {
            integer = false;
            self.next();
            if !matches!(self.current, '+' | '-' | '0'..='9') {
                return Some(Value::String(self.word(start, stops).to_owned()));
            }
            self.next();
            self.skip_digits();
        }
        self.skip_white_space();
        // Whatever has no code below 126 ends a number too.
        if self.current < '~' && self.current != END && !stops.contains(&self.current) {
            return Some(Value::String(self.word(start, stops).to_owned()));
        }
        number(trimmed(&self.text[start..self.at]), integer)
    }

    /// A string in quotes, its escapes read.
    fn string(&mut self) -> Option<String> {
        let quote = self.current;
        let start = self.at + 1;
        let end = start + self.text[start..].find(quote)?;
        let plain = &self.text[start..end];
        if !plain.contains('\\') {
            while self.at < end {
                self.next();
            }
            self.next();
            return Some(plain.to_owned());
        }
        let mut units: Vec<u16> = Vec::new();
        loop {
            self.next();
            let meant = match self.current {
                END => return None,
                character if character == quote => {
                    self.next();
                    return Some(String::from_utf16_lossy(&units));
                }
                '\\' => {
                    self.next();
                    match self.current {
                        't' => '\t',
                        'n' => '\n',
                        'r' => '\r',
                        'f' => '\u{c}',
                        'b' => '\u{8}',
                        same @ ('\\' | '/' | '\'' | '"') => same,
                        'u' => {
                            units.push(self.hexadecimal(4)?);
                            continue;
                        }
                        'x' => {
                            units.push(self.hexadecimal(2)?);
                            continue;
                        }
                        _ => continue,
                    }
                }
                '\0'..='\u{1f}' | '\u{7f}' => continue,
                character => character,
            };
            units.extend_from_slice(meant.encode_utf16(&mut [0; 2]));
        }
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u16> {
        let mut value = 0;
        for _ in 0..digits {
            self.next();
            value = value * 16 + self.current.to_digit(16)? as u16;
        }
        Some(value)
    }
}

/// Without the white space around it, of which one character stays if there is nothing else.
fn trimmed(text: &str) -> &str {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'));
    if trimmed.is_empty() { &text[..text.chars().next().map_or(0, char::len_utf8)] } else { trimmed }
}

fn number(text: &str, integer: bool) -> Option<Value> {
    if integer {
        if text == "-" {
            return Some(Value::from(0));
        }
        if let Ok(number) = text.parse::<i64>() {
            return Some(Value::from(number));
        }
        if let Ok(number) = text.parse::<u64>() {
            return Some(Value::from(number));
        }
    }
    text.parse().ok().and_then(Number::from_f64).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nearly_everything_is_json() {
        for (text, expected) in [
            ("[1,2]", json!([1, 2])),
            ("['a', \"b\", c d , true, null,]", json!(["a", "b", "c d", true, null])),
            ("[,1,,2]", json!([1, 2])),
            ("{a: 1, 'b': {c: x}, }", json!({"a": 1, "b": {"c": "x"}})),
            ("[1x, 1.5e3, -, 01, 1 2]", json!(["1x", 1500.0, 0, 1, "1 2"])),
            (r#"['\u0041\x41\q\'']"#, json!(["AA'"])),
            ("'it' and more", json!("it")),
            ("12345678901234567890", json!(12345678901234567890_u64)),
            ("", json!("")),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_is_none() {
        for text in ["[1", "{a:1", "{a}", "{a:}", "['a]", ":", "]", "[1e+]", "[NaN]", "{'a' 1}", "['\\u00g0']"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
