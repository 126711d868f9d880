//! What a spec must be, before anything is touched.

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{balancer::is_network, error::Refusal};
use crate::protocol::{
    Artifact, ArtifactSource, Capacity, JobSpec, LoadBalancerSpec, MOST_DRAIN_MS, MOST_GRACE_MS, MOST_JOB_MS,
    MOST_WEIGHT, Probe, ResourceLimits, ScalingPolicy, SecurityGroupSpec, ServerGroupSpec, TrafficRequest,
};

const MOST_LISTENERS: u64 = 16;
const MOST_SOURCES: u64 = 500;

/// Reads `text` as a `T` that has no fields besides those of `T`.
///
/// # Errors
/// `invalid`, naming the field.
pub(super) fn read<T: DeserializeOwned + Serialize>(input: Value) -> Result<T, Refusal> {
    if !input.is_object() {
        return Err(Refusal::invalid("the body is not a JSON object"));
    }
    let value: T = serde_json::from_value(input.clone())
        .map_err(|error| Refusal::invalid(format!("the body cannot be read: {error}")))?;
    let known = serde_json::to_value(&value).map_err(|error| Refusal::invalid(error.to_string()))?;
    match unknown_field(&input, &known) {
        Some(field) => Err(Refusal::invalid(format!("there is no field `{field}`; correct its name or remove it"))),
        None => Ok(value),
    }
}

/// A field of `input` that reading has passed over: it is not in `known`, which was written from what was read.
fn unknown_field(input: &Value, known: &Value) -> Option<String> {
    let (Value::Object(input), Value::Object(known)) = (input, known) else { return None };
    input.iter().filter(|(_, value)| !value.is_null()).find_map(|(name, value)| match known.get(name) {
        None => Some(name.clone()),
        Some(known) => unknown_field(value, known).map(|field| format!("{name}.{field}")),
    })
}

/// The rules of a server group that need no look at the machine.
pub(super) fn server_group(spec: &ServerGroupSpec) -> Result<(), Refusal> {
    name("server group", &spec.name)?;
    capacity(&spec.capacity)?;
    if let Some(user) = &spec.user {
        self::user(user)?;
    }
    limits(&spec.limits)?;
    if spec.image.is_some() && spec.artifact.is_some() {
        return Err(Refusal::invalid("`image` and `artifact` are both given; give one of them"));
    }
    program((&spec.command, spec.image.is_some()), spec.artifact.as_ref(), spec.working_directory.as_deref())?;
    environment(&spec.args, &spec.env, &["PORT", "INSTANCE_ID", "SERVER_GROUP", "ARTIFACT"])?;
    within("stopGraceMs", spec.stop_grace_ms, 0, MOST_GRACE_MS)?;
    within("restart.initialDelayMs", spec.restart.initial_delay_ms, 1, 3_600_000)?;
    within("restart.maxDelayMs", spec.restart.max_delay_ms, spec.restart.initial_delay_ms, 3_600_000)?;
    let check = spec.effective_health_check();
    within("healthCheck.intervalMs", check.interval_ms, 10, 3_600_000)?;
    within("healthCheck.timeoutMs", check.timeout_ms, 1, 600_000)?;
    within("healthCheck.healthyThreshold", check.healthy_threshold.into(), 1, 1_000)?;
    within("healthCheck.unhealthyThreshold", check.unhealthy_threshold.into(), 1, 1_000)?;
    match &check.probe {
        Probe::Http { path, port_variable } => {
            if !path.starts_with('/') || path.parse::<http::Uri>().is_err() {
                return Err(Refusal::invalid(format!(
                    "`healthCheck.path` is `{path}`; it must be a path like /health"
                )));
            }
            let known = port_variable == "PORT"
                || spec.env.get(port_variable).is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
            if !known {
                return Err(Refusal::invalid(format!(
                    "`healthCheck.portVariable` is `{port_variable}`; it must be PORT or name a port in `env`"
                )));
            }
        }
        Probe::Command { command, .. } if command.is_empty() => {
            return Err(Refusal::invalid("`healthCheck.command` is empty; name the program to run"));
        }
        Probe::Command { .. } | Probe::Tcp | Probe::Process => {}
    }
    Ok(())
}

/// The rules of a job that need no look at the machine.
pub(super) fn job(spec: &JobSpec) -> Result<(), Refusal> {
    name("job", &spec.name)?;
    program((&spec.command, false), spec.artifact.as_ref(), spec.working_directory.as_deref())?;
    environment(&spec.args, &spec.env, &["JOB", "INSTANCE_ID", "ARTIFACT"])?;
    limits(&spec.limits)?;
    within("timeoutMs", spec.timeout_ms, 1, MOST_JOB_MS)?;
    within("stopGraceMs", spec.stop_grace_ms, 0, MOST_GRACE_MS)
}

