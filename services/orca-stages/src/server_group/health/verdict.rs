//! Whether an instance serves, by what its sources of health say: functions without I/O.
//!
//! Which sources count is `interestingHealthProviderNames`: absent, all of them; an empty list, none, so that nothing is waited for.
//! A source with `healthClass: platform` speaks for the cloud that runs the instance. Where it is among the named ones, it need only
//! not say that the instance is down; and that it runs does not mean that it gets traffic.
//!
//! Upstream: `HealthHelper`. There a platform's `Up` counts as traffic, which no cloud of upstream's says.

use gennaker_wire::{Health, HealthState, Instance, Object, ObjectExt};

/// The sources that count; `None` is all of them.
pub(crate) fn interesting(context: &Object) -> Option<Vec<String>> {
    let name = "interestingHealthProviderNames";
    context.get(name).filter(|names| names.is_array())?;
    Some(context.texts(name))
}

/// Some source says that it is up, and none that it is not.
pub(crate) fn is_up(instance: &Instance, interesting: Option<&[String]>) -> bool {
    let healths = counted(instance, interesting);
    let platform_will_do = || {
        let platform = interesting.and(healths.iter().find(|health| is_platform(health)));
        platform.is_some_and(|health| health.state != HealthState::Down)
    };
    let some_up = healths.iter().any(|health| health.state == HealthState::Up) || platform_will_do();
    let none_down = !healths.iter().any(|health| {
        use HealthState::{Down, Draining, OutOfService, Starting};
        matches!(health.state, Down | OutOfService | Starting | Draining)
    });
    some_up && none_down
}

/// Some source says that it is not up, and none that it is: it gets no traffic. So it is where nobody says anything.
pub(crate) fn is_down(instance: &Instance, interesting: Option<&[String]>) -> bool {
    let healths = counted(instance, interesting);
    if let [only] = healths[..]
        && is_platform(only)
        && only.state == HealthState::Unknown
    {
        return true;
    }
    let others = healths.iter().any(|health| !is_platform(health));
    let some_down = healths.is_empty()
        || healths.iter().any(|health| {
            use HealthState::{Down, OutOfService, Starting};
            matches!(health.state, Down | OutOfService | Starting)
        });
    let none_up = !healths.iter().any(|health| {
        let only_runs = others && is_platform(health) && health.state == HealthState::Up;
        matches!(health.state, HealthState::Up | HealthState::Draining) && !only_runs
    });
    some_down && none_up
}

/// No source but the platform says that it is up.
pub(super) fn is_not_up(instance: &Instance, interesting: Option<&[String]>) -> bool {
    let healths = counted(instance, interesting);
    let others = healths.iter().any(|health| !is_platform(health));
    !healths.iter().any(|health| health.state == HealthState::Up && !(others && is_platform(health)))
}

/// Whether only the platform speaks of it, so that nobody sends it traffic that anybody knows of.
pub(crate) fn is_known_to_platform_only(instance: &Instance, interesting: Option<&[String]>) -> bool {
    counted(instance, interesting).into_iter().all(is_platform)
}

/// What is counted of an instance under `lastCapacityCheck`, where clients look for it.
pub(super) fn state(instance: &Instance, interesting: Option<&[String]>) -> &'static str {
    let healths = counted(instance, interesting);
    let any = |state| healths.iter().any(|health| health.state == state);
    if interesting.is_some_and(<[String]>::is_empty) || is_up(instance, interesting) {
        "up"
    } else if any(HealthState::Down) || (healths.is_empty() && interesting.is_some()) {
        "down"
    } else if any(HealthState::OutOfService) {
        "outOfService"
    } else if any(HealthState::Starting) {
        "starting"
    } else if !healths.is_empty() && healths.iter().all(|health| health.state == HealthState::Succeeded) {
        "succeeded"
    } else if any(HealthState::Failed) {
        "failed"
    } else {
        "unknown"
    }
}

fn counted<'a>(instance: &'a Instance, interesting: Option<&[String]>) -> Vec<&'a Health> {
    let counts = |health: &&Health| interesting.is_none_or(|names| names.contains(&health.kind));
    instance.health.iter().filter(counts).collect()
}

fn is_platform(health: &Health) -> bool {
    health.other.text("healthClass").as_deref() == Some("platform")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// `LoadBalancer:Up Amazon:Unknown:platform`.
    fn instance(healths: &str) -> Instance {
        let sources = healths.split_whitespace().map(|health| {
            let mut parts = health.split(':');
            json!({"type": parts.next(), "state": parts.next(), "healthClass": parts.next()})
        });
        serde_json::from_value(json!({ "health": sources.collect::<Vec<Value>>() })).expect("an instance")
    }

    #[test]
    fn what_is_up_and_what_is_down() {
        // The sources, those that count, whether it is up, whether it is down.
        for (healths, counting, up, down) in [
            ("", None, false, true),
            ("", Some("LoadBalancer"), false, true),
            ("LoadBalancer:Up", None, true, false),
            ("LoadBalancer:Up Discovery:Up", None, true, false),
            ("LoadBalancer:Up Discovery:Down", None, false, false),
            ("LoadBalancer:Up Discovery:Starting", None, false, false),
            ("LoadBalancer:Up Discovery:OutOfService", None, false, false),
            ("LoadBalancer:Up Discovery:Unknown", None, true, false),
            ("LoadBalancer:OutOfService", None, false, true),
            ("LoadBalancer:Draining", None, false, false),
            ("LoadBalancer:Unknown", None, false, false),
            ("LoadBalancer:Down Discovery:Up", Some("Discovery"), true, false),
            ("LoadBalancer:Up Discovery:Down", Some("Discovery"), false, true),
            ("Amazon:Unknown:platform", None, false, true),
            ("Amazon:Unknown:platform", Some("Amazon"), true, true),
            ("Amazon:Down:platform", Some("Amazon"), false, true),
            ("Amazon:Unknown:platform LoadBalancer:Up", None, true, false),
            ("Amazon:Unknown:platform LoadBalancer:Unknown", None, false, false),
            ("LocalAgent:Up:platform LoadBalancer:OutOfService", None, false, true),
            ("LocalAgent:Up:platform LoadBalancer:Up", None, true, false),
            ("LocalAgent:Up:platform", None, true, false),
        ] {
            let instance = instance(healths);
            let counting = counting.map(|name: &str| vec![name.to_owned()]);
            assert_eq!(is_up(&instance, counting.as_deref()), up, "up: {healths} {counting:?}");
            assert_eq!(is_down(&instance, counting.as_deref()), down, "down: {healths} {counting:?}");
        }
    }

    #[test]
    fn what_is_counted_as() {
        for (healths, expected) in [
            ("LoadBalancer:Up", "up"),
            ("LoadBalancer:Up Discovery:Down", "down"),
            ("LoadBalancer:Starting", "starting"),
            ("LoadBalancer:OutOfService", "outOfService"),
            ("LoadBalancer:Unknown", "unknown"),
            ("Job:Succeeded", "succeeded"),
            ("Job:Failed", "failed"),
            ("Job:WhatIsThat", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(state(&instance(healths), None), expected, "{healths}");
        }
    }
}
