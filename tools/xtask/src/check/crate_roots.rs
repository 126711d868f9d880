//! Crate roots: each library, program, test binary and build script opens with `//!`, which says what it is.

use super::Findings;
use crate::tree::Tree;

/// Every crate root whose first line is something else.
pub(crate) fn check(tree: &Tree) -> Findings {
    let roots = tree.members.iter().flat_map(|member| &member.crate_roots);
    Findings::of(roots.filter_map(|path| failure(path, tree.files.get(path).map(String::as_str))).collect())
}

fn failure(path: &str, text: Option<&str>) -> Option<String> {
    match text {
        None => Some(format!("{path}: a crate root that git ignores or that cannot be read")),
        Some(text) if text.starts_with("//! ") => None,
        Some(_) => Some(format!("{path}: does not open with `//!`: say in its first line what it is")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_that_says_what_it_is_passes_and_others_fail() {
        assert_eq!(failure("a/src/lib.rs", Some("//! Names.\n\nuse std::fmt;\n")), None);
        assert!(failure("a/src/lib.rs", Some("use std::fmt;\n")).is_some());
        assert!(failure("a/src/lib.rs", Some("//!\n")).is_some());
        assert!(failure("a/src/lib.rs", Some("")).is_some());
        assert!(failure("a/src/lib.rs", None).is_some());
    }

    #[test]
    fn every_root_of_every_member_is_looked_at() {
        let mut tree = Tree::of_members(&[("a", "platform/a", &[], &[])]);
        tree.files.insert("platform/a/src/lib.rs".to_owned(), "//! A.\n".to_owned());
        tree.files.insert("platform/a/tests/it/main.rs".to_owned(), "fn main() {}\n".to_owned());
        tree.members[0].crate_roots =
            vec!["platform/a/src/lib.rs".to_owned(), "platform/a/tests/it/main.rs".to_owned()];
        let failures = check(&tree).failures;
        assert!(failures.len() == 1 && failures[0].starts_with("platform/a/tests/it/main.rs"), "{failures:?}");
    }
}