/// What a process may use.
fn limits(limits: &ResourceLimits) -> Result<(), Refusal> {
    within("limits.cpuPercent", limits.cpu_percent.unwrap_or(1).into(), 1, 100_000)?;
    within("limits.memoryBytes", limits.memory_bytes.unwrap_or(1 << 20), 1 << 20, 1 << 50)
}

/// A name of a user that no program takes for an option.
fn user(name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@$".contains(&byte);
    if name.is_empty() || name.len() > 64 || name.starts_with('-') || !name.bytes().all(allowed) {
        return Err(Refusal::invalid(format!("`runAsUser` is `{name}`, which is no name of a user")));
    }
    Ok(())
}

/// What is run, and where. An image may name the command.
fn program(
    (command, of_image): (&str, bool),
    artifact: Option<&Artifact>,
    folder: Option<&Path>,
) -> Result<(), Refusal> {
    if let Some(artifact) = artifact {
        self::artifact(artifact)?;
    }
    if command.is_empty() && !of_image && artifact.is_none_or(Artifact::is_unpacked) {
        return Err(Refusal::invalid("`command` is empty; name the program to run"));
    }
    if command.contains('\0') {
        return Err(Refusal::invalid("command, args and env must not hold NUL characters"));
    }
    working_directory(folder, of_image || artifact.is_some())
}

/// What a program is given; `own` are the variables that the agent sets.
fn environment(args: &[String], env: &BTreeMap<String, String>, own: &[&str]) -> Result<(), Refusal> {
    if args.iter().chain(env.keys()).chain(env.values()).any(|text| text.contains('\0')) {
        return Err(Refusal::invalid("command, args and env must not hold NUL characters"));
    }
    if let Some(wrong) = env.keys().find(|key| key.is_empty() || key.contains('=')) {
        return Err(Refusal::invalid(format!("`{wrong}` is no name for an environment variable")));
    }
    match own.iter().chain([&super::identity::MARK]).find(|name| env.contains_key(**name)) {
        Some(wrong) => Err(Refusal::invalid(format!("`env.{wrong}` is set by the agent; remove it"))),
        None => Ok(()),
    }
}

/// Absolute, or within the artifact.
fn working_directory(folder: Option<&Path>, in_artifact: bool) -> Result<(), Refusal> {
    match folder {
        None => Ok(()),
        Some(folder) if folder.is_absolute() => Ok(()),
        Some(_) if !in_artifact => Err(Refusal::invalid("`workingDirectory` is not an absolute path")),
        Some(folder) if folder.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) => {
            Ok(())
        }
        Some(_) => Err(Refusal::invalid("`workingDirectory` leads out of the artifact")),
    }
}

/// The rules of an artifact that need no look at it.
fn artifact(artifact: &Artifact) -> Result<(), Refusal> {
    let file = artifact.file_name();
    if [".", ".."].contains(&file) || file.contains(['/', '\0']) {
        return Err(Refusal::invalid(format!("`artifact.name` is `{file}`, which is no name for a file")));
    }
    let hex = |digest: &str| [40, 64].contains(&digest.len()) && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(digest) = artifact.digest.as_deref().filter(|digest| !hex(digest)) {
        return Err(Refusal::invalid(format!(
            "`artifact.digest` is `{digest}`; it must be a SHA-256 or a commit in hex"
        )));
    }
    match &artifact.source {
        ArtifactSource::File { path } if !path.is_absolute() => {
            Err(Refusal::invalid(format!("`artifact.path` is `{}`, which is not absolute", path.display())))
        }
        ArtifactSource::Http { url } if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) => {
            Err(Refusal::invalid("`artifact.url` must begin with http:// or https://"))
        }
        ArtifactSource::Git { url, reference, folder } => git(url, reference.as_deref(), folder.as_deref()),
        ArtifactSource::Embedded { base64 } if base64.is_empty() && artifact.digest.is_none() => {
            Err(Refusal::invalid("`artifact.base64` is empty"))
        }
        ArtifactSource::File { .. }
        | ArtifactSource::Http { .. }
        | ArtifactSource::Sent { .. }
        | ArtifactSource::Embedded { .. } => Ok(()),
    }
}

/// Nothing that git could take for an option or for two words.
fn git(url: &str, reference: Option<&str>, folder: Option<&str>) -> Result<(), Refusal> {
    let schemes = ["https://", "http://", "ssh://", "file://", "/", "git@"];
    if !schemes.iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Refusal::invalid("`artifact.url` must be an https, http or ssh address, or an absolute path"));
    }
    let odd =
        |text: &str| text.is_empty() || text.starts_with('-') || text.contains([':', '\0', ' ', '\n', '^', '~', '+']);
    if let Some(reference) = reference.filter(|reference| odd(reference)) {
        return Err(Refusal::invalid(format!(
            "`artifact.reference` is `{reference}`, which is no branch, tag or commit"
        )));
    }
    if let Some(folder) = folder.filter(|folder| odd(folder) || folder.split('/').any(|part| part == "..")) {
        return Err(Refusal::invalid(format!("`artifact.folder` is `{folder}`, which is no folder of a repository")));
    }
    Ok(())
}

