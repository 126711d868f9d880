//! The walk through the trait.

use std::sync::Arc;

use gennaker_base::Kind;
use gennaker_provider_api::{
    AccountDefinition, Error, ImageQuery, Inventory, LogFrom, Outcome, Provider, RefreshScope, Refreshed, Request,
};
use gennaker_wire::{HealthState, Operation, Planned};
use serde_json::{Value, json};

use crate::{
    ec2::{Ec2Provider, Fault, Toy},
    journal::Notes,
};

struct World {
    east: Arc<Toy>,
    west: Arc<Toy>,
    provider: Ec2Provider,
}

fn definition(fields: Value) -> AccountDefinition {
    AccountDefinition::read(fields.as_object().expect("an object").clone()).expect("named")
}

impl World {
    fn new() -> World {
        let (east, west) = (Arc::new(Toy::default()), Arc::new(Toy::default()));
        let provider = Ec2Provider::new(&[("us-east-1", east.clone()), ("us-west-2", west.clone())]);
        let account = json!({
            "type": "aws", "name": "prod", "accountId": "123456789012", "assumeRole": "role/deployer",
            "regions": ["us-east-1", "us-west-2"],
        });
        provider.put_account(&definition(account)).expect("it is right");
        World { east, west, provider }
    }

    fn inventory(&self) -> Arc<Inventory> {
        self.provider.accounts().borrow()[0].inventory.borrow().clone()
    }

    async fn run(&self, request: &str, notes: &Notes, operation: Operation) -> Result<Outcome, Error> {
        let request = Request { request_id: request.to_owned(), fence: "T/1".to_owned(), operation };
        Provider::run(&self.provider, &request, notes).await
    }
}

fn create(zones: Value) -> Operation {
    let description = json!({
        "credentials": "prod", "application": "shop", "amiName": "ami-1", "instanceType": "m5.large",
        "capacity": {"desired": 2}, "targetGroups": ["arn:front"], "availabilityZones": zones,
    });
    Operation { name: "createServerGroup".to_owned(), description: description.as_object().expect("an object").clone() }
}

#[tokio::test]
async fn one_operation_deploys_to_several_regions_and_ends_when_both_show_it() {
    let world = World::new();
    world.east.show_late(3);
    let zones = json!({"us-east-1": ["us-east-1a", "us-east-1b"], "us-west-2": ["us-west-2a"]});
    let notes = Notes::default();
    let outcome = world.run("r1", &notes, create(zones)).await.expect("it deploys");
    assert_eq!(outcome.result["serverGroupNames"], json!(["us-east-1:shop-v000", "us-west-2:shop-v000"]));
    let inventory = world.inventory();
    let group = inventory.server_group("us-east-1", "shop-v000").expect("it is shown");
    let zones: Vec<_> = group.instances.iter().filter_map(|instance| instance.zone.clone()).collect();
    assert_eq!(zones, ["us-east-1a", "us-east-1b"]);
    assert_eq!(group.instances[0].health_state, HealthState::Up);
    let balancer = inventory.load_balancer("us-west-2", "shop-front").expect("it is shown");
    assert_eq!(balancer.server_groups[0].name, "shop-v000");
    assert_eq!(notes.lines().len(), 2);
}

#[tokio::test]
async fn an_operation_whose_answer_was_lost_is_run_again_and_done_once() {
    let world = World::new();
    let notes = Notes::default();
    let operation = create(json!({"us-east-1": ["us-east-1a"]}));
    for _ in 0..2 {
        world.east.lose_the_next_answer();
        let error = world.run("r1", &notes, operation.clone()).await.expect_err("the answer is lost");
        assert!(error.kind.is_transient(), "{error}");
    }
    world.run("r1", &notes, operation.clone()).await.expect("it finds what it did");
    assert_eq!(world.east.groups().len(), 1);
    world.run("r2", &Notes::default(), operation).await.expect("another one");
    let names: Vec<_> = world.east.groups().into_iter().map(|group| group.auto_scaling_group_name).collect();
    assert_eq!(names, ["shop-v000", "shop-v001"]);
}

