//! The HTTP surface: wrong requests, reads, health, and what is declared.

use gennaker_clouddriver::Clouddriver;
use gennaker_http::Coverage;
use http::StatusCode;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn wrong_requests_are_told_what_is_wrong() {
    let world = World::new();
    let node = world.node("n").await;
    let long = "r".repeat(600);
    let create = json!([{ "createServerGroup": { "account": "test" } }]);
    for (path, body, status, part) in [
        ("/sky/ops", json!({"createServerGroup": {}}), 400, "expected a sequence"),
        ("/sky/ops", json!([]), 400, "1 to 100 operations"),
        ("/sky/ops", json!(["x"]), 400, "operation 0: an operation is an object"),
        ("/sky/ops", json!([{"a": {}, "b": {}}, {"c": 1}]), 400, "operation 1: the description of operation c"),
        ("/sky/ops", json!([{"fly": {}}]), 501, "sky does not run fly; it runs createServerGroup"),
        ("/rain/ops", create.clone(), 400, "there is no cloud provider rain; there are: sky"),
        ("/ops", json!([{"createServerGroup": {}}]), 400, "name the cloud"),
        ("/ops", json!([{"createServerGroup": {"credentials": "x"}}]), 400, "there is no account x"),
        ("/sky/ops/createServerGroup", json!([]), 400, "expected a map"),
        (&format!("/sky/ops?clientRequestId={long}"), create, 400, "longer than 512 bytes"),
        ("/task/T", Value::Null, 400, "POST /task/<id>:resume"),
        ("/task/T:resume", Value::Null, 404, "Task not found (id: T)"),
    ] {
        let answer = node.post(path, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {body}: {answer:?}");
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{path} {body}: {message}");
    }
    for (path, status, part) in [
        ("/task/T", 404, "Task not found (id: T)"),
        ("/task/T?waitMs=soon", 400, "waitMs"),
        ("/search?q=x", 400, "type"),
        ("/search?type=instances&page=x", 400, "page is a number"),
        ("/serverGroups", 400, "either 'applications' or 'ids'"),
        ("/serverGroups?ids=a:b", 400, "<account>:<region>:<name>"),
        ("/credentials/x", 404, "Account does not exist (name: x)"),
        ("/applications/x", 404, "Application does not exist (name: x)"),
        ("/rain/loadBalancers", 404, "No cloud provider named rain found"),
        ("/instances/test/north/i-9", 404, "Instance not found (id: i-9)"),
        ("/serverGroups/broken/north/x", 503, "its agent does not answer"),
        ("/manifests/test/default/pod", 501, "Kubernetes"),
        ("/nothing/here/at/all", 404, "clouddriver has no path"),
    ] {
        let answer = node.get(path).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {answer:?}");
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{path}: {message}");
    }
    assert_eq!(world.cloud.ran(), []);
}

#[tokio::test]
async fn reads_have_upstreams_shapes() {
    let world = World::new();
    let node = world.node("n").await;
    let get = async |path: &str| {
        let answer = node.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        answer.body
    };
    let accounts = get("/credentials").await;
    assert_eq!(accounts[0]["name"], "broken");
    assert_eq!(accounts[0]["problem"], "its agent does not answer");
    assert_eq!(accounts[1]["type"], "sky");
    assert!(accounts[1].get("inventory").is_none());
    assert_eq!(get("/credentials?expand=true").await[1]["inventory"]["confirmed"], 1);
    assert_eq!(get("/credentials/test").await["cloudProvider"], "sky");
    assert_eq!(get("/applications").await[0]["clusterNames"], json!({"test": ["shop"]}));
    assert_eq!(get("/applications/shop").await["clusters"]["test"][0]["name"], "shop");
    assert_eq!(get("/applications/shop/clusters").await, json!({"test": ["shop"]}));
    let cluster = "/applications/shop/clusters/test";
    assert_eq!(get(cluster).await[0]["serverGroups"], json!(["shop-v001"]));
    assert_eq!(get(&format!("{cluster}/shop")).await[0]["type"], "sky");
    assert_eq!(get(&format!("{cluster}/shop/sky")).await["accountName"], "test");
    assert_eq!(get(&format!("{cluster}/shop/sky/serverGroups?region=north")).await[0]["name"], "shop-v001");
    assert_eq!(get(&format!("{cluster}/shop/sky/serverGroups?region=south")).await, json!([]));
    assert_eq!(get(&format!("{cluster}/shop/sky/serverGroups/shop-v001")).await[0]["name"], "shop-v001");
    let one = get(&format!("{cluster}/shop/sky/serverGroups/shop-v001?region=north")).await;
    let target = get(&format!("{cluster}/shop/sky/north/serverGroups/target/current_asg_dynamic")).await;
    let direct = get("/serverGroups/test/north/shop-v001").await;
    assert_eq!(one, target);
    assert_eq!(one, direct);
    assert_eq!(get("/applications/shop/serverGroups/test/north/shop-v001").await, direct);
    assert_eq!(get("/applications/shop/serverGroups?expand=true").await[0], direct);
    assert_eq!(get("/serverGroups?ids=test:north:shop-v001,test:north:x").await[0]["isDisabled"], false);
    assert_eq!(get("/instances/test/north/one").await["serverGroup"], "shop-v001");
    assert_eq!(get("/instances/test/north/one/console").await, json!({"output": "hello"}));
    assert_eq!(get("/search?q=shop&type=serverGroups,clusters&pageSize=500").await[0]["totalMatches"], 2);
    assert_eq!(get("/features/stages").await[0], json!({"name": "createServerGroup", "enabled": true}));
    for (path, empty) in [
        ("/applications/shop/serverGroupManagers", json!([])),
        ("/applications/shop/loadBalancers", json!([])),
        ("/applications/none/clusters", json!({})),
        ("/applications/none/serverGroups", json!([])),
        ("/sky/loadBalancers", json!([])),
        ("/task", json!([])),
    ] {
        assert_eq!(get(path).await, empty, "{path}");
    }
}

#[tokio::test]
async fn health_names_broken_accounts_and_is_up() {
    let world = World::new();
    let node = world.node("n").await;
    let up = async |node: &crate::world::Node| loop {
        let answer = node.get("/health").await;
        if answer.status == StatusCode::OK {
            return answer.body;
        }
    };
    let body = up(&node).await;
    assert_eq!(body["status"], "UP");
    let details = json!({"accounts": 2, "broken": {"broken": "its agent does not answer"}});
    assert_eq!(body["components"]["accounts"]["details"], details);
    let idle = world.idle_node().await;
    assert_eq!(idle.get("/health").await.status, StatusCode::SERVICE_UNAVAILABLE);
    idle.join("m").await;
    up(&idle).await;
}

#[test]
fn every_route_declares_what_it_needs() {
    let endpoints = Clouddriver::endpoints();
    let open: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.permission.is_none()).collect();
    assert!(open.is_empty(), "{open:?}");
    let served = endpoints.iter().filter(|endpoint| endpoint.coverage != Coverage::Unsupported).count();
    assert_eq!((endpoints.len(), served), (135, 84), "upstream has 127; whoever serves one more counts it here");
}
