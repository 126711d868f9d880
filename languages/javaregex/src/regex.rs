//! A pattern that is ready to match: whole text, first match, every match, replacing and splitting.

use std::sync::{Arc, OnceLock};

use crate::captures::{Captures, Match};
use crate::emit::Form;
use crate::engine::{Engine, Groups};
use crate::error::Error;
use crate::options::Options;
use crate::pattern::Pattern;
use crate::replacement;

/// A compiled pattern. Cloning is cheap, and clones share what they have compiled.
///
/// The pattern is read at once; the automata are built when first needed, one for searching ([`Regex::find`] and what is
/// made of it) and one for the whole text ([`Regex::matches`]). Reading takes about a microsecond, building some 10 to
/// 300, more with classes of all letters, and matching a short text below one: keep a pattern that is used again.
#[derive(Debug, Clone)]
pub struct Regex {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    source: Box<str>,
    pattern: Pattern,
    options: Options,
    /// By [`Regex::engine`]: searching and whole, for any text and for ASCII.
    engines: [OnceLock<Result<Engine, Error>>; 4],
}

impl Regex {
    /// Reads a pattern with no flags and the default limits.
    ///
    /// # Errors
    /// [`Error::Syntax`] where `Pattern.compile` throws, [`Error::Unsupported`] and [`Error::TooLarge`].
    pub fn new(pattern: &str) -> Result<Regex, Error> {
        Regex::with_options(pattern, &Options::default())
    }

    /// Reads a pattern with flags and limits, as `Pattern.compile(pattern, flags)`.
    ///
    /// # Errors
    /// As [`Regex::new`].
    pub fn with_options(pattern: &str, options: &Options) -> Result<Regex, Error> {
        let parsed = Pattern::parse(pattern, options)?;
        Ok(Regex {
            shared: Arc::new(Shared {
                source: pattern.into(),
                pattern: parsed,
                options: options.clone(),
                engines: Default::default(),
            }),
        })
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.shared.source
    }

    /// How many groups the pattern has, the whole match not counted (`Matcher.groupCount`).
    pub fn group_count(&self) -> usize {
        self.shared.pattern.group_count()
    }

    /// The number of the group of this name.
    pub fn group_number(&self, name: &str) -> Option<usize> {
        self.shared.pattern.group_number(name)
    }

    /// Whether the whole text matches (`Matcher.matches`, `String.matches`). Alternatives are tried until one fits the
    /// whole text: `a|ab` matches `ab`.
    ///
    /// # Errors
    /// [`Error::Backtracking`]; [`Error::TooLarge`] when an automaton turns out too large, here and in all that follow.
    pub fn matches(&self, text: &str) -> Result<bool, Error> {
        self.engine(true, text)?.is_match(text)
    }

