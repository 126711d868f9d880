//! The trigger of an execution as a map: `trigger.user` and its like.
//!
//! It is what the original's `Trigger` classes write as JSON: all that the trigger came with, and the fields that every trigger
//! of its kind has (`TriggerDeserializer`, `DefaultTrigger` and its siblings).

use serde_json::{Map as JsonMap, Value as Json};

use crate::{
    Value, beans,
    value::{List, Map, Text},
};

/// The trigger, with what it did not say.
pub(super) fn as_map<'a>(trigger: &'a JsonMap<String, Json>) -> Value<'a> {
    let empty_map = || Value::Map(Map::of([]));
    let empty_list = || Value::List(List::of(Vec::new()));
    let mut defaults: Vec<(&'static str, Value<'a>)> = vec![
        ("type", Value::from("none")),
        ("user", Value::from("[anonymous]")),
        ("parameters", empty_map()),
        ("artifacts", empty_list()),
        ("notifications", empty_list()),
        ("rebake", Value::Boolean(false)),
        ("dryRun", Value::Boolean(false)),
        ("strategy", Value::Boolean(false)),
        ("resolvedExpectedArtifacts", empty_list()),
    ];
    if is_jenkins(trigger) || is_concourse(trigger) {
        defaults.push(("properties", empty_map()));
    }
    if beans::is_git(trigger) {
        defaults.push(("action", Value::from("undefined")));
    }
    // A value of its own takes the place of the default.
    let defaults = defaults.into_iter().map(|(key, value)| (Value::from(key), value));
    let own = trigger.iter().filter(|(_, value)| !value.is_null());
    let own = own.map(|(key, value)| (Value::String(Text::Borrowed(key)), Value::from(value)));
    Value::Map(Map::of(defaults.chain(own)))
}

fn is_jenkins(trigger: &JsonMap<String, Json>) -> bool {
    ["master", "job", "buildNumber"].iter().all(|key| trigger.get(*key).is_some_and(|value| !value.is_null()))
}

fn is_concourse(trigger: &JsonMap<String, Json>) -> bool {
    trigger.get("type").is_some_and(|kind| kind == "concourse")
}

/// The commits of a build, if a build is what triggered.
pub(super) fn commits(trigger: &JsonMap<String, Json>) -> Option<&[Json]> {
    if !is_jenkins(trigger) && !is_concourse(trigger) {
        return None;
    }
    Some(
        trigger.get("buildInfo").and_then(|build| build.get("scm")).and_then(Json::as_array).map_or(&[], Vec::as_slice),
    )
}

/// The commit that `scmInfo` is: of several the first that is on neither `master` nor `develop`, else the first.
pub(super) fn commit(commits: &[Json]) -> Option<&Json> {
    let main = |commit: &&Json| !matches!(commit.get("branch").and_then(Json::as_str), Some("master" | "develop"));
    match commits {
        [] | [_] => commits.first(),
        [first, ..] => commits.iter().find(main).or(Some(first)),
    }
}
