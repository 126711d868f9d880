//! `upsertImageTags`: writes `tags` on images: those of `imageNames`, else those that the stages before it have made or found.
//!
//! Upstream: `UpsertImageTagsStage`, and its `ImageTagger` of each cloud; here one operation for each image.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use super::find_by_tags::{Listed, wanted_tags};
use crate::{
    Catalogue, Field, Next, Schema, StageView, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::{
        operation_stage::{OperationStage, Prepared, submit_prepared},
        refresh::RefreshTask,
    },
    server_group::{
        operation::monitor,
        settings::{account, provider},
    },
};

const UPSERT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.image.UpsertImageTagsTask";
const REFRESH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.image.ImageForceCacheRefreshTask";
const WAIT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.image.WaitForUpsertedImageTagsTask";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(
        "upsertImageTags",
        || {
            Schema::of("Writes tags on images.")
                .with(Field::text("credentials", "The account; account is read too."))
                .with(Field::text("cloudProvider", "The cloud.").default("aws"))
                .with(Field::object("tags", "The tags.", []).required())
                .with(Field::list("imageNames", "The images; those of the stages before if missing.", []))
                .with(Field::list(
                    "consideredStages",
                    "The refIds of the stages whose images count; all if missing.",
                    [],
                ))
        },
        || {
            vec![
                TaskTemplate::new("upsertImageTags", UPSERT),
                monitor("monitorUpsert"),
                TaskTemplate::new("forceCacheRefresh", REFRESH),
                TaskTemplate::new("waitForTaggedImage", WAIT),
            ]
        },
    ));
    catalogue.add_task(TagTask);
    // What the wait after it asks for is never an old view: there is nothing to refresh, as in upstream.
    catalogue.add_task(RefreshTask { class: REFRESH, kind: "Image", targets: |_| Vec::new() });
    catalogue.add_task(WaitTask);
}

/// The images of the stages before this one, by id, the nearest first.
fn earlier(view: &StageView, provider: &str) -> Vec<String> {
    let considered = view.context().texts("consideredStages");
    let counts = |ref_id: Option<&str>| ref_id.is_some_and(|ref_id| considered.iter().any(|one| one == ref_id));
    let ancestors = view.ancestors();
    let stages = ancestors.iter().filter(|stage| {
        let parent = view.of(stage).parent().and_then(|parent| parent.ref_id.clone());
        let named = ["cloudProvider", "cloudProviderType"].iter().find_map(|name| stage.context.text(name));
        named.as_deref() == Some(provider)
            && (considered.is_empty() || counts(stage.ref_id.as_deref()) || counts(parent.as_deref()))
    });
    let id = |context: &Object| {
        let found = || context.get("amiDetails")?.get(0)?.as_object()?.text("imageId");
        context.text("imageId").or_else(found)
    };
    let mut ids: Vec<String> = Vec::new();
    for found in stages.filter_map(|stage| id(&stage.context)) {
        if !ids.contains(&found) {
            ids.push(found);
        }
    }
    ids
}

/// The images of that name or id, one for each place.
async fn listed(context: &TaskContext, provider: &str, text: &str) -> Result<Vec<Listed>, TaskError> {
    let found = context.clients.clouddriver.find_images(&context.caller, provider, text, None, &[]).await?;
    let images = found.iter().filter_map(Listed::read);
    Ok(images.filter(|image| image.name == text || image.id == text).collect())
}

struct TagTask;

#[async_trait]
impl Task for TagTask {
    fn class(&self) -> &'static str {
        UPSERT
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let provider = provider(settings);
        let names = settings.texts("imageNames");
        let given = !names.is_empty();
        let wanted = if given { names } else { earlier(&context.view, &provider) };
        if wanted.is_empty() {
            return Err(TaskError::invalid("there is no image to tag: set imageNames, or find or bake one before"));
        }
        let tags: Object = wanted_tags(settings).into_iter().map(|(name, value)| (name, value.into())).collect();
        let mut prepared = Prepared::default();
        let mut targets: Vec<Value> = Vec::new();
        for text in wanted {
            let images = listed(context, &provider, &text).await?;
            let Some(first) = images.first().cloned() else {
                if given {
                    let message = format!("there is no image {text}: look at its name");
                    return Err(TaskError::new(Kind::NotFound, "ImageNotFound", message));
                }
                // A bake has told of it; clouddriver sees it soon.
                return Ok(TaskResult::running(Next::Soon));
            };
            let account = first.account.clone().map_or_else(|| account(settings), Ok)?;
            let regions: Vec<String> = images.into_iter().map(|image| image.region).collect();
            let description = json!({
                "imageName": first.name, "imageId": first.id, "amiName": first.name, "tags": tags, "regions": regions,
                "credentials": account,
            });
            targets.push(json!({ "imageName": first.name, "account": account, "regions": regions, "tags": tags }));
            let description = description.as_object().cloned().unwrap_or_default();
            prepared.operations.push(Operation { name: "upsertImageTags".to_owned(), description });
        }
        submit_prepared(context, prepared.keeping("targets", targets)).await
    }
}

/// Waits until clouddriver shows the tags.
struct WaitTask;

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        WAIT
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let provider = provider(settings);
        for target in settings.typed::<Vec<Object>>("targets").unwrap_or_default() {
            let images = listed(context, &provider, &target.text("imageName").unwrap_or_default()).await?;
            let tags = target.object("tags").cloned().unwrap_or_default();
            let is_tagged = |image: &Listed| tags.keys().all(|name| image.tags.text(name) == tags.text(name));
            if images.is_empty() || !images.iter().all(is_tagged) {
                return Ok(TaskResult::running(Next::Soon));
            }
        }
        Ok(TaskResult::succeeded())
    }
}
