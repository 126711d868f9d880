//! How many instances a server group should have, by what was measured. Pure.

use crate::protocol::{Capacity, ScalingMetric, ScalingPolicy};

/// So near the target nothing is changed, so that it does not go up and down.
const TOLERANCE: f64 = 0.1;

/// What was measured of a server group: averages over its instances that are up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    /// How many instances were measured.
    pub(super) instances: u32,
    /// Percent of one processor.
    pub(super) cpu_percent: f64,
    /// Requests a second.
    pub(super) requests_per_second: f64,
}

/// Another number of instances, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) desired: u32,
    pub(super) cause: String,
}

/// What the policies ask for; none if it should stay as it is. `since_change`: milliseconds since the last change, if there
/// was one.
///
/// Each policy wants as many instances as would bring the average to its target. Nothing is decided while instances are
/// missing or too many, because they are on their way, and in the cooldown of the policy.
pub(super) fn decide(
    capacity: &Capacity,
    policies: &[ScalingPolicy],
    measured: &Measured,
    since_change: Option<u64>,
) -> Option<Decision> {
    if measured.instances == 0 || measured.instances != capacity.desired {
        return None;
    }
    let ready = policies.iter().filter(|policy| since_change.is_none_or(|since| since >= policy.cooldown_ms));
    let wishes = ready.map(|policy| (wish(capacity, policy, measured), policy));
    // Who wants most wins: what is enough for one may be too little for another.
    let (desired, policy) = wishes.max_by_key(|(desired, _)| *desired)?;
    (desired != capacity.desired).then(|| Decision { desired, cause: cause(policy, measured) })
}

fn wish(capacity: &Capacity, policy: &ScalingPolicy, measured: &Measured) -> u32 {
    let ratio = value(policy, measured) / policy.target;
    let within = (1.0 - TOLERANCE..=1.0 + TOLERANCE).contains(&ratio);
    let wanted = (f64::from(capacity.desired) * ratio).ceil();
    // Not a number, or none that fits: the bounds below say what is meant.
    let wanted = if wanted.is_finite() { wanted.clamp(0.0, f64::from(u32::MAX)) as u32 } else { capacity.desired };
    let wanted = match wanted {
        _ if within => capacity.desired,
        fewer if fewer < capacity.desired && !policy.scale_in => capacity.desired,
        wanted => wanted,
    };
    wanted.min(capacity.max).max(capacity.min.max(1))
}

fn value(policy: &ScalingPolicy, measured: &Measured) -> f64 {
    match policy.metric {
        ScalingMetric::CpuPercent => measured.cpu_percent,
        ScalingMetric::RequestsPerSecond => measured.requests_per_second,
    }
}

fn cause(policy: &ScalingPolicy, measured: &Measured) -> String {
    let what = match policy.metric {
        ScalingMetric::CpuPercent => "% of a processor",
        ScalingMetric::RequestsPerSecond => " requests a second",
    };
    format!(
        "policy {}: {:.1}{what} for each instance, the target is {:.1}",
        policy.name,
        value(policy, measured),
        policy.target
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(metric: ScalingMetric, target: f64) -> ScalingPolicy {
        ScalingPolicy { name: "p".to_owned(), metric, target, scale_in: true, cooldown_ms: 60_000 }
    }

    fn measured(instances: u32, cpu_percent: f64, requests_per_second: f64) -> Measured {
        Measured { instances, cpu_percent, requests_per_second }
    }

    const CAPACITY: Capacity = Capacity { min: 2, max: 8, desired: 4 };

    fn desired(policies: &[ScalingPolicy], measured: Measured) -> Option<u32> {
        decide(&CAPACITY, policies, &measured, None).map(|decision| decision.desired)
    }

    #[test]
    fn the_average_is_brought_to_the_target_within_the_bounds() {
        let cpu = [policy(ScalingMetric::CpuPercent, 50.0)];
        assert_eq!(desired(&cpu, measured(4, 75.0, 0.0)), Some(6));
        assert_eq!(desired(&cpu, measured(4, 500.0, 0.0)), Some(8), "no more than the maximum");
        assert_eq!(desired(&cpu, measured(4, 26.0, 0.0)), Some(3));
        assert_eq!(desired(&cpu, measured(4, 0.0, 0.0)), Some(2), "no fewer than the minimum");
        assert_eq!(desired(&cpu, measured(4, 54.0, 0.0)), None, "near enough");
        assert_eq!(desired(&cpu, measured(4, 46.0, 0.0)), None, "near enough");
        assert_eq!(desired(&cpu, measured(4, f64::NAN, 0.0)), None);
    }

    #[test]
    fn who_wants_most_wins_and_one_that_only_grows_never_shrinks() {
        let both = [policy(ScalingMetric::CpuPercent, 50.0), policy(ScalingMetric::RequestsPerSecond, 10.0)];
        assert_eq!(desired(&both, measured(4, 10.0, 20.0)), Some(8));
        assert_eq!(desired(&both, measured(4, 10.0, 10.0)), None, "one is content, so it does not shrink");
        assert_eq!(desired(&both, measured(4, 10.0, 1.0)), Some(2));
        let grows = [ScalingPolicy { scale_in: false, ..policy(ScalingMetric::CpuPercent, 50.0) }];
        assert_eq!(desired(&grows, measured(4, 1.0, 0.0)), None);
        assert_eq!(desired(&[], measured(4, 500.0, 0.0)), None);
    }

    #[test]
    fn nothing_is_decided_in_the_cooldown_or_while_instances_are_on_their_way() {
        let cpu = [policy(ScalingMetric::CpuPercent, 50.0)];
        let busy = measured(4, 75.0, 0.0);
        assert_eq!(decide(&CAPACITY, &cpu, &busy, Some(59_999)), None);
        let decision = decide(&CAPACITY, &cpu, &busy, Some(60_000)).expect("the cooldown is over");
        assert!(
            decision.cause.contains("75.0% of a processor") && decision.cause.contains("50.0"),
            "{}",
            decision.cause
        );
        assert_eq!(desired(&cpu, measured(3, 75.0, 0.0)), None);
        assert_eq!(desired(&cpu, measured(0, 75.0, 0.0)), None);
    }
}
