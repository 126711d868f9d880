//! Length: a source file has one idea. Over 400 lines it is asked which of its ideas wants a file of its own, over 800
//! it fails.

use super::Findings;
use crate::tree::Tree;

const ASKED: usize = 400;
const MOST: usize = 800;

/// Rust and TypeScript files that are too long, the longest first.
pub(crate) fn check(tree: &Tree) -> Findings {
    let source = |path: &str| [".rs", ".ts", ".tsx"].iter().any(|end| path.ends_with(end));
    let mut long: Vec<(usize, &str)> = tree
        .files
        .iter()
        .filter(|(path, _)| source(path))
        .map(|(path, text)| (text.lines().count(), path.as_str()))
        .filter(|(lines, _)| *lines > ASKED)
        .collect();
    long.sort_by(|a, b| b.cmp(a));

    let mut findings = Findings::default();
    for (lines, path) in long {
        if lines > MOST {
            findings.failures.push(format!("{path}: {lines} lines, the most is {MOST}: split it by idea"));
        } else {
            findings.warnings.push(format!("{path}: {lines} lines, over {ASKED}: which idea wants a file of its own?"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, lines: usize) -> (usize, usize) {
        let findings = check(&Tree::of_files(&[(path, &"x\n".repeat(lines))]));
        (findings.failures.len(), findings.warnings.len())
    }

    #[test]
    fn over_400_warns_and_over_800_fails() {
        assert_eq!(found("a.rs", 400), (0, 0));
        assert_eq!(found("a.rs", 401), (0, 1));
        assert_eq!(found("a.tsx", 800), (0, 1));
        assert_eq!(found("a.ts", 801), (1, 0));
    }

    #[test]
    fn only_source_counts() {
        assert_eq!(found("golden.json", 10_000), (0, 0));
    }

    #[test]
    fn the_longest_comes_first() {
        let (long, longer) = ("x\n".repeat(500), "x\n".repeat(600));
        let warnings = check(&Tree::of_files(&[("a.rs", &long), ("b.rs", &longer)])).warnings;
        assert!(warnings[0].starts_with("b.rs: 600 lines") && warnings[1].starts_with("a.rs"), "{warnings:?}");
    }
}
