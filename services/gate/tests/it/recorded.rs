//! Answers of upstream's gate, played again.

use serde_json::{Value, json};

use crate::world::{Answer, Peer, Peers, World};

fn cases() -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("recorded.json")).expect("JSON");
    file["cases"].as_array().expect("a list").clone()
}

fn peers(case: &Value) -> Peers {
    let mut peers = Peers::default();
    for rule in case["peers"].as_array().expect("a list") {
        let text = |field: &str| rule[field].as_str().expect("a text");
        let peer: &mut Peer = match text("service") {
            "front50" => &mut peers.front50,
            "orca" => &mut peers.orca,
            _ => &mut peers.clouddriver,
        };
        let status = u16::try_from(rule["status"].as_u64().expect("a status")).expect("a status");
        *peer = peer.clone().answering(text("method"), text("path"), status, &rule["answer"]);
    }
    peers
}

/// What was recorded of an error's body; a body of ours has more.
fn comparable(answer: &Answer, recorded: &Value) -> Value {
    let mut body = answer.json();
    if recorded["status"].as_u64().is_some_and(|status| status >= 400)
        && let (Some(fields), Some(recorded)) = (body.as_object_mut(), recorded["body"].as_object())
    {
        fields.retain(|name, _| recorded.contains_key(name));
    }
    body
}

async fn play(world: &World, peers: &Peers, case: &Value) -> Result<(), String> {
    let (method, path) = (case["method"].as_str().expect("a method"), case["path"].as_str().expect("a path"));
    let answer = match case.get("body") {
        Some(body) => world.send(method, path, body).await,
        None => world.ask(method, path, &[], axum::body::Body::empty()).await,
    };
    let seen = json!({ "status": answer.status, "body": comparable(&answer, &case["answer"]) });
    if seen != case["answer"] {
        return Err(format!("{}: {seen}\nrecorded: {}", case["case"], case["answer"]));
    }
    for rule in case["peers"].as_array().expect("a list") {
        let peer = match rule["service"].as_str().expect("a name") {
            "front50" => &peers.front50,
            "orca" => &peers.orca,
            _ => &peers.clouddriver,
        };
        let got = peer.got();
        let got = got.iter().find(|got| rule["method"] == got.method.as_str() && rule["path"] == got.path.as_str());
        match (got, rule.get("sent")) {
            (None, _) => return Err(format!("{}: nobody asked {} {}", case["case"], rule["method"], rule["path"])),
            (Some(got), Some(sent)) if got.body != *sent => {
                return Err(format!("{}: {} got {}, not {sent}", case["case"], rule["path"], got.body));
            }
            _ => {}
        }
    }
    Ok(())
}

#[tokio::test]
async fn upstreams_answers_are_ours() {
    let cases = cases();
    assert!(cases.len() >= 38, "the recording is whole");
    let mut failures = Vec::new();
    for case in &cases {
        let peers = peers(case);
        failures.extend(play(&World::of(&peers), &peers, case).await.err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[tokio::test]
async fn the_answers_are_the_same_over_sockets() {
    let behind = Peers::default();
    let world = World::over_sockets(&behind).await;
    let mut failures = Vec::new();
    for case in &cases() {
        behind.become_like(&peers(case));
        failures.extend(play(&world, &behind, case).await.err());
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