/// The least is not more than the number, and that not more than the most.
pub(super) fn capacity(capacity: &Capacity) -> Result<(), Refusal> {
    if capacity.is_ordered() {
        return Ok(());
    }
    Err(Refusal::invalid(format!("the capacity ({capacity}) must be ordered: min <= desired <= max")))
}

/// The rules of a load balancer that need no look at the machine.
pub(super) fn load_balancer(spec: &LoadBalancerSpec) -> Result<(), Refusal> {
    name("load balancer", &spec.name)?;
    if spec.port.is_some() && !spec.listeners.is_empty() {
        return Err(Refusal::invalid("`port` is short for one listener; leave it out beside `listeners`"));
    }
    let ports: Vec<u16> = spec.effective_listeners().iter().filter_map(|listener| listener.port).collect();
    if ports.contains(&0) {
        return Err(Refusal::invalid("`port` is 0; leave it out to get a free one"));
    }
    if let Some(twice) = ports.iter().enumerate().find(|(index, port)| ports[..*index].contains(port)) {
        return Err(Refusal::invalid(format!("`listeners` has port {} twice", twice.1)));
    }
    within("the number of `listeners`", spec.listeners.len() as u64, 0, MOST_LISTENERS)?;
    within("connectTimeoutMs", spec.connect_timeout_ms, 1, 600_000)?;
    within("responseTimeoutMs", spec.response_timeout_ms, 1, 3_600_000)?;
    within("headerTimeoutMs", spec.header_timeout_ms, 1, 3_600_000)?;
    within("sendTimeoutMs", spec.send_timeout_ms, 1, 3_600_000)?;
    within("idleTimeoutMs", spec.idle_timeout_ms, 1, 7 * 24 * 3_600_000)?;
    // Each listener holds a place for its next client.
    within("maxConnections", spec.max_connections.into(), spec.listeners.len().max(1) as u64, 65_536)
}

/// The rules of a security group.
pub(super) fn security_group(spec: &SecurityGroupSpec) -> Result<(), Refusal> {
    name("security group", &spec.name)?;
    within("the number of `ipIngress`", spec.ip_ingress.len() as u64, 0, MOST_SOURCES)?;
    for source in &spec.ip_ingress {
        if !is_network(&source.cidr) {
            return Err(Refusal::invalid(format!(
                "`{}` is no source: give an address or a range like 10.0.0.0/8",
                source.cidr
            )));
        }
        if source.start_port > source.end_port {
            return Err(Refusal::invalid(format!("`ipIngress` of {} ends before its startPort", source.cidr)));
        }
    }
    Ok(())
}

/// The rules of a change of traffic.
pub(super) fn traffic(traffic: &TrafficRequest) -> Result<(), Refusal> {
    within("weight", traffic.weight.unwrap_or_default().into(), 0, MOST_WEIGHT.into())?;
    drain(traffic.drain_timeout_ms)
}

/// The rules of a scaling policy.
pub(super) fn policy(policy: &ScalingPolicy) -> Result<(), Refusal> {
    name("scaling policy", &policy.name)?;
    if !(policy.target.is_finite() && policy.target > 0.0) {
        return Err(Refusal::invalid(format!("`target` is {}; it must be a number above 0", policy.target)));
    }
    within("cooldownMs", policy.cooldown_ms, 0, 24 * 3_600_000)
}

/// How long a drain may take.
pub(super) fn drain(milliseconds: u64) -> Result<(), Refusal> {
    within("drainTimeoutMs", milliseconds, 0, MOST_DRAIN_MS)
}

/// Names become names of files and parts of addresses.
pub(super) fn name(what: &str, name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~^".contains(&byte);
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.bytes().all(allowed) {
        return Err(Refusal::invalid(format!(
            "`{name}` is no name for a {what}: use letters, digits and -_.~^, at most 200, not a dot first"
        )));
    }
    Ok(())
}

