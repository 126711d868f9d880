//! JSON to YAML that SnakeYAML, Jackson's YAML and YAML 1.2 read back to the same value.
//!
//! Block style, two spaces, lists not indented below their key, as `kubectl` prints manifests. Text is plain where no
//! reader takes it for something else, `|` where it has several lines, and in double quotes otherwise; no line is
//! folded. What is nested more than [`BLOCK_DEPTH`] levels is written in one line, so that the indentation of deep
//! values does not add up. It works without recursion, however deep the value is.

mod text;

#[cfg(test)]
mod tests;

use serde_json::{Map, Number, Value, map};

use self::text::{Literal, is_plain, push_quoted};

/// From this depth on collections are written as `[...]` and `{...}`. SnakeYAML reads 50 levels by default.
const BLOCK_DEPTH: usize = 60;
/// A key whose text is longer is written with `? `: SnakeYAML finds the `:` of a key within 1024 characters.
const SIMPLE_KEY: usize = 120;

/// The YAML of `value`: one document, without `---`, with a line break at its end.
///
/// ```
/// let text = gennaker_yaml::write(&serde_json::json!({"enabled": "yes", "ports": [80, 443], "script": "a\nb\n"}));
/// assert_eq!(text, "enabled: \"yes\"\nports:\n- 80\n- 443\nscript: |\n  a\n  b\n");
/// ```
///
/// An integer stays an integer, a float is written with a point, and each reads back as the same number. It has no
/// errors; but SnakeYAML refuses by default to read more than 50 levels or 3 MiB.
pub fn write(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.document(value);
    writer.out
}

/// The YAML of all documents, each behind a `---`; nothing for none.
///
/// ```
/// let documents = [serde_json::json!({"kind": "Service"}), serde_json::json!({"kind": "Deployment"})];
/// assert_eq!(gennaker_yaml::write_all(&documents), "---\nkind: Service\n---\nkind: Deployment\n");
/// ```
pub fn write_all<'v>(documents: impl IntoIterator<Item = &'v Value>) -> String {
    let mut writer = Writer::default();
    for document in documents {
        writer.out.push_str("---\n");
        writer.document(document);
    }
    writer.out
}

/// What a collection has left.
enum Rest<'v> {
    Entries(map::Iter<'v>),
    Items(std::slice::Iter<'v, Value>),
}

/// A collection that is being written.
struct Frame<'v> {
    rest: Rest<'v>,
    indent: usize,
    is_flow: bool,
    /// Nothing of it is written yet.
    is_first: bool,
    /// Its first entry goes on in the line of the `- ` before it.
    in_line: bool,
}

/// What stands before a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, or `---` and a new line.
    Document,
    /// `key:`.
    Key,
    /// `-`.
    Dash,
    /// Within `[...]` or `{...}`.
    Flow,
}

#[derive(Default)]
struct Writer<'v> {
    out: String,
    frames: Vec<Frame<'v>>,
}

impl<'v> Writer<'v> {
    fn document(&mut self, value: &'v Value) {
        self.start(value, 0, Before::Document);
        while let Some(frame) = self.frames.last_mut() {
            let (is_flow, indent) = (frame.is_flow, frame.indent);
            let is_first = std::mem::replace(&mut frame.is_first, false);
            let next = match &mut frame.rest {
                Rest::Entries(entries) => entries.next().map(|(key, value)| (Some(key), value)),
                Rest::Items(items) => items.next().map(|value| (None, value)),
            };
            let in_line = is_first && frame.in_line;
            let Some((key, value)) = next else {
                self.end();
                continue;
            };
            if is_flow {
                self.out.push_str(if is_first { "" } else { ", " });
                self.flow_key(key);
                self.start(value, indent, Before::Flow);
                continue;
            }
            if !in_line {
                self.indent(indent);
            }
            match key {
                Some(key) => {
                    self.key(key, indent);
                    self.start(value, indent, Before::Key);
                }
                None => {
                    self.out.push('-');
                    self.start(value, indent, Before::Dash);
                }
            }
        }
    }

    fn indent(&mut self, spaces: usize) {
        self.out.extend(std::iter::repeat_n(' ', spaces));
    }

    fn key(&mut self, key: &str, indent: usize) {
        let is_long = key.len() > SIMPLE_KEY;
        self.out.push_str(if is_long { "? " } else { "" });
        match is_plain(key) {
            true => self.out.push_str(key),
            false => push_quoted(key, &mut self.out),
        }
        if is_long {
            self.out.push('\n');
            self.indent(indent);
        }
        self.out.push(':');
    }

    fn flow_key(&mut self, key: Option<&String>) {
        let Some(key) = key else { return };
        self.out.push_str(if key.len() > SIMPLE_KEY { "? " } else { "" });
        push_quoted(key, &mut self.out);
        self.out.push_str(if key.len() > SIMPLE_KEY { " : " } else { ": " });
    }

    /// Writes a scalar or an empty collection, or opens a collection.
    fn start(&mut self, value: &'v Value, indent: usize, before: Before) {
        match value {
            Value::Array(items) if !items.is_empty() => {
                // A list below a key has the key's indentation.
                let inner = if before == Before::Dash { indent + 2 } else { indent };
                self.open(Rest::Items(items.iter()), '[', inner, before);
            }
            Value::Object(entries) if !entries.is_empty() => self.open_object(entries, indent, before),
            _ => {
                if matches!(before, Before::Key | Before::Dash) {
                    self.out.push(' ');
                }
                self.scalar(value, indent, before);
                if before != Before::Flow && !self.out.ends_with('\n') {
                    self.out.push('\n');
                }
            }
        }
    }

    fn open_object(&mut self, entries: &'v Map<String, Value>, indent: usize, before: Before) {
        let inner = if matches!(before, Before::Key | Before::Dash) { indent + 2 } else { indent };
        self.open(Rest::Entries(entries.iter()), '{', inner, before);
    }

    fn open(&mut self, rest: Rest<'v>, bracket: char, indent: usize, before: Before) {
        let is_flow = before == Before::Flow || self.frames.len() >= BLOCK_DEPTH;
        match before {
            Before::Key if !is_flow => self.out.push('\n'),
            Before::Key | Before::Dash => self.out.push(' '),
            Before::Document | Before::Flow => {}
        }
        if is_flow {
            self.out.push(bracket);
        }
        self.frames.push(Frame { rest, indent, is_flow, is_first: true, in_line: before == Before::Dash });
    }

    fn end(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if !frame.is_flow {
            return;
        }
        self.out.push(if matches!(frame.rest, Rest::Entries(_)) { '}' } else { ']' });
        if !self.frames.last().is_some_and(|outer| outer.is_flow) {
            self.out.push('\n');
        }
    }

    fn scalar(&mut self, value: &Value, indent: usize, before: Before) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => self.number(number),
            Value::Array(_) => self.out.push_str("[]"),
            Value::Object(_) => self.out.push_str("{}"),
            Value::String(text) if before == Before::Flow => push_quoted(text, &mut self.out),
            Value::String(text) if is_plain(text) => self.out.push_str(text),
            Value::String(text) => match Literal::of(text) {
                Some(literal) => literal.push_to(indent + 2, &mut self.out),
                None => push_quoted(text, &mut self.out),
            },
        }
    }

    /// A float has a point always: with an exponent alone some readers take it for text.
    fn number(&mut self, number: &Number) {
        let digits = number.to_string();
        match digits.split_once('e') {
            Some((mantissa, exponent)) if number.is_f64() && !mantissa.contains('.') => {
                self.out.extend([mantissa, ".0e", exponent]);
            }
            _ => self.out.push_str(&digits),
        }
    }
}
