//! Every golden file passes, and every one belongs to a set.

use std::path::Path;

use conformance::{files, play, sets};

#[test]
fn every_set_passes_its_golden_cases() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    for set in sets::all() {
        let files = files::load(set.as_ref(), std::slice::from_ref(&golden)).unwrap();
        let mut report = Vec::new();
        let tally = play::all(set.as_ref(), &files, &mut report).unwrap();
        let report = String::from_utf8(report).unwrap();
        assert!(tally.passed > 0 && tally.failed.is_empty(), "{report}");
    }
}

#[test]
fn every_golden_file_belongs_to_a_set() {
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert!(sets::all().iter().any(|set| set.owns(&path)), "{}", path.display());
    }
}
