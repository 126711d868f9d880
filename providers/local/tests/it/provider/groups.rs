//! Server groups through the provider.

use std::time::Duration;

use gennaker_base::Kind;
use gennaker_provider_api::{LogFrom, Provider as _};
use gennaker_wire::{Capacity, HealthState, ServerGroup};
use serde_json::json;

use super::world::{Notes, World, serve, states};
use crate::http1::get;

#[tokio::test]
async fn a_server_group_lives_from_creation_to_its_end() {
    let world = World::start().await;
    world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    assert!(world.inventory().borrow().load_balancer("local", "shop-front").is_some(), "a read right after sees it");
    let created = world.done("createServerGroup", serve(json!({"capacity": {"desired": 2}}))).await;
    assert_eq!(created.result["serverGroupNames"], json!(["local:shop-web-v000"]));
    assert_eq!(created.result["serverGroupNameByRegion"], json!({"local": "shop-web-v000"}));
    assert_eq!(created.result["deployedNames"], json!(["shop-web-v000"]));
    assert!(world.inventory().borrow().server_group("local", "shop-web-v000").is_some());
    let up = world.group_when("shop-web-v000", |group| group.instance_counts.up == 2).await;
    assert_eq!((up.cluster.as_str(), up.moniker.sequence), ("shop-web", Some(0)));
    assert_eq!(states(&up, "LocalAgent"), [HealthState::Up, HealthState::Up]);
    assert_eq!(states(&up, "LoadBalancer"), [HealthState::Up, HealthState::Up]);

    let second = world.done("createServerGroup", serve(json!({}))).await;
    assert_eq!(second.result["serverGroupNames"], json!(["local:shop-web-v001"]));

    let name = json!({"serverGroupName": "shop-web-v000", "region": "local"});
    world.done("disableServerGroup", name.clone()).await;
    let off = world.inventory().borrow().server_group("local", "shop-web-v000").expect("it is there").clone();
    assert!(off.disabled);
    assert_eq!(states(&off, "LoadBalancer"), [HealthState::OutOfService, HealthState::OutOfService]);
    assert_eq!(off.instance_counts.out_of_service, 2);
    let front = world.inventory().borrow().load_balancer("local", "shop-front").expect("it is there").clone();
    assert_eq!(front.server_groups.len(), 2);
    assert!(front.server_groups[0].is_disabled);

    world.done("enableServerGroup", name.clone()).await;
    assert!(!world.inventory().borrow().server_group("local", "shop-web-v000").expect("it is there").disabled);
    world.done("destroyServerGroup", name.clone()).await;
    assert!(world.inventory().borrow().server_group("local", "shop-web-v000").is_none(), "a read right after sees it");
    let gone = world.refused("destroyServerGroup", name).await;
    assert_eq!(gone.kind, Kind::NotFound, "{gone}");

    let used = world.refused("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    assert_eq!(used.kind, Kind::Conflict, "{used}");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-web-v001"})).await;
    world.done("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    assert!(world.inventory().borrow().load_balancers.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_server_group_is_resized_cloned_and_loses_instances() {
    let world = World::start().await;
    world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    world.done("createServerGroup", serve(json!({}))).await;
    let name = "shop-web-v000";
    let capacity = json!({"min": "1", "max": 4, "desired": "3"});
    world.done("resizeServerGroup", json!({"serverGroupName": name, "capacity": capacity})).await;
    let group = world.group_when(name, |group| group.instance_counts.up == 3).await;
    assert_eq!(group.capacity, Capacity { min: 1, max: 4, desired: 3 });
    let stale =
        json!({"serverGroupName": name, "capacity": {"desired": 1}, "constraints": {"capacity": {"desired": 2}}});
    let refused = world.refused("resizeServerGroup", stale).await;
    assert_eq!(refused.kind, Kind::Conflict, "{refused}");
    assert!(refused.message.contains("desired 3"), "{refused}");

    let source = json!({"account": world.account(), "region": "local", "serverGroupName": name});
    let cloned = world.done("cloneServerGroup", json!({"source": source, "capacity": {"min": 0, "desired": 1}})).await;
    assert_eq!(cloned.result["serverGroupNames"], json!(["local:shop-web-v001"]));
    let clone = world.group_when("shop-web-v001", |group| group.instance_counts.up == 1).await;
    assert_eq!(
        (clone.capacity, &clone.load_balancers),
        (Capacity { min: 0, max: 4, desired: 1 }, &group.load_balancers)
    );
    assert_eq!(clone.launch_config, group.launch_config);

    let first = group.instances[0].id.clone();
    let drained = json!({"instanceIds": [first], "loadBalancerNames": ["shop-front"]});
    world.done("deregisterInstancesFromLoadBalancer", drained.clone()).await;
    let states_of = |group: &ServerGroup| states(group, "LoadBalancer");
    let one_out = [HealthState::OutOfService, HealthState::Up, HealthState::Up];
    assert_eq!(states_of(&world.group_when(name, |_| true).await), one_out);
    world.done("registerInstancesWithLoadBalancer", drained).await;
    assert_eq!(states_of(&world.group_when(name, |_| true).await), [HealthState::Up; 3]);
    let share = world.done("disableServerGroup", json!({"serverGroupName": name, "desiredPercentage": 34})).await;
    assert_eq!(share.result["instanceIdsToDisable"].as_array().map(Vec::len), Some(2), "a third, rounded up");
    let group = world.group_when(name, |_| true).await;
    assert_eq!((group.disabled, group.instance_counts.out_of_service), (false, 2));
    world.done("enableServerGroup", json!({"serverGroupName": name})).await;
    world.group_when(name, |group| group.instance_counts.up == 3).await;

    world.done("terminateInstances", json!({"instanceIds": [first]})).await;
    let all_new = |group: &ServerGroup| {
        group.instance_counts.up == 3 && group.instances.len() == 3 && group.instances.iter().all(|one| one.id != first)
    };
    let group = world.group_when(name, all_new).await;
    let end = json!({"asgName": name, "instance": group.instances[0].id, "setMaxToNewDesired": true});
    world.done("terminateInstanceAndDecrementServerGroup", end).await;
    let group = world.group_when(name, |group| group.instances.len() == 2).await;
    assert_eq!(group.capacity, Capacity { min: 1, max: 2, desired: 2 });
    world.end().await;
}

