//! Tests of the tally on recorded lines.

use super::*;

const LIMIT: Duration = Duration::from_secs(240);

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A tally of these lines, one a second.
fn tally(lines: &[&str]) -> Tally {
    let names = HashMap::from([("it-1f".to_owned(), "store-sql (it)".to_owned())]);
    let mut tally = Tally::new(names);
    for (line, at) in lines.iter().zip(0..) {
        tally.line(&format!("{line}\n"), seconds(at));
    }
    tally
}

fn ended(lines: &[&str]) -> Tally {
    let mut tally = tally(lines);
    tally.end(seconds(lines.len() as u64));
    tally
}

const IT: &str = "     Running tests/it/main.rs (target/debug/deps/it-1f)";
const UNIT: &str = "     Running unittests src/lib.rs (/elsewhere/debug/deps/gennaker_base-2e)";
const DOC: &str = "   Doc-tests gennaker_store_sql";
const OK: &str = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.52s";
const BAD: &str = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.52s";

#[test]
fn results_of_all_suites_add_up() {
    let tally = ended(&["   Compiling x", IT, "test a ... ok", OK, UNIT, OK, DOC, OK, "", OK]);
    assert_eq!((tally.passed(), tally.failed()), (48, 0));
    let report = tally.report(LIMIT);
    assert!(report.starts_with("slowest of 3 suites:\n     4.0 s  store-sql (doc)\n"), "{report}");
    assert!(report.contains("     3.0 s  store-sql (it)\n"), "{report}");
    assert!(report.contains("     2.0 s  unittests src/lib.rs gennaker_base-2e\n"), "{report}");
}

#[test]
fn failed_tests_are_counted_and_named() {
    let tally = ended(&[IT, "test claims::lost ... FAILED", "test claims::kept ... FAILED", BAD]);
    assert_eq!((tally.passed(), tally.failed()), (3, 2));
    assert!(tally.report(LIMIT).contains("FAILED store-sql (it): claims::lost\n"), "{}", tally.report(LIMIT));
}

#[test]
fn a_suite_that_ends_without_a_result_is_one_failure() {
    for lines in [&[IT, "test a ... ok", "error: test failed (signal: 6)", UNIT, OK][..], &[UNIT, OK, IT]] {
        let tally = ended(lines);
        assert_eq!((tally.passed(), tally.failed()), (12, 1));
        assert!(
            tally.report(LIMIT).contains("FAILED store-sql (it): ended without a result"),
            "{}",
            tally.report(LIMIT)
        );
    }
}

#[test]
fn a_suite_over_its_limit_is_stopped_once_and_fails() {
    let mut tally = tally(&[UNIT, OK, IT]);
    assert!(!tally.stop_if_over(LIMIT, seconds(242)));
    assert!(tally.stop_if_over(LIMIT, seconds(243)));
    assert!(!tally.stop_if_over(LIMIT, seconds(244)));
    tally.line(DOC, seconds(245));
    tally.line(OK, seconds(246));
    tally.end(seconds(247));
    assert!(!tally.stop_if_over(LIMIT, seconds(900)), "nothing runs any more");
    assert_eq!((tally.passed(), tally.failed()), (24, 1));
    assert!(tally.report(LIMIT).contains("FAILED store-sql (it): killed, it took over 240 s\n"));
}

#[test]
fn a_test_over_a_minute_is_noted() {
    let tally = ended(&[IT, "test slow has been running for over 60 seconds", "test slow ... ok", OK]);
    assert_eq!(tally.failed(), 0);
    assert!(tally.report(LIMIT).contains("over 60 s, which no test may take: store-sql (it): slow\n"));
}

#[test]
fn nothing_is_zero() {
    let tally = ended(&["error: could not compile"]);
    assert_eq!((tally.passed(), tally.failed()), (0, 0));
}

#[test]
fn what_only_resembles_a_result_does_not_count() {
    for line in [
        "test result: ok",
        "  test result: ok. 1 passed; 0 failed;",
        "test result: ok. x passed; 0 failed",
        "1 passed; 0 failed",
    ] {
        assert_eq!(result(line), None, "{line}");
    }
}
