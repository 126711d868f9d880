//! `cargo xtask check`: the rules of the tree, each with its name, verdict and seconds.
//!
//! Every check runs, also after one that failed; the exit code is 1 if any did. A check only reads.

mod clippy;
mod crate_roots;
mod deny;
mod format;
mod fuzz;
mod layers;
mod length;
mod manifests;
mod text;

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use crate::tree::Tree;

/// What a check found.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Findings {
    /// What breaks the rule, one entry a place, saying where and what to do; none: the check passed.
    pub(crate) failures: Vec<String>,
    /// What is worth a look and breaks nothing.
    pub(crate) warnings: Vec<String>,
}

impl Findings {
    /// Findings without warnings.
    pub(crate) fn of(failures: Vec<String>) -> Self {
        Findings { failures, warnings: Vec::new() }
    }

    /// Findings of another program: what it printed if it failed.
    pub(crate) fn of_program(result: Result<(), String>) -> Self {
        Findings::of(result.err().into_iter().collect())
    }
}

type Check = (&'static str, fn(&Tree) -> Findings);

/// In the order in which they run: the quick ones first.
const CHECKS: [Check; 9] = [
    ("layers", layers::check),
    ("manifests", manifests::check),
    ("crate-roots", crate_roots::check),
    ("length", length::check),
    ("text", text::check),
    ("format", format::check),
    ("deny", deny::check),
    ("clippy", clippy::check),
    ("fuzz", fuzz::check),
];

/// Runs the named checks, or all; exit code 1 if one failed.
pub(crate) fn run(names: &[String]) -> anyhow::Result<ExitCode> {
    for name in names {
        let known = CHECKS.map(|(known, _)| known);
        anyhow::ensure!(known.contains(&name.as_str()), "there is no check {name:?}; there are: {}", known.join(", "));
    }
    let chosen: Vec<Check> =
        CHECKS.into_iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name)).collect();
    let failed = run_all(&chosen, &Tree::load()?, &mut io::stdout().lock())?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs them all and prints each verdict; returns how many failed.
fn run_all(checks: &[Check], tree: &Tree, out: &mut impl Write) -> io::Result<usize> {
    let mut failed = Vec::new();
    for (name, check) in checks {
        // The name comes first so that one sees what a long wait is for.
        write!(out, "{name:<12}")?;
        out.flush()?;
        let start = Instant::now();
        let findings = check(tree);
        let verdict = if findings.failures.is_empty() { "ok" } else { "FAILED" };
        writeln!(out, "{verdict:<7}{:>6.1} s", start.elapsed().as_secs_f64())?;
        for warning in &findings.warnings {
            writeln!(out, "    warning: {}", warning.replace('\n', "\n    "))?;
        }
        for failure in &findings.failures {
            writeln!(out, "    {}", failure.replace('\n', "\n    "))?;
        }
        if !findings.failures.is_empty() {
            failed.push(*name);
        }
    }
    match failed.as_slice() {
        [] => writeln!(out, "check: all {} ok", checks.len())?,
        names => writeln!(out, "check: {} of {} failed: {}", names.len(), checks.len(), names.join(", "))?,
    }
    Ok(failed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_run_after_a_failure_and_each_has_its_verdict() {
        let checks: [Check; 3] = [
            ("first", |_| Findings::of(vec!["a.rs: broken\nin two lines".to_owned()])),
            ("second", |_| Findings { failures: Vec::new(), warnings: vec!["b.rs: long".to_owned()] }),
            ("third", |_| Findings::of(vec!["c.rs".to_owned()])),
        ];
        let mut out = Vec::new();
        assert_eq!(run_all(&checks, &Tree::of_files(&[]), &mut out).unwrap(), 2);
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("first       FAILED"), "{out}");
        assert!(out.contains("    a.rs: broken\n    in two lines\n"), "{out}");
        assert!(out.contains("second      ok"), "{out}");
        assert!(out.contains("    warning: b.rs: long\n"), "{out}");
        assert!(out.ends_with("check: 2 of 3 failed: first, third\n"), "{out}");
    }

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
        let error = run(&["lenght".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("lenght") && error.contains("length"), "{error}");
    }
}
