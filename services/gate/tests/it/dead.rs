//! A service that cannot be reached costs its own endpoints only, and its error says who it is.

use gennaker_gate::Options;
use serde_json::json;

use crate::world::{Peer, World, in_process, unreachable};

fn front50() -> Peer {
    let shop = json!({"name": "SHOP", "email": "a@b.c"});
    Peer::default().with("/v2/applications?restricted=false", &json!([shop])).with("/v2/applications/shop", &shop)
}

#[tokio::test]
async fn without_clouddriver_applications_are_still_there() {
    let orca = Peer::default().with("/tasks/01T", &json!({"id": "01T"}));
    let way = in_process;
    let world =
        World::over(way("front50", &front50()), way("orca", &orca), unreachable("clouddriver"), Options::default());
    let application = json!({"name": "shop", "attributes": {"name": "shop", "email": "a@b.c"}, "clusters": {}});
    assert_eq!(world.get("/applications/shop").await.json(), application);
    assert_eq!(world.get("/applications").await.json(), json!([{"name": "shop", "email": "a@b.c"}]));
    assert_eq!(world.get("/tasks/01T").await.status, 200);
    let clusters = world.get("/applications/shop/clusters").await;
    assert_eq!(clusters.status, 503);
    assert!(clusters.message().starts_with("clouddriver cannot be reached"), "{}", clusters.message());
}

#[tokio::test]
async fn without_orca_or_front50_the_other_goes_on() {
    let clouddriver = Peer::default().with("/applications/shop/clusters", &json!({"test": ["shop"]}));
    let way = in_process;
    let (orca, behind) = (unreachable("orca"), way("clouddriver", &clouddriver));
    let world = World::over(way("front50", &front50()), orca, behind, Options::default());
    assert_eq!(world.get("/applications/shop").await.status, 200);
    let pipelines = world.get("/applications/shop/pipelines").await;
    assert!(pipelines.status == 503 && pipelines.message().starts_with("orca cannot be reached"));

    let (front50, behind) = (unreachable("front50"), way("clouddriver", &clouddriver));
    let world = World::over(front50, way("orca", &Peer::default()), behind, Options::default());
    assert_eq!(world.get("/applications/shop/clusters").await.json(), json!({"test": ["shop"]}));
    let application = world.get("/applications/shop").await;
    assert_eq!(application.status, 503, "not 404, which would say that it was deleted");
    assert_eq!(world.get("/projects").await.status, 503, "not an empty list either");
}
