//! `resizeServerGroup`, `pinServerGroup`: another size for a server group.
//!
//! What the size is made of stands in [`capacity`]. The capacity before goes into the outputs as `originalCapacity.{name}`, from
//! where a later stage can put the minimum back.
//!
//! Upstream: `ResizeServerGroupStage`, `PinServerGroupStage`, `ResizeServerGroupTask`.

mod capacity;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Capacity, Object, ObjectExt, ServerGroup, Stage, naming::Moniker};
use serde_json::{Value, json};

use super::{
    check_application::check_application,
    guard::{self, ALLOWED, Guards},
    health::{determine_health_providers, wait_for_capacity_match},
    on_group::submit_on,
    operation::monitor,
    refresh::force_cache_refresh,
    settings::{Location, account, provider},
    target::{OnTargets, Target, TargetStage, is_dynamic, named, target, target_schema},
};
use crate::{Catalogue, Field, NewStage, Next, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

/// The stage type, which is the operation's name too.
pub(super) const RESIZE: &str = "resizeServerGroup";
/// The stage type that pins and unpins.
pub(super) const PIN: &str = "pinServerGroup";

const CLASS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.ResizeServerGroupTask";
/// The context field in which the first step leaves its decision: a step that is made again must not scale what it has scaled.
const DECIDED: &str = "resizeDecision";

/// Adds the stages and their task.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_stage(OnTargets(ResizeStage));
    catalogue.add_stage(OnTargets(PinStage));
    catalogue.add_task(ResizeTask { guards });
}

fn schema(description: &'static str) -> Schema {
    target_schema(description)
        .with(Field::text("action", "What the size is made of.").one_of(&capacity::ACTIONS).default("scale_exact"))
        .with(Field::object(
            "capacity",
            "The size of scale_exact; what is left out stays.",
            [
                Field::integer("min", "The least."),
                Field::integer("desired", "The number to reach."),
                Field::integer("max", "The most."),
            ],
        ))
        .with(Field::integer("scalePct", "A percentage: how much larger or smaller, or of the source's size."))
        .with(Field::integer("scaleNum", "How many instances more or less, where there is no scalePct."))
        .with(Field::object("source", "The server group of scale_to_server_group.", []))
        .with(Field::flag("pinCapacity", "Whether minimum and maximum become the desired number.").default(false))
        .with(Field::flag("pinMinimumCapacity", "Whether the minimum becomes the desired number.").default(false))
        .with(Field::flag("unpinMinimumCapacity", "Whether a minimum that was noted is put back.").default(false))
        .with(Field::number("targetHealthyDeployPercentage", "The share that has to serve.").default(100))
}

struct ResizeStage;

impl TargetStage for ResizeStage {
    fn kind(&self) -> &'static str {
        RESIZE
    }

    fn schema(&self) -> Schema {
        schema("Gives a server group another size.")
    }

    fn before(&self, context: &Object) -> Vec<NewStage> {
        let more = json!({ "action": "resume", "processes": ["Launch", "Terminate"] });
        of_amazon("resumeScalingProcesses", context, more)
    }

    fn tasks(&self, _context: &Object) -> Vec<TaskTemplate> {
        vec![
            check_application(),
            determine_health_providers(),
            TaskTemplate::new("resizeServerGroup", CLASS),
            monitor("monitorServerGroup"),
            force_cache_refresh(),
            wait_for_capacity_match(),
        ]
    }

    fn after(&self, context: &Object) -> Vec<NewStage> {
        of_amazon("suspendScalingProcesses", context, json!({ "action": "suspend" }))
    }

    fn findings(&self) -> &'static [&'static str] {
        &[DECIDED, ALLOWED]
    }
}

/// The stage by which Amazon's scaling processes are let run for the time of a resize; none for other clouds.
fn of_amazon(name: &str, context: &Object, more: Value) -> Vec<NewStage> {
    if context.text("cloudProvider").as_deref() != Some("aws") {
        return Vec::new();
    }
    let mut own = if is_dynamic(context) {
        let mut own = context.clone();
        own.remove("serverGroupName");
        own.remove("asgName");
        own
    } else {
        let kept = ["cloudProvider", "credentials", "region"].into_iter();
        let mut own: Object = kept.filter_map(|name| Some((name.to_owned(), context.get(name)?.clone()))).collect();
        own.insert("serverGroupName".to_owned(), json!(named(context)));
        own
    };
    if let Value::Object(more) = more {
        own.extend(more);
    }
    vec![NewStage::then("modifyAwsScalingProcess", name, own)]
}

