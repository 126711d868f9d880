//! Diagnoses, replays and plans are orca's, passed on as they are.

use serde_json::json;

use crate::world::{Peer, Peers, World};

#[tokio::test]
async fn what_orca_says_is_passed_on() {
    let diagnosis = json!({"verdict": "WAITING", "summary": "why"});
    let orca = Peer::default()
        .with("/pipelines/E/diagnosis", &diagnosis)
        .with("/pipelines/E/replay", &json!({"same": true}))
        .with("/pipelines/E/replay?export=true", &json!({"format": 1}))
        .answering("GET", "/pipelines/OLD/replay", 501, &json!({"message": "it cannot be replayed: why"}))
        .answering("POST", "/pipelines/plan", 200, &json!({"outcome": "RUNS"}));
    let world = World::of(&Peers { orca: orca.clone(), ..Peers::default() });
    assert_eq!(world.get("/pipelines/E/diagnosis").await.json(), diagnosis);
    assert_eq!(world.get("/pipelines/E/replay").await.json(), json!({"same": true}));
    assert_eq!(world.get("/pipelines/E/replay?export=true").await.json(), json!({"format": 1}));
    let refused = world.get("/pipelines/OLD/replay").await;
    assert_eq!((refused.status, refused.message().as_str()), (501, "it cannot be replayed: why"));
    let pipeline = json!({"application": "shop", "stages": []});
    assert_eq!(world.send("POST", "/pipelines/plan", &pipeline).await.json(), json!({"outcome": "RUNS"}));
    assert_eq!(orca.got().last().expect("the plan").body, pipeline);
}

#[tokio::test]
async fn unknown_executions_and_wrong_input_are_refused() {
    let peers = Peers::default();
    let world = World::of(&peers);
    for path in ["/pipelines/E/diagnosis", "/pipelines/E/replay"] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.message().as_str()), (404, "Pipeline not found (id: E)"), "{path}");
    }
    let asked = peers.orca.got().len();
    assert_eq!(world.get("/pipelines/E/replay?export=perhaps").await.status, 400);
    assert_eq!(world.send("POST", "/pipelines/plan", &json!([])).await.status, 400);
    assert_eq!(peers.orca.got().len(), asked, "orca is not asked");
}
