//! Java's regular expressions (`java.util.regex` of Java 17), without Java.
//!
//! Pipelines carry patterns that were written for Java: `matches` in expressions, `replaceAll` and `split` on strings,
//! names of artifacts, constraints on payloads. Other engines read the same characters and mean other things: in Java
//! `\d` and `\w` are ASCII, `.` stops at U+2028, `$` matches before a final line terminator, `[a-c&&[^b]]` is an
//! intersection, and `matches` is about the whole text.
//!
//! ```
//! use gennaker_javaregex::Regex;
//!
//! let version = Regex::new(r"v(?<major>\d{1,3})(?:\.(\d+))?")?;
//! assert!(version.matches("v12.7")?);
//! assert!(!version.matches("v12.7-rc")?);
//! let found = version.captures("release v12.7-rc")?.expect("a version");
//! assert_eq!(found.name("major"), Some("12"));
//! assert_eq!(version.replace_all("v1 v2.3", "${major}")?, "1 2");
//! assert_eq!(Regex::new(r"\s*,\s*")?.split("a , b,c,,", 0)?, ["a", "b", "c"]);
//! # Ok::<(), gennaker_javaregex::Error>(())
//! ```
//!
//! Guarantees: no function panics or recurses without bound, whatever it is given. A pattern of too many characters,
//! levels or states is refused, and a search that goes back too often is given up ([`Options`] has the limits). What
//! Java has and this crate has not ends in [`Error::Unsupported`], never in another meaning.
//!
//! It is not an engine: a pattern is read by Java's rules, rewritten, and run by `fancy-regex`, which gives whatever
//! needs no backtracking to the automata of `regex`. Nor is it a way to search bytes: offsets are in bytes of the UTF-8
//! text, but the unit of matching is a code point.
//!
//! Where Java would answer otherwise:
//! - not supported: `\X`, `\b{g}`, `\N{..}`, `CANON_EQ`, and a case-insensitive back reference to what may be more than
//!   ASCII, on a text that is more than ASCII; the look-behinds without bound of which Java finds some matches only;
//! - Unicode is of a newer version than Java 17's 13: characters assigned since then are in their classes, and few have
//!   changed theirs. Blocks are those of 13. Names of scripts may be written with fewer underscores;
//! - a text has no halves of characters: beyond U+FFFF an empty match falls before or behind a character, never within;
//! - what a group holds after an attempt that failed, or after an empty last turn of a loop such as `(a*)*`, is what it
//!   held before; Java leaves traces there, which a back reference may see;
//! - a loop whose body may match nothing, such as `(?:a*?b?){2,}`, may take an empty turn and go on; Java's ends there;
//! - patterns and searches over a limit, which Java runs until memory or patience ends. One step of
//!   [`Options::backtrack_limit`] may read the text to its end, so limit texts from strangers too.
//!
//! Source: the documentation and the observed behaviour of `Pattern`, `Matcher` and `String` in OpenJDK 17.

mod ast;
mod blocks;
mod captures;
mod emit;
mod engine;
mod error;
mod options;
mod parse;
mod pattern;
mod property;
mod reader;
mod regex;
mod replacement;
mod set;
mod study;

pub use self::captures::{Captures, Match};
pub use self::error::Error;
pub use self::options::Options;
pub use self::regex::{Regex, quote, quote_replacement};
