//! `rollingPush`: the instances of a server group are replaced by new ones, some at a time.
//!
//! ```json
//! {"type": "rollingPush", "credentials": "local", "cloudProvider": "local", "region": "local", "asgName": "shop-v003",
//!  "termination": {"relaunchAllInstances": true, "concurrentRelaunches": 2, "order": "oldest", "waitTime": 30}}
//! ```
//!
//! Which are to be replaced is decided once ([`phases`]). Then, over and over until none is left: the next ones leave traffic, end, and
//! as many new ones have to be up ([`instances`]). What the new ones run is what the server group's launch configuration says by then,
//! so a stage that changes it comes before.
//!
//! Where entity tags are to be had, those that a former image left are removed in the end ([`tags`]).
//!
//! Upstream: `RollingPushStage`. There every wait but the first is over at once, since it counts from the stage's start; here each
//! round waits for `waitTime`.

mod instances;
mod phases;
mod tags;

use async_trait::async_trait;
use gennaker_clients::Call;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::instance::{REMAINING, terminate, wait_for_down, wait_for_terminated};
use crate::{
    Catalogue, ChangedCluster, ComposeContext, Composition, Field, Schema, StageDefinition, StageView, TaskError,
    TaskTemplate,
    core::WAIT_TASK,
    server_group::{
        changed::by_name,
        guard::{ALLOWED, Guards},
        operation::{self, monitor},
        refresh::force_cache_refresh,
        target::named,
    },
};

/// The context field with the instances that are still to be replaced.
const TO_END: &str = "terminationInstanceIds";
/// The context field with those that are being replaced.
const ENDING: &str = "instanceIds";
/// The context field with all that were there before a round.
const KNOWN: &str = "knownInstanceIds";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_stage(RollingPushStage);
    phases::register(catalogue);
    instances::register(catalogue, guards);
    tags::register(catalogue);
}

struct RollingPushStage;

#[async_trait]
impl StageDefinition for RollingPushStage {
    fn kind(&self) -> &'static str {
        "rollingPush"
    }

    fn schema(&self) -> Schema {
        Schema::of("Replaces the instances of a server group, some at a time.")
            .with(Field::text("credentials", "The account; account is read too."))
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::text("region", "Its region.").required())
            .with(Field::text("asgName", "The server group; or serverGroupName."))
            .with(Field::list("interestingHealthProviderNames", "The sources of health that count.", []))
            .with(Field::object("termination", "Which instances, and how many at a time.", termination_fields()))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        if named(context).is_none() {
            problems.push("the stage names no server group: set asgName (or serverGroupName)".to_owned());
        }
        problems.extend(termination_problems(context));
        problems
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(view.context()).into_iter().collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let waits = context.view.context().object("termination").is_some_and(|asked| asked.contains_key("waitTime"));
        let mut round = vec![phases::choose()];
        round.extend(waits.then(|| TaskTemplate::new("wait", WAIT_TASK)));
        round.extend([
            instances::disable(),
            monitor("monitorDisable"),
            wait_for_down("waitForDisabledState"),
            terminate(),
            monitor("waitForTerminateOperation"),
            wait_for_terminated("waitForTerminatedInstances"),
            force_cache_refresh(),
            instances::wait_for_new(),
            phases::check_remaining(),
        ]);
        let mut tasks = vec![phases::capture_health_providers(), instances::determine_candidates()];
        tasks.extend(TaskTemplate::looped(round));
        if can_tag(context).await? {
            tasks.extend([tags::clean_up(), monitor("monitorTagCleanUp")]);
        }
        tasks.push(phases::complete());
        Ok(Composition { tasks, ..Composition::default() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        for field in [TO_END, ENDING, KNOWN, REMAINING, ALLOWED, "terminate.instance.ids"] {
            context.remove(field);
        }
        operation::forget(context);
    }
}

fn termination_fields() -> [Field; 6] {
    [
        Field::flag("relaunchAllInstances", "Whether all are replaced.").default(false),
        Field::number("totalRelaunches", "How many are replaced otherwise; all if missing."),
        Field::number("concurrentRelaunches", "How many at a time.").default(1),
        Field::text("order", "Which first: oldest, newest, or as given in instances.").default("oldest"),
        Field::list("instances", "Only these; with order given in this order.", []),
        Field::number("waitTime", "The seconds before each round but the first."),
    ]
}

/// What is wrong with `termination`; an expression in it is nobody's business yet.
pub(crate) fn termination_problems(settings: &Object) -> Vec<String> {
    let Some(asked) = settings.object("termination") else { return Vec::new() };
    let is_expression = |value: &&Value| value.as_str().is_some_and(|text| text.contains("${"));
    let mut problems = Vec::new();
    for field in ["totalRelaunches", "concurrentRelaunches", "waitTime"] {
        let given = asked.get(field).filter(|value| !value.is_null() && !is_expression(value));
        if let Some(given) = given.filter(|_| asked.integer(field).is_none_or(|number| number < 0)) {
            problems.push(format!("termination.{field} is a number of 0 or more, not {given}"));
        }
    }
    problems
}

/// Whether clouddriver takes entity tags.
async fn can_tag(context: &ComposeContext) -> Result<bool, TaskError> {
    let answer = context.clients.clouddriver.forward(&context.caller, Call::get(&["features", "stages"])).await;
    match answer {
        Ok(Value::Array(features)) => Ok(features.iter().filter_map(Value::as_object).any(|one| {
            one.text("name").as_deref() == Some("upsertEntityTags") && one.boolean("enabled") == Some(true)
        })),
        Ok(_) => Ok(false),
        Err(error) if error.kind().is_transient() => Err(error.into()),
        Err(_) => Ok(false),
    }
}
