//! `findImage`: the image that a cluster runs, in each place, for a deployment that follows.
//!
//! Of the cluster's server groups one is chosen by `selectionStrategy`: `NEWEST` (the default), `OLDEST`, `LARGEST`, or `FAIL` if there
//! are several; of those that are enabled, unless `onlyEnabled` is false. Where a place has none, the image of another place is
//! looked for by its name if `resolveMissingLocations` says so; else the stage fails. What it finds is `amiDetails` in its context,
//! `deploymentDetails` in its outputs, and `artifacts`.
//!
//! Upstream: `FindImageFromClusterStage`, `FindImageFromClusterTask`, which for Amazon also adds the regions of later deployments: that
//! comes with Amazon.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_javaregex::Regex;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
    server_group::settings::{Location, LocationKind, account, cluster, provider},
};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.FindImageFromClusterTask";
const STRATEGIES: [&str; 4] = ["LARGEST", "NEWEST", "OLDEST", "FAIL"];
/// How long after a look without an image's id the next one is.
const PAUSE: Duration = Duration::from_secs(10);

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(FindImageStage);
    catalogue.add_task(FindImageTask);
}

struct FindImageStage;

#[async_trait]
impl StageDefinition for FindImageStage {
    fn kind(&self) -> &'static str {
        "findImage"
    }

    fn schema(&self) -> Schema {
        Schema::of("Finds the image that a cluster runs.")
            .with(Field::text("credentials", "The account; account is read too."))
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::text("cluster", "The cluster; or moniker."))
            .with(Field::list("regions", "The regions; or zones, or namespaces.", []))
            .with(Field::text("selectionStrategy", "Which server group.").one_of(&STRATEGIES).default("NEWEST"))
            .with(Field::flag("onlyEnabled", "Whether only server groups in traffic count.").default(true))
            .with(Field::text("imageNamePattern", "The regular expression that an image's name has to match."))
            .with(Field::flag("resolveMissingLocations", "Whether the image of another region will do.").default(false))
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("findImage", TASK)], ..Composition::default() })
    }
}

/// Where images are looked for: each place once.
fn places(settings: &Object) -> Vec<Location> {
    let kinds = [LocationKind::Region, LocationKind::Zone, LocationKind::Namespace];
    let found = kinds.into_iter().map(|kind| {
        let mut places: Vec<Location> = Vec::new();
        for value in settings.texts(kind.plural()) {
            let place = Location { kind, value };
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    });
    found.into_iter().find(|places| !places.is_empty()).unwrap_or_default()
}

/// What a place runs: summaries of server groups, none where there is no server group.
type Found = Vec<(Location, Option<Vec<Object>>)>;

struct FindImageTask;

#[async_trait]
impl Task for FindImageTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let provider = provider(settings);
        let places = places(settings);
        if places.is_empty() {
            return Err(TaskError::invalid("the stage names no place: set regions"));
        }
        let pattern =
            match settings.text("imageNamePattern").filter(|pattern| !pattern.is_empty()) {
                Some(pattern) => Some(Regex::new(&pattern).map_err(|error| {
                    TaskError::invalid(format!("imageNamePattern is no regular expression: {error}"))
                })?),
                None => None,
            };
        let mut found: Found = Vec::new();
        for place in places {
            let summaries = look(context, &provider, &place).await?;
            found.push((place, summaries));
        }
        let without_id = |summary: &Object| summary.text("imageId").is_none_or(|id| id.is_empty());
        if found.iter().filter_map(|(_, summaries)| summaries.as_ref()).flatten().any(without_id) {
            return Ok(TaskResult::running(Next::At(context.now.after(PAUSE))));
        }
        if found.iter().any(|(_, summaries)| summaries.is_none()) {
            resolve_missing(context, &provider, &mut found).await?;
        }
        let matches = |name: &str| pattern.as_ref().is_none_or(|pattern| pattern.matches(name).unwrap_or(false));
        let (details, artifacts) = described(&found, &provider, context.view.stage.ref_id.as_deref(), matches);
        Ok(TaskResult::succeeded()
            .with_context("amiDetails", details.clone())
            .with_context("artifacts", artifacts)
            .with_output("deploymentDetails", details)
            .with_output("inferredRegions", Vec::<String>::new()))
    }
}

