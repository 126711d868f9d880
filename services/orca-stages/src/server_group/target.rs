//! Which server group a stage acts on: one that is named, or one that a word stands for, in each of its regions.
//!
//! A stage of a pipeline has no tasks of its own: for each region it gets one synthetic stage of its own type, which has them. A
//! word that ends in `dynamic` (`current_asg_dynamic`, `ancestor_asg_dynamic`, `oldest_asg_dynamic`) is resolved by a synthetic
//! stage `determineTargetServerGroup` before these; any other target is resolved when the stage starts, and a server group that is
//! not there fails it.
//!
//! ```text
//! destroyServerGroup (regions: [east, west], target: oldest_asg_dynamic)
//!   determineTargetServerGroup      finds targetReferences
//!   destroyServerGroup (east)       its before-stages and tasks
//!   destroyServerGroup (west)
//! ```
//!
//! Upstream: `TargetServerGroup`, `TargetServerGroupResolver`, `TargetServerGroupLinearStageSupport`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_clients::{Caller, Clients};
use gennaker_wire::{ExecutionKind, Object, ObjectExt, ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use super::{
    changed::by_name,
    settings::{Location, LocationKind, account, provider},
};
use crate::{
    ChangedCluster, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, StageView, TaskError,
    TaskTemplate,
};

/// The stage type that resolves words, and the field in which it leaves what it found.
pub(super) const DETERMINE: &str = "determineTargetServerGroup";
pub(super) const REFERENCES: &str = "targetReferences";
/// The context field of a pipeline's stage that keeps where it acts, once only its synthetic stages say so, as upstream has it.
const PLACES: &str = "targetLocations";
/// The words that stand for a server group.
const WORDS: [&str; 5] =
    ["current_asg_dynamic", "ancestor_asg_dynamic", "oldest_asg_dynamic", "current_asg", "ancestor_asg"];

/// The server group that a task acts on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    /// Its name.
    pub(crate) name: String,
    /// Where the stage says that it is.
    pub(crate) location: Location,
    /// Its region, under which clients look for it.
    pub(crate) region: String,
    /// The parts of its name: those that the stage or the cloud says, else those that the name has.
    pub(crate) moniker: Moniker,
}

/// The name of the server group in the settings.
pub(crate) fn named(context: &Object) -> Option<String> {
    let set = |name: &str| context.text(name).filter(|text| !text.is_empty());
    set("serverGroupName").or_else(|| set("asgName"))
}

/// The application that the settings are about.
pub(super) fn application(settings: &Object) -> Option<String> {
    settings.text("application").or_else(|| {
        let moniker: Option<Moniker> = settings.typed("moniker");
        let of_name = || Moniker::parse(&named(settings).or_else(|| settings.text("cluster"))?).app;
        moniker.and_then(|moniker| moniker.app).or_else(of_name)
    })
}

/// The word that stands for the server group.
fn word(context: &Object) -> Option<String> {
    context.text("target").filter(|word| WORDS.contains(&word.as_str()))
}

/// Whether another stage finds the server group out.
pub(super) fn is_dynamic(context: &Object) -> bool {
    word(context).is_some_and(|word| word.ends_with("dynamic"))
}

