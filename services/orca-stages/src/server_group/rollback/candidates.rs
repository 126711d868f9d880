//! `determineRollbackCandidates`: from which server group to go back to which, in each region.
//!
//! It goes back from the newest server group that is enabled. To: the one that a deployment says was there before
//! (`originalServerGroup`), else one with the image that ran before by the tags, else the newest other one; with
//! `onlyEnabledServerGroups` only among those that are enabled. A region where none is enabled, or that has one only, is left out.
//!
//! Upstream: `DetermineRollbackCandidatesTask`.

use std::{cmp::Reverse, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use super::{
    Way,
    previous_image::{Image, image_before},
};
use crate::{
    Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::settings::{account, provider},
};

const CLASS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.DetermineRollbackCandidatesTask";

/// The task of the stage.
pub(super) fn task() -> TaskTemplate {
    TaskTemplate::new("determineRollbackCandidates", CLASS)
}

pub(super) struct DetermineCandidatesTask;

#[async_trait]
impl Task for DetermineCandidatesTask {
    fn class(&self) -> &'static str {
        CLASS
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(5 * 60))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let regions = settings.texts("regions");
        let Some((application, cluster)) = cluster(context, &account, &regions).await? else {
            return Ok(TaskResult::running(Next::Soon));
        };
        let clouddriver = &context.clients.clouddriver;
        let found =
            clouddriver.cluster_server_groups(&context.caller, &application, &account, &cluster, &provider).await;
        let mut groups = match found {
            Ok(groups) => groups,
            // Not seen yet, perhaps.
            Err(error) if error.kind() == Kind::NotFound => return Ok(TaskResult::running(Next::Soon)),
            Err(error) => return Err(error.into()),
        };
        groups.sort_by_key(|group| Reverse((group.created_time, group.moniker.sequence)));
        let (mut images, mut types, mut contexts) = (Vec::new(), Object::new(), Object::new());
        for region in &regions {
            let here: Vec<&ServerGroup> =
                groups.iter().filter(|group| group.region.eq_ignore_ascii_case(region)).collect();
            let Some(from) = to_leave(&here) else { continue };
            let place = (&*provider, &*account, &**region, &*from.name);
            let image = image_before(&context.clients, &context.caller, place).await?;
            let candidate = candidate(&here, from, image.as_ref(), settings)?;
            images.push(candidate.restored(region));
            types.insert(region.clone(), candidate.way.name().into());
            contexts.insert(region.clone(), Value::Object(candidate.context(from, settings)));
        }
        Ok(TaskResult::succeeded()
            .with_context("imagesToRestore", images)
            .with_output("rollbackTypes", types)
            .with_output("rollbackContexts", contexts))
    }
}

/// The application and the cluster: those of the moniker, or of the server group that is named. `None` while that is not seen.
async fn cluster(
    context: &TaskContext,
    account: &str,
    regions: &[String],
) -> Result<Option<(String, String)>, TaskError> {
    let settings = context.view.context();
    let given: Option<Moniker> = settings.typed("moniker");
    let named = settings.text("cluster").map(|cluster| Moniker::parse(&cluster));
    let moniker = match (given.or(named), settings.text("serverGroup"), regions.first()) {
        (Some(moniker), ..) => moniker,
        (None, Some(name), Some(region)) => {
            match context.clients.clouddriver.server_group(&context.caller, account, region, &name).await {
                Ok(group) if group.moniker.cluster.is_some() => group.moniker,
                Ok(_) => Moniker::parse(&name),
                Err(error) if error.kind() == Kind::NotFound => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
        _ => {
            return Err(TaskError::invalid(
                "the stage names no cluster: set moniker (app and cluster), or serverGroup",
            ));
        }
    };
    let cluster = moniker.cluster.ok_or_else(|| TaskError::invalid("moniker names no cluster"))?;
    let application = moniker.app.or_else(|| Moniker::parse(&cluster).app).unwrap_or_else(|| cluster.clone());
    Ok(Some((application, cluster)))
}

/// From which of a region's server groups, the newest first, one goes back; `None` if that is not possible.
fn to_leave<'a>(groups: &[&'a ServerGroup]) -> Option<&'a ServerGroup> {
    groups.iter().copied().find(|group| !group.disabled).filter(|_| groups.len() > 1)
}

