//! Placeholders: `${services.redis.baseUrl:redis://localhost:6379}`.
//!
//! - The first `:` outside inner placeholders starts the default; name and default may hold placeholders:
//!   `${a.${env:x}:${b:c}}`. Braces in a default are counted, so that JSON fits in.
//! - `\${` is the text `${`; `\:` in a name is a colon.
//! - What has no closing brace is text.
//! - The value of a placeholder is resolved again; one that needs itself is a [`Failure::Cycle`].
//!
//! Bounds: [`NESTING`] levels, [`STEPS`] look-ups and [`LENGTH`] bytes for one value.

use crate::origin::Origin;

/// How deep placeholders may stand in, or lead to, each other.
const NESTING: usize = 32;
/// How many look-ups one value may need.
const STEPS: usize = 10_000;
/// How long a value may become, in bytes.
const LENGTH: usize = 1 << 20;

/// What a name leads to.
pub(crate) struct Found {
    /// The key as it was found, for messages.
    pub(crate) key: String,
    /// Its text, not resolved.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) origin: Origin,
    /// Whether its name is a secret's.
    pub(crate) secret: bool,
}

/// A text with its placeholders replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) text: String,
    /// Whether something was replaced or unescaped: the text is no longer what the YAML scalar was.
    pub(crate) changed: bool,
    /// Whether a secret is part of it.
    pub(crate) secret: bool,
}

/// Why a text cannot be resolved.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The name is set nowhere; `at` is the key and place of the placeholder, if it is not in the text itself.
    Unresolved { placeholder: String, at: Option<(String, Origin)> },
    /// The keys that lead to each other.
    Cycle(Vec<String>),
    /// One of the bounds was passed.
    TooMuch,
}

/// Replaces the placeholders of `text`, which is the value of `key`.
///
/// With `lenient`, a placeholder that is set nowhere and has no default stays as it is written, and so does what is
/// no property name at all, because it is an expression for later (`${trigger['tag']}`).
pub(crate) fn resolve(
    key: &str,
    text: &str,
    lenient: bool,
    lookup: &dyn Fn(&str) -> Option<Found>,
) -> Result<Resolved, Failure> {
    if !text.contains("${") {
        return Ok(Resolved { text: text.to_owned(), changed: false, secret: false });
    }
    let mut resolver = Resolver { lookup, lenient, steps: 0, secret: false, stack: vec![Step::of(key, None)] };
    let resolved = resolver.value(text)?;
    Ok(Resolved { changed: resolved != text, text: resolved, secret: resolver.secret })
}

/// A key whose value is being resolved.
struct Step {
    key: String,
    uniform: String,
    origin: Option<Origin>,
}

impl Step {
    fn of(key: &str, origin: Option<Origin>) -> Step {
        Step { key: key.to_owned(), uniform: crate::key::Key::parse(key).uniform(), origin }
    }
}

struct Resolver<'a> {
    lookup: &'a dyn Fn(&str) -> Option<Found>,
    lenient: bool,
    steps: usize,
    secret: bool,
    stack: Vec<Step>,
}

impl Resolver<'_> {
    fn value(&mut self, text: &str) -> Result<String, Failure> {
        let ends = brace_ends(text);
        self.part(text, 0, text.len(), &ends, 0)
    }

    /// The bytes `start..end` of `text`, resolved; `ends` has the closing brace of each opening one.
    fn part(&mut self, text: &str, start: usize, end: usize, ends: &[usize], depth: usize) -> Result<String, Failure> {
        if depth > NESTING {
            return Err(Failure::TooMuch);
        }
        let mut out = String::new();
        let mut at = start;
        while let Some(found) = text[at..end].find("${") {
            let dollar = at + found;
            let closing = ends[dollar + 1];
            if dollar > at && text.as_bytes()[dollar - 1] == b'\\' {
                out.push_str(&text[at..dollar - 1]);
                out.push_str("${");
                at = dollar + 2;
            } else if closing >= end {
                out.push_str(&text[at..dollar + 2]);
                at = dollar + 2;
            } else {
                out.push_str(&text[at..dollar]);
                out.push_str(&self.placeholder(text, dollar, closing, ends, depth)?);
                at = closing + 1;
            }
            if out.len() > LENGTH {
                return Err(Failure::TooMuch);
            }
        }
        out.push_str(&text[at..end]);
        if out.len() > LENGTH { Err(Failure::TooMuch) } else { Ok(out) }
    }

    /// The placeholder whose `$` is at `dollar` and whose brace closes at `closing`.
    fn placeholder(
        &mut self,
        text: &str,
        dollar: usize,
        closing: usize,
        ends: &[usize],
        depth: usize,
    ) -> Result<String, Failure> {
        let start = dollar + 2;
        let separator = separator(text, start, closing, ends);
        let name_end = separator.unwrap_or(closing);
        let written = &text[dollar..=closing];
        if self.lenient && !text[start..name_end].chars().all(is_name_character) {
            return Ok(written.to_owned());
        }
        let name = self.part(text, start, name_end, ends, depth + 1)?.replace("\\:", ":");
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Failure::TooMuch);
        }
        match (self.lookup)(&name) {
            Some(found) => self.found(found),
            None => match separator {
                Some(separator) => self.part(text, separator + 1, closing, ends, depth + 1),
                None if self.lenient => Ok(written.to_owned()),
                None => {
                    // A name that was put together from a secret is told as it is written.
                    let placeholder = if self.secret { text[start..name_end].to_owned() } else { name };
                    let at = self.stack.last().and_then(|step| Some((step.key.clone(), step.origin.clone()?)));
                    Err(Failure::Unresolved { placeholder, at })
                }
            },
        }
    }

    fn found(&mut self, found: Found) -> Result<String, Failure> {
        let step = Step::of(&found.key, Some(found.origin));
        if let Some(first) = self.stack.iter().position(|open| open.uniform == step.uniform) {
            let mut chain: Vec<String> = self.stack[first..].iter().map(|open| open.key.clone()).collect();
            chain.push(found.key);
            return Err(Failure::Cycle(chain));
        }
        if self.stack.len() > NESTING {
            return Err(Failure::TooMuch);
        }
        self.secret |= found.secret && !found.text.is_empty();
        self.stack.push(step);
        let value = self.value(&found.text);
        if value.is_ok() {
            self.stack.pop();
        }
        value
    }
}

