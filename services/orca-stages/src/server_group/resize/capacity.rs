//! The capacity that a resize asks for: functions without I/O.
//!
//! | `action` | |
//! |---|---|
//! | `scale_exact` | `capacity` of the stage; what it leaves out stays, within the new bounds |
//! | `scale_up`, `scale_down` | by `scalePct` of each of the three numbers, else by `scaleNum`; not below 0 |
//! | `scale_to_server_group` | that of `source` |
//! | `scale_to_cluster` | the largest of each number in the cluster, and `scalePct` or `scaleNum` more, up to the maximum |
//!
//! `scale_exact` and `scale_to_server_group` then take `scalePct` of the desired number, and pin: `pinCapacity` makes all three
//! numbers the desired one, `pinMinimumCapacity` the minimum, `unpinMinimumCapacity` puts back a minimum that was noted. Of the last
//! two the second counts: the stages that unpin are told what those that pinned were told, too. Upstream pins again what it has
//! unpinned there.
//!
//! Upstream: `ResizeStrategy` and those that implement it, `ResizeStrategySupport`.

use gennaker_wire::{Capacity, Object, ObjectExt};

/// The actions that there are.
pub(super) const ACTIONS: [&str; 5] =
    ["scale_exact", "scale_up", "scale_down", "scale_to_server_group", "scale_to_cluster"];

/// The action of a stage: without one, and for what upstream calls `resizeType: exact`, the exact one.
pub(super) fn action(settings: &Object) -> String {
    if settings.text("resizeType").as_deref() == Some("exact") {
        return ACTIONS[0].to_owned();
    }
    settings.text("action").filter(|action| !action.is_empty()).unwrap_or_else(|| ACTIONS[0].to_owned())
}

/// What the stage configures, over what is.
pub(super) fn exact(asked: &Object, current: Capacity) -> Capacity {
    let asked = |name: &str| asked.integer(name).map(clamp);
    let mut min = asked("min").unwrap_or(current.min);
    let max = match asked("max") {
        Some(max) => {
            min = min.min(max);
            max
        }
        None => min.max(current.max),
    };
    let desired = asked("desired").unwrap_or_else(|| current.desired.max(min).min(max));
    Capacity { min, desired, max }
}

/// Larger or smaller by a share or a number.
pub(super) fn relative(settings: &Object, current: Capacity, up: bool) -> Capacity {
    let change = |number: u32| {
        let by = match (non_zero(settings, "scalePct"), non_zero(settings, "scaleNum")) {
            (Some(share), _) => share_of(number, share),
            (None, Some(by)) => by,
            (None, None) => 0,
        };
        clamp(i64::from(number) + if up { by } else { -by })
    };
    Capacity { min: change(current.min), desired: change(current.desired), max: change(current.max) }
}

/// As large as the largest of the cluster, and more.
pub(super) fn of_cluster(settings: &Object, capacities: &[Capacity]) -> Capacity {
    let most = |of: fn(&Capacity) -> u32| capacities.iter().map(of).max().unwrap_or(0);
    let (min, desired) = (most(|one| one.min), most(|one| one.desired));
    let more = match (non_zero(settings, "scalePct"), non_zero(settings, "scaleNum")) {
        (Some(share), _) => share_of(desired, share.abs()),
        (None, Some(by)) => by.abs(),
        (None, None) => 0,
    };
    let max = most(|one| one.max).max(min);
    let desired = clamp(i64::from(desired.max(min)) + more).min(max);
    Capacity { min, desired, max }
}

/// A share of the capacity, pinned or unpinned as the stage says; `noted` is the minimum that there was before a pin.
pub(super) fn scaled_and_pinned(settings: &Object, source: Capacity, noted: Option<i64>) -> Capacity {
    let mut capacity = source;
    if let Some(share) = settings.integer("scalePct") {
        let desired = clamp(share_of(capacity.desired, share));
        capacity = Capacity { min: capacity.min.min(desired), desired, max: capacity.max.max(desired) };
    }
    let says = |name: &str| settings.boolean(name) == Some(true);
    if let Some(noted) = noted.filter(|_| says("unpinMinimumCapacity")) {
        // A pin only ever raised it.
        capacity.min = capacity.min.min(clamp(noted));
    }
    if says("pinCapacity") {
        return Capacity { min: capacity.desired, desired: capacity.desired, max: capacity.desired };
    }
    if says("pinMinimumCapacity") && !says("unpinMinimumCapacity") {
        capacity.min = capacity.desired;
    }
    capacity
}

