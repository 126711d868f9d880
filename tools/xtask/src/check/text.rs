//! Text: nothing left for later, no test switched off, no path that only one developer's machine has.
//!
//! Marks are looked for in source and documents, not in recorded data. Paths are looked for everywhere but in
//! lock files: home folders, and where this very tree stands when it is not below one of the system's own folders.

use super::Findings;
use crate::tree::Tree;

/// Written in two halves, so that this file does not hold what it looks for.
const MARKS: [(&str, &str); 4] = [
    (concat!("todo", "!("), "write it, or answer with an error that says what is not supported"),
    (concat!("unimplemented", "!("), "write it, or answer with an error that says what is not supported"),
    (concat!("FIX", "ME"), "mend it, or open an issue"),
    (concat!("#[ig", "nore"), "make the test run or delete it"),
];

/// Folders below which any machine may hold anything, so that a clone there does not make their names suspicious.
const SYSTEM: [&str; 14] =
    ["bin", "data", "dev", "etc", "home", "lib", "mnt", "opt", "root", "srv", "tmp", "usr", "var", "workspace"];

/// Every line with a mark or such a path.
pub(crate) fn check(tree: &Tree) -> Findings {
    let own = own_place(&tree.root);
    let mut failures = Vec::new();
    for (path, text) in &tree.files {
        let lock = path.ends_with(".lock") || path.ends_with("-lock.json");
        for (number, line) in text.lines().enumerate() {
            let place = format!("{path}:{}", number + 1);
            if !recorded(path) {
                let marks = MARKS.iter().filter(|(mark, _)| line.contains(mark));
                failures.extend(marks.map(|(mark, advice)| format!("{place}: {mark}: {advice}")));
            }
            if let Some(found) = machine_path(line, &own).filter(|_| !lock) {
                failures.push(format!("{place}: {found} is on one machine only: name it from the repository's root"));
            }
        }
    }
    Findings::of(failures)
}

/// Data that was recorded or generated says what it said.
fn recorded(path: &str) -> bool {
    [".json", ".lock", ".tsv", ".csv", ".snap", ".svg"].iter().any(|end| path.ends_with(end))
}

/// The start of absolute paths into wherever this tree stands, e.g. `/src/` for a tree in `/src/clone`.
fn own_place(root: &str) -> String {
    let first = root.trim_start_matches('/').split('/').next().unwrap_or_default();
    if SYSTEM.contains(&first) { format!("{root}/") } else { format!("/{first}/") }
}

/// The first path in the line that belongs to one machine.
fn machine_path<'line>(line: &'line str, own: &str) -> Option<&'line str> {
    line.match_indices('/').find_map(|(start, _)| {
        let path = &line[start..];
        // Inside a longer path or address, `/home/` is a folder of something else.
        let inside = line[..start].ends_with(|c: char| c.is_alphanumeric() || "_./}".contains(c));
        (!inside && (path.starts_with(own) || in_home(path))).then(|| whole_path(path))
    })
}

fn in_home(path: &str) -> bool {
    if path.starts_with(concat!("/ro", "ot/")) {
        return true;
    }
    let user =
        ["/home/", "/Users/"].iter().find_map(|homes| path.strip_prefix(homes)).and_then(|rest| rest.split_once('/'));
    // The original's images run as the user spinnaker; its documented paths are everyone's.
    user.is_some_and(|(user, _)| user != "spinnaker" && user.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

fn whole_path(path: &str) -> &str {
    let end = path.find(|c: char| c.is_whitespace() || "\"'`)>,;".contains(c)).unwrap_or(path.len());
    &path[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of_files(&[(path, text)])).failures
    }

    #[test]
    fn marks_fail_in_source_and_documents_with_their_line() {
        for (mark, _) in MARKS {
            for path in ["a/src/lib.rs", "ui/a.tsx", "docs/a.md", "tools/a.sh"] {
                let failures = failures(path, &format!("fine\nx {mark} y\n"));
                assert!(failures.len() == 1 && failures[0].starts_with(&format!("{path}:2: {mark}")), "{failures:?}");
            }
            assert_eq!(failures("tests/golden.json", mark), Vec::<String>::new());
        }
    }

    #[test]
    fn words_that_only_resemble_marks_pass() {
        assert_eq!(failures("a.rs", "let todo = 1; // unimplemented, ignored: fixme\n"), Vec::<String>::new());
    }

    #[test]
    fn home_folders_and_the_trees_own_place_fail() {
        for path in
            [concat!("/ro", "ot/.cargo"), concat!("/ho", "me/ann/src"), concat!("/Us", "ers/ann/src"), "/build/x"]
        {
            for text in [path.to_owned(), format!("see `{path}` there"), format!("a=\"{path}\"")] {
                let failures = failures("docs/a.md", &text);
                assert!(
                    failures.len() == 1 && failures[0].starts_with(&format!("docs/a.md:1: {path} ")),
                    "{failures:?}"
                );
            }
            assert_eq!(failures("Cargo.lock", path), Vec::<String>::new());
        }
    }

    #[test]
    fn paths_that_any_machine_may_have_pass() {
        for text in [
            "/home/spinnaker/.spinnaker/x",
            "$HOME/.cache/x",
            "https://example.com/build/x",
            "a/home/ann/b",
            "/home/<user>/x",
            "/tmp/x",
        ] {
            assert_eq!(failures("docs/a.md", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn below_a_system_folder_only_the_tree_itself_is_its_place() {
        assert_eq!(own_place("/src/clone"), "/src/");
        assert_eq!(own_place("/tmp/clone"), "/tmp/clone/");
    }
}
