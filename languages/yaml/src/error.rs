//! Why a text is not read.

use std::fmt;

/// A position in the text. Lines and columns count from 1, columns in characters; a line ends as YAML 1.1 says
/// (`\n`, `\r`, `\r\n`, U+0085, U+2028, U+2029).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}, column {}", self.line, self.column)
    }
}

/// Which of the [`Limits`](crate::Limits) a text exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// [`Limits::depth`](crate::Limits::depth).
    Depth,
    /// [`Limits::aliases`](crate::Limits::aliases).
    Aliases,
    /// [`Limits::code_points`](crate::Limits::code_points).
    CodePoints,
    /// [`Limits::expansion`](crate::Limits::expansion).
    Expansion,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Exceeded::Depth => "the values are nested too deeply; flatten them",
            Exceeded::Aliases => "there are too many aliases of lists and mappings; write some of them out",
            Exceeded::CodePoints => "the document is too long; split it with `---`",
            Exceeded::Expansion => "the aliases expand to too many values; write fewer aliases inside of each other",
        })
    }
}

/// Why a text is not read. The text of an error quotes no more of the input than a name, a tag or one character.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not YAML 1.1.
    #[error("{place}: {problem}; {advice}")]
    Syntax {
        /// Where.
        place: Place,
        /// What is wrong there.
        problem: String,
        /// What to do.
        advice: &'static str,
    },
    /// A character that YAML 1.1 does not allow anywhere, not even in a comment.
    #[error(
        "{place}: the character U+{code:04X} is not allowed in YAML; remove it, or write it as an escape in double quotes"
    )]
    Character {
        /// Where it stands.
        place: Place,
        /// The code point.
        code: u32,
    },
    /// A tag that names no type of YAML 1.1 (SnakeYAML would look for a Java class or refuse).
    #[error("{place}: the tag `{tag}` is not supported; remove it, or use a type of YAML 1.1 such as `!!str`")]
    Tag {
        /// Where the tagged value stands.
        place: Place,
        /// The tag in full, shortened if it is long.
        tag: String,
    },
    /// The value is not one of the type that its tag, or its form, says.
    #[error("{place}: the value is no {expected}; correct it, or quote it if it is meant as text")]
    Mismatch {
        /// Where it stands.
        place: Place,
        /// The type.
        expected: &'static str,
    },
    /// `<<` with something else than a mapping or a list of mappings.
    #[error("{place}: `<<` needs a mapping or a list of mappings; give it an alias of one")]
    Merge {
        /// Where the value stands.
        place: Place,
    },
    /// An alias whose anchor is not defined before it.
    #[error("{place}: the alias `*{name}` has no anchor before it; add `&{name}` to the value that is meant")]
    UnknownAlias {
        /// Where the alias stands.
        place: Place,
        /// Its name.
        name: String,
    },
    /// An alias inside of its own anchor. SnakeYAML makes an object that holds itself, which has no JSON.
    #[error("{place}: the alias `*{name}` stands inside of its own anchor; write the value out")]
    RecursiveAlias {
        /// Where the alias stands.
        place: Place,
        /// Its name.
        name: String,
    },
    /// One document was asked for, and there are more.
    #[error("{place}: a second document starts here, but one was expected; remove it, or read all documents")]
    SecondDocument {
        /// Where it starts.
        place: Place,
    },
    /// The text exceeds a limit.
    #[error("{place}: {exceeded} (limit: {limit})")]
    Limit {
        /// Where the limit was reached.
        place: Place,
        /// Which limit.
        exceeded: Exceeded,
        /// What it is set to.
        limit: usize,
    },
}

/// How many characters of a tag an error shows.
const SHOWN: usize = 100;

impl Error {
    /// [`Error::Tag`] with the start of the tag.
    pub(crate) fn tag(place: Place, tag: &str) -> Box<Self> {
        let tag = match tag.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}...", &tag[..end]),
            None => tag.into(),
        };
        Box::new(Error::Tag { place, tag })
    }

    /// Where in the text the error is.
    pub fn place(&self) -> Place {
        match self {
            Error::Syntax { place, .. }
            | Error::Character { place, .. }
            | Error::Tag { place, .. }
            | Error::Mismatch { place, .. }
            | Error::Merge { place }
            | Error::UnknownAlias { place, .. }
            | Error::RecursiveAlias { place, .. }
            | Error::SecondDocument { place }
            | Error::Limit { place, .. } => *place,
        }
    }
}
