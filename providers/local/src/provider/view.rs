//! An agent's state as clouddriver's inventory. Pure.

mod balancers;

use std::sync::Arc;

use gennaker_provider_api::{Freshness, Inventory};
use gennaker_wire::{
    Capacity, Health, HealthState, Image, Instance, InstanceCounts, Job, JobState, Object, ScalingActivity,
    ServerGroup, naming::Moniker,
};
use serde_json::{Value, json};

use self::balancers::load_balancer;
pub(super) use self::balancers::security_group;
use super::{NAME, REGION};
use crate::protocol;

/// The source of health that knows the process and its health check.
const PROCESS: &str = "LocalAgent";
/// The source of health that knows whether the balancer sends requests.
const BALANCER: &str = "LoadBalancer";
/// The field of a server group with its scaling policies.
const POLICIES: &str = "scalingPolicies";
/// The field of a launch configuration that counts its changes.
const LAUNCH_VERSION: &str = "version";
/// So many lines of a failing process's output are shown.
const LINES: usize = 10;
/// So many failing instances of a server group are shown with it.
const PROBLEMS: usize = 3;
/// The field of an instance with the balancers that it was taken out of.
pub(super) const DEREGISTERED: &str = "deregisteredFrom";

/// What the account runs.
pub(super) fn inventory(account: &str, snapshot: &protocol::Snapshot, freshness: Freshness) -> Inventory {
    let groups: Vec<ServerGroup> = snapshot.server_groups.iter().map(|group| server_group(account, group)).collect();
    let load_balancers = snapshot.load_balancers.iter().map(|balancer| load_balancer(account, balancer, &groups));
    Inventory {
        account: account.to_owned(),
        version: snapshot.version,
        load_balancers: load_balancers.collect(),
        security_groups: Arc::new(
            snapshot.security_groups.iter().map(|group| security_group(account, group)).collect(),
        ),
        server_groups: groups,
        images: Arc::new(snapshot.images.iter().map(|one| image(account, one)).collect()),
        jobs: snapshot.jobs.iter().map(|one| job(account, one)).collect(),
        freshness,
        ..Inventory::default()
    }
}

/// What clients see of the account itself: its limits, and what its machine does not do.
pub(super) fn account(snapshot: &protocol::Snapshot) -> Object {
    let limits = &snapshot.account_use;
    object(json!({
        "limits": {
            "processes": limits.processes.limit,
            "memoryBytes": limits.memory_bytes.limit,
            "diskBytes": limits.disk_bytes.limit,
            "ports": limits.ports.limit,
        },
        "notices": snapshot.notices,
    }))
}

fn server_group(account: &str, group: &protocol::ServerGroup) -> ServerGroup {
    let spec = &group.spec;
    let instances: Vec<Instance> = group.instances.iter().map(|one| instance(group, one)).collect();
    let moniker = moniker(&spec.name, &spec.metadata);
    ServerGroup {
        name: spec.name.clone(),
        account: account.to_owned(),
        region: REGION.to_owned(),
        kind: NAME.to_owned(),
        cloud_provider: NAME.to_owned(),
        cluster: moniker.cluster.clone().unwrap_or_else(|| spec.name.clone()),
        moniker,
        created_time: Some(group.created_at),
        disabled: !group.enabled,
        capacity: Capacity { min: group.capacity.min, max: group.capacity.max, desired: group.capacity.desired },
        instance_counts: InstanceCounts::of(&instances),
        other: object(json!({ "problems": problems(group, &instances), POLICIES: policies(group) })),
        instances,
        load_balancers: spec.load_balancers.clone(),
        zones: vec![REGION.to_owned()],
        launch_config: launch_config(group),
        ..ServerGroup::default()
    }
}

fn launch_config(group: &protocol::ServerGroup) -> Object {
    let spec = &group.spec;
    object(json!({
        LAUNCH_VERSION: group.launch_version,
        "command": spec.command,
        "imageId": spec.image,
        "arguments": spec.args,
        "workingDirectory": spec.working_directory,
        "runAsUser": spec.user,
        "limits": spec.limits,
        "healthCheck": spec.effective_health_check(),
    }))
}

