//! How a path is read: what a missing place is, and what form the result has.

/// How a path is read; all off by default, as Jayway's `Configuration.defaultConfiguration`.
///
/// Source: Jayway's `Option`, whose names these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Options {
    /// A missing last property is `null` instead of nothing.
    pub default_path_leaf_to_null: bool,
    /// The result is a list, also of a definite path.
    pub always_return_list: bool,
    /// The result is the list of the matched places' paths, `$['a'][0]`, instead of their values.
    pub as_path_list: bool,
    /// What is missing makes no error: a definite path then gives `null`, another `[]`.
    pub suppress_exceptions: bool,
    /// Every property that the path names must be there, also behind a wildcard.
    pub require_properties: bool,
}
