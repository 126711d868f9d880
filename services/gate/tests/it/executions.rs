//! What is asked about executions goes to orca, with what belongs to it.

use axum::body::Body;
use serde_json::{Value, json};

use crate::world::{Peer, Peers, World};

#[tokio::test]
async fn searches_go_on_with_their_parameters() {
    let found = json!([{"id": "e"}]);
    let orca = Peer::default()
        .with("/applications/a%20b/pipelines/search?triggerTypes=cron%2Cgit&size=3&expand=true", &found)
        .with("/applications/*/pipelines/search", &found)
        .with("/pipelines/failedStages?executionId=e&limit=2", &found)
        .with("/projects/p/pipelines?limit=1", &found);
    let world = World::of(&Peers { orca, ..Peers::default() });
    for path in [
        "/applications/a%20b/executions/search?expand=true&triggerTypes=cron,git&size=3&eventId=&other=x",
        "/applications/*/executions/search",
        "/executions/failedStages?executionId=e&limit=2&deckOrigin=",
        "/projects/p/pipelines?limit=1",
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.json()), (200, found.clone()), "{path}");
    }
    assert_eq!(world.get("/executions/failedStages").await.status, 400);
    assert_eq!(world.get("/projects/p/pipelines?limit=x").await.status, 400);
}

#[tokio::test]
async fn an_administrators_name_goes_along() {
    let force = "/admin/forceCancelExecution?executionId=e&executionType=ORCHESTRATION&canceledBy=ann";
    let hydrated = json!({"dryRun": true, "executions": {}});
    let orca = Peer::default().answering("PUT", force, 200, &Value::Null).answering(
        "POST",
        "/admin/queue/hydrate?executionId=e&dryRun=true",
        200,
        &hydrated,
    );
    let world = World::of(&Peers { orca, ..Peers::default() });
    let ann = [("x-spinnaker-user", "ann")];
    let path = "/admin/executions/forceCancel?executionId=e&executionType=ORCHESTRATION";
    assert_eq!(world.ask("PUT", path, &ann, Body::empty()).await.status, 200);
    let answer = world.ask("POST", "/admin/executions/hydrate?executionId=e&dryRun=true", &ann, Body::empty()).await;
    assert_eq!(answer.json(), hydrated);
    assert_eq!(world.ask("PUT", "/admin/executions/forceCancel", &ann, Body::empty()).await.status, 400);
}

#[tokio::test]
async fn administrators_see_nodes_and_health_and_take_a_node_out_of_service() {
    let active = json!({"nodes": [{"node": "a"}], "unowned": [], "complete": true});
    let orca = Peer::default().with("/admin/executions/active?limit=7", &active).answering(
        "POST",
        "/admin/instance/enabled",
        200,
        &Value::Null,
    );
    let peers = Peers { orca, ..Peers::default() };
    let world = World::of(&peers);
    assert_eq!(world.get("/admin/executions/active?limit=7").await.json(), active);
    assert_eq!(world.send("POST", "/admin/instance/enabled", &json!({"enabled": false})).await.status, 200);
    assert_eq!(peers.orca.got().last().expect("a call").body, json!({"enabled": false}));
    assert_eq!(world.get("/admin/health").await.json(), json!({"gate": {"status": "UP", "components": {}}}));
}

#[tokio::test]
async fn a_stage_is_restarted_with_the_pipeline_as_it_is_now() {
    let config = json!({"id": "p", "name": " Deploy ", "stages": [1]});
    let orca = Peer::default()
        .with("/pipelines/e", &json!({"id": "e", "application": "shop", "name": "deploy"}))
        .answering("PUT", "/pipelines/e/stages/s/restart", 200, &json!({"id": "e"}));
    let front50 = Peer::default().with("/pipelines/shop?refresh=true", &json!([{"name": "other"}, config]));
    for (front50, expected) in [(front50, config.clone()), (Peer::default(), json!({"skip": false}))] {
        let peers = Peers { orca: orca.clone(), front50, ..Peers::default() };
        let answer = World::of(&peers).send("PUT", "/pipelines/e/stages/s/restart", &json!({"skip": false})).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"id": "e"})));
        assert_eq!(peers.orca.got().last().expect("a call").body, expected);
    }
    let missing = World::of(&Peers::default()).send("PUT", "/pipelines/no/stages/s/restart", &json!({})).await;
    assert_eq!((missing.status, missing.message().as_str()), (404, "Pipeline not found (id: no)"));
}
