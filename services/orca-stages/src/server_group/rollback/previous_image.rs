//! Back to an image that ran before, where no server group has it any more: a clone with that image, red/black.
//!
//! The image is named, or the tags of the server group say what ran before it. Upstream: `PreviousImageRollback`,
//! `PreviousImageRollbackSupport`.

use gennaker_base::Kind;
use gennaker_clients::{Call, Caller, Clients};
use gennaker_wire::{Object, ObjectExt, naming::Moniker};
use serde_json::{Value, json};

use crate::{
    ComposeContext, NewStage, TaskError,
    server_group::{
        capacity::SNAPSHOT,
        settings::{account, provider},
        strategy::{CLONE, extended},
    },
};

/// The tag by which a deployment notes what it replaced.
const METADATA: &str = "spinnaker:metadata";

/// The one stage.
pub(super) async fn stages(rollback: &Object, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
    let settings = context.view.context();
    let from = rollback.text("rollbackServerGroupName").unwrap_or_default();
    let given = |name: &str| rollback.text(name).filter(|text| !text.is_empty());
    let (mut image_name, mut image_id) = (given("imageName"), given("imageId"));
    if image_name.is_none() {
        let region = settings.text("region").unwrap_or_default();
        let (provider, account) = (provider(settings), account(settings)?);
        let before = image_before(&context.clients, &context.caller, (&provider, &account, &region, &from)).await?;
        if let Some(before) = before {
            image_name = Some(before.name);
            image_id = before.id.or(image_id);
        }
    }
    let Some(image_name) = image_name else {
        return Err(TaskError::new(
            Kind::Invalid,
            "IllegalStateException",
            format!("nobody says which image ran before {from}: give rollbackContext.imageName"),
        ));
    };
    let image = Image { name: image_name, id: image_id, build_number: None };
    Ok(vec![clone(settings, rollback, &from, &image)?])
}

/// An image that ran before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) build_number: Option<String>,
}

fn clone(settings: &Object, rollback: &Object, from: &str, image: &Image) -> Result<NewStage, TaskError> {
    let known: Moniker = settings.typed("moniker").unwrap_or_default();
    let named = Moniker::parse(from);
    let account = account(settings)?;
    let mut source = extended(
        &Object::new(),
        json!({
            "asgName": from,
            "serverGroupName": from,
            "account": account,
            "region": settings.get("region"),
            "cloudProvider": settings.get("cloudProvider"),
            "useSourceCapacity": true,
        }),
    );
    let snapshot = settings.get(SNAPSHOT);
    if snapshot.is_some() {
        source.insert("useSourceCapacity".to_owned(), false.into());
    }
    let context = json!({
        "targetHealthyDeployPercentage": rollback.get("targetHealthyRollbackPercentage"),
        "imageId": image.id,
        "imageName": image.name,
        "amiName": image.name,
        "strategy": "redblack",
        "application": known.app.or(named.app),
        "stack": known.stack.or(named.stack),
        "freeFormDetails": known.detail.or(named.detail),
        "region": settings.get("region"),
        "credentials": account,
        "cloudProvider": settings.get("cloudProvider"),
        "delayBeforeDisableSec": rollback.integer("delayBeforeDisableSeconds").unwrap_or(0),
        "targetGroups": settings.get("targetGroups"),
        "securityGroups": settings.get("securityGroups"),
        "source": source,
        "capacity": snapshot,
        "interestingHealthProviderNames": settings.get("interestingHealthProviderNames"),
    });
    Ok(NewStage::then(CLONE, "clone", extended(&Object::new(), context)))
}

/// The image that ran before a server group, by the tags that its deployment left; none where there are no tags.
pub(super) async fn image_before(
    clients: &Clients,
    caller: &Caller,
    (provider, account, region, name): (&str, &str, &str, &str),
) -> Result<Option<Image>, TaskError> {
    let call = Call::get(&["tags"])
        .query("cloudProvider", provider)
        .query("entityType", "serverGroup")
        .query("entityId", name)
        .query("account", account)
        .query("region", region);
    let tagged = match clients.clouddriver.forward(caller, call).await {
        Ok(Value::Array(tagged)) => tagged,
        Ok(_) => return Ok(None),
        Err(error) if error.kind().is_transient() => return Err(error.into()),
        // It has no tags at all.
        Err(_) => return Ok(None),
    };
    if tagged.len() > 1 {
        let message = format!("{name} has tags under {} ids in {account}/{region}: delete all but one", tagged.len());
        return Err(TaskError::new(Kind::Conflict, "IllegalStateException", message));
    }
    Ok(tagged.first().and_then(Value::as_object).and_then(image_of_tags))
}

fn image_of_tags(tagged: &Object) -> Option<Image> {
    let tags = tagged.get("tags")?.as_array()?.iter().filter_map(Value::as_object);
    let is_metadata = |tag: &&Object| tag.text("name").is_some_and(|name| name.eq_ignore_ascii_case(METADATA));
    let before = tags.filter(is_metadata).find_map(|tag| tag.object("value")?.object("previousServerGroup"))?;
    let build = before.object("buildInfo").and_then(|build| build.object("jenkins"));
    Some(Image {
        name: before.text("imageName")?,
        id: before.text("imageId"),
        build_number: build.and_then(|jenkins| jenkins.text("number")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn tags_say_which_image_ran_before() {
        let tagged = object(json!({"tags": [
            {"name": "other", "value": {"previousServerGroup": {"imageName": "no"}}},
            {"name": "Spinnaker:Metadata", "value": {"previousServerGroup": {
                "imageName": "shop-1", "imageId": "i-1", "buildInfo": {"jenkins": {"number": 7}}}}},
        ]}));
        let image = Image { name: "shop-1".into(), id: Some("i-1".into()), build_number: Some("7".into()) };
        assert_eq!(image_of_tags(&tagged), Some(image));
        assert_eq!(image_of_tags(&object(json!({"tags": [{"name": METADATA, "value": "text"}]}))), None);
    }

    #[test]
    fn the_clone_has_the_image_and_the_size() {
        let settings = object(json!({"credentials": "a", "region": "here", "cloudProvider": "local"}));
        let image = Image { name: "shop-1".into(), id: None, build_number: None };
        let stage = clone(&settings, &Object::new(), "shop-web-v003", &image).expect("a stage");
        assert_eq!((stage.kind.as_str(), stage.name.as_str()), ("cloneServerGroup", "clone"));
        assert_eq!(
            Value::Object(stage.context),
            json!({
                "imageName": "shop-1", "amiName": "shop-1", "strategy": "redblack", "application": "shop", "stack": "web",
                "region": "here", "credentials": "a", "cloudProvider": "local", "delayBeforeDisableSec": 0,
                "source": {
                    "asgName": "shop-web-v003", "serverGroupName": "shop-web-v003", "account": "a", "region": "here",
                    "cloudProvider": "local", "useSourceCapacity": true,
                },
            })
        );
        let mut settings = settings;
        settings.insert(SNAPSHOT.into(), json!({"min": 1, "max": 3, "desired": 2}));
        let stage = clone(&settings, &Object::new(), "shop-web-v003", &image).expect("a stage");
        assert_eq!(stage.context["capacity"]["desired"], 2);
        assert_eq!(stage.context["source"]["useSourceCapacity"], false);
    }
}
