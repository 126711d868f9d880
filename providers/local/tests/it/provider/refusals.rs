//! What the provider refuses before anything runs.

use gennaker_base::Kind;
use gennaker_provider_api::Provider as _;
use gennaker_wire::Outcome;
use serde_json::json;

use super::world::{World, serve};

#[tokio::test]
async fn what_cannot_run_is_refused_before_it_runs() {
    let world = World::start().await;
    for (name, description, kind, part) in [
        ("createServerGroup", json!({}), Kind::Invalid, "application is missing; command is missing"),
        ("createServerGroup", serve(json!({"application": "a-b"})), Kind::Invalid, "Invalid appName a-b"),
        ("createServerGroup", serve(json!({"region": "moon"})), Kind::Invalid, "no region moon"),
        ("destroyServerGroup", json!({}), Kind::Invalid, "serverGroupName is missing"),
        (
            "disableServerGroup",
            json!({"serverGroupName": "x", "desiredPercentage": 101}),
            Kind::Invalid,
            "desiredPercentage is a percentage",
        ),
        ("upsertLoadBalancer", json!({"name": "x", "port": "high"}), Kind::Invalid, "invalid type"),
        ("deleteLoadBalancer", json!({"name": "x", "account": "other"}), Kind::NotFound, "no local account other"),
        ("resizeServerGroup", json!({"serverGroupName": "x"}), Kind::Invalid, "capacity is missing"),
        ("cloneServerGroup", json!({}), Kind::Invalid, "source.serverGroupName is missing"),
        ("terminateInstances", json!({}), Kind::Invalid, "instanceIds is missing"),
        ("pauseServerGroup", json!({}), Kind::Unsupported, "no operation pauseServerGroup; it has createServerGroup"),
    ] {
        let error = world.provider.validate(&world.operation(name, description.clone())).await;
        let error = error.expect_err("it is refused");
        assert_eq!(error.kind, kind, "{name} {description}: {error}");
        assert!(error.message.contains(part), "{name} {description}: {error}");
    }
    let missing = world.refused("createServerGroup", serve(json!({}))).await;
    assert_eq!(missing.kind, Kind::Invalid);
    assert!(missing.message.contains("load balancer shop-front does not exist"), "{missing}");
    world.end().await;
}

#[tokio::test]
async fn a_deployment_over_the_accounts_limits_is_refused_by_the_plan_in_the_words_of_the_operation() {
    let world = World::start().await;
    let many = serve(json!({"loadBalancers": [], "capacity": {"desired": 9}}));
    let operation = world.operation("createServerGroup", many.clone());
    let plan = world.provider.plan(&operation, &[]).await.expect("a plan");
    let words =
        "9 more processes would be over the limit of 8 (0 are there); destroy a server group or raise the agent's";
    assert_eq!(plan.outcome, Outcome::Fails);
    assert!(plan.remarks[0].message.starts_with(words), "{plan:?}");
    let refused = world.refused("createServerGroup", many).await;
    assert!(refused.kind == Kind::Unavailable && refused.message.contains(words), "{refused}");
    assert!(world.inventory().borrow().server_groups.is_empty(), "nothing is made");

    world.done("createServerGroup", serve(json!({"loadBalancers": [], "capacity": {"desired": 5}}))).await;
    let grow = json!({"serverGroupName": "shop-web-v000", "capacity": {"max": 9, "desired": 9}});
    let plan = world.provider.plan(&world.operation("resizeServerGroup", grow), &[]).await.expect("a plan");
    assert!(
        plan.remarks[0].message.contains("4 more processes would be over the limit of 8 (5 are there)"),
        "{plan:?}"
    );
    let clone = json!({"source": {"serverGroupName": "shop-web-v000"}});
    let plan = world.provider.plan(&world.operation("cloneServerGroup", clone), &[]).await.expect("a plan");
    assert!(plan.remarks[0].message.contains("5 more processes"), "{plan:?}");

    let account = world.provider.accounts().borrow()[0].account.clone();
    assert_eq!(account.other["limits"]["processes"], 8);
    assert_eq!(account.other["regions"][0]["name"], "local");
    assert!(account.other["notices"].is_array(), "{account:?}");
    world.end().await;
}
