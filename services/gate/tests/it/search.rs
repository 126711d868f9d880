//! Search over both sources.

use serde_json::json;

use crate::world::{Peer, Peers, World};

fn peers() -> Peers {
    let found = json!([{"totalMatches": 1, "pageNumber": 1, "pageSize": 500, "results": [{"type": "serverGroups"}]}]);
    Peers {
        front50: Peer::default()
            .with("/v2/applications?restricted=false", &json!([{"name": "SHOP"}, {"name": "OTHER"}])),
        clouddriver: Peer::default()
            .with("/search?q=sho&pageSize=500&page=1&type=serverGroups", &found)
            .with("/search?q=sho&pageSize=500&page=1&type=serverGroups&account=test", &json!([])),
        ..Peers::default()
    }
}

#[tokio::test]
async fn applications_and_what_runs_are_found_together() {
    let world = World::of(&peers());
    let found = world.get("/search?q=sho&type=applications,serverGroups&pageSize=500").await.json();
    assert_eq!(found[0]["totalMatches"], 2);
    assert_eq!(found[0]["results"][0]["application"], "shop");
    assert_eq!(found[0]["results"][1]["type"], "serverGroups");
    let groups = world.get("/search?q=sho&type=serverGroups&pageSize=500").await.json();
    assert_eq!(groups[0]["results"], json!([{"type": "serverGroups"}]));
    assert_eq!(world.get("/search?q=sho&type=serverGroups&pageSize=500&account=test").await.json(), json!([]));
}

#[tokio::test]
async fn a_short_text_finds_nothing_unless_the_caller_insists() {
    let world = World::of(&peers());
    assert_eq!(world.get("/search?q=sh&type=applications").await.json(), json!([]));
    let found = world.get("/search?q=sh&type=applications&allowShortQuery=true").await.json();
    assert_eq!(found[0]["totalMatches"], 1);
    assert_eq!(world.get("/search?q=shop").await.status, 400);
}