fn is_name_character(character: char) -> bool {
    character.is_alphanumeric() || "._-[]/${}:".contains(character)
}

/// For each byte of `text` that opens a brace, where that brace closes; `usize::MAX` where it does not.
fn brace_ends(text: &str) -> Vec<usize> {
    let mut ends = vec![usize::MAX; text.len() + 1];
    let mut open = Vec::new();
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(position),
            b'}' => {
                if let Some(start) = open.pop() {
                    ends[start] = position;
                }
            }
            _ => {}
        }
    }
    ends
}

/// The first colon of `start..closing` that is neither escaped nor inside an inner placeholder.
fn separator(text: &str, start: usize, closing: usize, ends: &[usize]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < closing {
        match bytes[at] {
            b'\\' if bytes.get(at + 1) == Some(&b':') => at += 1,
            b'$' if bytes.get(at + 1) == Some(&b'{') && ends[at + 1] < closing => at = ends[at + 1],
            b':' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<Found> {
        let text = match name {
            "a" => "1",
            "host" => "${name}.local",
            "name" => "redis",
            "key" => "a",
            "k:v" => "colon",
            "self" => "${other}",
            "other" => "x${self}",
            "broken" => "${nowhere}",
            "blank" => "",
            "db.password" => "hunter2",
            "bomb" => "${a}${a}${a}${a}",
            _ => return None,
        };
        let secret = name.contains("password");
        Some(Found { key: name.to_owned(), text: text.to_owned(), origin: Origin::CommandLine, secret })
    }

    fn strict(text: &str) -> Result<String, Failure> {
        resolve("it", text, false, &lookup).map(|resolved| resolved.text)
    }

    #[test]
    fn placeholders_are_replaced() {
        for (text, expected) in [
            ("plain {x}", "plain {x}"),
            ("${a}", "1"),
            ("x${a}y${a}", "x1y1"),
            ("${host}:6379", "redis.local:6379"),
            ("${none:redis://h:1}", "redis://h:1"),
            ("${none:}", ""),
            ("${none:${a}}", "1"),
            ("${none:${no:${key}}}", "a"),
            ("${${key}}", "1"),
            ("${none:{\"x\": {}}}", "{\"x\": {}}"),
            ("${blank:d}", ""),
            ("\\${a}", "${a}"),
            ("${none:\\${b}}", "${b}"),
            ("${k\\:v}", "colon"),
            ("${a", "${a"),
            ("{${a", "{${a"),
            ("${${a}", "${1"),
            ("$a ${", "$a ${"),
            ("ü${none:ß}ü", "üßü"),
        ] {
            assert_eq!(strict(text).expect(text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_resolved_is_told() {
        assert!(
            matches!(strict("${nowhere}"), Err(Failure::Unresolved { placeholder, at: None }) if placeholder == "nowhere")
        );
        assert!(matches!(strict("${broken}"), Err(Failure::Unresolved { at: Some((key, _)), .. }) if key == "broken"));
        assert!(matches!(strict("${self}"), Err(Failure::Cycle(chain)) if chain == ["self", "other", "self"]));
        assert!(matches!(strict(&"${bomb}".repeat(STEPS / 4)), Err(Failure::TooMuch)));
        assert!(matches!(strict(&("${".repeat(100) + &"}".repeat(100))), Err(Failure::TooMuch)));
    }

    #[test]
    fn lenient_text_keeps_what_is_not_set() {
        for (text, expected) in [
            ("${nowhere} ${a}", "${nowhere} 1"),
            ("${trigger['tag'] ?: 'x'}", "${trigger['tag'] ?: 'x'}"),
            ("${nowhere:d}", "d"),
        ] {
            assert_eq!(resolve("it", text, true, &lookup).expect(text).text, expected, "{text}");
        }
    }

    #[test]
    fn a_secret_stays_one() {
        let resolved = resolve("it", "jdbc:${db.password}", false, &lookup).expect("resolved");
        assert_eq!(resolved, Resolved { text: "jdbc:hunter2".to_owned(), changed: true, secret: true });
    }
}
