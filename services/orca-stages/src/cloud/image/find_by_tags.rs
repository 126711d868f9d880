//! `findImageFromTags`: the newest image of a package (`packageName`) that has all of `tags`, in each of `regions`.
//!
//! What it finds is `amiDetails` in its context, `deploymentDetails` in its outputs, and `artifacts`.
//!
//! Upstream: `FindImageFromTagsStage`, `FindImageFromTagsTask`, and its `ImageFinder` of each cloud; here one for all of them, by
//! what clouddriver finds.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::{
    Catalogue, Field, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::operation_stage::{OperationStage, required},
    server_group::settings::{account, provider},
};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.image.FindImageFromTagsTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(
        "findImageFromTags",
        || {
            Schema::of("Finds the newest image of a package that has tags.")
                .with(Field::text("cloudProvider", "The cloud.").default("aws"))
                .with(Field::text("packageName", "The beginning of its name.").required())
                .with(Field::object("tags", "The tags that it has.", []))
                .with(Field::list("regions", "The regions; all if missing.", []))
        },
        || vec![TaskTemplate::new("findImage", TASK)],
    ));
    catalogue.add_task(FindTask);
}

/// An image as clouds list it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) account: Option<String>,
    pub(super) region: String,
    pub(super) created: i64,
    pub(super) tags: Object,
    pub(super) all: Object,
}

impl Listed {
    pub(super) fn read(image: &Value) -> Option<Self> {
        let all = image.as_object()?.clone();
        let one_of = |names: [&str; 2]| names.iter().find_map(|name| all.text(name));
        Some(Listed {
            id: one_of(["id", "imageId"])?,
            name: one_of(["name", "imageName"])?,
            account: one_of(["account", "accountName"]),
            region: all.text("region").unwrap_or_else(|| "global".to_owned()),
            created: all.integer("createdTime").unwrap_or(0),
            tags: all.object("tags").cloned().unwrap_or_default(),
            all,
        })
    }
}

struct FindTask;

#[async_trait]
impl Task for FindTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (provider, package) = (provider(settings), required(settings, "packageName")?);
        let tags: Vec<(String, String)> = wanted_tags(settings);
        let account = account(settings).ok();
        let found = context
            .clients
            .clouddriver
            .find_images(&context.caller, &provider, &package, account.as_deref(), &tags)
            .await?;
        let images: Vec<Listed> = found.iter().filter_map(Listed::read).collect();
        let newest = newest(images, &settings.texts("regions"));
        if newest.is_empty() {
            let tags: Vec<String> = tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let message = format!("no image of package {package} has the tags {}: look at its tags", tags.join(", "));
            return Err(TaskError::new(Kind::NotFound, "IllegalStateException", message));
        }
        let details: Vec<Value> = newest.iter().map(|image| detail(image, &provider)).collect();
        let artifacts: Vec<Value> = newest.iter().map(|image| artifact(image, &provider)).collect();
        Ok(TaskResult::succeeded()
            .with_context("amiDetails", details.clone())
            .with_context("artifacts", artifacts)
            .with_output("deploymentDetails", details))
    }
}

/// The tags of the settings, their values as texts.
pub(super) fn wanted_tags(settings: &Object) -> Vec<(String, String)> {
    let tags = settings.object("tags").cloned().unwrap_or_default();
    tags.iter().map(|(name, _)| (name.clone(), tags.text(name).unwrap_or_default())).collect()
}

/// The newest image of each region.
fn newest(mut images: Vec<Listed>, regions: &[String]) -> Vec<Listed> {
    images.sort_by(|left, right| (right.created, &right.name).cmp(&(left.created, &left.name)));
    let mut newest: Vec<Listed> = Vec::new();
    for image in images {
        let wanted = regions.is_empty() || regions.contains(&image.region) || image.region == "global";
        if wanted && !newest.iter().any(|other| other.region == image.region) {
            newest.push(image);
        }
    }
    newest
}

fn detail(image: &Listed, provider: &str) -> Value {
    let mut detail = image.all.clone();
    for (name, value) in [
        ("imageId", image.id.as_str()),
        ("ami", &image.id),
        ("imageName", &image.name),
        ("region", &image.region),
        ("cloudProvider", provider),
    ] {
        detail.insert(name.to_owned(), value.into());
    }
    Value::Object(detail)
}

fn artifact(image: &Listed, provider: &str) -> Value {
    json!({
        "type": format!("{provider}/image"),
        "name": image.name,
        "reference": image.id,
        "location": image.region,
        "metadata": {},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_image_of_each_region_is_found() {
        let image = |id: &str, region: &str, created: i64| {
            let image = json!({"id": id, "name": format!("shop-{id}"), "region": region, "createdTime": created});
            Listed::read(&image).expect("an image")
        };
        let images = vec![image("1", "here", 1), image("2", "here", 2), image("3", "there", 1)];
        let ids = |regions: &[&str]| {
            let regions: Vec<String> = regions.iter().map(|region| (*region).to_owned()).collect();
            newest(images.clone(), &regions).into_iter().map(|image| image.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[]), ["2", "3"]);
        assert_eq!(ids(&["here"]), ["2"]);
        assert_eq!(ids(&["elsewhere"]), [""; 0]);
        let described = detail(&images[0], "local");
        assert_eq!((&described["imageName"], &described["imageId"]), (&json!("shop-1"), &json!("1")));
    }
}