struct PinStage;

impl TargetStage for PinStage {
    fn kind(&self) -> &'static str {
        PIN
    }

    fn schema(&self) -> Schema {
        schema("Raises a server group's minimum to its size, or puts it back.")
    }

    fn tasks(&self, _context: &Object) -> Vec<TaskTemplate> {
        vec![TaskTemplate::new("resizeServerGroup", CLASS), monitor("monitorServerGroup"), force_cache_refresh()]
    }

    fn findings(&self) -> &'static [&'static str] {
        &[DECIDED, ALLOWED]
    }
}

/// The output that notes the capacity of a server group before it was resized first.
pub(super) fn original_capacity(server_group: &str) -> String {
    format!("originalCapacity.{server_group}")
}

/// The capacity that a server group had before this stage resized it, or was about to.
pub(super) fn resized_from(stage: &Stage, server_group: &str) -> Option<Value> {
    let noted = stage.outputs.get(&original_capacity(server_group)).cloned();
    noted.or_else(|| {
        let decided = stage.context.object(DECIDED)?;
        let is_it = decided.text("serverGroupName").as_deref() == Some(server_group);
        decided.get("originalCapacity").filter(|original| is_it && !original.is_null()).cloned()
    })
}

/// What a resize has decided on.
struct Decision {
    capacity: Capacity,
    original: Option<Capacity>,
}

struct ResizeTask {
    guards: Guards,
}

#[async_trait]
impl Task for ResizeTask {
    fn class(&self) -> &'static str {
        CLASS
    }

    /// The first step decides and has that recorded, the second one submits it.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let target = target(&context.view)?;
        let Some(decided) = settings.object(DECIDED).filter(|decided| is_of(decided, &target)) else {
            return self.decide(context, &target).await;
        };
        let capacity: Capacity = decided.typed("capacity").unwrap_or_default();
        let mut more = Object::new();
        more.insert("capacity".to_owned(), json!(capacity));
        let original = decided.get("originalCapacity").filter(|original| !original.is_null());
        if let Some(original) = original {
            more.insert("originalCapacity".to_owned(), original.clone());
        }
        let key = original_capacity(&target.name);
        let noted = context.view.get(&key).or_else(|| original.cloned());
        let result = submit_on(context, &target, RESIZE, more).await?.with_context("capacity", json!(capacity));
        Ok(match noted {
            Some(noted) => result.with_output(&key, noted),
            None => result,
        })
    }
}

fn is_of(decided: &Object, target: &Target) -> bool {
    decided.text("serverGroupName").as_ref() == Some(&target.name)
        && decided.text("location").as_ref() == Some(&target.location.value)
}

impl ResizeTask {
    async fn decide(&self, context: &TaskContext, target: &Target) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let decision = decision(context, target).await?;
        let mut result = TaskResult::running(Next::At(context.now));
        if decision.capacity.desired == 0 && !guard::was_allowed(settings, RESIZE) {
            let account = account(settings)?;
            let verdict = self.guards.removal(context, target, &account, "Removal of all instances in").await?;
            if let Some(heeded) = guard::heed(context, verdict, RESIZE, true)? {
                if !heeded.context.contains_key(ALLOWED) {
                    return Ok(heeded);
                }
                result = heeded;
            }
        }
        let decided = json!({
            "serverGroupName": target.name,
            "location": target.location.value,
            "capacity": decision.capacity,
            "originalCapacity": decision.original,
        });
        Ok(result.with_context(DECIDED, decided))
    }
}

