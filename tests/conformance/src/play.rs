//! Playing cases, and the report.

use std::{
    any::Any,
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use crate::{Answers, Case, Failure, Set, compare::shown, files::CaseFile};

/// How many characters of a value are printed: whole executions are long.
const SHOWN: usize = 2_000;

/// How many cases passed and failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Those that were answered as recorded.
    pub passed: usize,
    /// The others.
    pub failed: usize,
}

/// Plays every case, reports each failure as it comes, and ends with the line `N passed, M failed`.
///
/// A case that panics has failed, and the rest go on. Fails only if the report cannot be written.
pub fn all(set: &dyn Set, files: &[CaseFile], report: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for file in files {
        for case in &file.cases {
            match guarded(set, case) {
                Ok(()) => tally.passed += 1,
                Err(failure) => {
                    tally.failed += 1;
                    write_failure(set, &file.path, case, &failure, report)?;
                }
            }
        }
    }
    writeln!(report, "{} passed, {} failed", tally.passed, tally.failed)?;
    report.flush()?;
    Ok(tally)
}

fn guarded(set: &dyn Set, case: &Case) -> Result<(), Failure> {
    // The set is only used again for other cases: one that keeps state must stand a panic in any of them.
    catch_unwind(AssertUnwindSafe(|| set.play(case)))
        .unwrap_or_else(|panic| Err(Failure::NotPlayed(format!("panicked: {}", message(panic.as_ref())))))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

fn write_failure(set: &dyn Set, file: &Path, case: &Case, failure: &Failure, report: &mut dyn Write) -> io::Result<()> {
    write!(report, "{} {}: FAILED", set.name(), case.id)?;
    match failure {
        Failure::Differs(answers) => {
            let Answers { first, expected, got } = answers.as_ref();
            let whole = first.pointer.is_empty();
            writeln!(report, "{}", if whole { String::new() } else { format!(" at {}", first.pointer) })?;
            writeln!(report, "  file:     {}", file.display())?;
            writeln!(report, "  expected: {}", shortened(shown(first.expected.as_ref())))?;
            writeln!(report, "  got:      {}", shortened(shown(first.got.as_ref())))?;
            if !whole {
                writeln!(report, "  whole expected: {}", shortened(expected.to_string()))?;
                writeln!(report, "  whole got:      {}", shortened(got.to_string()))?;
            }
        }
        Failure::NotPlayed(reason) => {
            writeln!(report, "\n  file:     {}", file.display())?;
            writeln!(report, "  expected: {}", shortened(shown(case.json.get("expected"))))?;
            writeln!(report, "  got:      {reason}")?;
        }
    }
    Ok(())
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some((end, _)) => format!("{}... ({} bytes more)", &text[..end], text.len() - end),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// Answers with what the case gives, and panics if it gives nothing.
    struct Echo;

    impl Set for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }

        fn about(&self) -> &'static str {
            "tests of the runner"
        }

        fn play(&self, case: &Case) -> Result<(), Failure> {
            let got = case.json.get("got").expect("nothing to answer with");
            Failure::unless_equal(&case.json["expected"], got.clone())
        }
    }

    fn played(cases: Value) -> (Tally, String) {
        let mut report = Vec::new();
        let files = [CaseFile { path: "echo.json".into(), cases: Echo.cases(&cases).unwrap() }];
        let tally = all(&Echo, &files, &mut report).unwrap();
        (tally, String::from_utf8(report).unwrap())
    }

    #[test]
    fn a_failure_is_reported_with_both_values() {
        let (tally, report) = played(json!([
            {"id": "a", "expected": 1, "got": 1},
            {"id": "b", "expected": {"x": [1, 2]}, "got": {"x": [1, 3]}},
            {"name": "c", "expected": 1, "got": "1"},
        ]));
        assert_eq!(tally, Tally { passed: 1, failed: 2 });
        let expected = "echo b: FAILED at /x/1\n  file:     echo.json\n  expected: 2\n  got:      3\n  \
             whole expected: {\"x\":[1,2]}\n  whole got:      {\"x\":[1,3]}\n\
             echo c: FAILED\n  file:     echo.json\n  expected: 1\n  got:      \"1\"\n1 passed, 2 failed\n";
        assert_eq!(report, expected);
    }

    #[test]
    fn a_case_that_panics_has_failed_and_the_rest_go_on() {
        let (tally, report) = played(json!([{"id": "a", "expected": 7}, {"id": "b", "expected": 1, "got": 1}]));
        assert_eq!(tally, Tally { passed: 1, failed: 1 });
        let expected = "echo a: FAILED\n  file:     echo.json\n  expected: 7\n  got:      panicked: nothing to answer with\n\
             1 passed, 1 failed\n";
        assert_eq!(report, expected);
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        assert_eq!(shortened("é".repeat(SHOWN)), "é".repeat(SHOWN));
        assert_eq!(shortened("é".repeat(SHOWN + 3)), format!("{}... (6 bytes more)", "é".repeat(SHOWN)));
    }

    #[test]
    fn files_without_cases_or_ids_are_refused() {
        for (document, problem) in [
            (json!({"case": []}), "it has no list `cases`"),
            (json!([]), "its list of cases is empty"),
            (json!({"cases": [{"id": "a"}, {"id": 1}]}), "case number 2 has no text `id` or `name`"),
        ] {
            assert_eq!(Echo.cases(&document).unwrap_err().to_string(), problem);
        }
    }

    #[test]
    fn files_belong_by_their_own_name_or_their_folders() {
        for path in ["a/echo.json", "a/echo-more.json", "a/echo.2.json", "echo/x.json"] {
            assert!(Echo.owns(Path::new(path)), "{path}");
        }
        for path in ["a/echoes.json", "a/echo2.json", "a/my-echo.json", "echo/a/x.json"] {
            assert!(!Echo.owns(Path::new(path)), "{path}");
        }
    }
}
