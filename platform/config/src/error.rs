//! What can be wrong with a configuration, told so that an operator can put it right.
//!
//! A message names the file, line and key and what to do next. It never holds a secret: a value is shown only if
//! neither its key nor its text looks like one.

use std::{io, path::PathBuf};

use gennaker_base::Kind;

use crate::origin::Origin;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or file that was named is not there.
    #[error("the configuration location {} does not exist; create it, correct SPRING_CONFIG_LOCATION, or write \
             `optional:` before it", location.display())]
    Location {
        /// The folder or file as it was named.
        location: PathBuf,
    },
    /// A file is there and cannot be read.
    #[error("{} cannot be read; check its permissions", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file is not UTF-8.
    #[error("{}:{line}: not UTF-8 text; save the file as UTF-8", file.display())]
    Encoding {
        /// The file.
        file: PathBuf,
        /// The line with the first wrong byte, from 1.
        line: usize,
    },
    /// A file is not YAML that can be read.
    #[error("{}:{line}:{column}: {problem}; {advice}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong; it quotes nothing of the file but a single character.
        problem: String,
        /// What to do.
        advice: &'static str,
    },
    /// A mapping of a file has a key twice.
    #[error("{}:{line}: the key `{key}` stands here a second time, first in line {first_line}; remove one of them", file.display())]
    DuplicateKey {
        /// The file.
        file: PathBuf,
        /// The second line, from 1.
        line: usize,
        /// The first line, from 1.
        first_line: usize,
        /// The key as it is written.
        key: String,
    },
    /// A property of Spring that would change what is read, and is not supported.
    #[error("{origin}: `{key}` is not supported; {advice}")]
    Unsupported {
        /// Where it is set.
        origin: Origin,
        /// The property.
        key: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// The condition of a document is not a profile expression.
    #[error("{origin}: the profile condition is wrong: {problem}; write for example `local & !secrets`")]
    Profiles {
        /// Where it is set.
        origin: Origin,
        /// What is wrong.
        problem: &'static str,
    },
    /// A command-line override is not `key=value`.
    #[error(
        "command line: override number {position} is not of the form `key=value`; write for example \
             `server.port=8084`"
    )]
    Override {
        /// Which one, from 1.
        position: usize,
    },
    /// A placeholder without default names a key that is set nowhere.
    #[error(
        "{origin}: `{key}` needs `{placeholder}`, which is set nowhere; set it, or write a default: \
             `${{{placeholder}:...}}`"
    )]
    Unresolved {
        /// Where the placeholder stands.
        origin: Origin,
        /// The key whose value has the placeholder.
        key: String,
        /// The name in the placeholder.
        placeholder: String,
    },
    /// Placeholders that need each other.
    #[error("{origin}: `{key}` refers to itself: {chain}; give one of them a value without a placeholder")]
    Cycle {
        /// Where the first placeholder stands.
        origin: Origin,
        /// The key that was read.
        key: String,
        /// The keys in turn, with arrows.
        chain: String,
    },
    /// Placeholders nested or multiplied beyond the limits.
    #[error("{origin}: the placeholders of `{key}` expand to too much; write it with fewer of them")]
    Expansion {
        /// Where the value stands.
        origin: Origin,
        /// The key that was read.
        key: String,
    },
    /// A value is not of the type that its reader needs.
    #[error("{origin}: `{key}` must be {expected}, but is {found}")]
    WrongType {
        /// Where the value stands.
        origin: Origin,
        /// The key.
        key: String,
        /// What it should be.
        expected: String,
        /// What it is; the value itself only if it is no secret.
        found: String,
    },
    /// A value that its reader refuses for a reason of its own.
    #[error("{origin}: `{key}` is not accepted: {problem}")]
    Refused {
        /// Where the value stands.
        origin: Origin,
        /// The key.
        key: String,
        /// The reader's reason, secrets removed.
        problem: String,
    },
    /// A required key that is set nowhere.
    #[error("`{key}` is required and set nowhere; set it in {service}.yml or {service}-local.yml")]
    Missing {
        /// The key.
        key: String,
        /// The service that needs it.
        service: String,
    },
    /// A section that is there lacks a required key.
    #[error("{origin}: this section needs `{key}`, which is set nowhere; add it")]
    Incomplete {
        /// Where the section stands.
        origin: Origin,
        /// The missing key.
        key: String,
    },
    /// A list whose numbers leave one out.
    #[error("{origin}: the list `{key}` has this item and no item [{missing}]; number the items from 0 without a gap")]
    Gap {
        /// Where an item after the gap stands.
        origin: Origin,
        /// The list's key.
        key: String,
        /// The first number that is left out.
        missing: usize,
    },
    /// The options type of a service cannot be written as JSON; a defect of this program.
    #[error("the options under `{prefix}` cannot be listed: {problem}; please report this")]
    Options {
        /// The prefix that was bound.
        prefix: String,
        /// What serde says about the type.
        problem: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Location { .. } => Kind::NotFound,
            Error::Read { .. } => Kind::Unavailable,
            Error::Unsupported { .. } => Kind::Unsupported,
            Error::Options { .. } => Kind::Bug,
            _ => Kind::Invalid,
        }
    }
}