fn instance(group: &protocol::ServerGroup, instance: &protocol::Instance) -> Instance {
    let process = match instance.state {
        _ if instance.crash_loop => HealthState::Down,
        protocol::InstanceState::Up => HealthState::Up,
        protocol::InstanceState::Starting => HealthState::Starting,
        protocol::InstanceState::Down | protocol::InstanceState::Failed | protocol::InstanceState::Stopping => {
            HealthState::Down
        }
    };
    let mut health = vec![source(PROCESS, process)];
    // That it runs does not mean that it gets traffic: stages tell the two apart by this.
    health[0].other.insert("healthClass".to_owned(), "platform".into());
    if let Some(description) = description(instance) {
        health[0].other.insert("description".to_owned(), description.into());
    }
    let out_of = &instance.deregistered_from;
    let balancers = &group.spec.load_balancers;
    let registered = balancers.is_empty() || balancers.iter().any(|balancer| !out_of.contains(balancer));
    let in_traffic = group.enabled && registered;
    if !balancers.is_empty() {
        let balancer = if in_traffic { process } else { HealthState::OutOfService };
        health.push(source(BALANCER, balancer));
    }
    let state = match process {
        HealthState::Up if !in_traffic => HealthState::OutOfService,
        other => other,
    };
    Instance {
        id: instance.id.clone(),
        name: instance.id.clone(),
        health_state: state,
        health,
        launch_time: Some(instance.since),
        zone: Some(REGION.to_owned()),
        other: object(json!({
            "pid": instance.pid,
            "port": instance.port,
            "restarts": instance.restarts,
            "crashLoop": instance.crash_loop,
            "launchVersion": instance.launch_version,
            "lastExit": instance.last_exit,
            DEREGISTERED: out_of,
        })),
    }
}

fn policies(group: &protocol::ServerGroup) -> Vec<Value> {
    let shown = |policy: &protocol::ScalingPolicy| {
        let mut fields = object(json!(policy));
        fields.insert("policyName".to_owned(), policy.name.clone().into());
        Value::Object(fields)
    };
    group.policies.iter().map(shown).collect()
}

/// How often a server group's launch configuration was changed.
pub(super) fn launch_version(group: &ServerGroup) -> Option<u64> {
    group.launch_config.get(LAUNCH_VERSION).and_then(Value::as_u64)
}

/// The names of a server group's scaling policies.
pub(super) fn policy_names(group: &ServerGroup) -> impl Iterator<Item = &str> {
    let policies = group.other.get(POLICIES).and_then(Value::as_array).into_iter().flatten();
    policies.filter_map(|policy| policy.get("policyName")?.as_str())
}

/// What the agent did to a server group by itself, the newest first.
pub(super) fn activities(group: &protocol::ServerGroup) -> Vec<ScalingActivity> {
    let shown = |activity: &protocol::ScalingActivity| ScalingActivity {
        activity_id: activity.id.clone(),
        description: format!("from {} to {} instances", activity.from, activity.to),
        cause: activity.cause.clone(),
        status_code: if activity.problem.is_none() { "Successful" } else { "Failed" }.to_owned(),
        status_message: activity.problem.clone(),
        start_time: Some(activity.at),
        end_time: Some(activity.at),
        other: Object::new(),
    };
    group.activities.iter().rev().map(shown).collect()
}

fn image(account: &str, image: &protocol::Image) -> Image {
    Image {
        id: image.id.clone(),
        name: image.id.clone(),
        account: account.to_owned(),
        region: REGION.to_owned(),
        cloud_provider: NAME.to_owned(),
        created_time: Some(image.created_at),
        tags: object(json!(image.tags)),
        other: object(json!({
            "imageId": image.id,
            "imageName": image.id,
            "program": image.name,
            "version": image.version,
            "command": image.command,
            "problem": image.problem,
        })),
    }
}

fn job(account: &str, job: &protocol::Job) -> Job {
    let name = &job.spec.name;
    let mut details = Object::new();
    let mut other = object(json!({ "command": job.spec.command, "arguments": job.spec.args, "pid": job.pid }));
    if let Some(end) = &job.end {
        details = object(json!({ "exitCode": end.code, "reason": end.reason, "message": end.message }));
        details.retain(|_, value| !value.is_null());
        // Under the names that orca reads for the error of a failed stage.
        if job.state == protocol::JobState::Failed {
            other.insert("reason".to_owned(), json!(end.reason));
            other.insert("message".to_owned(), end.message.clone().into());
            other.insert("failureDetails".to_owned(), last_lines(&end.log_tail).into());
        }
    }
    Job {
        id: name.clone(),
        name: name.clone(),
        account: account.to_owned(),
        location: REGION.to_owned(),
        provider: NAME.to_owned(),
        moniker: moniker(name, &job.spec.metadata),
        job_state: match job.state {
            protocol::JobState::Running => JobState::Running,
            protocol::JobState::Succeeded => JobState::Succeeded,
            protocol::JobState::Failed => JobState::Failed,
        },
        created_time: Some(job.created_at),
        completed_time: job.end.as_ref().map(|end| end.at),
        completion_details: details,
        other,
    }
}

