//! The name of an object: a relative path that cannot leave its store.

use std::fmt;

/// The longest key in bytes, S3's limit.
const KEY_LIMIT: usize = 1024;
/// The longest segment in bytes, that of common file systems.
const SEGMENT_LIMIT: usize = 255;

/// The name of an object, for example `front50/pipelines/7/pipeline-metadata.json`.
///
/// It has at most 1,024 bytes in segments of 1 to 255 bytes between slashes. No segment begins with a dot (so none is
/// `..`, and what a store hides cannot be named) and none has a control character or a backslash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// Why a text is no [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Longer than 1,024 bytes, or a segment longer than 255.
    #[error("it is too long: at most 1024 bytes, and 255 between two slashes")]
    TooLong,
    /// It is empty, begins or ends with a slash or has two in a row.
    #[error("it is empty, or has nothing before, after or between slashes")]
    Empty,
    /// A segment begins with a dot.
    #[error("a part of it begins with a dot")]
    Dot,
    /// It has a control character or a backslash.
    #[error("it has a control character or a backslash")]
    Character,
}

impl Key {
    /// Checks `text`.
    ///
    /// # Errors
    /// If it breaks one of the rules of a key.
    pub fn new(text: impl Into<String>) -> Result<Key, KeyError> {
        let text = text.into();
        if text.len() > KEY_LIMIT {
            return Err(KeyError::TooLong);
        }
        text.split('/').try_for_each(check_segment)?;
        Ok(Key(text))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn check_segment(segment: &str) -> Result<(), KeyError> {
    if segment.is_empty() {
        return Err(KeyError::Empty);
    }
    if segment.len() > SEGMENT_LIMIT {
        return Err(KeyError::TooLong);
    }
    if segment.starts_with('.') {
        return Err(KeyError::Dot);
    }
    if segment.chars().any(|character| character.is_control() || character == '\\') {
        return Err(KeyError::Character);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_its_store() {
        for (text, expected) in [
            ("a", Ok(())),
            ("applications/üñ.1/x.json", Ok(())),
            ("", Err(KeyError::Empty)),
            ("/etc/passwd", Err(KeyError::Empty)),
            ("a//b", Err(KeyError::Empty)),
            ("a/", Err(KeyError::Empty)),
            ("..", Err(KeyError::Dot)),
            ("a/../../b", Err(KeyError::Dot)),
            ("a/.", Err(KeyError::Dot)),
            (".versions/a", Err(KeyError::Dot)),
            ("a\\..\\b", Err(KeyError::Character)),
            ("a\0b", Err(KeyError::Character)),
            ("a\nb", Err(KeyError::Character)),
        ] {
            assert_eq!(Key::new(text).map(|_| ()), expected, "{text:?}");
        }
        assert_eq!(Key::new("x".repeat(256)), Err(KeyError::TooLong));
        assert_eq!(Key::new(vec!["xxxxxxxxx"; 103].join("/")), Err(KeyError::TooLong));
    }
}
