//! Fences and request ids: every mutation once, and none for who has lost its execution.

use gennaker_base::Kind;
use gennaker_provider_local::{client::Call, protocol::TrafficRequest};
use serde_json::json;

use crate::agent::{Agent, call, script, server};

const ON: TrafficRequest = TrafficRequest { enabled: true, drain_timeout_ms: 0, weight: None };
const OFF: TrafficRequest = TrafficRequest { enabled: false, drain_timeout_ms: 0, weight: None };

#[tokio::test]
async fn a_lower_epoch_is_refused_also_by_the_next_agent() {
    let mut agent = Agent::start().await;
    let spec = script("job-v000", "exec sleep 600", json!({}));
    agent.client.create_server_group(&spec, &Call::fenced("create", "E", 7)).await.expect("created");
    let late = agent.client.set_traffic("job-v000", &OFF, &Call::fenced("off", "E", 6)).await.expect_err("fenced");
    assert_eq!(late.kind(), Kind::Fenced, "{late}");
    assert!(late.to_string().contains("epoch 7"), "{late}");

    agent.client.set_traffic("job-v000", &OFF, &Call::fenced("off", "E", 8)).await.expect("the new owner");
    agent.kill();
    agent.start_again(&[]).await;
    let late = agent.client.set_traffic("job-v000", &ON, &Call::fenced("on", "E", 7)).await.expect_err("fenced");
    assert_eq!(late.kind(), Kind::Fenced, "{late}");
    assert!(!agent.client.server_group("job-v000").await.expect("it").enabled, "nothing was done");
    // Another execution has its own epochs.
    agent.client.set_traffic("job-v000", &ON, &Call::fenced("on", "F", 1)).await.expect("another execution");
}

#[tokio::test]
async fn a_repeated_request_gets_the_recorded_answer() {
    let mut agent = Agent::start().await;
    let spec = script("job-v000", "exec sleep 600", json!({}));
    let create = Call::fenced("create", "E", 1);
    let first = agent.client.create_server_group(&spec, &create).await.expect("created");
    let again = agent.client.create_server_group(&spec, &create).await.expect("repeated");
    assert_eq!(first, again);
    let other_id = agent.client.create_server_group(&spec, &call()).await.expect("an equal spec");
    assert_eq!(other_id.instances[0].id, first.instances[0].id);

    let off = Call::fenced("off", "E", 1);
    agent.client.set_traffic("job-v000", &OFF, &off).await.expect("disabled");
    agent.client.set_traffic("job-v000", &ON, &call()).await.expect("enabled by somebody else");
    agent.client.set_traffic("job-v000", &OFF, &off).await.expect("repeated");
    assert!(agent.client.server_group("job-v000").await.expect("it").enabled, "a repetition does nothing");

    let error = agent.client.set_traffic("job-v000", &ON, &off).await.expect_err("another request");
    assert_eq!(error.kind(), Kind::Conflict, "{error}");

    let delete = Call::fenced("delete", "E", 1);
    let deleted = agent.client.delete_server_group("job-v000", 0, &delete).await.expect("deleted");
    agent.kill();
    agent.start_again(&[]).await;
    assert_eq!(agent.client.delete_server_group("job-v000", 0, &delete).await.expect("repeated"), deleted);
    assert_eq!(agent.client.create_server_group(&spec, &create).await.expect("repeated"), first, "not made again");
    assert!(agent.client.server_groups().await.expect("none").is_empty());
    let error = agent.client.delete_server_group("job-v000", 0, &call()).await.expect_err("gone");
    assert_eq!(error.kind(), Kind::NotFound, "{error}");
}

#[tokio::test]
async fn a_repetition_of_a_running_request_waits_for_its_answer() {
    let agent = Agent::start().await;
    let deaf = "trap '' TERM; while :; do sleep 0.05; done";
    agent.group(&script("deaf-v000", deaf, json!({"stopGraceMs": 300}))).await;
    let delete = Call::fenced("delete", "E", 1);
    let (first, second) = tokio::join!(
        agent.client.delete_server_group("deaf-v000", 0, &delete),
        agent.client.delete_server_group("deaf-v000", 0, &delete),
    );
    assert_eq!(first.expect("deleted"), second.expect("the same answer"));
}

#[tokio::test]
async fn another_specification_under_the_same_name_is_a_conflict() {
    let agent = Agent::start().await;
    agent.balancer("shop").await;
    let spec = server("shop-v000", "1", "shop", json!({}));
    agent.group(&spec).await;
    let other = server("shop-v000", "2", "shop", json!({}));
    let error = agent.client.create_server_group(&other, &call()).await.expect_err("a conflict");
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
    let error = agent.client.delete_load_balancer("shop", &call()).await.expect_err("in use");
    assert!(error.to_string().contains("shop-v000"), "{error}");
    agent.client.delete_server_group("shop-v000", 0, &call()).await.expect("deleted");
    agent.client.delete_load_balancer("shop", &call()).await.expect("deleted");
    assert!(agent.client.load_balancers().await.expect("none").is_empty());
}

#[tokio::test]
async fn a_limit_that_was_reached_is_not_the_answer_for_ever() {
    let agent = Agent::start().await;
    agent.group(&script("full-v000", "exec sleep 600", json!({"capacity": 8}))).await;
    let spec = script("late-v000", "exec sleep 600", json!({}));
    let create = Call::fenced("create", "E", 1);
    let refused = agent.client.create_server_group(&spec, &create).await.expect_err("the limit of 8");
    assert_eq!(refused.kind(), Kind::Unavailable, "{refused}");
    agent.client.delete_server_group("full-v000", 0, &call()).await.expect("deleted");
    agent.client.create_server_group(&spec, &create).await.expect("there is room now");
}
