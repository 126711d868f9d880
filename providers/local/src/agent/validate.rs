//! What a spec must be, before anything is touched.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::error::Refusal;
use crate::protocol::{Capacity, LoadBalancerSpec, MOST_DRAIN_MS, MOST_GRACE_MS, Probe, ServerGroupSpec};

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
    if spec.command.is_empty() {
        return Err(Refusal::invalid("`command` is empty; name the program to run"));
    }
    if spec.working_directory.as_ref().is_some_and(|folder| !folder.is_absolute()) {
        return Err(Refusal::invalid("`workingDirectory` is not an absolute path"));
    }
    let texts = spec.args.iter().chain(spec.env.keys()).chain(spec.env.values()).chain([&spec.command]);
    if texts.into_iter().any(|text| text.contains('\0')) {
        return Err(Refusal::invalid("command, args and env must not hold NUL characters"));
    }
    if let Some(wrong) = spec.env.keys().find(|key| key.is_empty() || key.contains('=')) {
        return Err(Refusal::invalid(format!("`{wrong}` is no name for an environment variable")));
    }
    let own = ["PORT", "INSTANCE_ID", "SERVER_GROUP", super::identity::MARK];
    if let Some(wrong) = own.into_iter().find(|name| spec.env.contains_key(*name)) {
        return Err(Refusal::invalid(format!("`env.{wrong}` is set by the agent; remove it")));
    }
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
    if spec.port == Some(0) {
        return Err(Refusal::invalid("`port` is 0; leave it out to get a free one"));
    }
    within("connectTimeoutMs", spec.connect_timeout_ms, 1, 600_000)?;
    within("responseTimeoutMs", spec.response_timeout_ms, 1, 3_600_000)?;
    within("headerTimeoutMs", spec.header_timeout_ms, 1, 3_600_000)?;
    within("maxConnections", spec.max_connections.into(), 1, 65_536)
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
        ] {
            let message = spec(change.clone()).unwrap_err().message;
            assert!(message.contains(word), "{change}: {message}");
        }
        assert!(read::<ServerGroupSpec>(json!([])).is_err());
    }
}
