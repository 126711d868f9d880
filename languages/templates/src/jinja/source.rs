//! The text that the engine is given: upstream's tags become calls, and what Jinjava knows besides is written as Jinja has it.
//!
//! | | |
//! |---|---|
//! | `{% module m a=1 %}`, `{% pipelineid name=n %}`, `{% strategyid name=n %}` | a call with the text behind the name |
//! | `{% print a %}` | `{{ a }}` |
//! | `{% unless a %}` … `{% endunless %}` | `{% if not (a) %}` … `{% endif %}` |
//! | `a && b`, `a \|\| b`, `!a` | `a and b`, `a or b`, `not a` |
//! | `a ? b : c` | `(b if a else c)` |

/// The function that stands for upstream's tags.
pub(super) const TAG: &str = "__tag";
const TAGS: [&str; 3] = ["module", "pipelineid", "strategyid"];

/// The same text in the engine's own words.
pub(super) fn rewritten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // A quote that is never closed is looked for once: for each block it would take the square of the text's length.
    let mut quotes_close = true;
    while let Some(at) = rest.find('{') {
        let (plain, block) = rest.split_at(at);
        out.push_str(plain);
        let close = match block.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                out.push('{');
                rest = &block[1..];
                continue;
            }
        };
        let quoted = if close == "#}" || !quotes_close { None } else { end_of(block, close) };
        // A lone quote, as in `{% module m a=it's %}`, or a comment.
        let end = quoted.or_else(|| {
            quotes_close &= close == "#}";
            Some(block[2..].find(close)? + 2)
        });
        let Some(end) = end else {
            break_off(&mut out, block, &mut rest);
            continue;
        };
        let inner = &block[2..end];
        rest = &block[end + 2..];
        match close {
            "}}" => out.push_str(&wrap("{{", inner, "}}", &expression(core(inner)))),
            "%}" if core(inner) == "raw" => rest = raw(&mut out, block, end),
            "%}" => out.push_str(&tag(inner)),
            _ => out.push_str(&block[..end + 2]),
        }
    }
    out.push_str(rest);
    out
}

/// A block without an end: the engine says what is wrong with it.
fn break_off<'t>(out: &mut String, block: &'t str, rest: &mut &'t str) {
    out.push_str(block);
    *rest = "";
}

/// What a raw block holds stays as it is.
fn raw<'t>(out: &mut String, block: &'t str, end: usize) -> &'t str {
    let stop = block[end..].find("endraw").and_then(|at| Some(end + at + block[end + at..].find("%}")? + 2));
    let stop = stop.unwrap_or(block.len());
    out.push_str(&block[..stop]);
    &block[stop..]
}

