//! `restrictExecutionDuringTimeWindow`: holds a stage back until a time when it may run.
//!
//! A stage of any type asks for it: with `"restrictExecutionDuringTimeWindow": true` the engine puts this stage
//! ([`window_stage`]) before all others of it. `restrictedExecutionWindow` has the hours and days ([`hours`]), meant in the time zone
//! of `tasks.executionWindow.timezone`. `skipRemainingWait: true` in the context ends the wait, as the web UI does. Hours that never come are
//! waited for until then, as upstream does; hours that cannot be read end the stage with a `failureReason`.
//!
//! ```json
//! {"restrictExecutionDuringTimeWindow": true,
//!  "restrictedExecutionWindow": {"days": [2, 3], "whitelist": [{"startHour": 9, "endHour": 17}],
//!                                "jitter": {"enabled": true, "minDelay": 0, "maxDelay": 600, "skipManual": true}}}
//! ```
//! With `jitter` a wait of that many seconds follows, by chance within the limits, unless `skipManual` and a person started the
//! pipeline. As in upstream the context's `waitTime` goes before it, which a `wait` stage has of its own, and the seconds count from the
//! start of this stage: after a longer wait for the window nothing is left of them.
//!
//! Upstream: `RestrictExecutionDuringTimeWindow`, `buildExecutionWindow` in `StageDefinitionBuilders.kt`.

mod hours;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt, Status};
use jiff::tz::TimeZone;
use serde_json::Value;

use self::hours::Hours;
use super::wait;
use crate::{
    Catalogue, ComposeContext, Composition, ExecutionWindowOptions, Field, NewStage, Next, Schema, StageDefinition,
    Task, TaskContext, TaskError, TaskResult, TaskTemplate,
};

/// The type of the stage that waits for an execution window, and the setting that asks for it.
pub const EXECUTION_WINDOW: &str = KIND;
const KIND: &str = "restrictExecutionDuringTimeWindow";
const SETTINGS: &str = "restrictedExecutionWindow";
const SUSPEND: &str =
    "com.netflix.spinnaker.orca.pipeline.RestrictExecutionDuringTimeWindow.SuspendExecutionDuringTimeWindowTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue, options: &ExecutionWindowOptions) {
    catalogue.add_stage(ExecutionWindowStage);
    catalogue.add_task(SuspendTask::new(&options.timezone));
}

/// The stage that holds back a stage with this context, if that asks for it: the first of its before-stages, which all others
/// wait for.
pub fn window_stage(context: &Object) -> Option<NewStage> {
    if context.boolean(KIND) != Some(true) {
        return None;
    }
    let mut own = context.clone();
    for name in [KIND, "stageTimeoutMs", "alias"] {
        own.shift_remove(name);
    }
    Some(NewStage::beside(KIND, KIND, own))
}

/// Takes the window out of the context of a synthetic stage of another type, which may have it from the stage that it belongs
/// to: that one waits for both.
pub fn without_window(stage: &mut NewStage) {
    if stage.kind != KIND {
        for name in [KIND, SETTINGS] {
            stage.context.shift_remove(name);
        }
    }
}

/// The hours and days, as a field of the stage that is held back.
pub(crate) fn settings_field() -> Field {
    let hours = [
        Field::integer("startHour", "The hour from which it may run.").required(),
        Field::integer("startMin", "The minute of that hour.").default(0),
        Field::integer("endHour", "The hour until which it may run.").required(),
        Field::integer("endMin", "The minute of that hour.").default(0),
    ];
    let jitter = [
        Field::flag("enabled", "Whether it waits a little longer, by chance.").default(false),
        Field::integer("minDelay", "How many seconds at least."),
        Field::integer("maxDelay", "How many seconds at most."),
        Field::flag("skipManual", "Not if a person started the pipeline.").default(false),
    ];
    let fields = [
        Field::list("days", "The days on which it may run: 1 is Sunday, 7 is Saturday. None is every day.", []),
        Field::list("whitelist", "The hours in which it may run.", hours),
        Field::object("jitter", "A further wait.", jitter),
    ];
    Field::object(SETTINGS, "When it may run.", fields)
}

struct ExecutionWindowStage;

#[async_trait]
impl StageDefinition for ExecutionWindowStage {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> Schema {
        Schema::of("Waits for a time at which the stage that it belongs to may run.")
            .with(settings_field())
            .with(Field::flag("skipRemainingWait", "Ends the wait at once: set while it runs.").default(false))
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = context.view.context();
        let by_hand = context.view.execution.trigger.text("type").as_deref() == Some("manual");
        let mut composition = Composition {
            tasks: vec![TaskTemplate::new("suspendExecutionDuringTimeWindow", SUSPEND)],
            ..Composition::default()
        };
        if let Some(seconds) = jitter(settings, by_hand, chance(&context.view.stage.id)) {
            composition.tasks.push(TaskTemplate::new("waitForJitter", wait::TASK));
            if settings.get("waitTime").is_none_or(Value::is_null) {
                let mut settings = settings.clone();
                settings.insert("waitTime".to_owned(), seconds.into());
                composition.context = Some(settings);
            }
        }
        Ok(composition)
    }
}

/// How many seconds the stage waits once it may run; `chance` chooses within the limits.
fn jitter(settings: &Object, by_hand: bool, chance: u64) -> Option<i64> {
    let jitter = settings.object(SETTINGS)?.object("jitter")?;
    let flag = |name: &str| jitter.boolean(name) == Some(true);
    let limit = |name: &str| jitter.number(name).map_or(0, |seconds| seconds as i64);
    let (least, most) = (limit("minDelay"), limit("maxDelay"));
    if !flag("enabled") || most <= 0 || (flag("skipManual") && by_hand) {
        return None;
    }
    // Limits the wrong way round are no limits, as in upstream.
    let choices = u64::try_from(most.checked_sub(least)?).ok()?.checked_add(1)?;
    least.checked_add_unsigned(chance % choices).map(|seconds| seconds.max(0))
}

