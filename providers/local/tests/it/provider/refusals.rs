//! What the provider refuses before anything runs.

use gennaker_base::Kind;
use gennaker_provider_api::Provider as _;
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
