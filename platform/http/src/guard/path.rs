//! Whether a path can be read as text: `%2F` can, `%ZZ`, `%FF` and `%00` cannot.

use std::fmt;

/// What is wrong with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A `%` that two hexadecimal digits do not follow.
    Encoding,
    /// The decoded bytes are not UTF-8.
    Utf8,
    /// A NUL, which no name has and some stores end a text at.
    Nul,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Fault::Encoding => "a % must be followed by two hexadecimal digits",
            Fault::Utf8 => "its bytes are not UTF-8",
            Fault::Nul => "it has a NUL byte",
        })
    }
}

/// Checks the percent-encoding of `path`.
pub(crate) fn check(path: &str) -> Result<(), Fault> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
                match (digit(), digit()) {
                    // Two hexadecimal digits are at most 255.
                    (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or(u8::MAX),
                    _ => return Err(Fault::Encoding),
                }
            }
            byte => byte,
        });
    }
    if decoded.contains(&0) {
        return Err(Fault::Nul);
    }
    std::str::from_utf8(&decoded).map(|_| ()).map_err(|_| Fault::Utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_no_text_are_named() {
        for (path, expected) in [
            ("/applications/a b", Ok(())),
            ("/applications/%c3%a9%2F", Ok(())),
            ("/applications/%", Err(Fault::Encoding)),
            ("/applications/%4", Err(Fault::Encoding)),
            ("/applications/%zz", Err(Fault::Encoding)),
            ("/applications/%ff", Err(Fault::Utf8)),
            ("/applications/%c3", Err(Fault::Utf8)),
            ("/applications/a%00b", Err(Fault::Nul)),
        ] {
            assert_eq!(check(path), expected, "{path}");
        }
    }
}
