//! How much a text may ask for.

/// Limits of reading. The defaults are those of SnakeYAML's `LoaderOptions`, where it has one.
///
/// ```
/// use gennaker_yaml::{Limits, read_with};
///
/// let limits = Limits { depth: 1, ..Limits::default() };
/// assert!(read_with("a: [1]", &limits).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many collections a value may stand in. Default: 50 (`nestingDepthLimit`). More than [`Limits::MAX_DEPTH`]
    /// counts as that. Values that aliases bring may stand four times as deep, up to the same maximum.
    pub depth: usize,
    /// How many aliases of lists and mappings a text may have, all documents together. Default: 50
    /// (`maxAliasesForCollections`). Aliases of scalars are not counted.
    pub aliases: usize,
    /// How many code points a document may have. Default: 3,145,728 (`codePointLimit`).
    pub code_points: usize,
    /// How many bytes the values that aliases and merge keys repeat may add, counted as 100 for each value and key and
    /// the length of its text. Default: 67,108,864. SnakeYAML has no such limit: there an alias is a reference to the
    /// same object, here it is a copy.
    pub expansion: usize,
}

impl Limits {
    /// The most that [`Limits::depth`] can be set to: what fits on the stack of a thread of 2 MiB.
    pub const MAX_DEPTH: usize = 400;
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 50, aliases: 50, code_points: 3 * 1024 * 1024, expansion: 64 * 1024 * 1024 }
    }
}