/// To what one goes back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    way: Way,
    /// The server group that comes back.
    restored: Option<String>,
    image: Option<Image>,
}

/// To what one goes back from `from`.
pub(super) fn candidate(
    groups: &[&ServerGroup],
    from: &ServerGroup,
    before: Option<&Image>,
    settings: &Object,
) -> Result<Candidate, TaskError> {
    if let Some(original) = settings.text("originalServerGroup") {
        return Ok(Candidate { way: Way::Explicit, restored: Some(original), image: before.cloned() });
    }
    let additional = settings.object("additionalRollbackContext");
    let only_enabled = additional.and_then(|additional| additional.boolean("onlyEnabledServerGroups")) == Some(true);
    let mut others = groups
        .iter()
        .filter(|group| !group.name.eq_ignore_ascii_case(&from.name) && (!only_enabled || !group.disabled));
    if let Some(before) = before {
        let restored = others.find(|group| {
            let image = group.other.object("image").and_then(|image| image.text("imageId"));
            image.zip(before.id.as_ref()).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        });
        let way = if restored.is_some() { Way::Explicit } else { Way::PreviousImage };
        let restored = restored.map(|group| group.name.clone());
        return Ok(Candidate { way, restored, image: Some(before.clone()) });
    }
    let Some(restored) = others.next() else {
        let which = if only_enabled { "no other server group is enabled" } else { "there is no other server group" };
        let message = format!("there is nothing to go back to from {}: {which} in {}", from.name, from.region);
        return Err(TaskError::new(Kind::Invalid, "IllegalStateException", message));
    };
    let image = image_name(restored).map(|name| Image { name, id: None, build_number: build_number(restored) });
    Ok(Candidate { way: Way::Explicit, restored: Some(restored.name.clone()), image })
}

impl Candidate {
    /// What clients show of it.
    fn restored(&self, region: &str) -> Value {
        let mut shown = json!({ "region": region, "rollbackMethod": self.way.name() });
        if let Some(image) = &self.image {
            shown["image"] = image.name.as_str().into();
            if let Some(number) = &image.build_number {
                shown["buildNumber"] = number.as_str().into();
            }
        }
        shown
    }

    /// The `rollbackContext` of its stage.
    pub(super) fn context(&self, from: &ServerGroup, settings: &Object) -> Object {
        let mut context = Object::new();
        context.insert("rollbackServerGroupName".to_owned(), from.name.as_str().into());
        match (&self.restored, &self.image) {
            (Some(restored), _) => {
                context.insert("restoreServerGroupName".to_owned(), restored.as_str().into());
            }
            (None, Some(image)) => {
                context.extend(image.id.as_ref().map(|id| ("imageId".to_owned(), id.as_str().into())));
                context.insert("imageName".to_owned(), image.name.as_str().into());
            }
            (None, None) => {}
        }
        let percentage = settings.integer("targetHealthyRollbackPercentage");
        let percentage = percentage.unwrap_or_else(|| healthy_percentage(from.capacity.desired));
        context.insert("targetHealthyRollbackPercentage".to_owned(), percentage.into());
        context
    }
}

/// How much of a server group of that size has to serve: with many instances some may be in an unknown state.
fn healthy_percentage(size: u32) -> i64 {
    match size {
        0..10 => 100,
        10..20 => 90,
        _ => 95,
    }
}

fn image_name(group: &ServerGroup) -> Option<String> {
    let named = group.other.object("image").and_then(|image| image.text("name"));
    let built = || group.other.object("buildInfo")?.get("images")?.as_array()?.first()?.as_str().map(str::to_owned);
    named.or_else(built)
}

fn build_number(group: &ServerGroup) -> Option<String> {
    group.other.object("buildInfo")?.object("jenkins")?.text("number")
}
