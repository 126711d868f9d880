//! What the account `test` of the test's cloud has.

use std::sync::Arc;

use gennaker_base::Timestamp;
use gennaker_provider_api::{Freshness, Inventory};
use gennaker_wire::{
    Image, Instance, InstanceCounts, InstanceType, Job, JobState, KeyPair, Network, Object, SecurityGroup, ServerGroup,
    Subnet, naming::Moniker,
};
use serde_json::{Value, json};

pub(crate) fn inventory() -> Inventory {
    Inventory {
        account: "test".to_owned(),
        version: 1,
        server_groups: vec![server_group()],
        jobs: vec![job("j-1", JobState::Running), job("j-2", JobState::Succeeded)],
        security_groups: Arc::new(vec![
            security_group("sg-2", "shop-web", "north", "vpc-1"),
            security_group("sg-1", "shop-web", "north", "vpc-2"),
            security_group("sg-3", "Shop-db", "north", "vpc-1"),
            security_group("sg-4", "shop-db", "south", "vpc-1"),
        ]),
        images: Arc::new(vec![image("im-1", "shop-1", 1), image("im-2", "shop-2", 2), image("im-3", "other-1", 3)]),
        networks: Arc::new(vec![network("n-2", "b"), network("n-1", "A")]),
        subnets: Arc::new(vec![Subnet { id: "s-1".to_owned(), kind: "sky".to_owned(), ..Subnet::default() }]),
        key_pairs: Arc::new(vec![KeyPair { key_name: "ops".to_owned(), ..KeyPair::default() }]),
        instance_types: Arc::new(vec![InstanceType { name: "small".to_owned(), ..InstanceType::default() }]),
        other: [("functions".to_owned(), Arc::new(vec![function("shop-resize"), function("other-mail")]))].into(),
        freshness: Freshness { confirmed: Some(Timestamp::from_millis(1)), problem: None },
        parts: [("images".to_owned(), Freshness { confirmed: None, problem: Some("throttled".to_owned()) })].into(),
        ..Inventory::default()
    }
}

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

fn server_group() -> ServerGroup {
    ServerGroup {
        name: "shop-v001".to_owned(),
        account: "test".to_owned(),
        region: "north".to_owned(),
        kind: "sky".to_owned(),
        cloud_provider: "sky".to_owned(),
        cluster: "shop".to_owned(),
        moniker: Moniker::parse("shop-v001"),
        created_time: Some(Timestamp::from_millis(1)),
        instance_counts: InstanceCounts { total: 1, up: 1, ..InstanceCounts::default() },
        instances: vec![Instance { id: "i-1".to_owned(), name: "one".to_owned(), ..Instance::default() }],
        launch_config: object(json!({ "imageId": "im-1" })),
        ..ServerGroup::default()
    }
}

fn security_group(id: &str, name: &str, region: &str, network: &str) -> SecurityGroup {
    SecurityGroup {
        id: id.to_owned(),
        name: name.to_owned(),
        account_name: "test".to_owned(),
        region: region.to_owned(),
        kind: "sky".to_owned(),
        cloud_provider: "sky".to_owned(),
        moniker: Moniker::parse(name),
        vpc_id: Some(network.to_owned()),
        ..SecurityGroup::default()
    }
}

fn image(id: &str, name: &str, created: i64) -> Image {
    Image {
        id: id.to_owned(),
        name: name.to_owned(),
        account: "test".to_owned(),
        region: "north".to_owned(),
        cloud_provider: "sky".to_owned(),
        created_time: Some(Timestamp::from_millis(created)),
        tags: object(json!({ "stage": "qa" })),
        ..Image::default()
    }
}

fn job(id: &str, state: JobState) -> Job {
    Job {
        id: id.to_owned(),
        name: format!("resize-{id}"),
        moniker: Moniker::parse(&format!("resize-{id}")),
        account: "test".to_owned(),
        location: "north".to_owned(),
        provider: "sky".to_owned(),
        job_state: state,
        ..Job::default()
    }
}

fn network(id: &str, name: &str) -> Network {
    Network {
        id: id.to_owned(),
        name: name.to_owned(),
        account: "test".to_owned(),
        region: "north".to_owned(),
        cloud_provider: "sky".to_owned(),
        ..Network::default()
    }
}

fn function(name: &str) -> Object {
    object(json!({ "functionName": name, "account": "test", "region": "north" }))
}