/// The images that the place runs; none where there is no server group and another place's will do.
async fn look(context: &TaskContext, provider: &str, place: &Location) -> Result<Option<Vec<Object>>, TaskError> {
    let settings = context.view.context();
    let (account, cluster) = (account(settings)?, cluster(&context.view)?);
    let strategy = settings.text("selectionStrategy").unwrap_or_else(|| "NEWEST".to_owned());
    let only_enabled = settings.boolean("onlyEnabled").unwrap_or(true);
    let found = context
        .clients
        .clouddriver
        .server_group_summary(
            &context.caller,
            &cluster.application,
            &account,
            &cluster.name,
            provider,
            &place.value,
            &strategy,
            "Images",
            only_enabled,
        )
        .await;
    match found {
        Ok(found) => Ok(found.as_object().and_then(|found| found.typed("summaries")).or(Some(Vec::new()))),
        Err(error) if error.kind() == Kind::NotFound && error.message().contains("target.fail.strategy") => {
            Err(TaskError::new(
                Kind::Invalid,
                "IllegalStateException",
                format!("{} has several server groups in {}, and selectionStrategy is FAIL", cluster.name, place.value),
            ))
        }
        Err(error) if error.kind() == Kind::NotFound => {
            if settings.boolean("resolveMissingLocations") == Some(true) {
                return Ok(None);
            }
            Err(TaskError::new(
                Kind::NotFound,
                "IllegalStateException",
                format!(
                    "cluster {} of account {account} has no {}server group in {}: look at its name, or set \
                     resolveMissingLocations",
                    cluster.name,
                    if only_enabled { "enabled " } else { "" },
                    place.value
                ),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// Fills in the places that run nothing, with the image of that name that is there.
async fn resolve_missing(context: &TaskContext, provider: &str, found: &mut Found) -> Result<(), TaskError> {
    let settings = context.view.context();
    let missing = |message: String| TaskError::new(Kind::NotFound, "IllegalStateException", message);
    let template = found.iter().filter_map(|(_, summaries)| summaries.as_ref()).flatten().next().cloned();
    let mut names: Vec<String> = Vec::new();
    for summary in found.iter().filter_map(|(_, summaries)| summaries.as_ref()).flatten() {
        let name = base_name(&summary.text("imageName").unwrap_or_default());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let (Some(template), [name]) = (template, &names[..]) else {
        return Err(missing(format!(
            "places without a server group take the image of the others if that is one; there are {}: {}",
            names.len(),
            names.join(", ")
        )));
    };
    let account = account(settings)?;
    let pattern = format!("{name}*");
    let images =
        context.clients.clouddriver.find_images(&context.caller, provider, &pattern, Some(&account), &[]).await?;
    let cluster = cluster(&context.view)?.name;
    for (place, summaries) in found.iter_mut().filter(|(_, summaries)| summaries.is_none()) {
        let image = images.iter().filter_map(Value::as_object).find_map(|image| in_place(image, place));
        *summaries = image.map(|(name, id)| vec![like(&template, &cluster, &name, &id)]);
    }
    let unresolved: Vec<&str> =
        found.iter().filter(|(_, summaries)| summaries.is_none()).map(|(place, _)| place.value.as_str()).collect();
    match unresolved.is_empty() {
        true => Ok(()),
        false => Err(missing(format!("image {name} is missing in {}: bake or copy it there", unresolved.join(", ")))),
    }
}

/// The name and id of an image, if it is in that place. Images of registries are everywhere.
fn in_place(image: &Object, place: &Location) -> Option<(String, String)> {
    if let (Some(repository), Some(tag)) = (image.text("repository"), image.text("tag")) {
        let name = format!("{repository}:{tag}");
        return Some((name.clone(), name));
    }
    let id = image.object("amis")?.get(&place.value)?.get(0)?.as_str()?.to_owned();
    Some((image.text("imageName")?, id))
}

/// A summary of another image, with what else is known of the template.
fn like(template: &Object, cluster: &str, name: &str, id: &str) -> Object {
    let mut image = template.object("image").cloned().unwrap_or_default();
    image.insert("imageId".to_owned(), id.into());
    image.insert("name".to_owned(), name.into());
    let summary = json!({
        "imageId": id,
        "imageName": name,
        "serverGroupName": cluster,
        "image": image,
        "buildInfo": template.get("buildInfo").cloned().unwrap_or_else(|| json!({})),
    });
    summary.as_object().cloned().unwrap_or_default()
}

/// An image's name without the number that a bakery adds where two bakes meet.
fn base_name(name: &str) -> String {
    let ends = ["-ebs", "-s3"].iter().filter_map(|mark| Some(name.rfind(mark)? + mark.len()));
    ends.max().map_or_else(|| name.to_owned(), |end| name[..end].to_owned())
}

/// What is found as deployments read it, and as artifacts.
fn described(
    found: &Found,
    provider: &str,
    ref_id: Option<&str>,
    matches: impl Fn(&str) -> bool,
) -> (Vec<Value>, Vec<Value>) {
    let (mut details, mut artifacts) = (Vec::new(), Vec::new());
    for (place, summaries) in found {
        for summary in summaries.iter().flatten() {
            let name = summary.text("imageName").unwrap_or_default();
            if !matches(&name) {
                continue;
            }
            let id = summary.get("imageId").cloned().unwrap_or(Value::Null);
            let mut detail = Object::new();
            for (field, value) in [
                ("ami", id.clone()),
                ("imageId", id),
                ("imageName", name.clone().into()),
                ("cloudProvider", provider.into()),
                ("refId", json!(ref_id)),
                ("sourceServerGroup", json!(summary.get("serverGroupName"))),
            ] {
                detail.insert(field.to_owned(), value);
            }
            if place.kind != LocationKind::Namespace {
                detail.insert(place.kind.singular().to_owned(), place.value.clone().into());
            }
            let mut metadata = Object::new();
            metadata.insert("sourceServerGroup".to_owned(), json!(summary.get("serverGroupName")));
            metadata.insert("refId".to_owned(), json!(ref_id));
            for more in ["image", "buildInfo"].into_iter().filter_map(|field| summary.object(field)) {
                detail.extend(more.clone());
                metadata.extend(more.clone());
            }
            details.push(Value::Object(detail));
            let location = if place.kind == LocationKind::Namespace { "global" } else { &place.value };
            artifacts.push(json!({
                "type": format!("{provider}/image"),
                "reference": format!("{provider}/image"),
                "name": name,
                "location": location,
                "metadata": metadata,
            }));
        }
    }
    (details, artifacts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_bakerys_number_is_no_part_of_a_name() {
        for (name, expected) in [
            ("shop-1.0-h12-x86-ebs", "shop-1.0-h12-x86-ebs"),
            ("shop-1.0-h12-x86-ebs1", "shop-1.0-h12-x86-ebs"),
            ("shop-1.0-s3-2", "shop-1.0-s3"),
            ("shop:1.0", "shop:1.0"),
        ] {
            assert_eq!(base_name(name), expected);
        }
    }

    #[test]
    fn images_are_described_for_deployments() {
        let summary = object(json!({
            "imageId": "i-1", "imageName": "shop-1", "serverGroupName": "shop-v001", "image": {"size": 3},
            "buildInfo": {"package_name": "shop"},
        }));
        let other = object(json!({"imageId": "i-2", "imageName": "other-1", "serverGroupName": "shop-v000"}));
        let found: Found = vec![(Location::region("here"), Some(vec![summary, other]))];
        let (details, artifacts) = described(&found, "local", Some("1"), |name| name.starts_with("shop"));
        assert_eq!(
            details,
            [json!({
                "ami": "i-1", "imageId": "i-1", "imageName": "shop-1", "cloudProvider": "local", "refId": "1",
                "sourceServerGroup": "shop-v001", "region": "here", "size": 3, "package_name": "shop",
            })]
        );
        assert_eq!(artifacts.len(), 1);
        assert_eq!((&artifacts[0]["type"], &artifacts[0]["location"]), (&json!("local/image"), &json!("here")));
    }

    #[test]
    fn an_image_is_where_it_is_listed_and_those_of_registries_are_everywhere() {
        let there = Location::region("there");
        let listed = object(json!({"imageName": "shop-1", "amis": {"there": ["i-9"]}}));
        assert_eq!(in_place(&listed, &there), Some(("shop-1".to_owned(), "i-9".to_owned())));
        assert_eq!(in_place(&listed, &Location::region("here")), None);
        let docker = object(json!({"repository": "shop", "tag": "1"}));
        assert_eq!(in_place(&docker, &there), Some(("shop:1".to_owned(), "shop:1".to_owned())));
    }

    #[test]
    fn places_are_regions_or_else_zones_or_else_namespaces() {
        let kinds = |settings: Value| places(&object(settings)).len();
        assert_eq!(kinds(json!({"regions": ["a", "b", "a"], "zones": ["z"]})), 2);
        assert_eq!(kinds(json!({"regions": [], "zones": ["z"]})), 1);
        assert_eq!(kinds(json!({"region": "a"})), 0);
    }
}