fn within(field: &str, value: u64, least: u64, most: u64) -> Result<(), Refusal> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("`{field}` is {value}; it must be from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(change: Value) -> Result<ServerGroupSpec, Refusal> {
        let mut spec = json!({"name": "a-v000", "command": "true"});
        spec.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        read::<ServerGroupSpec>(spec).and_then(|spec| server_group(&spec).map(|()| spec))
    }

    #[test]
    fn a_full_spec_passes_and_reads_as_written() {
        let check = json!({"type": "http", "path": "/health?full=1", "intervalMs": 100});
        let spec = spec(json!({
            "healthCheck": check, "metadata": {"any": {"thing": 1}}, "env": {"A": "1"}, "workingDirectory": "/tmp",
            "restart": {"mode": "onFailure"}, "loadBalancers": ["a"], "capacity": 2
        }))
        .unwrap();
        assert_eq!(spec.restart.max_delay_ms, 30_000);
        assert_eq!(spec.effective_health_check().interval_ms, 100);
    }

    #[test]
    fn wrong_listeners_and_sources_are_named() {
        let balancer = |spec: Value| read::<LoadBalancerSpec>(spec).and_then(|spec| load_balancer(&spec));
        for (spec, word) in [
            (json!({"name": "a", "port": 1, "listeners": [{}]}), "`listeners`"),
            (json!({"name": "a", "listeners": [{"port": 80}, {"port": 80}]}), "80 twice"),
            (json!({"name": "a", "listeners": [{"protocol": "udp"}]}), "udp"),
            (json!({"name": "a", "idleTimeoutMs": 0}), "idleTimeoutMs"),
        ] {
            assert!(balancer(spec.clone()).unwrap_err().message.contains(word), "{spec}");
        }
        assert!(balancer(json!({"name": "a", "listeners": [], "port": 80})).is_ok());
        let group = |source: Value| {
            read::<SecurityGroupSpec>(json!({"name": "a", "ipIngress": [source]}))
                .and_then(|spec| security_group(&spec))
        };
        assert!(group(json!({"cidr": "10.0.0.0/8", "startPort": 80, "endPort": 80})).is_ok());
        for (source, word) in [
            (json!({"cidr": "office"}), "office"),
            (json!({"cidr": "10.0.0.1", "startPort": 2, "endPort": 1}), "startPort"),
        ] {
            assert!(group(source.clone()).unwrap_err().message.contains(word), "{source}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (change, word) in [
            (json!({"capacty": 3}), "`capacty`"),
            (json!({"healthCheck": {"type": "tcp", "path": "/x"}}), "`healthCheck.path`"),
            (json!({"healthCheck": {"type": "http", "path": "x"}}), "/health"),
            (json!({"healthCheck": {"type": "http", "path": "/", "portVariable": "ADMIN"}}), "portVariable"),
            (json!({"healthCheck": {"type": "smell"}}), "smell"),
            (json!({"capacity": -1}), "-1"),
            (json!({"capacity": {"min": 3, "max": 5, "desired": 2}}), "min 3, desired 2, max 5"),
            (json!({"capacity": {"desired": 2, "most": 5}}), "`capacity.most`"),
            (json!({"command": ""}), "`command`"),
            (json!({"name": "../a"}), "../a"),
            (json!({"env": {"PORT": "1"}}), "env.PORT"),
            (json!({"workingDirectory": "here"}), "absolute"),
            (json!({"stopGraceMs": 999_999}), "stopGraceMs"),
            (json!({"args": ["a\u{0}b"]}), "NUL"),
            (json!({"user": "--help"}), "no name of a user"),
            (json!({"limits": {"cpuPercent": 0}}), "limits.cpuPercent"),
            (json!({"limits": {"memoryBytes": 1_000}}), "limits.memoryBytes"),
            (json!({"limits": {"memory": "1G"}}), "`limits.memory`"),
            (json!({"image": "a:1", "artifact": {"type": "file", "path": "/b"}}), "both"),
            (json!({"artifact": {"type": "http", "url": "ftp://a/b"}}), "https://"),
            (json!({"artifact": {"type": "file", "path": "b"}}), "absolute"),
            (json!({"artifact": {"type": "file", "path": "/b", "name": "../b"}}), "artifact.name"),
            (json!({"artifact": {"type": "file", "path": "/b", "digest": "12"}}), "artifact.digest"),
            (json!({"artifact": {"type": "git", "url": "--upload-pack=x"}}), "artifact.url"),
            (json!({"artifact": {"type": "git", "url": "/r", "reference": "--exec=x"}}), "artifact.reference"),
            (json!({"artifact": {"type": "git", "url": "/r", "folder": "../x"}}), "artifact.folder"),
            (json!({"artifact": {"type": "file", "path": "/b"}, "workingDirectory": "../x"}), "leads out"),
            (json!({"artifact": {"type": "file", "path": "/b", "colour": 1}}), "`artifact.colour`"),
        ] {
            let message = spec(change.clone()).unwrap_err().message;
            assert!(message.contains(word), "{change}: {message}");
        }
        assert!(read::<ServerGroupSpec>(json!([])).is_err());
    }
}
