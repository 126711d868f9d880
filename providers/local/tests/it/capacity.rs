//! More instances, fewer, other ones, and single ones out of traffic.

use std::collections::BTreeSet;

use gennaker_base::Kind;
use gennaker_provider_local::{
    client::Call,
    protocol::{
        Capacity, InstanceState, RegistrationRequest, ResizeRequest, ScalingPolicy, ServerGroup, TerminationRequest,
        TrafficRequest,
    },
};
use serde_json::{Value, json};

use crate::{
    agent::{Agent, call, kill, runs, script, server, until},
    http1::get,
};

fn resize(capacity: Value) -> ResizeRequest {
    serde_json::from_value(json!({"capacity": capacity, "drainTimeoutMs": 5_000})).expect("a request")
}

fn terminate(instances: &[&str], fields: Value) -> TerminationRequest {
    let mut request = json!({"instances": instances, "drainTimeoutMs": 5_000});
    request.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    serde_json::from_value(request).expect("a request")
}

fn ids(group: &ServerGroup) -> BTreeSet<&str> {
    group.instances.iter().map(|instance| instance.id.as_str()).collect()
}

#[tokio::test]
async fn a_group_grows_and_shrinks_and_the_next_agent_keeps_its_size() {
    let mut agent = Agent::start().await;
    let before = agent.group(&script("job-v000", "exec sleep 600", json!({}))).await;
    let grow = Call::fenced("grow", "E", 2);
    let wanted = resize(json!({"max": 4, "desired": 3}));
    let grown = agent.client.resize_server_group("job-v000", &wanted, &grow).await.expect("grown");
    assert_eq!((grown.capacity, grown.instances.len()), (Capacity { min: 1, max: 4, desired: 3 }, 3));
    assert!(ids(&grown).is_superset(&ids(&before)));
    let again = agent.client.resize_server_group("job-v000", &wanted, &grow).await.expect("repeated");
    assert_eq!(again, grown, "it is carried out once");
    let late = agent.client.resize_server_group("job-v000", &wanted, &Call::fenced("late", "E", 1)).await;
    assert_eq!(late.expect_err("fenced").kind(), Kind::Fenced);

    agent.kill();
    agent.start_again(&[]).await;
    let found = agent.until_up("job-v000").await;
    assert_eq!((found.capacity, ids(&found)), (grown.capacity, ids(&grown)));

    let shrunk = agent.client.resize_server_group("job-v000", &resize(json!({"desired": 1})), &call()).await;
    let shrunk = shrunk.expect("shrunk");
    assert_eq!(shrunk.instances.iter().filter(|one| one.state == InstanceState::Stopping).count(), 2);
    let left = agent.until_group("job-v000", "smaller", |group| group.instances.len() == 1).await;
    assert_eq!(left.instances[0].id, found.instances[2].id, "the oldest leave");
    assert!(found.instances[..2].iter().all(|instance| !runs(instance.pid.expect("a pid"))));
}

#[tokio::test]
async fn the_unhealthy_leave_first_and_none_is_left_if_one_cannot_start() {
    let agent = Agent::start().await;
    let program = agent.folder().join("program");
    std::fs::copy("/bin/sleep", &program).expect("copied");
    let fields = json!({"command": program, "args": ["600"], "capacity": 2, "restart": {"mode": "never"}});
    let group = agent.group(&script("job-v000", "", fields)).await;
    kill(group.instances[1].pid.expect("a pid"));
    agent.until_group("job-v000", "hurt", |group| group.instances[1].state == InstanceState::Failed).await;
    agent
        .client
        .resize_server_group("job-v000", &resize(json!({"min": 0, "desired": 1})), &call())
        .await
        .expect("shrunk");
    let left = agent.until_group("job-v000", "smaller", |group| group.instances.len() == 1).await;
    assert_eq!(left.instances[0].id, group.instances[0].id);

    std::fs::remove_file(&program).expect("removed");
    let error = agent.client.resize_server_group("job-v000", &resize(json!({"desired": 2})), &call()).await;
    let error = error.expect_err("it cannot start");
    assert!(error.to_string().contains("was not found"), "{error}");
    assert_eq!(agent.client.server_group("job-v000").await.expect("it"), left, "nothing has changed");
    let beyond = agent.client.resize_server_group("job-v000", &resize(json!({"max": 9, "desired": 9})), &call()).await;
    assert_eq!(beyond.expect_err("the limit of 8").kind(), Kind::Unavailable);
    let unordered = agent.client.resize_server_group("job-v000", &resize(json!({"desired": 5})), &call()).await;
    assert_eq!(unordered.expect_err("above its maximum").kind(), Kind::Invalid);
}

