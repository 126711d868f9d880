use super::*;

fn group(disabled: bool, instances: &[&[(&str, &str)]]) -> ServerGroup {
    let class = |kind: &str| (kind == "LocalAgent").then_some("platform");
    let instances: Vec<Value> = instances
        .iter()
        .enumerate()
        .map(|(number, sources)| {
            let health: Vec<Value> = sources
                .iter()
                .map(|(kind, state)| json!({"type": kind, "state": state, "healthClass": class(kind)}))
                .collect();
            json!({ "name": format!("i-{number}"), "health": health })
        })
        .collect();
    let size = instances.len();
    serde_json::from_value(json!({
        "disabled": disabled, "loadBalancers": ["front"], "instances": instances,
        "capacity": {"min": size, "desired": size, "max": size + 1},
    }))
    .expect("a server group")
}

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

const RUNS: &[(&str, &str)] = &[("LocalAgent", "Up"), ("LoadBalancer", "Up")];
const RESTS: &[(&str, &str)] = &[("LocalAgent", "Up"), ("LoadBalancer", "OutOfService")];
const BEGINS: &[(&str, &str)] = &[("LocalAgent", "Starting"), ("LoadBalancer", "Starting")];

#[test]
fn enough_instances_have_to_serve() {
    let is_up = |context: Value, group: &ServerGroup| all_up(&object(context), group);
    assert!(is_up(json!({}), &group(false, &[RUNS, RUNS])));
    assert!(!is_up(json!({}), &group(false, &[RUNS, BEGINS])));
    assert!(is_up(json!({"targetHealthyDeployPercentage": 50}), &group(false, &[RUNS, BEGINS])));
    assert!(is_up(json!({"interestingHealthProviderNames": []}), &group(false, &[BEGINS])));
    let none = group(false, &[]);
    let seen = |count: i64| json!({"capacitySnapshot": {"desiredCapacity": 2}, "zeroDesiredCapacityCount": count});
    assert!(is_up(json!({}), &none));
    assert!(!is_up(seen(11), &none), "it had instances: that may be a mistake");
    assert!(is_up(seen(12), &none));
}

#[test]
fn traffic_ends_when_the_balancer_says_so() {
    let is_down = |context: Value, group: &ServerGroup| all_down(&object(context), group).expect("a verdict");
    assert!(is_down(json!({}), &group(true, &[RESTS, RESTS])));
    assert!(!is_down(json!({}), &group(true, &[RESTS, RUNS])));
    let unknown = |disabled| group(disabled, &[&[("LocalAgent", "Up")]]);
    assert!(!is_down(json!({}), &unknown(true)), "its balancer says nothing yet");
    let unbalanced = ServerGroup { load_balancers: Vec::new(), ..unknown(true) };
    assert!(is_down(json!({}), &unbalanced));
    assert!(!is_down(json!({}), &ServerGroup { load_balancers: Vec::new(), ..unknown(false) }));
    assert!(is_down(json!({"interestingHealthProviderNames": ["LocalAgent"]}), &group(true, &[RUNS])));
    assert!(is_down(json!({"interestingHealthProviderNames": []}), &group(false, &[RUNS])));
}

#[test]
fn a_share_leaves_traffic() {
    let is_down = |context: Value, group: &ServerGroup| all_down(&object(context), group).expect("a verdict");
    let half = group(false, &[RESTS, RUNS, RESTS, RUNS]);
    assert!(is_down(json!({"desiredPercentage": 50}), &half));
    assert!(!is_down(json!({"desiredPercentage": 100}), &half));
    let told = |ids: Value, skipped: Value| {
        json!({"desiredPercentage": 50, "kato.last.task.id": {"id": "2"}, "kato.tasks": [
            {"id": "1", "resultObjects": [{"instanceIdsToDisable": ["i-1"]}]},
            {"id": "2", "resultObjects": [{"instanceIdsToDisable": ids, "discoverySkippedInstanceIds": skipped}]},
        ]})
    };
    assert!(is_down(told(json!(["i-0", "i-2"]), json!([])), &half));
    assert!(!is_down(told(json!(["i-0", "i-1"]), json!([])), &half));
    assert!(is_down(told(json!(["i-0", "i-1"]), json!(["i-1"])), &half));
}

#[test]
fn a_size_is_reached_when_as_many_are_there_and_serve() {
    let matches = |context: Value, group: &ServerGroup| {
        capacity_matches(&Look::new(&object(context), group, false)).expect("a verdict")
    };
    assert!(matches(json!({}), &group(false, &[RUNS, RUNS])));
    assert!(!matches(json!({}), &group(false, &[RUNS, BEGINS])));
    assert!(matches(json!({}), &group(true, &[RESTS, RESTS])), "what is disabled need not serve");
    let two = json!({"capacity": {"min": 3, "desired": 3, "max": 3}});
    assert!(!matches(two, &group(false, &[RUNS, RUNS])), "the stage asks for three");
    let most = json!({"targetHealthyDeployPercentage": 50, "targetDesiredSize": 1});
    assert!(matches(most, &group(false, &[RUNS, BEGINS])));
}
