//! Images, jobs and security groups through the provider.

use gennaker_base::Kind;
use gennaker_provider_api::{ImageQuery, Provider as _};
use gennaker_wire::JobState;
use serde_json::{Value, json};

use super::world::{Notes, PATIENCE, World};
use crate::agent::PROGRAM;

#[tokio::test]
async fn an_image_is_listed_tagged_run_and_deleted() {
    let world = World::start().await;
    let folder = world.agent.folder().join("images/shop/1.0");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(PROGRAM, folder.join("server")).expect("copied");
    let manifest = json!({"command": "./server", "args": ["serve", "1"]}).to_string();
    std::fs::write(folder.join("image.json"), manifest).expect("written");
    let tags = json!({"imageId": "shop:1.0", "tags": {"stage": "qa", "build": 7}});
    world.done("upsertImageTags", tags).await;
    let query = ImageQuery { tags: [("build".to_owned(), "7".to_owned())].into(), ..ImageQuery::default() };
    let found = world.provider.images(&query).await.expect("images");
    assert_eq!((found.len(), found[0].id.as_str(), found[0].region.as_str()), (1, "shop:1.0", "local"));

    let deploy =
        json!({"application": "shop", "imageId": "shop:1.0", "healthCheck": {"type": "tcp", "intervalMs": 50}});
    world.done("createServerGroup", deploy).await;
    let group = world.group_when("shop-v000", |group| group.instance_counts.up == 1).await;
    assert_eq!(
        (&group.launch_config["imageId"], &group.launch_config["command"]),
        (&json!("shop:1.0"), &json!("./server"))
    );
    let used = world.refused("deleteImage", json!({"imageId": "shop:1.0"})).await;
    assert!(used.kind == Kind::Conflict && used.message.contains("shop-v000"), "{used}");
    let operation = world.operation("createServerGroup", json!({"application": "shop", "imageId": "shop:2.0"}));
    let missing = world.run("M", 1, &Notes::default(), operation).await.expect_err("there is none");
    assert!(missing.kind == Kind::NotFound && missing.message.contains("no image shop:2.0"), "{missing}");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-v000"})).await;
    world.done("deleteImage", json!({"imageId": "shop:1.0"})).await;
    assert!(!folder.exists() && world.inventory().borrow().images.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_job_is_run_once_and_tells_its_properties() {
    let world = World::start().await;
    let script = "echo SPINNAKER_PROPERTY_TAG=v7; echo it is broken; exit 2";
    let fields = json!({"application": "shop", "stack": "db", "command": "/bin/sh", "arguments": ["-c", script]});
    let operation = || world.operation("runJob", fields.clone());
    let first = world.run("J-1", 1, &Notes::default(), operation()).await.expect("it runs");
    let again = world.run("J-1", 1, &Notes::default(), operation()).await.expect("it runs");
    assert_eq!(first, again);
    let name = first.result["deployedNamesByLocation"]["local"][0].as_str().expect("a name").to_owned();
    let mut inventory = world.inventory();
    let failed =
        inventory.wait_for(|inventory| inventory.job("local", &name).is_some_and(|job| job.job_state.is_over()));
    let failed = tokio::time::timeout(PATIENCE, failed).await.expect("it ends").expect("it lives").clone();
    let job = failed.job("local", &name).expect("it is there");
    assert_eq!((job.job_state, job.moniker.app.as_deref()), (JobState::Failed, Some("shop")));
    assert_eq!(job.completion_details["exitCode"], 2);
    assert!(job.other["failureDetails"].as_str().is_some_and(|lines| lines.ends_with("it is broken")), "{job:?}");
    let properties = world.provider.job_file(&world.account(), "local", &name, "build.properties").await;
    assert_eq!(Value::Object(properties.expect("properties")), json!({"tag": "v7"}));
    world.done("cancelJob", json!({"jobId": name, "location": "local"})).await;
    world.done("destroyJob", json!({"jobName": name})).await;
    assert!(world.inventory().borrow().jobs.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_security_group_is_shown_as_long_as_it_is_there() {
    let world = World::start().await;
    let source = json!({"cidr": "127.0.0.0/8", "startPort": 1, "endPort": 65535, "ipProtocol": "tcp"});
    world.done("upsertSecurityGroup", json!({"name": "shop-office", "ipIngress": [source]})).await;
    let shown = world.inventory().borrow().security_groups[0].clone();
    assert_eq!((shown.name.as_str(), shown.application.as_deref()), ("shop-office", Some("shop")));
    assert_eq!(shown.inbound_rules[0]["range"], json!({"ip": "127.0.0.0", "cidr": "/8"}));
    let balancer = json!({"name": "shop-front", "securityGroups": ["shop-office"],
        "listeners": [{"protocol": "http"}, {"protocol": "tcp"}]});
    world.done("upsertLoadBalancer", balancer).await;
    let front = world.inventory().borrow().load_balancer("local", "shop-front").expect("it is there").clone();
    assert_eq!(front.other["listeners"][1]["protocol"], "tcp");
    assert_eq!(front.other["securityGroups"], json!(["shop-office"]));
    let refused = world.refused("deleteSecurityGroup", json!({"securityGroupName": "shop-office"})).await;
    assert!(refused.message.contains("shop-front"), "{}", refused.message);
    world.done("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    world.done("deleteSecurityGroup", json!({"securityGroupName": "shop-office"})).await;
    assert!(world.inventory().borrow().security_groups.is_empty());
    world.end().await;
}
