//! The descriptions of scaling policies.

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt};

use super::Reader;
use crate::protocol::{ScalingMetric, ScalingPolicy};

/// `upsertScalingPolicy`: the agent's own form (`metric` of `cpuPercent` or `requestsPerSecond`, `target`, `scaleIn`,
/// `cooldownMs`), or a target tracking as Spinnaker's clients write it for AWS (`targetTrackingConfiguration` with
/// `targetValue`, `disableScaleIn` and a `predefinedMetricSpecification`; `cooldown` in seconds).
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct UpsertPolicy {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
    pub(in crate::provider) policy: ScalingPolicy,
}

/// `deleteScalingPolicy`: `policyName` of `serverGroupName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct DeletePolicy {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
    pub(in crate::provider) policy: String,
}

impl UpsertPolicy {
    pub(in crate::provider) fn read(fields: &Object) -> Result<UpsertPolicy> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let group = reader.server_group_name();
        let tracking = fields.object("targetTrackingConfiguration");
        let metric = match tracking {
            Some(tracking) => reader.tracked(tracking),
            None => reader.optional::<ScalingMetric>("metric").map(|metric| (metric, 1.0)),
        };
        let target = tracking.map_or_else(|| fields.number("target"), |tracking| tracking.number("targetValue"));
        let scale_in = match tracking {
            Some(tracking) => tracking.boolean("disableScaleIn") != Some(true),
            None => fields.boolean("scaleIn") != Some(false),
        };
        let seconds = fields.number("cooldown").map(|seconds| (seconds * 1_000.0) as u64);
        let cooldown_ms = reader.optional("cooldownMs").or(seconds).unwrap_or(60_000);
        let policy = ["policyName", "name"].iter().find_map(|name| fields.text(name)).filter(|name| !name.is_empty());
        if metric.is_none() && tracking.is_none() {
            reader.problem("metric is missing: cpuPercent or requestsPerSecond".to_owned());
        }
        if !target.is_some_and(|target| target > 0.0) {
            reader.problem("target is missing: give a number above 0".to_owned());
        }
        let (metric, unit) = metric.unwrap_or((ScalingMetric::CpuPercent, 1.0));
        let policy = ScalingPolicy {
            name: policy.unwrap_or_else(|| format!("{group}-scaling")),
            metric,
            target: target.unwrap_or_default() / unit,
            scale_in,
            cooldown_ms,
        };
        reader.finish(UpsertPolicy { account, name: group, policy })
    }
}

impl DeletePolicy {
    pub(in crate::provider) fn read(fields: &Object) -> Result<DeletePolicy> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.server_group_name();
        let policy = ["policyName", "name"].iter().find_map(|name| fields.text(name)).unwrap_or_default();
        if policy.is_empty() {
            reader.problem("policyName is missing".to_owned());
        }
        reader.finish(DeletePolicy { account, name, policy })
    }
}

impl Reader<'_> {
    /// The metric of a target tracking, and how many of its units are one of the agent's.
    fn tracked(&mut self, tracking: &Object) -> Option<(ScalingMetric, f64)> {
        let known =
            tracking.object("predefinedMetricSpecification").and_then(|known| known.text("predefinedMetricType"));
        match known.as_deref() {
            Some("ASGAverageCPUUtilization") => Some((ScalingMetric::CpuPercent, 1.0)),
            // Counted by the minute there.
            Some("ALBRequestCountPerTarget") => Some((ScalingMetric::RequestsPerSecond, 60.0)),
            other => {
                self.problem(format!(
                    "the local provider does not measure {}; it knows ASGAverageCPUUtilization and ALBRequestCountPerTarget",
                    other.unwrap_or("what targetTrackingConfiguration names")
                ));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(fields: Value) -> Result<ScalingPolicy> {
        UpsertPolicy::read(fields.as_object().expect("an object")).map(|upsert| upsert.policy)
    }

    #[test]
    fn both_forms_are_read() {
        let own = read(json!({
            "credentials": "local", "serverGroupName": "shop-v001", "policyName": "busy", "metric": "cpuPercent", "target": 60,
        }));
        let own = own.expect("it is right");
        assert_eq!(
            (own.name.as_str(), own.metric, own.target, own.scale_in),
            ("busy", ScalingMetric::CpuPercent, 60.0, true)
        );
        let tracking = json!({
            "targetValue": 600, "disableScaleIn": true,
            "predefinedMetricSpecification": {"predefinedMetricType": "ALBRequestCountPerTarget"},
        });
        let aws = read(json!({
            "credentials": "local", "asgName": "shop-v001", "cooldown": 30, "targetTrackingConfiguration": tracking,
        }));
        let aws = aws.expect("it is right");
        assert_eq!((aws.metric, aws.target), (ScalingMetric::RequestsPerSecond, 10.0));
        assert_eq!((aws.scale_in, aws.cooldown_ms, aws.name.as_str()), (false, 30_000, "shop-v001-scaling"));
        let error = read(json!({"credentials": "local", "targetTrackingConfiguration": {}})).expect_err("it is wrong");
        for finding in ["serverGroupName", "does not measure", "target is missing"] {
            assert!(error.message.contains(finding), "{finding}: {}", error.message);
        }
    }
}
