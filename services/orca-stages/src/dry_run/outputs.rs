//! Outputs that are made up, so that what follows in a dry run finds an image or a job.
//!
//! Numbers that would be drawn by chance are made of the stage's id, so that a step that is made again finds the same ones.
//! Upstream: `AwsBakeOutputStub`, `TitusBakeOutputStub`, `TitusRunJobOutputStub`.

use std::hash::{DefaultHasher, Hash, Hasher};

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::StageView;

/// The outputs of the stage; none for most types.
pub(super) fn of(view: &StageView, now: Timestamp) -> Object {
    let context = view.context();
    let is = |name: &str, value: &str| context.get(name).and_then(Value::as_str) == Some(value);
    let found = match view.stage.kind.as_str() {
        // Of a bake in several regions the whole has the outputs.
        "bake" if view.parent().is_some_and(|parent| parent.kind == "bake") => json!({}),
        "bake" if is("cloudProviderType", "aws") => baked(view, |region| aws_image(view, region, now)),
        "bake" if is("cloudProviderType", "titus") => baked(view, |region| titus_image(view, region, now)),
        "runJob" if is("cloudProvider", "titus") => titus_job(view),
        _ => json!({}),
    };
    match found {
        Value::Object(fields) => fields,
        _ => Object::new(),
    }
}

fn baked(view: &StageView, image: impl Fn(&str) -> Value) -> Value {
    let images: Vec<Value> = view.context().texts("regions").iter().map(|region| image(region)).collect();
    json!({ "deploymentDetails": images })
}

fn aws_image(view: &StageView, region: &str, now: Timestamp) -> Value {
    let image = format!("ami-{}", hexadecimal(view, &["image", region], 8));
    json!({
        "ami": image,
        "imageId": image,
        "amiSuffix": suffix(now),
        "baseLabel": "release",
        "baseOs": "trusty",
        "storeType": "ebs",
        "vmType": "hvm",
        "region": region,
        "package": view.execution.application,
        "cloudProvider": "aws",
    })
}

fn titus_image(view: &StageView, region: &str, now: Timestamp) -> Value {
    let application = &view.execution.application;
    let build = chance(view, &["build", region]) % 100_000;
    let image = format!("{application}/basic:master-h{build:05}.{}", hexadecimal(view, &["image", region], 7));
    let commit = hexadecimal(view, &["commit", region], 16);
    json!({
        "ami": image,
        "imageId": image,
        "amiSuffix": suffix(now),
        "baseOs": "trusty",
        "storeType": "docker",
        "region": region,
        "package": format!("ssh://git@git.example.com/{application}.git?{commit}"),
        "cloudProviderType": "titus",
    })
}

fn titus_job(view: &StageView) -> Value {
    let context = view.context();
    let application = &view.execution.application;
    let region = context.object("cluster").and_then(|cluster| cluster.text("region"));
    let completion = json!({ "taskId": uuid(view, "task"), "instanceId": uuid(view, "instance") });
    json!({
        "jobStatus": {
            "id": uuid(view, "job"),
            "name": format!("{application}-v000"),
            "type": "titus",
            "createdTime": 0,
            "provider": "titus",
            "account": context.get("credentials"),
            "application": application,
            "region": region,
            "completionDetails": completion,
            "jobState": "Succeeded",
        },
        "completionDetails": completion,
    })
}

/// The time as images carry it in their names.
fn suffix(now: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(now.millis()).unwrap_or_default();
    time.strftime("%Y%m%d%H%M%S").to_string()
}

fn hexadecimal(view: &StageView, of: &[&str], digits: usize) -> String {
    let mut text = format!("{:016x}", chance(view, of));
    text.truncate(digits);
    text
}

fn uuid(view: &StageView, of: &str) -> String {
    let digits = format!("{:016x}{:016x}", chance(view, &[of, "high"]), chance(view, &[of, "low"]));
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn chance(view: &StageView, of: &[&str]) -> u64 {
    let mut hash = DefaultHasher::new();
    (&view.stage.id, of).hash(&mut hash);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use gennaker_wire::{Execution, Stage};

    fn view(kind: &str, context: Value, parent: Option<&str>) -> StageView {
        let stage = Arc::new(Stage {
            id: "S".to_owned(),
            kind: kind.to_owned(),
            context: context.as_object().cloned().expect("an object"),
            parent_stage_id: parent.map(|_| "P".to_owned()),
            ..Stage::default()
        });
        let parent = parent.map(|kind| Stage { id: "P".to_owned(), kind: kind.to_owned(), ..Stage::default() });
        let stages = std::iter::once(stage.clone()).chain(parent.map(Arc::new)).collect();
        let execution = Arc::new(Execution { application: "shop".to_owned(), ..Execution::default() });
        StageView { execution, stages, stage }
    }

    #[test]
    fn a_bake_has_an_image_a_region() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let context = || json!({"cloudProviderType": "aws", "regions": ["east", "west"]});
        let outputs = of(&view("bake", context(), None), now);
        let images = outputs["deploymentDetails"].as_array().expect("a list");
        assert_eq!((&images[0]["region"], &images[1]["region"]), (&json!("east"), &json!("west")));
        assert_ne!(images[0]["ami"], images[1]["ami"]);
        assert_eq!(images[0]["amiSuffix"], "20231114221320");
        assert_eq!(images[0]["package"], "shop");
        assert_eq!(of(&view("bake", context(), None), now), outputs, "the same at every step");
        assert_eq!(of(&view("bake", context(), Some("bake")), now), Object::new());
        let titus = json!({"cloudProviderType": "titus", "regions": ["east"]});
        let outputs = of(&view("bake", titus, Some("deploy")), now);
        let image = outputs["deploymentDetails"][0]["imageId"].as_str().expect("a text");
        assert!(image.starts_with("shop/basic:master-h"), "{image}");
    }

    #[test]
    fn a_job_has_succeeded_and_other_types_have_nothing() {
        let job = json!({"cloudProvider": "titus", "credentials": "main", "cluster": {"region": "east"}});
        let outputs = of(&view("runJob", job, None), Timestamp::ZERO);
        let status = &outputs["jobStatus"];
        assert_eq!((&status["jobState"], &status["region"]), (&json!("Succeeded"), &json!("east")));
        assert_eq!(status["completionDetails"], outputs["completionDetails"]);
        assert_eq!(status["id"].as_str().map(str::len), Some(36));
        assert_eq!(of(&view("deploy", json!({"regions": ["east"]}), None), Timestamp::ZERO), Object::new());
    }
}
