//! Every golden file passes but for what is known to fail, and every set has one.

use std::path::Path;

use conformance::{files, play, sets};

use crate::not_yet::{NOT_YET, is_named};

#[test]
fn every_set_passes_its_golden_cases() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    for set in sets::all() {
        let files = files::load(set.as_ref(), std::slice::from_ref(&golden)).unwrap();
        let mut report = Vec::new();
        let tally = play::all(set.as_ref(), &files, &mut report).unwrap();
        let report = String::from_utf8(report).unwrap();
        let listed: Vec<_> = NOT_YET.iter().filter(|not_yet| not_yet.set == set.name()).collect();
        let is_listed = |case: &str| listed.iter().any(|not_yet| not_yet.has(case));
        let new: Vec<_> = tally.failed.iter().filter(|case| !is_listed(case)).collect();
        assert!(new.is_empty(), "{}they are not listed in not_yet.rs: {new:?}", without_listed(&report, is_listed));
        assert!(tally.passed + tally.failed.len() > 0, "{report}");
        let cases: Vec<&str> = files.iter().flat_map(|file| &file.cases).map(|case| case.id.as_str()).collect();
        let passed = |case: &&&str| !tally.failed.iter().any(|failed| failed == **case);
        let mended: Vec<_> = cases.iter().filter(|case| is_listed(case)).filter(passed).collect();
        assert!(mended.is_empty(), "they pass now, take them off the list in not_yet.rs: {mended:?}");
        for not_yet in listed {
            let unknown: Vec<_> =
                not_yet.cases.iter().filter(|listed| !cases.iter().any(|case| is_named(listed, case))).collect();
            assert!(unknown.is_empty(), "not_yet.rs lists what is no case ({}): {unknown:?}", not_yet.reason);
        }
    }
}

/// The report without the failures that are listed.
fn without_listed(report: &str, is_listed: impl Fn(&str) -> bool) -> String {
    let mut shown = true;
    let lines = report.split_inclusive('\n').filter(|line| {
        if let Some((head, _)) = line.split_once(": FAILED") {
            shown = !head.split_once(' ').is_some_and(|(_, case)| is_listed(case));
        }
        shown
    });
    lines.collect()
}

#[test]
fn every_golden_file_belongs_to_a_set() {
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert!(sets::all().iter().any(|set| set.owns(&path)), "{}", path.display());
    }
}
