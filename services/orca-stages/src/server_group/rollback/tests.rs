//! The trees of going back, as upstream's classes build them for the same settings.

use std::sync::Arc;

use gennaker_base::Timestamp;
use gennaker_wire::{Capacity, Execution, Object, ServerGroup, Stage};
use serde_json::{Value, json};

use super::{candidates::candidate, cluster, explicit::Going, previous_image::Image};
use crate::{Catalogue, NewStage, StageView};

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

fn group(name: &str, created: i64, capacity: (u32, u32, u32), disabled: bool) -> ServerGroup {
    let (min, max, desired) = capacity;
    ServerGroup {
        name: name.into(),
        account: "test".into(),
        region: "here".into(),
        cloud_provider: "local".into(),
        created_time: Some(Timestamp::from_millis(created)),
        capacity: Capacity { min, max, desired },
        disabled,
        ..ServerGroup::default()
    }
}

fn names(stages: &[NewStage]) -> Vec<String> {
    assert!(stages.iter().all(|stage| stage.after_previous));
    stages.iter().map(|stage| format!("{}: {}", stage.kind, stage.name)).collect()
}

fn going(settings: &Object) -> Going<'_> {
    Going { settings, from: "shop-v002".into(), to: "shop-v001".into(), percentage: json!(95) }
}

#[test]
fn what_comes_back_serves_and_has_the_size_before_the_other_one_goes() {
    let settings = object(json!({"credentials": "test", "region": "here", "cloudProvider": "local"}));
    let (from, to) = (group("shop-v002", 2, (2, 6, 4), false), group("shop-v001", 1, (1, 5, 1), true));
    let stages = going(&settings).stages(&from, &to, 9).expect("stages");
    assert_eq!(
        names(&stages),
        [
            "captureSourceServerGroupCapacity: Snapshot Source Server Group",
            "enableServerGroup: Enable shop-v001 due to rollback",
            "resizeServerGroup: Resize Server Group: shop-v001 to (min: 4, max: 6, desired: 4)",
            "wait: waitBeforeDisable",
            "disableServerGroup: Disable shop-v002 due to rollback",
            "applySourceServerGroupCapacity: Restore Min Capacity From Snapshot due to rollback",
        ]
    );
    let named = |name: &str| {
        json!({
            "asgName": name, "serverGroupName": name, "region": "here", "account": "test", "cloudProvider": "local",
        })
    };
    let contexts: Vec<Value> = stages.into_iter().map(|stage| Value::Object(stage.context)).collect();
    let with = |own: Value| {
        let mut context = settings.clone();
        context.extend(object(own));
        Value::Object(context)
    };
    let expected = [
        json!({"useSourceCapacity": true, "source": named("shop-v002")}),
        with(json!({"serverGroupName": "shop-v001", "targetHealthyDeployPercentage": 95})),
        with(json!({
            "action": "scale_exact", "capacity": {"min": 4, "max": 6, "desired": 4}, "asgName": "shop-v001",
            "serverGroupName": "shop-v001", "targetLocation": {"type": "REGION", "value": "here"}, "account": "test",
            "pinMinimumCapacity": true, "targetHealthyDeployPercentage": 95,
        })),
        json!({"waitTime": 9}),
        with(json!({"serverGroupName": "shop-v002"})),
        json!({"credentials": "test", "cloudProvider": "local", "target": named("shop-v001")}),
    ];
    assert_eq!(contexts, expected);
}

#[test]
fn what_has_the_size_is_not_resized() {
    let settings = object(json!({"credentials": "test", "region": "here"}));
    let (from, to) = (group("shop-v002", 2, (1, 2, 2), false), group("shop-v001", 1, (3, 3, 3), true));
    let stages = going(&settings).stages(&from, &to, 0).expect("stages");
    assert_eq!(
        names(&stages),
        [
            "enableServerGroup: Enable shop-v001 due to rollback",
            "disableServerGroup: Disable shop-v002 due to rollback"
        ]
    );
    let mut settings = settings;
    settings.insert("sourceServerGroupCapacitySnapshot".into(), json!({"min": 1}));
    let larger = group("shop-v002", 2, (1, 9, 5), false);
    let stages = going(&settings).stages(&larger, &to, 0).expect("stages");
    assert!(!names(&stages)[0].starts_with("capture"), "it was noted before: {:?}", names(&stages));
}