#[tokio::test]
async fn an_instance_that_leaves_is_drained_first_also_by_the_next_agent() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let group =
        agent.group(&server("shop-v000", "1", "shop", json!({"capacity": {"min": 0, "max": 2, "desired": 1}}))).await;
    let old = group.instances[0].clone();
    let slow = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/700").await.map_err(|error| error.to_string()) }
    });
    until("the request has arrived", || async {
        agent.client.instance_log(&old.id, 100).await.expect("a log").contains("has begun")
    })
    .await;
    let ended = agent.client.terminate_instances(&terminate(&[&old.id], json!({})), &call()).await.expect("ended");
    assert_eq!((ended.instances.len(), ended.replacements.len()), (1, 1));
    assert_eq!(slow.await.expect("joined").expect("an answer").body, "slow", "it may finish");
    let replaced = |group: &ServerGroup| group.instances.len() == 1 && group.up() == 1;
    let group = agent.until_group("shop-v000", "replaced", replaced).await;
    assert_eq!(group.instances[0].id, ended.replacements[0]);
    assert_eq!(get(&address, "/").await.expect("an answer").status, 200);

    // The next one is killed while it drains.
    let stuck = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/60000").await.map_err(|error| error.to_string()) }
    });
    let new = group.instances[0].clone();
    until("the request has arrived", || async {
        agent.client.instance_log(&new.id, 100).await.expect("a log").contains("has begun")
    })
    .await;
    let end = terminate(&[&new.id], json!({"decrement": true}));
    let call = Call::fenced("end", "E", 1);
    agent.client.terminate_instances(&end, &call).await.expect("ended");
    agent.kill();
    stuck.await.expect("joined").expect_err("the agent was killed");
    agent.start_again(&[]).await;
    let empty = agent.until_group("shop-v000", "empty", |group| group.instances.is_empty()).await;
    assert_eq!(empty.capacity, Capacity { min: 0, max: 2, desired: 0 });
    assert!(!runs(new.pid.expect("a pid")));
    agent.client.terminate_instances(&end, &call).await.expect("the recorded answer");
}

#[tokio::test]
async fn a_server_group_out_of_traffic_is_not_scaled() {
    let agent = Agent::start().await;
    let policy = json!({"name": "busy", "metric": "requestsPerSecond", "target": 1, "cooldownMs": 0});
    let policy: ScalingPolicy = serde_json::from_value(policy).expect("a policy");
    // By name, so that the one without traffic is measured first.
    for (name, enabled) in [("idle-v000", false), ("shop-v000", true)] {
        let fields = json!({"capacity": {"min": 1, "max": 2, "desired": 2}, "enabled": enabled});
        agent.group(&script(name, "exec sleep 600", fields)).await;
        agent.client.put_scaling_policy(name, &policy, &call()).await.expect("a policy");
    }
    agent.until_group("shop-v000", "smaller", |group| group.capacity.desired == 1).await;
    assert_eq!(agent.client.server_group("idle-v000").await.expect("it").capacity.desired, 2);
}

#[tokio::test]
async fn an_instance_that_is_ended_while_it_drains_may_finish_what_it_works_on() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let group = agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let id = group.instances[0].id.clone();
    let slow = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/1500").await.map_err(|error| error.to_string()) }
    });
    until("the request has arrived", || async {
        agent.client.instance_log(&id, 100).await.expect("a log").contains("has begun")
    })
    .await;
    let client = agent.client.clone();
    let disabling = tokio::spawn(async move {
        let off = TrafficRequest { enabled: false, drain_timeout_ms: 20_000, weight: None };
        client.set_traffic("shop-v000", &off, &call()).await.expect("disabled")
    });
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    agent.client.terminate_instances(&terminate(&[&id], json!({})), &call()).await.expect("ended");
    assert_eq!(slow.await.expect("joined").expect("an answer").body, "slow");
    assert_eq!(disabling.await.expect("joined").cut, 0);
}

#[tokio::test]
async fn the_minimum_holds_unless_it_may_give_way() {
    let agent = Agent::start().await;
    let group = agent.group(&script("job-v000", "exec sleep 600", json!({"capacity": 2}))).await;
    let first = group.instances[0].id.as_str();
    let refused = agent.client.terminate_instances(&terminate(&[first], json!({"decrement": true})), &call()).await;
    let refused = refused.expect_err("the minimum is 2");
    assert_eq!(refused.kind(), Kind::Conflict, "{refused}");
    let end = terminate(&[first], json!({"decrement": true, "adjustMin": true, "setMaxToDesired": true}));
    agent.client.terminate_instances(&end, &call()).await.expect("ended");
    let left = agent.until_group("job-v000", "smaller", |group| group.instances.len() == 1).await;
    assert_eq!(left.capacity, Capacity::fixed(1));
}

#[tokio::test]
async fn an_instance_out_of_its_balancer_gets_no_requests_and_goes_on() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let group = agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 2}))).await;
    let (out, stays) = (&group.instances[0], &group.instances[1]);
    let change = |registered: bool, fields: Value| -> RegistrationRequest {
        let mut change = json!({"registered": registered, "drainTimeoutMs": 1_000});
        change.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        serde_json::from_value(change).expect("a request")
    };
    let one = json!({"instances": [out.id]});
    let done = agent.client.register_instances(&change(false, one.clone()), &call()).await.expect("done");
    assert_eq!((done.instances.as_slice(), done.cut), ([out.id.clone()].as_slice(), 0));
    agent.kill();
    agent.start_again(&[]).await;
    agent.until_up("shop-v000").await;
    for _ in 0..6 {
        let answer = get(&address, "/").await.expect("an answer");
        assert_eq!(answer.json()["instance"], stays.id, "also the next agent sends it nothing");
    }
    assert!(runs(out.pid.expect("a pid")));

    let half = json!({"serverGroup": "shop-v000", "percentage": 50});
    let done = agent.client.register_instances(&change(false, half), &call()).await.expect("done");
    assert!(done.instances.is_empty(), "half of it is out already");
    agent.client.register_instances(&change(true, one), &call()).await.expect("done");
    let back = |group: &ServerGroup| group.instances[0].deregistered_from.is_empty();
    agent.until_group("shop-v000", "back", back).await;
    until("it gets requests again", || async {
        get(&address, "/").await.expect("an answer").json()["instance"] == out.id
    })
    .await;
    let other = change(false, json!({"instances": [out.id], "loadBalancers": ["other"]}));
    let error = agent.client.register_instances(&other, &call()).await.expect_err("not its balancer");
    assert!(error.to_string().contains("it belongs to: shop"), "{error}");
}
