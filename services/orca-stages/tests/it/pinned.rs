//! A minimum that a deployment has pinned, when the deployment is cancelled.

use gennaker_orca_stages::Catalogue;
use gennaker_wire::{Object, Stage, Status, SyntheticOwner};
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    fleet::Fleet,
};

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

/// A deployment that replaces `shop-v000`, of which two instances run, by steps.
fn deployment(fleet: &Fleet, others: Vec<Stage>) -> Driven {
    let settings = json!({
        "account": "local", "cloudProvider": "local", "region": "here", "application": "shop", "strategy": "rollingredblack",
        "source": {"serverGroupName": "shop-v000", "account": "local", "region": "here"},
    });
    let mut driven = Driven::new(&local(), "createServerGroup", settings);
    driven.clouddriver = fleet.router();
    driven.others = others;
    driven
}

/// A stage that pins `shop-v000` or puts its minimum back.
fn pin(id: &str, status: Status, context: Value, outputs: Value) -> Stage {
    let mut own = object(json!({"serverGroupName": "shop-v000"}));
    own.extend(object(context));
    Stage {
        id: id.into(),
        kind: "pinServerGroup".into(),
        status,
        context: own,
        outputs: object(outputs),
        parent_stage_id: Some("S".into()),
        synthetic_stage_owner: Some(SyntheticOwner::StageAfter),
        ..Stage::default()
    }
}

#[tokio::test]
async fn a_cancelled_deployment_puts_back_the_minimum_that_it_has_pinned() {
    let before = json!({"min": 1, "desired": 2, "max": 2});
    let noted = json!({ "originalCapacity.shop-v000": before });
    let pinned = pin("P", Status::Succeeded, json!({}), noted);
    let decided = json!({"resizeDecision": {"serverGroupName": "shop-v000", "originalCapacity": before}});
    let pinning = pin("P", Status::Canceled, decided, json!({}));
    for stage in [pinned.clone(), pinning] {
        let fleet = Fleet::default();
        let kept = deployment(&fleet, vec![stage]).cancel_stage().await.expect("fields");
        assert_eq!(kept["unpinned"], json!({"serverGroupName": "shop-v000", "min": 1, "task": "S-cancel-0"}));
        let operations = fleet.operations();
        assert_eq!((operations.len(), operations[0].0.as_str()), (1, "resizeServerGroup"));
        assert_eq!(operations[0].1["capacity"], before);
    }

    let unpin = |status| pin("U", status, json!({"unpinMinimumCapacity": true}), json!({}));
    let scaled_down = Stage { kind: "scaleDownCluster".into(), ..pin("D", Status::Succeeded, json!({}), json!({})) };
    for (others, operations, why) in [
        (vec![], 0, "nothing was pinned"),
        (vec![pinned.clone(), unpin(Status::Succeeded)], 0, "a stage has put it back"),
        (vec![pinned.clone(), unpin(Status::Terminal)], 1, "the stage that was to put it back failed"),
        (vec![pinned.clone(), scaled_down], 0, "it has no instances any more"),
    ] {
        let fleet = Fleet::default();
        deployment(&fleet, others).cancel_stage().await.expect("fields");
        assert_eq!(fleet.operations().len(), operations, "{why}");
    }
    let fleet = Fleet::default();
    fleet.kept.lock().groups.clear();
    let kept = deployment(&fleet, vec![pinned]).cancel_stage().await.expect("fields");
    assert!(kept.is_empty(), "it is gone");
}

#[tokio::test]
async fn what_grows_by_steps_needs_a_size_to_grow_to() {
    for strategy in ["rollingredblack", "monitored"] {
        let fleet = Fleet::default();
        let mut driven = deployment(&fleet, Vec::new());
        driven.catalogue = Catalogue::new(&monitored()).expect("a catalogue");
        driven.stage.context.shift_remove("source");
        driven.stage.context.insert("strategy".into(), strategy.into());
        assert!(driven.composition().await.is_ok(), "that of what runs");
        fleet.kept.lock().groups.clear();
        let error = driven.composition().await.expect_err("nothing runs");
        assert!(error.message.contains("set capacity for its first deployment"), "{error}");
        driven.stage.context.insert("capacity".into(), json!({"min": 1, "desired": 1, "max": 1}));
        assert!(driven.composition().await.is_ok(), "the one that is asked for");
    }
}

fn monitored() -> gennaker_orca_stages::Options {
    let mut options = local();
    options.monitored_deploy.enabled = true;
    options
}