#[test]
fn one_goes_back_to_the_newest_other_server_group() {
    let groups = [
        group("shop-v003", 3, (1, 1, 1), false),
        group("shop-v002", 2, (1, 1, 1), true),
        group("shop-v001", 1, (1, 1, 1), false),
    ];
    let groups: Vec<&ServerGroup> = groups.iter().collect();
    let back = |settings: Value, image: Option<&Image>| {
        let settings = object(settings);
        candidate(&groups, groups[0], image, &settings).map(|found| Value::Object(found.context(groups[0], &settings)))
    };
    let to = |name: &str, percentage: i64| {
        json!({
            "rollbackServerGroupName": "shop-v003", "restoreServerGroupName": name,
            "targetHealthyRollbackPercentage": percentage,
        })
    };
    assert_eq!(back(json!({}), None), Ok(to("shop-v002", 100)));
    assert_eq!(back(json!({"targetHealthyRollbackPercentage": 50}), None), Ok(to("shop-v002", 50)));
    let only_enabled = json!({"additionalRollbackContext": {"onlyEnabledServerGroups": true}});
    assert_eq!(back(only_enabled, None), Ok(to("shop-v001", 100)));
    assert_eq!(back(json!({"originalServerGroup": "shop-v001"}), None), Ok(to("shop-v001", 100)));
    let image = Image { name: "shop-1".into(), id: Some("i-1".into()), build_number: None };
    let previous = json!({
        "rollbackServerGroupName": "shop-v003", "imageId": "i-1", "imageName": "shop-1",
        "targetHealthyRollbackPercentage": 100,
    });
    assert_eq!(back(json!({}), Some(&image)), Ok(previous));
}

#[test]
fn where_nothing_else_is_enabled_there_is_nothing_to_go_back_to() {
    let groups = [group("shop-v002", 2, (1, 1, 1), false), group("shop-v001", 1, (1, 1, 1), true)];
    let groups: Vec<&ServerGroup> = groups.iter().collect();
    let settings = object(json!({"additionalRollbackContext": {"onlyEnabledServerGroups": true}}));
    let refused = candidate(&groups, groups[0], None, &settings).expect_err("nothing is there");
    assert!(refused.message.contains("shop-v002"), "{refused}");
}

#[test]
fn each_region_is_gone_back_in_after_the_other() {
    let parent = Stage {
        id: "P".into(),
        context: object(json!({"interestingHealthProviderNames": ["x"], "other": 1})),
        ..Stage::default()
    };
    let stage = Stage {
        id: "S".into(),
        parent_stage_id: Some("P".into()),
        context: object(json!({
            "credentials": "test", "cloudProvider": "local", "regions": ["east", "none", "west"],
            "waitTimeBetweenRegions": 30, "additionalRollbackContext": {"disableOnly": true},
        })),
        outputs: object(json!({
            "rollbackTypes": {"east": "EXPLICIT", "west": "PREVIOUS_IMAGE"},
            "rollbackContexts": {"east": {"rollbackServerGroupName": "a-v002"}, "west": {"imageName": "i"}},
        })),
        ..Stage::default()
    };
    let (parent, stage) = (Arc::new(parent), Arc::new(stage));
    let view =
        StageView { execution: Arc::new(Execution::default()), stages: Arc::new([parent, stage.clone()]), stage };
    let stages = cluster::stages(&view).expect("stages");
    assert_eq!(
        names(&stages),
        ["rollbackServerGroup: Rollback east", "wait: Wait after east", "rollbackServerGroup: Rollback west"]
    );
    assert_eq!(
        Value::Object(stages[0].context.clone()),
        json!({
            "rollbackType": "EXPLICIT", "rollbackContext": {"rollbackServerGroupName": "a-v002", "disableOnly": true},
            "type": "rollbackServerGroup", "region": "east", "credentials": "test", "cloudProvider": "local",
            "interestingHealthProviderNames": ["x"],
        })
    );
}

#[test]
fn what_is_missing_is_told() {
    let catalogue = Catalogue::standard();
    let problems =
        |kind: &str, settings: Value| catalogue.stage(kind).expect("it is there").validate(&object(settings));
    let place = json!({"credentials": "a", "region": "r", "rollbackType": "EXPLICIT"});
    assert_eq!(problems("rollbackServerGroup", place).len(), 2);
    let only = json!({
        "credentials": "a", "region": "r", "rollbackType": "EXPLICIT",
        "rollbackContext": {"rollbackServerGroupName": "s", "disableOnly": true},
    });
    assert_eq!(problems("rollbackServerGroup", only), Vec::<String>::new());
    assert_eq!(problems("rollbackCluster", json!({"credentials": "a", "regions": ["r"]})).len(), 1);
}