/// Where a block ends, texts in it passed over; `None` if a text in it does not end.
fn end_of(block: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in block.char_indices().skip(2) {
        match quote {
            Some(open) if letter == open && !escaped => quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quote = Some(letter),
            None if block[at..].starts_with(close) => return Some(at),
            None => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    None
}

fn core(inner: &str) -> &str {
    inner.trim_start_matches(['-', '+']).trim_end_matches(['-', '+']).trim()
}

/// A block with its marks for white space.
fn wrap(open: &str, inner: &str, close: &str, content: &str) -> String {
    let begin = if inner.starts_with('-') { "-" } else { "" };
    let end = if inner.ends_with('-') { "-" } else { "" };
    format!("{open}{begin} {content} {end}{close}")
}

fn tag(inner: &str) -> String {
    let content = core(inner);
    let (name, rest) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
    let rest = rest.trim();
    let block = |content: &str| wrap("{%", inner, "%}", content);
    match name.to_ascii_lowercase().as_str() {
        tag if TAGS.contains(&tag) => {
            let quoted = |text: &str| serde_json::Value::from(text).to_string();
            wrap("{{", inner, "}}", &format!("{TAG}({}, {})", quoted(tag), quoted(rest)))
        }
        "print" => wrap("{{", inner, "}}", &expression(rest)),
        "unless" => block(&format!("if not ({})", expression(rest))),
        "endunless" => block("endif"),
        "if" | "elif" => block(&format!("{name} {}", expression(rest))),
        "set" => match rest.split_once('=') {
            Some((variable, value)) => block(&format!("set {variable}={}", expression(value))),
            None => block(content),
        },
        "for" => match rest.split_once(" in ") {
            Some((variable, value)) => block(&format!("for {variable} in {}", expression(value))),
            None => block(content),
        },
        _ => block(content),
    }
}

/// An expression with Jinja's own operators.
fn expression(text: &str) -> String {
    if !text.contains(['&', '|', '!', '?']) {
        return text.to_owned();
    }
    choice(&operators(text), MOST_CHOICES)
}

fn operators(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = Letters::of(text);
    while let Some((at, letter)) = letters.next() {
        let next = text[at + letter.len_utf8()..].chars().next();
        let word = match (letters.is_quoted, letter, next) {
            (false, '&', Some('&')) => " and ",
            (false, '|', Some('|')) => " or ",
            (false, '!', next) if next != Some('=') => {
                out.push_str(" not ");
                continue;
            }
            _ => {
                out.push(letter);
                continue;
            }
        };
        letters.next();
        out.push_str(word);
    }
    out
}

/// So many choices may follow each other; of more the engine says that it does not know `?`.
const MOST_CHOICES: usize = 100;

/// `a ? b : c` outside of brackets.
fn choice(text: &str, most: usize) -> String {
    let Some(ask) = outside(text, '?').filter(|_| most > 0) else { return text.to_owned() };
    let (condition, rest) = (&text[..ask], &text[ask + 1..]);
    match outside(rest, ':') {
        Some(or) => {
            let (yes, no) = (&rest[..or], &rest[or + 1..]);
            format!("(({}) if ({}) else ({}))", yes.trim(), condition.trim(), choice(no.trim(), most - 1))
        }
        None => text.to_owned(),
    }
}

/// Where a letter stands outside of texts and brackets.
fn outside(text: &str, wanted: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut letters = Letters::of(text);
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letters.is_quoted => {}
            letter if letter == wanted && depth == 0 => return Some(at),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The letters of an expression, which knows whether the last one stands in a text.
struct Letters<'t> {
    letters: std::str::CharIndices<'t>,
    quote: Option<char>,
    escaped: bool,
    is_quoted: bool,
}

impl<'t> Letters<'t> {
    fn of(text: &'t str) -> Self {
        Letters { letters: text.char_indices(), quote: None, escaped: false, is_quoted: false }
    }

    fn next(&mut self) -> Option<(usize, char)> {
        let (at, letter) = self.letters.next()?;
        self.is_quoted = self.quote.is_some();
        match self.quote {
            Some(open) if letter == open && !self.escaped => self.quote = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => {
                self.quote = Some(letter);
                self.is_quoted = true;
            }
            None => {}
        }
        self.escaped = letter == '\\' && !self.escaped;
        Some((at, letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upstreams_words_become_the_engines() {
        let cases = [
            ("plain { } text", "plain { } text"),
            ("{{ a }}-{{b}}", "{{ a }}-{{ b }}"),
            ("{{ a && !b || 'x && !y' != c }}", "{{ a  and   not b  or  'x && !y' != c }}"),
            ("{{ a ? 'x:y' : b ? c : d }}", "{{ (('x:y') if (a) else (((c) if (b) else (d)))) }}"),
            ("{%- unless a -%}x{% endunless %}", "{%- if not (a) -%}x{% endif %}"),
            ("{% module m a='%}' %}", "{{ __tag(\"module\", \"m a='%}'\") }}"),
            ("{% pipelineId name=\"n\" %}", "{{ __tag(\"pipelineid\", \"name=\\\"n\\\"\") }}"),
            ("{% raw %}{{ a && b }}{% endraw %}{{ c }}", "{% raw %}{{ a && b }}{% endraw %}{{ c }}"),
            ("{# a && b #}", "{# a && b #}"),
            ("{% set a = b ? 1 : 2 %}", "{% set a =((1) if (b) else (2)) %}"),
            ("{{ a", "{{ a"),
            ("{#}}", "{#}}"),
            ("{#}{{ a && b }}#}", "{#}{{ a && b }}#}"),
            ("{% module m a=it's %}{# ' #}", "{{ __tag(\"module\", \"m a=it's\") }}{# ' #}"),
        ];
        for (text, expected) in cases {
            assert_eq!(rewritten(text), expected, "{text}");
        }
    }

    #[test]
    fn quotes_that_are_never_closed_are_looked_for_once() {
        let text = r"{{ \' }}".repeat(100_000);
        assert_eq!(rewritten(&text).matches("{{").count(), 100_000);
    }
}