/// A number that is another for each stage, and the same when a definition is asked again.
fn chance(stage: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    stage.hash(&mut hash);
    hash.finish()
}

struct SuspendTask {
    timezone: String,
    /// `None` if the machine does not know it.
    zone: Option<TimeZone>,
}

impl SuspendTask {
    fn new(timezone: &str) -> Self {
        let zone = TimeZone::get(timezone).inspect_err(|error| {
            tracing::warn!(timezone, %error, "execution windows will fail: tasks.executionWindow.timezone is not known");
        });
        SuspendTask { timezone: timezone.to_owned(), zone: zone.ok() }
    }

    /// When the stage may run.
    fn opening(&self, settings: &Object, now: Timestamp) -> Result<Option<Timestamp>, String> {
        let hours = Hours::read(settings.get(SETTINGS))?;
        let zone = self.zone.as_ref().ok_or_else(|| {
            format!(
                "this machine does not know the time zone {}: correct tasks.executionWindow.timezone, or install tzdata",
                self.timezone
            )
        })?;
        let instant = jiff::Timestamp::from_millisecond(now.millis()).map_err(|error| error.to_string())?;
        let opening = hours.opening(instant, zone);
        Ok(opening.map(|opening| Timestamp::from_millis(opening.as_millisecond())))
    }
}

#[async_trait]
impl Task for SuspendTask {
    fn class(&self) -> &'static str {
        SUSPEND
    }

    fn timeout(&self) -> Option<Duration> {
        // Upstream's week is never looked at: its windows have no time-out.
        None
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let skipped = settings.boolean("skipRemainingWait") == Some(true);
        Ok(match self.opening(settings, context.now) {
            Err(problem) => {
                let reason = format!("the execution window cannot be worked out: {problem}");
                TaskResult::ended(Status::Terminal).with_context("failureReason", reason)
            }
            Ok(Some(opening)) if opening <= context.now => TaskResult::succeeded(),
            Ok(_) if skipped => TaskResult::succeeded(),
            Ok(opening) => TaskResult::running(opening.map_or(Next::OnChange, Next::At)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_stage_that_asks_for_it_is_held_back_by_one_with_its_settings() {
        let asked = json!({
            "restrictExecutionDuringTimeWindow": true, "restrictedExecutionWindow": {"days": [1]}, "waitTime": 5,
            "stageTimeoutMs": 1, "alias": "wait",
        });
        let window = window_stage(&object(asked)).expect("a stage");
        assert_eq!((window.kind.as_str(), window.name.as_str()), (KIND, KIND));
        let expected = json!({"restrictedExecutionWindow": {"days": [1]}, "waitTime": 5});
        assert_eq!(Value::Object(window.context), expected);
        assert_eq!(window_stage(&object(json!({"restrictExecutionDuringTimeWindow": false}))), None);
        assert_eq!(window_stage(&Object::new()), None);
    }

    #[test]
    fn other_synthetic_stages_do_not_wait_again() {
        let settings =
            || object(json!({"restrictExecutionDuringTimeWindow": true, "restrictedExecutionWindow": {}, "a": 1}));
        let mut child = NewStage::beside("wait", "w", settings());
        without_window(&mut child);
        assert_eq!(Value::Object(child.context), json!({"a": 1}));
        let mut window = NewStage::beside(KIND, KIND, settings());
        without_window(&mut window);
        assert_eq!(window.context, settings());
    }

    #[test]
    fn jitter_is_within_its_limits() {
        let of = |jitter: Value, by_hand: bool, chance: u64| {
            let settings = json!({ "restrictedExecutionWindow": { "jitter": jitter } });
            super::jitter(&object(settings), by_hand, chance)
        };
        let limits = json!({"enabled": true, "minDelay": 60, "maxDelay": "62"});
        let chosen: Vec<_> = (0..4).map(|chance| of(limits.clone(), true, chance)).collect();
        assert_eq!(chosen, [Some(60), Some(61), Some(62), Some(60)]);
        assert_eq!(of(json!({"enabled": false, "maxDelay": 60}), false, 1), None);
        assert_eq!(of(json!({"enabled": true, "maxDelay": 0}), false, 1), None);
        assert_eq!(of(json!({"enabled": true, "minDelay": 9, "maxDelay": 5}), false, 1), None);
        let skipping = json!({"enabled": true, "maxDelay": 1, "skipManual": true});
        assert_eq!((of(skipping.clone(), true, 1), of(skipping, false, 1)), (None, Some(1)));
        assert_eq!(super::jitter(&Object::new(), false, 1), None);
    }

    #[test]
    fn a_zone_that_is_not_known_is_named_when_it_is_needed() {
        let task = SuspendTask::new("America/Los_Angles");
        let settings = object(json!({"restrictedExecutionWindow": {"days": [1]}}));
        let problem = task.opening(&settings, Timestamp::ZERO).expect_err("it is not known");
        assert!(problem.contains("America/Los_Angles"), "{problem}");
        let known = SuspendTask::new("UTC");
        let thursday = Timestamp::ZERO;
        assert_eq!(known.opening(&settings, thursday), Ok(Some(Timestamp::from_millis(3 * 24 * 3600 * 1000))));
    }
}
