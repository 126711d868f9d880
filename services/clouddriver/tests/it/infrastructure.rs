//! What clouds have beside server groups, over HTTP: lists in upstream's shapes, images, jobs, activities, live output.

use http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Node, World};

async fn get(node: &Node, path: &str) -> Value {
    let answer = node.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
    answer.body
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|item| item["name"].as_str()).collect()
}

#[tokio::test]
async fn security_groups_are_taken_apart_by_what_the_path_does_not_name() {
    let world = World::new();
    let node = world.node("n").await;
    let all = get(&node, "/securityGroups").await;
    assert_eq!(names(&all["test"]["sky"]["north"]), ["Shop-db", "shop-web", "shop-web"]);
    let ids: Vec<_> = all["test"]["sky"]["north"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, ["sg-3", "sg-1", "sg-2"]);
    assert_eq!(all["test"]["sky"]["north"][1]["vpcId"], "vpc-2");
    assert_eq!(get(&node, "/securityGroups/test").await, all["test"]);
    assert_eq!(get(&node, "/securityGroups/test?region=south").await, json!({"sky": all["test"]["sky"]["south"]}));
    assert_eq!(get(&node, "/securityGroups/test/sky").await, all["test"]["sky"]);
    assert_eq!(get(&node, "/securityGroups/test/sky?region=south").await, all["test"]["sky"]["south"]);
    let named = get(&node, "/securityGroups/test/sky/shop-db").await;
    assert_eq!(named, json!({"south": all["test"]["sky"]["south"]}));
    let one = get(&node, "/securityGroups/test/sky/north/shop-web?vpcId=vpc-1").await;
    assert_eq!((&one["id"], &one["accountName"]), (&json!("sg-2"), &json!("test")));
    assert_eq!(one["summary"]["name"], "shop-web");
    assert_eq!(get(&node, "/securityGroups/test/sky/north/sg-2?getById=true").await, one);
    for missing in ["/securityGroups/test/sky/north/shop-web", "/securityGroups/test/sky/north/none"] {
        assert_eq!(node.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    assert_eq!(get(&node, "/securityGroups/none/rain").await, json!({}));
    let found = get(&node, "/search?q=sg-4&type=securityGroups").await;
    assert_eq!(found[0]["results"][0]["url"], "/securityGroups/test/sky/shop-db?region=south");
}

#[tokio::test]
async fn lists_are_of_all_clouds_or_of_one() {
    let world = World::new();
    let node = world.node("n").await;
    let networks = get(&node, "/networks").await;
    assert_eq!(names(&networks["sky"]), ["A", "b"]);
    assert_eq!(get(&node, "/networks/sky").await.as_array().map(Vec::len), Some(2));
    for empty in ["/networks/rain", "/vpcs", "/subnets/rain", "/certificates", "/certificates/sky", "/roles/sky"] {
        assert_eq!(get(&node, empty).await, json!([]), "{empty}");
    }
    assert_eq!(get(&node, "/subnets").await, get(&node, "/subnets/sky").await);
    assert_eq!(get(&node, "/keyPairs").await[0]["keyName"], "ops");
    assert_eq!(names(&get(&node, "/instanceTypes").await), ["small"]);
    assert_eq!(get(&node, "/elasticIps/test?region=north").await, json!([]));
    assert_eq!(get(&node, "/functions?region=north").await.as_array().map(Vec::len), Some(2));
    assert_eq!(get(&node, "/functions?functionName=other-mail").await.as_array().map(Vec::len), Some(1));
    assert_eq!(get(&node, "/applications/shop/functions").await[0]["functionName"], "shop-resize");
}

#[tokio::test]
async fn images_are_found_the_newest_first() {
    let world = World::new();
    let node = world.node("n").await;
    assert_eq!(names(&get(&node, "/sky/images/find?q=shop").await), ["shop-2", "shop-1"]);
    assert_eq!(names(&get(&node, "/sky/images/find?q=*1&tag:stage=qa&count=1").await), ["other-1"]);
    assert_eq!(get(&node, "/sky/images/find?q=shop&tag:stage=live").await, json!([]));
    assert_eq!(get(&node, "/images/sky/im-1").await["name"], "shop-1");
    assert_eq!(names(&get(&node, "/sky/images/test/north/im-2").await), ["shop-2"]);
    for missing in ["/images/sky/im-9", "/images/rain/im-1", "/rain/images/find", "/sky/images/test/south/im-2"] {
        assert_eq!(node.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    let target = "/applications/shop/clusters/test/shop/sky/north/serverGroups/target/current_asg_dynamic";
    let summary = get(&node, &format!("{target}/image")).await;
    assert_eq!((&summary["imageName"], &summary["serverGroupName"]), (&json!("shop-1"), &json!("shop-v001")));
    assert_eq!(get(&node, &format!("{target}/images")).await["summaries"], json!([summary]));
    assert_eq!(node.get(&format!("{target}/colour")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_job_is_looked_at_and_ended() {
    let world = World::new();
    let node = world.node("n").await;
    let jobs = "/applications/shop/jobs/test/north";
    assert_eq!(names(&get(&node, "/applications/Resize/jobs").await), ["resize-j-1", "resize-j-2"]);
    assert_eq!(get(&node, "/applications/other/jobs").await, json!([]));
    assert_eq!(get(&node, &format!("{jobs}/j-1")).await["jobState"], "Running");
    assert_eq!(get(&node, &format!("{jobs}/resize-j-2")).await["jobState"], "Succeeded");
    assert_eq!(get(&node, &format!("{jobs}/j-1/out.json")).await, json!({"colour": "blue"}));
    for missing in [format!("{jobs}/j-9"), format!("{jobs}/j-1/none"), format!("{jobs}/j-9/out.json")] {
        assert_eq!(node.get(&missing).await.status, StatusCode::NOT_FOUND, "{missing}");
    }
    // One that is over needs no ending.
    assert_eq!(node.ask("DELETE", &format!("{jobs}/j-2"), &[], &Value::Null).await.status, StatusCode::OK);
    assert_eq!(world.cloud.ran(), []);
    let header = [("idempotency-key", "r1")];
    for _ in 0..2 {
        let answer = node.ask("DELETE", &format!("{jobs}/j-1"), &header, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }
    world.cloud.decided(1).await;
    assert_eq!(world.cloud.ran()[0].operation, "cancelJob");
}

#[tokio::test]
async fn output_is_followed_piece_by_piece_until_it_ends() {
    let world = World::new();
    let node = world.node("n").await;
    let log = "/instances/test/north/one/log";
    let end = get(&node, log).await;
    assert_eq!(end, json!({"output": "one\n", "offset": 0, "next": 4, "ended": false}));
    let nothing = get(&node, &format!("{log}?offset=4")).await;
    assert_eq!((&nothing["output"], &nothing["next"]), (&json!(""), &json!(4)));
    let path = format!("{log}?offset=4&waitMs=30000");
    let (piece, ()) = tokio::join!(get(&node, &path), async { world.cloud.write("two\nbye\n") });
    assert_eq!(piece, json!({"output": "two\nbye\n", "offset": 4, "next": 12, "ended": true}));
    assert_eq!(get(&node, &format!("{log}?offset=12&waitMs=30000")).await["ended"], true, "it waits for nothing more");
    assert_eq!(get(&node, &format!("{log}?offset=0&bytes=3")).await["output"], "one");
    assert_eq!(node.get("/instances/test/north/i-9/log").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_served_well_is_noted_and_returned_to() {
    let world = World::new();
    let node = world.node("n").await;
    let path = "/applications/shop/clusters/test/shop/sky/lastGood";
    let alone = get(&node, path).await;
    assert_eq!((&alone[0]["region"], &alone[0]["current"]), (&json!("north"), &json!("shop-v001")));
    assert_eq!(alone[0]["reason"], "the cluster has no other server group to return to");
    assert_eq!(get(&node, &format!("{path}?region=south")).await, json!([]));
    assert_eq!(node.get("/applications/shop/clusters/test/none/sky/lastGood").await.status, StatusCode::NOT_FOUND);
    // It serves well, then a newer one is there that never does.
    world.cloud.serve_well();
    world.cloud.follow_with("shop-v002");
    let noted = async {
        loop {
            let found = get(&node, path).await;
            if found[0]["candidates"][0]["served"].is_number() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(crate::world::PATIENCE, noted).await.expect("it is noted");
    assert_eq!((&found[0]["current"], &found[0]["lastGood"]), (&json!("shop-v002"), &json!("shop-v001")));
    // Another node knows it from the store, also while that server group is not healthy any more.
    world.cloud.fail();
    let other = world.node("two").await;
    let known = async {
        while get(&other, path).await[0]["lastGood"] != "shop-v001" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::world::PATIENCE, known).await.expect("it is known");
}

#[tokio::test]
async fn parts_of_a_snapshot_have_ages_and_activities_are_asked_for() {
    let world = World::new();
    let node = world.node("n").await;
    let entries = get(&node, "/cache/introspection").await;
    let part = entries.as_array().expect("a list").iter().find(|entry| entry["id"] == "sky/test/images");
    assert_eq!(part.expect("it is listed")["lastError"], "throttled");
    let path = "/applications/shop/clusters/test/shop/sky/serverGroups/shop-v001/scalingActivities";
    let activities = get(&node, &format!("{path}?region=north")).await;
    assert_eq!(activities[0]["description"], "Replacing an instance of shop-v001 in north");
    assert_eq!(node.get(path).await.status, StatusCode::BAD_REQUEST);
}
