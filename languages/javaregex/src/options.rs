//! How a pattern is read, and how much it may cost.

/// The flags of `Pattern.compile` and the limits that Java has not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Options {
    /// `CASE_INSENSITIVE`, `(?i)`: ASCII letters match in either case. Off by default, as all flags are.
    pub case_insensitive: bool,
    /// `MULTILINE`, `(?m)`: `^` and `$` match at line terminators.
    pub multiline: bool,
    /// `DOTALL`, `(?s)`: `.` matches line terminators.
    pub dot_all: bool,
    /// `UNICODE_CASE`, `(?u)`: with `case_insensitive`, all letters match in either case.
    pub unicode_case: bool,
    /// `COMMENTS`, `(?x)`: white space and `#` comments are ignored.
    pub comments: bool,
    /// `LITERAL`: the whole pattern is literal text.
    pub literal: bool,
    /// `UNIX_LINES`, `(?d)`: only `\n` is a line terminator.
    pub unix_lines: bool,
    /// `UNICODE_CHARACTER_CLASS`, `(?U)`: `\d`, `\w`, `\s` and the POSIX classes are Unicode's. Implies `unicode_case`.
    pub unicode_character_class: bool,
    /// Steps back that one search may take; default [`Options::BACKTRACK_LIMIT`].
    pub backtrack_limit: usize,
    /// Characters of a pattern; default [`Options::LENGTH_LIMIT`].
    pub length_limit: usize,
    /// Levels of groups and classes within each other; default [`Options::DEPTH_LIMIT`], and no more than that.
    pub depth_limit: usize,
    /// Bytes of one compiled automaton; default [`Options::SIZE_LIMIT`].
    pub size_limit: usize,
}

impl Options {
    /// The default of [`Options::backtrack_limit`].
    pub const BACKTRACK_LIMIT: usize = 1_000_000;
    /// The default of [`Options::length_limit`].
    pub const LENGTH_LIMIT: usize = 32_768;
    /// The default and the most of [`Options::depth_limit`].
    pub const DEPTH_LIMIT: usize = 60;
    /// The default of [`Options::size_limit`].
    pub const SIZE_LIMIT: usize = 4 << 20;
}

impl Default for Options {
    fn default() -> Self {
        Options {
            case_insensitive: false,
            multiline: false,
            dot_all: false,
            unicode_case: false,
            comments: false,
            literal: false,
            unix_lines: false,
            unicode_character_class: false,
            backtrack_limit: Options::BACKTRACK_LIMIT,
            length_limit: Options::LENGTH_LIMIT,
            depth_limit: Options::DEPTH_LIMIT,
            size_limit: Options::SIZE_LIMIT,
        }
    }
}
