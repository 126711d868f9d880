//! The feed of pipelines: what changed after a version, by pages.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use super::{Node, pipeline};

/// A page: its version, the ids that changed, and those that were removed.
async fn page(node: &Node, after: &str, size: usize) -> (Value, BTreeSet<String>, Value) {
    let answer = node.get(&format!("/pipelines?after={after}&pageSize={size}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.body);
    let ids = answer.body["changed"].as_object().expect("pipelines by their ids").keys().cloned().collect();
    let removed = answer.body["removed"].clone();
    (answer.body, ids, removed)
}

fn ids(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

fn version(page: &Value) -> String {
    page["version"].as_str().expect("a version").to_owned()
}

#[tokio::test]
async fn a_follower_reads_only_what_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (node, other) = (Node::start(&folder).await, Node::start(&folder).await);
    for id in ["A1", "b2", "c3"] {
        assert_eq!(node.post("/pipelines", pipeline("shop", id, id)).await.status, StatusCode::OK);
    }
    let (first, changed, _) = page(&node, "", 2).await;
    assert_eq!((changed, &first["reset"], &first["complete"]), (ids(&["a1", "b2"]), &json!(true), &json!(false)));
    assert_eq!(first["changed"]["a1"]["id"], "A1");
    let all = node.get("/pipelines?refresh=false").await.body;
    assert_eq!(first["changed"]["a1"], all[0], "a pipeline is as in the list");
    let (second, changed, _) = page(&node, &version(&first), 2).await;
    assert_eq!((changed, &second["reset"], &second["complete"]), (ids(&["c3"]), &json!(false), &json!(true)));

    // Changes of another node are in it too.
    assert_eq!(other.post("/pipelines", pipeline("shop", "d4", "d4")).await.status, StatusCode::OK);
    assert_eq!(other.delete("/pipelines/shop/b2").await.status, StatusCode::OK);
    let (third, changed, removed) = page(&node, &version(&second), 2).await;
    assert_eq!((changed, removed), (ids(&["d4"]), json!(["b2"])));
    let (fourth, changed, removed) = page(&node, &version(&third), 2).await;
    assert_eq!((changed, removed, version(&fourth)), (ids(&[]), json!([]), version(&third)));

    // A version of another process, or one that is none, is answered with everything.
    for odd in [version(&page(&other, "", 9).await.0), "x".to_owned(), format!("{}9", version(&third))] {
        let (again, changed, _) = page(&node, &odd, 9).await;
        assert_eq!((changed, &again["reset"]), (ids(&["a1", "c3", "d4"]), &json!(true)), "{odd}");
    }
}