/// Where the stage acts, in upstream's order: a region goes before regions, and these before namespaces.
pub(crate) fn locations(context: &Object) -> Vec<Location> {
    let of = |kind: LocationKind, values: Vec<String>| -> Vec<Location> {
        values.into_iter().filter(|value| !value.is_empty()).map(|value| Location { kind, value }).collect()
    };
    for kind in [LocationKind::Region, LocationKind::Namespace, LocationKind::Zone] {
        for name in [kind.singular(), kind.plural()] {
            let found = of(kind, context.texts(name));
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// The settings of a stage in a strategy pipeline, which gets its cluster and place from the deployment that runs it
/// (upstream's `StageExecutionImpl.resolveStrategyParams`).
pub(super) fn with_strategy_parameters(view: &StageView) -> Object {
    let mut context = view.context().clone();
    let Some(parameters) = view.execution.trigger.object("parameters") else { return context };
    if view.execution.kind != ExecutionKind::Pipeline || parameters.boolean("strategy") != Some(true) {
        return context;
    }
    for name in ["cloudProvider", "cluster", "credentials"] {
        context.insert(name.to_owned(), parameters.get(name).cloned().unwrap_or(Value::Null));
    }
    for (one, several) in [("region", "regions"), ("zone", "zones")] {
        if let Some(place) = parameters.get(one).filter(|place| !place.is_null()) {
            context.insert(several.to_owned(), json!([place]));
            break;
        }
    }
    context
}

/// The fields by which a stage names its server groups.
pub(super) fn target_schema(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
        .with(Field::text("region", "Where; or regions."))
        .with(Field::list("regions", "The regions, each of which gets a stage.", []))
        .with(Field::text("serverGroupName", "The server group; or target and cluster."))
        .with(Field::text("target", "The word for the server group of the cluster.").one_of(&WORDS))
        .with(Field::text("cluster", "The cluster of target."))
        .with(Field::object(
            "moniker",
            "The parts of the cluster's name, where the cloud has other rules for names.",
            [],
        ))
        .with(Field::list("interestingHealthProviderNames", "The sources of health that count; all if missing.", []))
}

/// What is wrong with how the settings name the server group.
pub(super) fn target_problems(context: &Object) -> Vec<String> {
    let mut problems = Vec::new();
    if let Err(problem) = account(context) {
        problems.push(problem.message);
    }
    if locations(context).is_empty() {
        problems.push("the stage names no region: set region (or regions)".to_owned());
    }
    if named(context).is_none() && context.text("target").is_none() {
        problems.push("the stage names no server group: set serverGroupName, or target and cluster".to_owned());
    }
    problems
}

/// A stage type that does something to server groups, one after the other.
pub(super) trait TargetStage: Send + Sync + 'static {
    /// The type in pipelines.
    fn kind(&self) -> &'static str;

    /// What it reads.
    fn schema(&self) -> Schema;

    /// What is wrong with the settings, besides what is wrong with its target and with the schema.
    fn problems(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    /// The tasks on one server group.
    fn tasks(&self, context: &Object) -> Vec<TaskTemplate>;

    /// The stages before the tasks on the server group of a pipeline's stage.
    fn before(&self, _context: &Object) -> Vec<NewStage> {
        Vec::new()
    }

    /// The stages after them.
    fn after(&self, _context: &Object) -> Vec<NewStage> {
        Vec::new()
    }

    /// Fields of the context that a task leaves for a repetition of itself, and that another run must not find.
    fn findings(&self) -> &'static [&'static str] {
        &[]
    }
}

/// A [`TargetStage`] as the catalogue takes it.
pub(super) struct OnTargets<S>(pub(super) S);

#[async_trait]
impl<S: TargetStage> StageDefinition for OnTargets<S> {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn schema(&self) -> Schema {
        self.0.schema()
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        problems.extend(target_problems(context));
        problems.extend(self.0.problems(context));
        problems
    }

    fn settings(&self, view: &StageView) -> Object {
        with_strategy_parameters(view)
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(&self.settings(view)).into_iter().collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        if context.view.stage.parent_stage_id.is_none() {
            return compose_targets(self.kind(), context).await;
        }
        let settings = context.view.context();
        let before = if is_child_of_top_level(&context.view) { self.0.before(settings) } else { Vec::new() };
        Ok(Composition { before, tasks: self.0.tasks(settings), ..Composition::default() })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let acts = is_child_of_top_level(&context.view);
        Ok(if acts { self.0.after(context.view.context()) } else { Vec::new() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        for field in self.0.findings() {
            context.remove(*field);
        }
        put_places_back(context);
    }
}

fn is_child_of_top_level(view: &StageView) -> bool {
    view.parent().is_some_and(|parent| parent.parent_stage_id.is_none())
}

/// The synthetic stages of a pipeline's stage, one after the other.
async fn compose_targets(kind: &str, context: &ComposeContext) -> Result<Composition, TaskError> {
    let settings = with_strategy_parameters(&context.view);
    let locations = locations(&settings);
    let Some(first) = locations.first() else {
        return Err(TaskError::invalid("the stage names no region: set region (or regions)"));
    };
    if is_dynamic(&settings) {
        let kind_of_place = first.kind;
        let (mut own, before) = dynamic_targets(kind, settings, &locations, kind_of_place);
        let places: Vec<Value> = locations.iter().map(Location::to_json).collect();
        own.insert(PLACES.to_owned(), places.into());
        return Ok(Composition { context: Some(own), before, ..Composition::default() });
    }
    let mut before = Vec::new();
    for location in &locations {
        let group = resolve(&context.clients, &context.caller, &settings, location).await?;
        let mut own = settings.clone();
        own.insert("asgName".to_owned(), group.name.clone().into());
        own.insert("serverGroupName".to_owned(), group.name.into());
        own.insert(location.kind.singular().to_owned(), location.value.clone().into());
        own.insert("deployServerGroupsRegion".to_owned(), group.region.into());
        own.insert("targetLocation".to_owned(), location.to_json());
        before.push(NewStage::then(kind, kind, own));
    }
    Ok(Composition { context: Some(settings), before, ..Composition::default() })
}

/// Gives a stage that runs again its places, which its synthetic stages took over.
fn put_places_back(context: &mut Object) {
    let places: Vec<Object> = context.typed(PLACES).unwrap_or_default();
    context.remove(PLACES);
    let places: Vec<Location> = places.iter().filter_map(Location::from_json).collect();
    if let Some(first) = places.first().filter(|_| locations(context).is_empty()) {
        let values: Vec<&str> = places.iter().map(|place| place.value.as_str()).collect();
        context.insert(first.kind.plural().to_owned(), json!(values));
    }
}

/// The context that the stage goes on with, and its synthetic stages.
fn dynamic_targets(
    kind: &str,
    mut settings: Object,
    locations: &[Location],
    place: LocationKind,
) -> (Object, Vec<NewStage>) {
    for field in ["zone", "zones", "region", "regions"] {
        settings.remove(field);
    }
    let mut determine = settings.clone();
    let values: Vec<&str> = locations.iter().map(|location| location.value.as_str()).collect();
    determine.insert(place.plural().to_owned(), json!(values));
    let mut before = vec![NewStage::then(DETERMINE, DETERMINE, determine)];
    for location in locations {
        let mut own = settings.clone();
        own.insert(place.singular().to_owned(), location.value.clone().into());
        own.insert("targetLocation".to_owned(), location.to_json());
        before.push(NewStage::then(kind, kind, own));
    }
    (settings, before)
}

/// The server group that the settings mean there, now.
///
/// # Errors
/// If there is none.
pub(crate) async fn resolve(
    clients: &Clients,
    caller: &Caller,
    settings: &Object,
    location: &Location,
) -> Result<ServerGroup, TaskError> {
    let (account, provider) = (account(settings)?, provider(settings));
    let place = &location.value;
    let (meant, found) = match (word(settings), named(settings)) {
        (Some(word), name) => {
            let (application, cluster) = cluster_of(settings, name.as_deref())?;
            let found = clients
                .clouddriver
                .target_server_group(caller, &application, &account, &cluster, &provider, place, &word)
                .await;
            (format!("{word} of cluster {cluster}"), found)
        }
        (None, Some(name)) => {
            let found = clients.clouddriver.server_group(caller, &account, place, &name).await;
            (format!("server group {name}"), found)
        }
        (None, None) => {
            return Err(TaskError::invalid(
                "the stage names no server group: set serverGroupName, or target and cluster",
            ));
        }
    };
    found.map_err(|error| match error.kind() {
        Kind::NotFound => TaskError::new(
            Kind::NotFound,
            "TargetServerGroup.NotFoundException",
            format!("there is no {meant} in {account}/{place}: look at the application's clusters for what is there"),
        ),
        _ => error.into(),
    })
}

/// The application and the name of the cluster that a word picks from.
fn cluster_of(settings: &Object, server_group: Option<&str>) -> Result<(String, String), TaskError> {
    let moniker: Moniker = settings.typed("moniker").unwrap_or_default();
    let named = moniker.cluster.or_else(|| settings.text("cluster").filter(|name| !name.is_empty()));
    let cluster = named.or_else(|| Moniker::parse(server_group?).cluster);
    let cluster = cluster.ok_or_else(|| TaskError::invalid("the stage names no cluster: set cluster"))?;
    let application = moniker.app.or_else(|| Moniker::parse(server_group.unwrap_or(&cluster)).app);
    Ok((application.unwrap_or_else(|| cluster.clone()), cluster))
}

/// The server group that a task acts on: the one that the stage names, or the one that an earlier stage has found for its word.
///
/// # Errors
/// If the settings name none, or none was found where the stage acts.
pub(super) fn target(view: &StageView) -> Result<Target, TaskError> {
    let settings = view.context();
    let location = location(settings)?;
    if is_dynamic(settings) {
        return found_before(view, location);
    }
    let name =
        named(settings).ok_or_else(|| TaskError::invalid("the stage names no server group: set serverGroupName"))?;
    let region = settings.text("deployServerGroupsRegion").unwrap_or_else(|| location.value.clone());
    let moniker = settings.typed("moniker").filter(|moniker: &Moniker| moniker.cluster.is_some());
    let moniker = moniker.unwrap_or_else(|| Moniker::parse(&name));
    Ok(Target { name, location, region, moniker })
}

/// Where the one server group of a task is.
fn location(settings: &Object) -> Result<Location, TaskError> {
    let noted = settings.object("targetLocation").and_then(Location::from_json);
    let first = noted.or_else(|| locations(settings).into_iter().next());
    first.ok_or_else(|| TaskError::invalid("the stage names no region: set region"))
}

fn found_before(view: &StageView, location: Location) -> Result<Target, TaskError> {
    let ancestors = view.ancestors();
    let determined = ancestors.iter().find(|stage| stage.kind == DETERMINE);
    let references: Vec<ServerGroup> = determined.and_then(|stage| stage.context.typed(REFERENCES)).unwrap_or_default();
    let found = references.into_iter().find(|group| location.holds(group));
    let group = found.ok_or_else(|| {
        let message = format!("no {DETERMINE} stage before this one has found a server group in {}", location.value);
        TaskError::new(Kind::NotFound, "TargetServerGroup.NotFoundException", message)
    })?;
    let moniker = if group.moniker.cluster.is_some() { group.moniker } else { Moniker::parse(&group.name) };
    let region = if group.region.is_empty() { location.value.clone() } else { group.region };
    Ok(Target { name: group.name, location, region, moniker })
}

#[cfg(test)]
mod tests;
