//! The tasks of each stage type under upstream's names and classes, in upstream's order, and the stages before them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    fleet::Fleet,
};

/// The prefix of upstream's classes.
const TASKS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.";
/// Types with their tasks: `name=class`, the class without its prefix where it is that of clouddriver's tasks.
const TREES: &str = include_str!("trees.txt");

fn expected() -> BTreeMap<String, Vec<(String, String)>> {
    let mut trees: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut kind = String::new();
    for line in TREES.lines().filter(|line| !line.trim().is_empty()) {
        match line.trim().split_once('=') {
            None => {
                kind = line.trim().to_owned();
                trees.insert(kind.clone(), Vec::new());
            }
            Some((name, class)) => {
                let class = if class.starts_with("com.") { class.to_owned() } else { format!("{TASKS}{class}") };
                trees.entry(kind.clone()).or_default().push((name.to_owned(), class));
            }
        }
    }
    trees
}

fn settings() -> Value {
    json!({
        "credentials": "local", "cloudProvider": "local", "region": "here", "cluster": "shop", "application": "shop",
        "serverGroupName": "shop-v001", "serverGroupNames": ["shop-v001"], "deploy.server.groups": {"here": ["shop-v001"]},
    })
}

#[tokio::test]
async fn each_stage_has_upstreams_tasks() {
    for (kind, tasks) in expected() {
        let mut driven = Driven::new(&local(), &kind, settings());
        // Stages on server groups have tasks below the pipeline's stage only.
        driven.stage.parent_stage_id = Some("P".into());
        let composed = driven.composition().await.expect("a composition");
        let found: Vec<_> = composed.tasks.iter().map(|task| (task.name.clone(), task.class.clone())).collect();
        assert_eq!(found, tasks, "{kind}");
        for task in composed.tasks {
            assert!(driven.catalogue.task(&task.class).is_some(), "{kind}: nobody does {}", task.class);
        }
    }
}

#[tokio::test]
async fn a_stage_of_a_pipeline_gets_a_stage_for_each_region() {
    for kind in ["resizeServerGroup", "enableServerGroup", "disableServerGroup", "destroyServerGroup", "pinServerGroup"]
    {
        let named = json!({
            "credentials": "local", "cloudProvider": "local", "regions": ["here", "there"], "serverGroupName": "shop-v001",
        });
        let mut driven = Driven::new(&local(), kind, named);
        driven.clouddriver = Fleet::default().router();
        let composed = driven.composition().await.expect("a composition");
        let stages: Vec<_> =
            composed.before.iter().map(|stage| (&*stage.kind, stage.context["region"].clone())).collect();
        assert_eq!(stages, [(kind, json!("here")), (kind, json!("there"))]);
        assert_eq!(composed.before[1].context["targetLocation"], json!({"type": "REGION", "value": "there"}));
        assert_eq!(composed.tasks, []);

        let word = json!({
            "credentials": "local", "cloudProvider": "local", "regions": ["here", "there"], "cluster": "shop",
            "target": "current_asg_dynamic",
        });
        let driven = Driven::new(&local(), kind, word);
        let composed = driven.composition().await.expect("a composition");
        let stages: Vec<_> = composed.before.iter().map(|stage| &*stage.kind).collect();
        assert_eq!(stages, ["determineTargetServerGroup", kind, kind]);
    }
}

#[tokio::test]
async fn a_server_group_that_is_not_there_fails_its_stage() {
    let gone =
        json!({"credentials": "local", "cloudProvider": "local", "region": "here", "serverGroupName": "shop-v009"});
    let mut driven = Driven::new(&local(), "destroyServerGroup", gone);
    driven.clouddriver = Fleet::default().router();
    let error = driven.composition().await.expect_err("it is not there");
    assert!(error.message.contains("server group shop-v009 in local/here"), "{error}");
}
