//! Entity tags that name an image which the server group no longer runs are removed after a push.
//!
//! A failure here is none of the push, which is over by then: it is logged. Upstream: `CleanUpTagsTask`, which looks at the tags of one
//! namespace only, that of the service that writes them.

use async_trait::async_trait;
use gennaker_clients::Call;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::{
    Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::operation_stage::{Prepared, required, submit_prepared},
    server_group::{
        settings::{account, provider},
        target::named,
    },
};

const CLASS: &str = "com.netflix.spinnaker.orca.kato.tasks.rollingpush.CleanUpTagsTask";
/// The namespace of the tags.
const NAMESPACE: &str = "astrid_rules";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(CleanUpTask);
}

/// The task that removes them.
pub(super) fn clean_up() -> TaskTemplate {
    TaskTemplate::new("cleanUpTags", CLASS)
}

struct CleanUpTask;

#[async_trait]
impl Task for CleanUpTask {
    fn class(&self) -> &'static str {
        CLASS
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        match remove(context).await {
            Ok(result) => Ok(result),
            Err(error) => {
                tracing::warn!(stage = %context.view.stage.id, %error, "tags of a former image are left");
                Ok(TaskResult::succeeded())
            }
        }
    }
}

async fn remove(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let settings = context.view.context();
    let (account, region) = (account(settings)?, required(settings, "region")?);
    let name = named(settings).unwrap_or_default();
    let clouddriver = &context.clients.clouddriver;
    let group = clouddriver.server_group(&context.caller, &account, &region, &name).await?;
    let call = Call::get(&["tags"])
        .query("cloudProvider", provider(settings))
        .query("entityType", "servergroup")
        .query("entityId", &name)
        .query("account", &account)
        .query("region", &region);
    let tagged: Vec<Value> = match clouddriver.forward(&context.caller, call).await? {
        Value::Array(tagged) => tagged,
        _ => Vec::new(),
    };
    let tagged: Vec<&Object> = tagged.iter().filter_map(Value::as_object).collect();
    let image = group.launch_config.text("imageId");
    let stale: Vec<String> = tagged.iter().flat_map(|one| stale(one, image.as_deref())).collect();
    let Some(id) = tagged.first().and_then(|one| one.text("id")).filter(|_| !stale.is_empty()) else {
        return Ok(TaskResult::succeeded());
    };
    let mut description = Object::new();
    description.insert("id".to_owned(), id.into());
    description.insert("tags".to_owned(), json!(stale));
    let prepared = Prepared { any_cloud: true, ..Prepared::of("deleteEntityTags", description) };
    submit_prepared(context, prepared).await
}

/// The names of the tags that name another image.
fn stale(tagged: &Object, image: Option<&str>) -> Vec<String> {
    let tags = tagged.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let ours = tags.filter(|tag| tag.text("namespace").as_deref() == Some(NAMESPACE));
    let names_another = |tag: &&Object| {
        let value = tag.object("value").filter(|_| tag.text("valueType").as_deref() == Some("object"));
        value.is_some_and(|value| value.contains_key("imageId") && value.text("imageId").as_deref() != image)
    };
    ours.filter(names_another).filter_map(|tag| tag.text("name")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_another_image_are_stale() {
        let tag = |name: &str, namespace: &str, image: &str| json!({"name": name, "namespace": namespace, "valueType": "object", "value": {"imageId": image}});
        let tagged = json!({"tags": [
            tag("old", NAMESPACE, "i-1"), tag("now", NAMESPACE, "i-2"), tag("other", "mine", "i-1"),
            {"name": "text", "namespace": NAMESPACE, "valueType": "literal", "value": "i-1"},
        ]});
        assert_eq!(stale(tagged.as_object().expect("an object"), Some("i-2")), ["old"]);
    }
}