#[tokio::test]
async fn throttling_is_transient_and_leaves_what_is_known() {
    let world = World::new();
    let east = RefreshScope { region: Some("us-east-1".to_owned()), ..RefreshScope::account("prod") };
    world.run("r1", &Notes::default(), create(json!({"us-east-1": ["us-east-1a"]}))).await.expect("it deploys");
    let untouched = world.west.calls();
    assert_eq!(world.provider.refresh(&east).await.expect("it answers"), Refreshed::Done);
    assert_eq!(world.west.calls(), untouched, "only the region that was asked for is looked at");
    world.east.throttle(1);
    let error = world.provider.refresh(&east).await.expect_err("it is throttled");
    assert_eq!((error.kind, error.message), (Kind::Unavailable, Fault::Throttling.to_string()));
    let inventory = world.inventory();
    assert!(inventory.server_group("us-east-1", "shop-v000").is_some());
    assert!(inventory.freshness.problem.as_ref().is_some_and(|problem| problem.starts_with("us-east-1")));
    // Looking stops before operations do.
    world.provider.set_budget("prod", 10);
    assert_eq!(world.provider.refresh(&east).await.expect_err("nothing is left").kind, Kind::Unavailable);
    let disable = json!({"credentials": "prod", "region": "us-east-1", "serverGroupName": "shop-v000"});
    let disable = Operation {
        name: "disableServerGroup".to_owned(),
        description: disable.as_object().expect("an object").clone(),
    };
    let error = world.run("r2", &Notes::default(), disable).await.expect_err("the look after it is not made");
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(!world.east.groups()[0].suspended_processes.is_empty(), "the operation itself was");
}

#[tokio::test]
async fn what_no_snapshot_holds_is_asked_for() {
    let world = World::new();
    world.run("r1", &Notes::default(), create(json!({"us-east-1": ["us-east-1a"]}))).await.expect("it deploys");
    let query =
        ImageQuery { text: Some("shop".to_owned()), region: Some("us-east-1".to_owned()), ..ImageQuery::default() };
    let images = world.provider.images(&query).await.expect("images");
    assert_eq!((images.len(), images[0].id.as_str()), (1, "ami-1"));
    let activities = world.provider.scaling_activities("prod", "us-east-1", "shop-v000").await.expect("activities");
    assert_eq!(activities.len(), 2);
    let log = world.provider.log("prod", "us-east-1", "i-1", LogFrom::End, 100).await.expect_err("EC2 has none");
    assert_eq!(log.kind, Kind::Unsupported);
}

#[tokio::test]
async fn a_plan_tells_the_changes_and_makes_none() {
    let world = World::new();
    let plan = world.provider.plan(&create(json!({"us-east-1": ["us-east-1a"]})), &[]).await.expect("a plan");
    assert_eq!((plan.of, plan.kind.as_deref()), (Planned::Operation, Some("createServerGroup")));
    let names: Vec<_> = plan.steps.iter().filter_map(|step| step.name.clone()).collect();
    assert_eq!(names, ["launch template shop-v000 in us-east-1", "server group shop-v000 in us-east-1"]);
    assert!(world.east.groups().is_empty());
}

#[tokio::test]
async fn accounts_are_checked_come_and_go() {
    let world = World::new();
    let wrong = definition(json!({"type": "aws", "name": "x", "accountId": "1", "regions": ["mars"]}));
    let error = world.provider.check_account(&wrong).expect_err("it is wrong");
    assert!(error.message.contains("accountId") && error.message.contains("mars"), "{error}");
    assert!(world.provider.put_account(&wrong).is_err());
    assert_eq!(world.provider.accounts().borrow().len(), 1);
    let account = world.provider.accounts().borrow()[0].account.clone();
    assert_eq!(account.other["assumeRole"], "arn:aws:iam::123456789012:role/deployer");
    world.provider.remove_account("prod");
    assert!(world.provider.accounts().borrow().is_empty());
}
