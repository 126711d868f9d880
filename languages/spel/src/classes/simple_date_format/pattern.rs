//! Patterns, taken apart.

use crate::Error;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it stands.
    Text(String),
    /// A letter, and how often it is repeated.
    Field(char, usize),
}

/// Characters that a pattern may have.
const LONGEST: usize = 1000;

/// The pieces of a pattern.
///
/// # Errors
/// A letter that stands for nothing, or a quote that is not closed.
pub(super) fn pieces(pattern: &str) -> Result<Vec<Piece>, Error> {
    if pattern.len() > LONGEST {
        return Err(Error::thrown(format!("a date pattern has at most {LONGEST} characters")));
    }
    let mut pieces = Vec::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            let mut text = String::new();
            if letters.next_if_eq(&'\'').is_some() {
                text.push('\'');
            } else {
                loop {
                    match letters.next() {
                        None => {
                            return Err(Error::thrown(format!(
                                "the date pattern '{pattern}' has a quote that is not closed"
                            )));
                        }
                        Some('\'') if letters.next_if_eq(&'\'').is_some() => text.push('\''),
                        Some('\'') => break,
                        Some(other) => text.push(other),
                    }
                }
            }
            push_text(&mut pieces, &text);
        } else if letter.is_ascii_alphabetic() {
            if !"GyYMLwWDdFEuaHkKhmsSzZX".contains(letter) {
                return Err(Error::thrown(format!(
                    "'{letter}' means nothing in a date pattern; text goes in quotes: 'T'"
                )));
            }
            let mut count = 1;
            while letters.next_if_eq(&letter).is_some() {
                count += 1;
            }
            if letter == 'X' && count > 3 {
                return Err(Error::thrown("a date pattern has at most XXX"));
            }
            pieces.push(Piece::Field(letter, count));
        } else {
            push_text(&mut pieces, letter.encode_utf8(&mut [0; 4]));
        }
    }
    Ok(pieces)
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}
