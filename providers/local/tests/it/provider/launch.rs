//! A launch configuration that changes, through the provider.

use gennaker_base::Kind;
use gennaker_provider_api::Provider as _;
use gennaker_wire::{Outcome, ServerGroup};
use serde_json::{Value, json};

use super::world::{Notes, World, serve};

fn versions(group: &ServerGroup) -> Vec<Value> {
    group.instances.iter().map(|instance| instance.other["launchVersion"].clone()).collect()
}

#[tokio::test]
async fn a_rolling_push_replaces_instances_by_those_of_the_new_configuration() {
    let world = World::start().await;
    world.done("createServerGroup", serve(json!({"loadBalancers": [], "capacity": {"desired": 2}}))).await;
    let name = "shop-web-v000";
    let before = world.group_when(name, |group| group.instance_counts.up == 2).await;
    // The context of a deploy stage, as orca sends it.
    let stage =
        serve(json!({"asgName": name, "arguments": ["serve", "2"], "capacity": {"desired": 5}, "region": "local",
        "strategy": "rollingpush", "termination": {"totalRelaunches": 2}}));
    let operation = world.operation("updateLaunchConfig", stage);
    let plan = world.provider.plan(&operation, &[]).await.expect("a plan");
    assert_eq!(plan.outcome, Outcome::Runs, "{plan:?}");
    assert_eq!(plan.steps[0].name.as_deref(), Some("launch configuration of server group shop-web-v000"));
    let notes = Notes::default();
    let changed = world.run("P-1", 1, &notes, operation.clone()).await.expect("it succeeds");
    assert_eq!(changed.result["serverGroupNames"], json!(["local:shop-web-v000"]));
    assert_eq!(changed.result["launchVersion"], 1);
    // Run again, it changes nothing more.
    assert_eq!(world.run("P-1", 1, &notes, operation).await.expect("it succeeds"), changed);
    let group = world.group_when(name, |_| true).await;
    assert_eq!((group.launch_config["version"].as_u64(), group.capacity.desired), (Some(1), 2));
    assert_eq!(versions(&group), [0, 0]);
    for instance in &before.instances {
        world.done("terminateInstances", json!({"instanceIds": [instance.id], "drainTimeoutMs": 0})).await;
        world.group_when(name, |group| group.instance_counts.up == 2 && group.instances.len() == 2).await;
    }
    let after = world.group_when(name, |_| true).await;
    assert_eq!(
        (versions(&after), &after.launch_config["arguments"]),
        (vec![json!(1), json!(1)], &json!(["serve", "2"]))
    );
    let missing = world.refused("updateLaunchTemplate", json!({"serverGroupName": "none", "command": "true"})).await;
    assert_eq!(missing.kind, Kind::NotFound, "{missing}");
    world.end().await;
}