#[tokio::test]
async fn a_repeated_creation_is_the_same_server_group_and_a_former_owner_is_refused() {
    let world = World::start().await;
    let create = || world.operation("createServerGroup", serve(json!({"loadBalancers": []})));
    let notes = Notes::default();
    let first = world.run("T-0", 3, &notes, create()).await.expect("it succeeds");
    // Its owner died; the next one runs it again with what was decided.
    let again = world.run("T-0", 4, &notes, create()).await.expect("it succeeds");
    assert_eq!(again, first);
    assert_eq!(world.inventory().borrow().server_groups.len(), 1);
    let stale = world.run("T-0", 3, &notes, create()).await.expect_err("it is refused");
    assert_eq!(stale.kind, Kind::Fenced, "{stale}");
    world.end().await;
}

#[tokio::test]
async fn a_server_group_is_scaled_by_its_requests_and_tells_so() {
    let world = World::start().await;
    let made = world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    let address = format!("127.0.0.1:{}", made.result["loadBalancers"]["local"]["port"]);
    world.done("createServerGroup", serve(json!({"capacity": {"min": 1, "desired": 1, "max": 2}}))).await;
    let name = "shop-web-v000";
    world.group_when(name, |group| group.instance_counts.up == 1).await;
    let policy = json!({"serverGroupName": name, "policyName": "busy", "metric": "requestsPerSecond", "target": 2,
        "cooldownMs": 0});
    world.done("upsertScalingPolicy", policy).await;
    let busy = async {
        loop {
            let _answer = get(&address, "/").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        never = busy => never,
        grown = world.group_when(name, |group| group.capacity.desired == 2 && group.instance_counts.up == 2) => drop(grown),
    }
    // Nobody asks any more.
    world.group_when(name, |group| group.capacity.desired == 1 && group.instances.len() == 1).await;
    let activities = world.provider.scaling_activities(&world.account(), "local", name).await.expect("activities");
    assert_eq!(activities.last().expect("one").description, "from 1 to 2 instances");
    assert!(activities.last().expect("one").cause.contains("policy busy"), "{activities:?}");
    assert_eq!(activities.first().expect("one").description, "from 2 to 1 instances");
    world.done("deleteScalingPolicy", json!({"serverGroupName": name, "policyName": "busy"})).await;
    let gone = world.refused("deleteScalingPolicy", json!({"serverGroupName": name, "policyName": "busy"})).await;
    assert_eq!(gone.kind, Kind::NotFound, "{gone}");
    world.end().await;
}

#[tokio::test]
async fn a_failing_process_says_why() {
    let world = World::start().await;
    let script = "echo no licence found >&2; exit 7";
    let failing = json!({
        "application": "shop", "command": "/bin/sh", "arguments": ["-c", script], "restart": {"mode": "never"},
    });
    world.done("createServerGroup", failing).await;
    let down = world.group_when("shop-v000", |group| group.instances[0].other["lastExit"]["code"] == 7).await;
    assert_eq!(states(&down, "LocalAgent"), [HealthState::Down]);
    assert_eq!(down.instance_counts.down, 1);
    let description = down.instances[0].health[0].other["description"].as_str().expect("a text");
    assert!(description.contains("exit code 7") && description.ends_with("no licence found"), "{description}");
    assert_eq!(down.other["problems"][0]["instance"], json!(down.instances[0].id));
    let exit = &down.instances[0].other["lastExit"];
    assert!(exit["logTail"].as_str().is_some_and(|log| log.contains("no licence found")), "{exit}");
    let log = world.provider.console_output(&world.account(), "local", &down.instances[0].id, 1000).await;
    assert!(log.expect("a log").contains("no licence found"));
    let id = &down.instances[0].id;
    let account = world.account();
    let log = |from| world.provider.log(&account, "local", id, from, 7);
    let first = log(LogFrom::Position(0)).await.expect("a piece");
    assert_eq!((first.text.as_str(), first.next, first.ended), ("no lice", 7, false));
    let last = log(LogFrom::End).await.expect("a piece");
    assert_eq!(last.text, " found\n");
    assert_eq!(log(LogFrom::Position(last.next)).await.expect("a piece").text, "", "nothing yet");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-v000"})).await;
    assert!(log(LogFrom::Position(last.next)).await.expect("a piece").ended, "nothing will follow");
    let unknown = world.provider.console_output(&world.account(), "local", "shop-v000-zzzzzz", 1000).await;
    assert_eq!(unknown.expect_err("there is none").kind, Kind::NotFound);
    world.end().await;
}
