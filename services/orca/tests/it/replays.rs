//! Recorded executions, exported with `gennaker execution replay ID --export FILE`: today's planner makes the same of each.
//!
//! A file in `replays/` is a whole test case; `docs/how-to/replay-an-execution.md` says how to add one.

use std::path::Path;

use gennaker_orca::recording::Case;

#[test]
fn what_was_recorded_is_decided_likewise_today() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/replays");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(files.len() >= 3, "cases are missing: {files:?}");
    let mut differing = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        let case = Case::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let replayed = case.rerun().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        if !replayed.same {
            differing.push(format!("{}: {replayed:#?}", file.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
