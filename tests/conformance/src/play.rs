//! Playing cases, and the report.

use std::{
    any::Any,
    collections::BTreeMap,
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use crate::{Answers, Case, Failure, Set, compare::shown, files::CaseFile};

/// How many characters of a value are printed: whole executions are long.
const SHOWN: usize = 2_000;
/// The same, of what was expected of a case that could not be played.
const SHOWN_UNPLAYED: usize = 200;

/// What became of the cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many were answered as recorded.
    pub passed: usize,
    /// The ids of the others, in the files' order.
    pub failed: Vec<String>,
    /// How many were not played because they were not asked for.
    pub left_out: usize,
}

/// Plays every case, reports the failures in the files' order, each as soon as those before it are known, says how many
/// cases were left out if any were, and ends with the line `N passed, M failed`.
///
/// As many cases as the set says are played at a time. A case that panics has failed, and the rest go on. Fails only if the
/// report cannot be written; the cases that were begun are then played to their end.
pub fn all(set: &dyn Set, files: &[CaseFile], report: &mut dyn Write) -> io::Result<Tally> {
    let cases: Vec<(&Path, &Case)> =
        files.iter().flat_map(|file| file.cases.iter().map(|case| (file.path.as_path(), case))).collect();
    let mut tally = Tally { left_out: files.iter().map(|file| file.left_out).sum(), ..Tally::default() };
    in_order(set, &cases, |(file, case), result| {
        match result {
            Ok(()) => tally.passed += 1,
            Err(failure) => {
                tally.failed.push(case.id.clone());
                write_failure(set, file, case, &failure, report)?;
                report.flush()?;
            }
        }
        Ok(())
    })?;
    if tally.left_out > 0 {
        writeln!(report, "{} left out", tally.left_out)?;
    }
    writeln!(report, "{} passed, {} failed", tally.passed, tally.failed.len())?;
    report.flush()?;
    Ok(tally)
}

/// Plays the cases, and hands over the results in the order of the cases.
fn in_order<'a>(
    set: &dyn Set,
    cases: &[(&'a Path, &'a Case)],
    mut take: impl FnMut((&'a Path, &'a Case), Result<(), Failure>) -> io::Result<()>,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    // Nobody waits to hand over a result: there is room for all of them.
    let (done, results) = mpsc::sync_channel(cases.len());
    thread::scope(|scope| {
        for _ in 0..set.at_once().clamp(1, cases.len().max(1)) {
            let (next, done) = (&next, done.clone());
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some((_, case)) = cases.get(index) else { return };
                    if done.send((index, guarded(set, case))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut awaited = 0;
        for (index, result) in results {
            early.insert(index, result);
            while let Some(result) = early.remove(&awaited) {
                take(cases[awaited], result)?;
                awaited += 1;
            }
        }
        Ok(())
    })
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
            writeln!(report, "  expected: {}", shortened(shown(first.expected.as_ref()), SHOWN))?;
            writeln!(report, "  got:      {}", shortened(shown(first.got.as_ref()), SHOWN))?;
            if !whole {
                writeln!(report, "  whole expected: {}", shortened(expected.to_string(), SHOWN))?;
                writeln!(report, "  whole got:      {}", shortened(got.to_string(), SHOWN))?;
            }
        }
        Failure::NotPlayed(reason) => {
            writeln!(report, "\n  file:     {}", file.display())?;
            writeln!(report, "  expected: {}", shortened(shown(case.json.get("expected")), SHOWN_UNPLAYED))?;
            writeln!(report, "  got:      {reason}")?;
        }
    }
    Ok(())
}

fn shortened(text: String, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text,
        Some((end, _)) => format!("{}... ({} bytes more)", &text[..end], text.len() - end),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::files::Selection;

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
        let files = [CaseFile { path: "echo.json".into(), cases: Echo.cases(&cases).unwrap(), left_out: 0 }];
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
        assert_eq!((tally.passed, tally.failed.as_slice()), (1, ["b".to_owned(), "c".to_owned()].as_slice()));
        let expected = "echo b: FAILED at /x/1\n  file:     echo.json\n  expected: 2\n  got:      3\n  \
             whole expected: {\"x\":[1,2]}\n  whole got:      {\"x\":[1,3]}\n\
             echo c: FAILED\n  file:     echo.json\n  expected: 1\n  got:      \"1\"\n1 passed, 2 failed\n";
        assert_eq!(report, expected);
    }

    #[test]
    fn a_case_that_panics_has_failed_and_the_rest_go_on() {
        let (tally, report) = played(json!([{"id": "a", "expected": 7}, {"id": "b", "expected": 1, "got": 1}]));
        assert_eq!((tally.passed, tally.failed.as_slice()), (1, ["a".to_owned()].as_slice()));
        let expected = "echo a: FAILED\n  file:     echo.json\n  expected: 7\n  got:      panicked: nothing to answer with\n\
             1 passed, 1 failed\n";
        assert_eq!(report, expected);
    }

    /// Each case waits for another one.
    struct Beside(std::sync::Barrier);

    impl Set for Beside {
        fn name(&self) -> &'static str {
            "beside"
        }

        fn about(&self) -> &'static str {
            "tests of the runner"
        }

        fn at_once(&self) -> usize {
            2
        }

        fn play(&self, _case: &Case) -> Result<(), Failure> {
            self.0.wait();
            Err(Failure::NotPlayed("told to".into()))
        }
    }

    #[test]
    fn cases_that_are_played_at_once_are_reported_in_the_files_order() {
        let cases = json!([{"id": "first"}, {"id": "second"}, {"id": "third"}]);
        let set = Beside(std::sync::Barrier::new(2));
        let mut files = [CaseFile { path: "beside.json".into(), cases: set.cases(&cases).unwrap(), left_out: 0 }];
        Selection { skip: vec!["thi".into()], only: vec![] }.apply(&mut files);
        let mut report = Vec::new();
        let tally = all(&set, &files, &mut report).unwrap();
        assert_eq!(tally, Tally { passed: 0, failed: vec!["first".into(), "second".into()], left_out: 1 });
        assert!(String::from_utf8(report).unwrap().ends_with("\n1 left out\n0 passed, 2 failed\n"));
    }

    #[test]
    fn cases_are_selected_by_the_beginnings_of_their_names() {
        let taken = |only: &[&str], skip: &[&str]| {
            let list = |prefixes: &[&str]| prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
            let selection = Selection { only: list(only), skip: list(skip) };
            ["ab", "abc", "b"].into_iter().filter(|name| selection.takes(name)).collect::<Vec<_>>()
        };
        assert_eq!(taken(&[], &[]), ["ab", "abc", "b"]);
        assert_eq!(taken(&["ab"], &[]), ["ab", "abc"]);
        assert_eq!(taken(&["ab", "b"], &["abc"]), ["ab", "b"]);
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        assert_eq!(shortened("é".repeat(SHOWN), SHOWN), "é".repeat(SHOWN));
        assert_eq!(shortened("é".repeat(SHOWN + 3), SHOWN), format!("{}... (6 bytes more)", "é".repeat(SHOWN)));
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
