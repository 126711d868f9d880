//! Where a value came from.

use std::{fmt, path::Path, sync::Arc};

/// The place that set a value; it prints as an operator would look for it.
///
/// `Display`: `path:line`, `environment NAME`, `environment ORCA_OPTS (-D)`, `command line`, `default`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A line of a YAML file.
    File {
        /// The file, as it was found.
        path: Arc<Path>,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// An environment variable.
    Environment {
        /// The variable's name as it is set.
        name: Arc<str>,
    },
    /// A `-Dkey=value` in the variable `<SVC>_OPTS`.
    Options {
        /// The variable's name.
        variable: Arc<str>,
    },
    /// A `key=value` on the command line.
    CommandLine,
    /// Set nowhere: the program's own default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, line, .. } => write!(formatter, "{}:{line}", path.display()),
            Origin::Environment { name } => write!(formatter, "environment {name}"),
            Origin::Options { variable } => write!(formatter, "environment {variable} (-D)"),
            Origin::CommandLine => formatter.write_str("command line"),
            Origin::Default => formatter.write_str("default"),
        }
    }
}
