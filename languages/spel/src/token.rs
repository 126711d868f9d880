//! Tokens, as Spring's `Tokenizer` cuts them.

use crate::{Error, error::Kind as ErrorKind};

/// A token: what it is and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The kinds of tokens. An operator that is written as a word (`eq`, `div`) can also be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Identifier,
    Int,
    Long,
    HexInt,
    HexLong,
    Double,
    Float,
    String,
    LeftParen,
    RightParen,
    LeftSquare,
    RightSquare,
    LeftCurly,
    RightCurly,
    Dot,
    SafeNavigation,
    Comma,
    Colon,
    Hash,
    At,
    Ampersand,
    Question,
    Elvis,
    Assign,
    Plus,
    Minus,
    Increment,
    Decrement,
    Star,
    Divide,
    Modulus,
    Power,
    Not,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Select,
    SelectFirst,
    SelectLast,
    Project,
}

/// Operators of one or two characters; longer ones first.
const SYMBOLS: [(&str, Kind); 37] = [
    ("++", Kind::Increment),
    ("--", Kind::Decrement),
    ("^[", Kind::SelectFirst),
    ("$[", Kind::SelectLast),
    ("?[", Kind::Select),
    ("![", Kind::Project),
    ("?:", Kind::Elvis),
    ("?.", Kind::SafeNavigation),
    ("!=", Kind::NotEqual),
    ("==", Kind::Equal),
    ("<=", Kind::LessEqual),
    (">=", Kind::GreaterEqual),
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("+", Kind::Plus),
    ("-", Kind::Minus),
    (":", Kind::Colon),
    (".", Kind::Dot),
    (",", Kind::Comma),
    ("*", Kind::Star),
    ("/", Kind::Divide),
    ("%", Kind::Modulus),
    ("(", Kind::LeftParen),
    (")", Kind::RightParen),
    ("[", Kind::LeftSquare),
    ("]", Kind::RightSquare),
    ("{", Kind::LeftCurly),
    ("}", Kind::RightCurly),
    ("#", Kind::Hash),
    ("@", Kind::At),
    ("^", Kind::Power),
    ("!", Kind::Not),
    ("=", Kind::Assign),
    ("&", Kind::Ampersand),
    ("?", Kind::Question),
    ("<", Kind::Less),
    (">", Kind::Greater),
];

const WORDS: [(&str, Kind); 9] = [
    ("div", Kind::Divide),
    ("eq", Kind::Equal),
    ("ge", Kind::GreaterEqual),
    ("gt", Kind::Greater),
    ("le", Kind::LessEqual),
    ("lt", Kind::Less),
    ("mod", Kind::Modulus),
    ("ne", Kind::NotEqual),
    ("not", Kind::Not),
];

/// The tokens of an expression.
///
/// # Errors
/// A character that begins none, or text without its closing quote.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::with_capacity(text.len() / 3 + 2);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let token = match byte {
            // The original ends its text with a NUL and skips every one.
            b' ' | b'\t' | b'\r' | b'\n' | 0 => {
                at += 1;
                continue;
            }
            b'0'..=b'9' => number(text, at)?,
            b'\'' | b'"' => string(text, at)?,
            b'$' if bytes.get(at + 1) == Some(&b'[') => Token { kind: Kind::SelectLast, start: at, end: at + 2 },
            _ => match text[at..].chars().next() {
                Some(c) if begins_name(c) => word(text, at),
                _ => symbol(text, at)?,
            },
        };
        at = token.end;
        tokens.push(token);
    }
    Ok(tokens)
}

/// Java's `Character.isLetter` looks at one UTF-16 unit, so letters beyond it are none.
fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '$' || (!c.is_ascii() && c <= '\u{ffff}' && c.is_alphabetic())
}

fn word(text: &str, start: usize) -> Token {
    let length = text[start..].find(|c: char| !begins_name(c) && !c.is_ascii_digit()).unwrap_or(text.len() - start);
    let end = start + length;
    let word = &text[start..end];
    let operator = match length {
        2 | 3 => WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)),
        _ => None,
    };
    Token { kind: operator.map_or(Kind::Identifier, |(_, kind)| *kind), start, end }
}

fn symbol(text: &str, start: usize) -> Result<Token, Error> {
    let rest = &text[start..];
    if let Some((symbol, kind)) = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
        return Ok(Token { kind: *kind, start, end: start + symbol.len() });
    }
    let found = rest.chars().next().unwrap_or('\0');
    let hint = match found {
        '|' => "; 'or' is written '||'",
        '\\' => "; a backslash stands only inside quotes",
        '`' => "; text stands between '...' or \"...\"",
        _ => "",
    };
    Err(syntax(start, format!("'{found}' does not belong into an expression{hint}")))
}

fn syntax(offset: usize, message: impl Into<String>) -> Error {
    Error::at(ErrorKind::Syntax, offset, message)
}

/// A quote inside is written twice; a backslash is a character like others.
fn string(text: &str, start: usize) -> Result<Token, Error> {
    let bytes = text.as_bytes();
    let quote = bytes[start];
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None => return Err(syntax(start, format!("this text has no closing {}", quote as char))),
            Some(byte) if *byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            Some(byte) if *byte == quote => return Ok(Token { kind: Kind::String, start, end: at + 1 }),
            Some(_) => at += 1,
        }
    }
}

fn number(text: &str, start: usize) -> Result<Token, Error> {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let digits = |mut at: usize| {
        while byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    };
    let token = |kind, end| Ok(Token { kind, start, end });
    if byte(start) == b'0' && matches!(byte(start + 1), b'x' | b'X') {
        let mut end = start + 2;
        while byte(end).is_ascii_hexdigit() {
            end += 1;
        }
        return match byte(end) {
            _ if end == start + 2 => Err(syntax(start, "'0x' needs hexadecimal digits after it")),
            b'L' | b'l' => token(Kind::HexLong, end + 1),
            _ => token(Kind::HexInt, end),
        };
    }
    let mut end = digits(start);
    let mut real = false;
    // A point without digits after it begins a property.
    if byte(end) == b'.' && byte(end + 1).is_ascii_digit() {
        real = true;
        end = digits(end + 1);
    }
    match byte(end) {
        b'L' | b'l' if real => Err(syntax(start, "a number with a fraction cannot be a long; leave out the 'L'")),
        b'L' | b'l' => token(Kind::Long, end + 1),
        b'e' | b'E' => {
            end += 1;
            if matches!(byte(end), b'+' | b'-') {
                end += 1;
            }
            end = digits(end);
            match byte(end) {
                b'f' | b'F' => token(Kind::Float, end + 1),
                b'd' | b'D' => token(Kind::Double, end + 1),
                _ => token(Kind::Double, end),
            }
        }
        b'f' | b'F' => token(Kind::Float, end + 1),
        b'd' | b'D' => token(Kind::Double, end + 1),
        _ if real => token(Kind::Double, end),
        _ => token(Kind::Int, end),
    }
}