    /// The first match (`Matcher.find`).
    ///
    /// # Errors
    /// As [`Regex::matches`].
    pub fn find<'t>(&self, text: &'t str) -> Result<Option<Match<'t>>, Error> {
        self.find_at(text, 0)
    }

    /// The first match that begins at or after `start`, a byte offset (`Matcher.find(int)`). What stands before `start`
    /// is still seen by look-behind, and `^` does not match at `start`. None when `start` is no character's boundary.
    ///
    /// # Errors
    /// As [`Regex::matches`].
    pub fn find_at<'t>(&self, text: &'t str, start: usize) -> Result<Option<Match<'t>>, Error> {
        if !text.is_char_boundary(start) {
            return Ok(None);
        }
        Ok(self.engine(false, text)?.find(text, start, true)?.map(|(start, end)| Match::new(text, start, end)))
    }

    /// Every match from left to right, as repeated calls of `Matcher.find` give them: after an empty match the search
    /// goes on one character further, and an empty match may follow a match directly (`a*` in `ab` is found at 0..1,
    /// 1..1 and 2..2). Ends after an error.
    pub fn find_iter<'r, 't>(&'r self, text: &'t str) -> impl Iterator<Item = Result<Match<'t>, Error>> + use<'r, 't> {
        let mut position = Position::default();
        std::iter::from_fn(move || {
            position.advance(text, |start, joined| self.engine(false, text)?.find(text, start, joined), |&span| span)
        })
        .map(|span| span.map(|(start, end)| Match::new(text, start, end)))
    }

    /// The groups of the first match.
    ///
    /// # Errors
    /// As [`Regex::matches`].
    pub fn captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, Error> {
        Ok(self.engine(false, text)?.captures(text, 0, true)?.map(|groups| self.named(text, groups)))
    }

    /// The groups of every match, in the order of [`Regex::find_iter`].
    pub fn captures_iter<'r, 't>(
        &'r self,
        text: &'t str,
    ) -> impl Iterator<Item = Result<Captures<'t>, Error>> + use<'r, 't> {
        let mut position = Position::default();
        std::iter::from_fn(move || {
            position.advance(
                text,
                |start, joined| self.engine(false, text)?.captures(text, start, joined),
                |groups| groups[0].unwrap_or_default(),
            )
        })
        .map(|groups| groups.map(|groups| self.named(text, groups)))
    }

    /// The groups, if the whole text matches.
    ///
    /// # Errors
    /// As [`Regex::matches`].
    pub fn captures_matching<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, Error> {
        Ok(self.engine(true, text)?.captures(text, 0, true)?.map(|groups| self.named(text, groups)))
    }

    /// The text with every match replaced (`Matcher.replaceAll`, `String.replaceAll`). In the replacement `$1` is a
    /// group (with as many digits as make a group that exists), `${name}` a named one, and a backslash takes the next
    /// character as it is.
    ///
    /// # Errors
    /// As [`Regex::matches`], and [`Error::Replacement`] if there is a match.
    pub fn replace_all(&self, text: &str, replacement: &str) -> Result<String, Error> {
        self.replace(text, replacement, usize::MAX)
    }

    /// The text with the first match replaced (`Matcher.replaceFirst`, `String.replaceFirst`).
    ///
    /// # Errors
    /// As [`Regex::replace_all`].
    pub fn replace_first(&self, text: &str, replacement: &str) -> Result<String, Error> {
        self.replace(text, replacement, 1)
    }

    /// The text between the matches (`String.split(regex, limit)`, `Pattern.split`).
    ///
    /// With a positive `limit` there are at most so many pieces and the last one has the rest; with 0 empty pieces at
    /// the end are dropped; a negative one keeps them. An empty match at the beginning makes no piece. A text without a
    /// match is one piece, even an empty one.
    ///
    /// # Errors
    /// As [`Regex::matches`].
    pub fn split(&self, text: &str, limit: i32) -> Result<Vec<String>, Error> {
        let most = usize::try_from(limit).ok().filter(|most| *most > 0);
        let mut pieces: Vec<String> = Vec::new();
        let mut rest = 0;
        for found in self.find_iter(text) {
            if most.is_some_and(|most| pieces.len() + 1 >= most) {
                break;
            }
            let found = found?;
            if found.end() == 0 {
                continue;
            }
            pieces.push(text[rest..found.start()].to_owned());
            rest = found.end();
        }
        pieces.push(text[rest..].to_owned());
        if limit == 0 && rest > 0 {
            while pieces.last().is_some_and(String::is_empty) {
                pieces.pop();
            }
        }
        Ok(pieces)
    }

    fn replace(&self, text: &str, replacement: &str, most: usize) -> Result<String, Error> {
        let mut made = String::new();
        let mut rest = 0;
        let mut parts = None;
        for groups in self.captures_iter(text).take(most) {
            let groups = groups?;
            let parts = match &parts {
                Some(parts) => parts,
                None => parts.insert(replacement::parse(replacement, &self.shared.pattern)?),
            };
            let whole = groups.whole();
            made.push_str(&text[rest..whole.start()]);
            for part in parts {
                match part {
                    replacement::Part::Text(text) => made.push_str(text),
                    replacement::Part::Group(number) => made.push_str(groups.group(*number).unwrap_or("")),
                }
            }
            rest = whole.end();
        }
        made.push_str(&text[rest..]);
        Ok(made)
    }

    fn named<'t>(&self, text: &'t str, groups: Groups) -> Captures<'t> {
        Captures::new(text, groups, self.shared.pattern.names())
    }

    fn engine(&self, whole: bool, text: &str) -> Result<&Engine, Error> {
        let shared = &*self.shared;
        let ascii = shared.pattern.has_ascii_form() && text.is_ascii();
        let slot = &shared.engines[usize::from(whole) + 2 * usize::from(ascii)];
        slot.get_or_init(|| Engine::build(&shared.pattern, Form { whole, ascii }, &shared.options))
            .as_ref()
            .map_err(Error::clone)
    }
}

/// Where a series of searches has come to.
#[derive(Default)]
struct Position {
    start: usize,
    /// Whether the last match was empty and the search goes on behind it: then `\G` matches nowhere.
    skipped: bool,
    ended: bool,
}

impl Position {
    fn advance<R>(
        &mut self,
        text: &str,
        search: impl FnOnce(usize, bool) -> Result<Option<R>, Error>,
        span: impl FnOnce(&R) -> (usize, usize),
    ) -> Option<Result<R, Error>> {
        if self.ended {
            return None;
        }
        match search(self.start, !self.skipped) {
            Ok(Some(found)) => {
                let (start, end) = span(&found);
                self.skipped = start == end;
                match text[end..].chars().next() {
                    Some(next) if self.skipped => self.start = end + next.len_utf8(),
                    None if self.skipped => self.ended = true,
                    _ => self.start = end,
                }
                Some(Ok(found))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// A pattern that matches exactly this text (`Pattern.quote`).
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 4);
    quoted.push_str("\\Q");
    // A `\E` inside would end the quotation: it is left, quoted by itself, and entered again.
    quoted.push_str(&text.replace("\\E", "\\E\\\\E\\Q"));
    quoted.push_str("\\E");
    quoted
}

/// A replacement that stands for exactly this text (`Matcher.quoteReplacement`).
pub fn quote_replacement(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '$') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted
}
