//! What may stand in a name, and what must not.
//!
//! Source: Frigga `NameValidation`.

use super::{
    characters::{is_line_terminator, is_name_char, is_name_hyphen_char, push_number},
    error::Error,
    labels,
};

/// Whether it may be an application or a stack: one or more letters, digits, `.` or `_`.
///
/// Source: Frigga `NameValidation.checkName`.
pub fn check_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_char)
}

/// Whether it may be a detail: as `check_name`, and `-`, `~`, `^`.
///
/// Source: Frigga `NameValidation.checkNameWithHyphen`.
pub fn check_name_with_hyphen(name: &str) -> bool {
    !name.is_empty() && name.chars().all(is_name_hyphen_char)
}

/// Whether it ends like a push (`v000`, also in the middle of a word) or one of its words opens like a labelled variable
/// (`c0eu`). A text of several lines never does.
///
/// Source: Frigga `NameValidation.usesReservedFormat`.
pub fn uses_reserved_format(name: &str) -> bool {
    !name.contains(is_line_terminator) && (ends_with_push(name) || name.split('-').any(labels::opens_with_label))
}

fn ends_with_push(name: &str) -> bool {
    name.rfind('v').is_some_and(|start| push_number(&name[start..]).is_some())
}

/// The part, unless it is absent or empty (Frigga `NameValidation.notEmpty`).
pub(super) fn not_empty<'part>(part: Option<&'part str>, variable: &'static str) -> Result<&'part str, Error> {
    match part {
        None => Err(Error::Missing(variable)),
        Some("") => Err(Error::Empty(variable)),
        Some(part) => Ok(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters() {
        for name in ["abha", "account_batch", "account.batch"] {
            assert!(check_name(name), "{name}");
        }
        for name in ["", "account#batch", "a-b", "a~b", "é", "a\n"] {
            assert!(!check_name(name), "{name}");
        }
        for name in ["A", "0", "east-1c-0", "----", "__._._--_..", "A^", "something-~1.0.0.0"] {
            assert!(check_name_with_hyphen(name), "{name}");
        }
        for name in ["", "230CAN#next-A", r"a\b", "a b"] {
            assert!(!check_name_with_hyphen(name), "{name}");
        }
    }

    #[test]
    fn reserved_formats() {
        for name in ["v248", "abcache-c0USA", "app-v001", "appv001", "vv123456", "c0eu.west", "a b-z0x"] {
            assert!(uses_reserved_format(name), "{name}");
        }
        for name in ["", "hello", "v12", "v1234567", "app-v001-x", "c0", "c0-x", "ac0eu", "V001", "x\nv001", "c0eu\n"] {
            assert!(!uses_reserved_format(name), "{name}");
        }
    }
}
