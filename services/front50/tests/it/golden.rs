//! Upstream's answers for applications and pipelines, recorded.

use serde_json::Value;

use super::{Node, replay::replay};

/// What is answered otherwise: case, step from 0, a part of the difference, the reason.
const OTHERWISE: [(&str, usize, &str, &str); 3] = [
    ("app-permissions", 2, "status 404, got 501", "permissions are not kept yet"),
    ("pipeline-delete", 4, "status 200, got 404", "upstream's cache still has the deleted pipeline"),
    ("pipeline-strategy-flag", 2, "status 500, got 400", "upstream's is an error of its database column"),
];

/// The recorded cases that need applications and pipelines only.
fn is_here(name: &str) -> bool {
    ["app-", "pipeline-", "content-type", "unknown-path"].iter().any(|prefix| name.starts_with(prefix))
}

#[tokio::test]
async fn answers_are_upstreams() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/recorded.json");
    let recorded = std::fs::read(path).expect("the recording is in the repository");
    let recorded: Value = serde_json::from_slice(&recorded).expect("JSON");
    let mut unexpected = Vec::new();
    let mut met = Vec::new();
    let mut cases = 0;
    for case in recorded["cases"].as_array().expect("cases") {
        let name = case["name"].as_str().expect("a name");
        if !is_here(name) {
            continue;
        }
        cases += 1;
        let folder = tempfile::tempdir().expect("a folder");
        let node = Node::start(&folder).await;
        for (step, difference) in replay(&node, case).await {
            let known =
                OTHERWISE.iter().position(|(of, at, part, _)| *of == name && *at == step && difference.contains(part));
            match known {
                Some(index) => met.push(index),
                None => unexpected.push(format!("{name} step {step}: {difference}")),
            }
        }
    }
    assert!(unexpected.is_empty(), "of {cases} cases:\n{}", unexpected.join("\n"));
    let unmet: Vec<_> = OTHERWISE.iter().enumerate().filter(|(index, _)| !met.contains(index)).collect();
    assert!(unmet.is_empty(), "these are upstream's answers now, take them out: {unmet:?}");
    assert_eq!(cases, 33, "cases are missing from the recording");
}
