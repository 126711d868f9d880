//! The stages of the example's pipelines, as the JSON that a pipeline consists of.

use std::{path::Path, time::Duration};

use serde_json::{Map, Value, json};

use super::{APPLICATION, REGION};

/// What is deployed.
#[derive(Debug, Clone)]
pub struct Version {
    /// What the program says its version is.
    pub name: String,
    /// How many processes; 1 by default.
    pub instances: u32,
    /// How long after its start a process says that it is healthy; at once by default.
    pub startup: Duration,
    /// How long the requests of the version before may take after the switch; 20 s by default.
    pub drain: Duration,
}

impl Version {
    /// One process that is healthy at once.
    pub fn new(name: impl Into<String>) -> Self {
        Version { name: name.into(), instances: 1, startup: Duration::ZERO, drain: Duration::from_secs(20) }
    }
}

/// Numbers the stages and lets each follow the one before.
pub fn stages(stages: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let numbered = stages.into_iter().enumerate();
    let chained = numbered.map(|(before, mut stage)| {
        stage["refId"] = (before + 1).to_string().into();
        stage["requisiteStageRefIds"] = if before == 0 { json!([]) } else { json!([before.to_string()]) };
        stage
    });
    chained.collect()
}

/// Waits for some seconds.
pub fn wait(seconds: u64) -> Value {
    json!({ "type": "wait", "name": "Wait", "waitTime": seconds })
}

/// Waits for a person.
pub fn judgment() -> Value {
    json!({ "type": "manualJudgment", "name": "Approve", "failPipeline": true, "instructions": "Go on?" })
}

pub(super) fn deploy(account: &str, command: &Path, version: &Version) -> Value {
    let environment: Map<String, Value> = [
        ("GREETER_VERSION".to_owned(), version.name.clone().into()),
        ("GREETER_STARTUP_DELAY_MS".to_owned(), version.startup.as_millis().to_string().into()),
    ]
    .into_iter()
    .collect();
    let cluster = json!({
        "account": account,
        "cloudProvider": "local",
        "application": APPLICATION,
        "region": REGION,
        "strategy": "redblack",
        "capacity": { "min": version.instances, "max": version.instances, "desired": version.instances },
        "loadBalancers": [APPLICATION],
        "command": command,
        "environment": environment,
        "healthCheck": { "type": "http", "path": "/health" },
        "drainTimeoutMs": u64::try_from(version.drain.as_millis()).unwrap_or(u64::MAX),
    });
    json!({ "type": "deploy", "name": format!("Deploy version {}", version.name), "clusters": [cluster] })
}

pub(super) fn destroy_oldest(account: &str) -> Value {
    json!({
        "type": "destroyServerGroup",
        "name": "Destroy the oldest",
        "cloudProvider": "local",
        "cloudProviderType": "local",
        "credentials": account,
        "region": REGION,
        "regions": [REGION],
        "cluster": APPLICATION,
        "moniker": { "app": APPLICATION, "cluster": APPLICATION },
        "target": "oldest_asg_dynamic",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_one_another() {
        let stages = stages([wait(1), judgment()]);
        assert_eq!((&stages[0]["refId"], &stages[0]["requisiteStageRefIds"]), (&json!("1"), &json!([])));
        assert_eq!((&stages[1]["refId"], &stages[1]["requisiteStageRefIds"]), (&json!("2"), &json!(["1"])));
    }
}
