//! How many instances a stage waits for: functions without I/O.
//!
//! All that the server group wants (`capacity.desired`), unless
//! * the stage or the server group has a fixed size (minimum, maximum and desired number are one): then what the stage asks for in
//!   `capacity`, whatever the cloud's cached view says;
//! * `targetHealthyDeployPercentage` asks for a share of it, rounded, and at least one unless it is 0 %;
//! * else `desiredPercentage` does, of the room between the server group's minimum and maximum.
//!
//! Upstream: `WaitForUpInstancesTask`, `WaitingForInstancesTaskHelper`.

use gennaker_wire::{Capacity, Object, ObjectExt, ServerGroup};
use serde_json::{Map, Value};

/// How many instances have to serve.
///
/// `settled` says that so much time has passed that what the deployment began with tells nothing any more.
///
/// # Errors
/// If a percentage is none.
pub(super) fn wanted(context: &Object, group: &ServerGroup, settled: bool) -> Result<i64, String> {
    let spot = group.launch_config.get("spotPrice").is_some_and(|price| !price.is_null());
    if spot && context.text("strategy").as_deref() == Some("") {
        // Nothing is replaced, and when these come is the market's to say.
        return Ok(0);
    }
    let current = if settled { group.capacity } else { capacity(context, group) };
    let desired = match configured_size(context, current) {
        Some(size) => size,
        None => i64::from(current.desired),
    };
    if let Some(percentage) = percentage(context, "targetHealthyDeployPercentage")? {
        let share = (percentage * desired as f64 / 100.0).round() as i64;
        return Ok(if share == 0 && percentage > 0.0 && desired > 0 { 1 } else { share });
    }
    match percentage(context, "desiredPercentage")? {
        Some(percentage) => Ok(share_of(current, percentage)),
        None => Ok(desired),
    }
}

/// How many instances a share of a server group is: what is left of the maximum counts against the minimum.
pub(super) fn share_of(capacity: Capacity, percentage: f64) -> i64 {
    let (min, max) = (f64::from(capacity.min), f64::from(capacity.max));
    ((percentage / 100.0 - 1.0) * max + min).ceil() as i64
}

/// A percentage of the context.
///
/// # Errors
/// If it is not between 0 and 100.
pub(super) fn percentage(context: &Object, name: &str) -> Result<Option<f64>, String> {
    match context.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => match context.number(name).filter(|number| (0.0..=100.0).contains(number)) {
            Some(percentage) => Ok(Some(percentage)),
            None => Err(format!("{name} is a number from 0 to 100")),
        },
    }
}

/// The size that the stage asks for, if it or the server group has a fixed one.
pub(super) fn configured_size(context: &Object, current: Capacity) -> Option<i64> {
    let asked = context.object("capacity")?;
    let desired = asked.integer("desired")?;
    let fixed = asked.integer("min") == Some(desired) && asked.integer("max") == Some(desired);
    (fixed || (current.min == current.max && current.max == current.desired)).then_some(desired)
}

/// The server group's capacity; where it still has none, the one that the deployment says it is about to get.
fn capacity(context: &Object, group: &ServerGroup) -> Capacity {
    let current = group.capacity;
    match initial(context, group) {
        Some(initial) if (current.max == 0 && initial.max != 0) || (current.desired == 0 && initial.desired > 0) => {
            initial
        }
        _ => current,
    }
}

/// What the operations that created the server group have said of its capacity: the newest that says anything.
fn initial(context: &Object, group: &ServerGroup) -> Option<Capacity> {
    let tasks = context.get("kato.tasks")?.as_array()?;
    let deployments = tasks.iter().rev().find_map(|task| {
        let results = task.get("resultObjects")?.as_array()?;
        results.iter().find_map(|result| result.get("deployments")?.as_array())
    })?;
    let is_it = |deployment: &&Map<String, Value>| {
        deployment.text("serverGroupName").as_ref() == Some(&group.name)
            && deployment.text("location").as_ref() == Some(&group.region)
    };
    deployments.iter().filter_map(Value::as_object).find(is_it)?.typed("capacity")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn group(min: u32, desired: u32, max: u32) -> ServerGroup {
        let capacity = Capacity { min, desired, max };
        ServerGroup { name: "a-v001".into(), region: "here".into(), capacity, ..ServerGroup::default() }
    }

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn how_many_are_waited_for() {
        let fixed = json!({"min": 5, "desired": "5", "max": 5});
        for (context, (min, desired, max), expected) in [
            (json!({}), (1, 4, 10), 4),
            (json!({"targetHealthyDeployPercentage": 50}), (1, 4, 10), 2),
            (json!({"targetHealthyDeployPercentage": "95"}), (10, 10, 10), 10),
            (json!({"targetHealthyDeployPercentage": 10}), (0, 4, 10), 1),
            (json!({"targetHealthyDeployPercentage": 0}), (0, 4, 10), 0),
            (json!({"targetHealthyDeployPercentage": 50}), (0, 0, 0), 0),
            (json!({"desiredPercentage": 50}), (10, 10, 10), 5),
            (json!({"desiredPercentage": 100}), (3, 5, 10), 3),
            (json!({"desiredPercentage": 50}), (10, 12, 14), 3),
            (json!({"capacity": fixed}), (1, 4, 10), 5),
            (json!({"capacity": {"min": 1, "desired": 3, "max": 9}}), (4, 4, 4), 3),
            (json!({"capacity": {"min": 1, "desired": 3, "max": 9}}), (1, 4, 10), 4),
        ] {
            let found = wanted(&object(context.clone()), &group(min, desired, max), false);
            assert_eq!(found, Ok(expected), "{context} of {min}/{desired}/{max}");
        }
        assert!(wanted(&object(json!({"targetHealthyDeployPercentage": 101})), &group(1, 1, 1), false).is_err());
    }

    #[test]
    fn spot_instances_are_not_waited_for_where_nothing_is_replaced() {
        let spot = ServerGroup { launch_config: object(json!({"spotPrice": "1"})), ..group(1, 4, 4) };
        assert_eq!(wanted(&object(json!({"strategy": ""})), &spot, false), Ok(0));
        assert_eq!(wanted(&object(json!({"strategy": "redblack"})), &spot, false), Ok(4));
    }

    #[test]
    fn a_group_that_is_still_empty_is_about_to_grow() {
        let deployments = json!([
            {"serverGroupName": "a-v001", "location": "here", "capacity": {"min": 2, "desired": 3, "max": 4}},
        ]);
        let context = object(json!({"kato.tasks": [{"resultObjects": [{"deployments": deployments}]}, {}]}));
        assert_eq!(wanted(&context, &group(0, 0, 0), false), Ok(3));
        assert_eq!(wanted(&context, &group(0, 0, 0), true), Ok(0), "not after ten minutes");
        assert_eq!(wanted(&context, &group(1, 1, 1), false), Ok(1));
    }
}