fn share_of(number: u32, percentage: i64) -> i64 {
    (f64::from(number) * percentage as f64 / 100.0).ceil() as i64
}

fn non_zero(settings: &Object, name: &str) -> Option<i64> {
    settings.integer(name).filter(|number| *number != 0)
}

fn clamp(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn of((min, desired, max): (u32, u32, u32)) -> Capacity {
        Capacity { min, desired, max }
    }

    #[test]
    fn what_is_not_asked_for_stays_within_the_new_bounds() {
        for (asked, current, expected) in [
            (json!({"min": 0, "desired": 5, "max": 10}), (1, 1, 1), (0, 5, 10)),
            (json!({"min": "0", "desired": "5", "max": "10"}), (1, 1, 1), (0, 5, 10)),
            (json!({"desired": 0}), (1, 1, 1), (1, 0, 1)),
            (json!({"min": 2}), (1, 1, 1), (2, 2, 2)),
            (json!({"max": 2}), (4, 5, 6), (2, 2, 2)),
            (json!({"max": 20}), (4, 5, 6), (4, 5, 20)),
            (json!({}), (4, 5, 6), (4, 5, 6)),
            (json!({"min": null, "desired": 7}), (4, 5, 6), (4, 7, 6)),
        ] {
            assert_eq!(exact(&object(asked.clone()), of(current)), of(expected), "{asked} over {current:?}");
        }
    }

    #[test]
    fn larger_or_smaller() {
        for (settings, up, expected) in [
            (json!({"scalePct": 50}), true, (6, 9, 15)),
            (json!({"scalePct": 50}), false, (2, 3, 5)),
            (json!({"scalePct": 33}), true, (6, 8, 14)),
            (json!({"scalePct": 200}), false, (0, 0, 0)),
            (json!({"scaleNum": 3}), true, (7, 9, 13)),
            (json!({"scaleNum": 5}), false, (0, 1, 5)),
            (json!({"scalePct": 0, "scaleNum": 1}), true, (5, 7, 11)),
            (json!({}), true, (4, 6, 10)),
        ] {
            assert_eq!(relative(&object(settings.clone()), of((4, 6, 10)), up), of(expected), "{settings} {up}");
        }
    }

    #[test]
    fn as_large_as_the_cluster() {
        let cluster = [of((1, 5, 6)), of((3, 4, 10))];
        for (settings, expected) in [
            (json!({}), (3, 5, 10)),
            (json!({"scalePct": 30}), (3, 7, 10)),
            (json!({"scaleNum": 2}), (3, 7, 10)),
            (json!({"scaleNum": 20}), (3, 10, 10)),
        ] {
            assert_eq!(of_cluster(&object(settings.clone()), &cluster), of(expected), "{settings}");
        }
    }

    #[test]
    fn pinned_and_unpinned() {
        for (settings, noted, expected) in [
            (json!({}), None, (2, 5, 9)),
            (json!({"scalePct": 30}), None, (2, 2, 9)),
            (json!({"scalePct": 200}), None, (2, 10, 10)),
            (json!({"scalePct": 0}), None, (0, 0, 9)),
            (json!({"pinMinimumCapacity": true}), None, (5, 5, 9)),
            (json!({"pinCapacity": true, "scalePct": 60}), None, (3, 3, 3)),
            (json!({"unpinMinimumCapacity": true}), Some(1), (1, 5, 9)),
            (json!({"unpinMinimumCapacity": true}), Some(4), (2, 5, 9)),
            (json!({"unpinMinimumCapacity": true}), None, (2, 5, 9)),
            (json!({"unpinMinimumCapacity": true, "pinMinimumCapacity": true}), Some(1), (1, 5, 9)),
            (json!({}), Some(1), (2, 5, 9)),
        ] {
            let found = scaled_and_pinned(&object(settings.clone()), of((2, 5, 9)), noted);
            assert_eq!(found, of(expected), "{settings} {noted:?}");
        }
    }
}