async fn decision(context: &TaskContext, target: &Target) -> Result<Decision, TaskError> {
    let settings = context.view.context();
    let action = capacity::action(settings);
    match action.as_str() {
        "scale_exact" => {
            let current = current(context, &account(settings)?, &target.location.value, &target.name).await?;
            let asked = settings.object("capacity").cloned().unwrap_or_default();
            let exact = capacity::exact(&asked, current);
            let capacity = capacity::scaled_and_pinned(settings, exact, noted_minimum(context));
            Ok(Decision { capacity, original: Some(current) })
        }
        "scale_up" | "scale_down" => {
            let current = current(context, &account(settings)?, &target.location.value, &target.name).await?;
            let capacity = capacity::relative(settings, current, action == "scale_up");
            Ok(Decision { capacity, original: Some(current) })
        }
        "scale_to_server_group" => {
            let source = of_source(context).await?;
            let capacity = capacity::scaled_and_pinned(settings, source, noted_minimum(context));
            Ok(Decision { capacity, original: Some(source) })
        }
        "scale_to_cluster" => {
            let capacities = of_cluster(context, target).await?;
            Ok(Decision { capacity: capacity::of_cluster(settings, &capacities), original: None })
        }
        other => Err(TaskError::invalid(format!(
            "action {other} is none of a resize: use one of {}",
            capacity::ACTIONS.join(", ")
        ))),
    }
}

async fn current(context: &TaskContext, account: &str, region: &str, name: &str) -> Result<Capacity, TaskError> {
    let found = context.clients.clouddriver.server_group(&context.caller, account, region, name).await;
    found.map(|group| group.capacity).map_err(|error| match error.kind() {
        Kind::NotFound => TaskError::new(
            Kind::NotFound,
            "IllegalStateException",
            format!("there is no server group {name} in {account}/{region}, whose size is asked for"),
        ),
        _ => error.into(),
    })
}

/// The capacity of the server group that the stage names as its source.
async fn of_source(context: &TaskContext) -> Result<Capacity, TaskError> {
    let settings = context.view.context();
    let missing = || TaskError::invalid("scale_to_server_group takes the size of source: set source.serverGroupName");
    let source = settings.object("source").ok_or_else(missing)?;
    let name = named(source).ok_or_else(missing)?;
    let own = ["credentials", "account"].iter().find_map(|name| source.text(name));
    let account = own.map_or_else(|| account(settings), Ok)?;
    let places = ["region", "regions", "zone", "zones", "location"].iter();
    let place = places
        .flat_map(|name| source.texts(name))
        .find(|place| !place.is_empty())
        .ok_or_else(|| TaskError::invalid(format!("source {name} has no region: set source.region")))?;
    current(context, &account, &place, &name).await
}

/// The minimum before a pin: of the source's former capacity, else of what a stage has saved.
fn noted_minimum(context: &TaskContext) -> Option<i64> {
    let source = context.view.context().object("source").and_then(named).unwrap_or_default();
    let minimum = |field: &str| context.view.get(field)?.as_object()?.integer("min");
    minimum(&original_capacity(&source)).or_else(|| minimum("savedCapacity"))
}

/// The capacities of the server groups of the target's cluster, in its place.
async fn of_cluster(context: &TaskContext, target: &Target) -> Result<Vec<Capacity>, TaskError> {
    let settings = context.view.context();
    let parsed = Moniker::parse(&target.name);
    let application = target.moniker.app.clone().or(parsed.app).unwrap_or_default();
    let cluster = target.moniker.cluster.clone().or(parsed.cluster).unwrap_or_default();
    let (account, provider) = (account(settings)?, provider(settings));
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver.cluster_server_groups(&context.caller, &application, &account, &cluster, &provider).await;
    let groups = match found {
        Ok(groups) => groups,
        Err(error) if error.kind() == Kind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let capacities = in_place(&groups, &target.location);
    if capacities.is_empty() {
        let place = &target.location.value;
        let message = format!("cluster {cluster} has no server group in {account}/{place} whose size could be taken");
        return Err(TaskError::new(Kind::NotFound, "IllegalStateException", message));
    }
    Ok(capacities)
}

fn in_place(groups: &[ServerGroup], location: &Location) -> Vec<Capacity> {
    groups.iter().filter(|group| location.holds(group)).map(|group| group.capacity).collect()
}