/// What is wrong with an instance, with the last lines that it wrote.
fn description(instance: &protocol::Instance) -> Option<String> {
    let message = match &instance.message {
        Some(message) => message.clone(),
        None if instance.crash_loop => "the process is started again after a crash loop".to_owned(),
        None => return None,
    };
    Some(match last_lines(instance.log_tail.as_deref().unwrap_or_default()) {
        lines if lines.is_empty() => message,
        lines => format!("{message}. Its last output:\n{lines}"),
    })
}

/// The last lines of a log's end, whose first line may be cut off.
fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// What a server group does not get, and the instances with which something is wrong, the first few of them.
fn problems(group: &protocol::ServerGroup, instances: &[Instance]) -> Vec<Value> {
    let failing = instances.iter().filter_map(|instance| {
        let description = instance.health.first()?.other.get("description")?;
        Some(json!({ "instance": instance.id, "state": instance.health_state, "description": description }))
    });
    let notice = group.notice.iter().map(|notice| json!({ "description": notice }));
    notice.chain(failing.take(PROBLEMS)).collect()
}

/// The moniker that was given at creation, else what the name says.
fn moniker(name: &str, metadata: &Object) -> Moniker {
    let given = metadata.get("moniker").and_then(|moniker| serde_json::from_value(moniker.clone()).ok());
    given.unwrap_or_else(|| Moniker::parse(name))
}

fn source(kind: &str, state: HealthState) -> Health {
    Health { kind: kind.to_owned(), state, other: Object::new() }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(fields) => fields,
        _ => Object::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(enabled: bool, state: &str) -> protocol::Snapshot {
        serde_json::from_value(json!({
            "version": 7, "account": "local",
            "serverGroups": [{
                "spec": {"name": "shop-web-v003", "command": "/bin/true", "loadBalancers": ["front"], "capacity": 1},
                "capacity": {"min": 0, "max": 3, "desired": 1}, "enabled": enabled, "deleting": false, "createdAt": 5,
                "instances": [{"id": "shop-web-v003-aaaaaa", "state": state, "since": 6, "port": 21000, "restarts": 0}],
            }],
            "loadBalancers": [{
                "spec": {"name": "front"}, "address": "127.0.0.1", "port": 21001, "listening": true,
                "serverGroups": ["shop-web-v003"],
            }],
        }))
        .expect("a snapshot")
    }

    #[test]
    fn a_server_group_has_its_names_parts_and_both_sources_of_health() {
        let inventory = inventory("local", &snapshot(true, "up"), Freshness::default());
        let group = inventory.server_group(REGION, "shop-web-v003").expect("it is there");
        assert_eq!(group.cluster, "shop-web");
        assert_eq!(group.moniker.sequence, Some(3));
        assert_eq!(group.capacity, Capacity { min: 0, max: 3, desired: 1 });
        assert_eq!((group.instance_counts.total, group.instance_counts.up), (1, 1));
        let health = &group.instances[0].health;
        assert!(health.iter().all(|health| health.state == HealthState::Up) && health.len() == 2);
        let balancer = inventory.load_balancer(REGION, "front").expect("it is there");
        assert_eq!(balancer.server_groups[0].instances[0].health.state, HealthState::Up);
    }

    #[test]
    fn a_failing_instance_says_why_with_its_last_lines_also_in_its_server_group() {
        let mut snapshot = snapshot(true, "starting");
        let instance = &mut snapshot.server_groups[0].instances[0];
        instance.crash_loop = true;
        instance.log_tail = Some((0..30).map(|number| format!("line {number}\n")).collect());
        let inventory = inventory("local", &snapshot, Freshness::default());
        let group = &inventory.server_groups[0];
        assert_eq!(group.instances[0].health_state, HealthState::Down, "it only seems to start");
        let description = group.other["problems"][0]["description"].as_str().expect("a text");
        assert!(description.contains("crash loop") && description.ends_with("line 28\nline 29"), "{description}");
        assert!(!description.contains("line 19\n"), "{description}");
        assert_eq!(group.instances[0].health[0].other["description"], description);
    }

    #[test]
    fn a_disabled_group_is_out_of_service_in_the_balancer_only() {
        let inventory = inventory("local", &snapshot(false, "up"), Freshness::default());
        let instance = &inventory.server_groups[0].instances[0];
        assert_eq!(instance.health_state, HealthState::OutOfService);
        assert_eq!(instance.health[0].state, HealthState::Up);
        assert_eq!(instance.health[1].state, HealthState::OutOfService);
        assert!(inventory.server_groups[0].disabled);
    }
}
