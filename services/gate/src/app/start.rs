//! Starting a pipeline by hand: at once ([`start`]), as upstream's `PipelineService.trigger`, or over an event that echo
//! takes ([`start_by_event`]), as its `triggerViaEcho`.
//!
//! While echo cannot take events, the second is as the first. Both start once for an `Idempotency-Key`: the ids of the event
//! and of its execution are made of the key, and orca knows an execution by them.

use gennaker_base::{Kind, SharedClock, Timestamp, id};
use gennaker_clients::Clients;
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{configs, optional::is_absent};

/// The user of who is not signed in.
const ANONYMOUS: &str = "anonymous";

/// A started pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Started {
    /// Where its execution is: `/pipelines/ID`.
    pub(crate) reference: String,
    /// The id of the event that started it.
    pub(crate) event: String,
}

/// Which pipeline is to be started, and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) application: &'a str,
    pub(crate) name_or_id: &'a str,
}

/// Starts the pipeline. A second start with the same `Idempotency-Key` is the first one.
///
/// # Errors
/// `NotFound` if there is no such pipeline, `Invalid` if a required parameter is missing, and what orca refuses.
pub(crate) async fn start(clients: &Clients, clock: &SharedClock, asked: Asked<'_>, body: Object) -> Result<Started> {
    let Asked { caller, application, name_or_id } = asked;
    let config = configs::find(clients, &caller.onward(), application, name_or_id).await?;
    let event = event_id(clock, caller, &config.text("id").unwrap_or_default());
    directly(clients, caller, config, trigger(body, caller, &event), None).await
}

/// Has echo start the pipeline, which answers before it is known whether there is one.
///
/// # Errors
/// What echo refuses; where echo takes no events, those of [`start`].
pub(crate) async fn start_by_event(
    clients: &Clients,
    clock: &SharedClock,
    asked: Asked<'_>,
    body: Object,
) -> Result<Started> {
    let Asked { caller, application, name_or_id } = asked;
    let config = match &caller.idempotency_key {
        // The same pipeline may be named by its name or its id.
        Some(_) => configs::find(clients, &caller.onward(), application, name_or_id).await.ok(),
        None => None,
    };
    let pipeline = config.as_ref().and_then(|config| config.text("id")).unwrap_or_else(|| name_or_id.to_owned());
    let event = event_id(clock, caller, &pipeline);
    let execution = match &caller.idempotency_key {
        Some(_) => id::derive(Timestamp::ZERO, &["execution", application, &event]),
        None => id::generate(clock.now()),
    };
    let mut sent = flat(body.clone());
    if sent.contains_key("user") {
        sent.insert("user".to_owned(), user(&sent, caller).into());
    }
    sent.insert("eventId".to_owned(), event.clone().into());
    sent.insert("executionId".to_owned(), execution.clone().into());
    let message = json!({
        "content": {
            "application": application,
            "pipelineNameOrId": name_or_id,
            "trigger": sent,
            "user": caller.user,
        },
        "details": { "type": "manual" },
        "eventId": event,
    });
    let error = match clients.echo.post_event(&Caller { fence: None, ..caller.clone() }, &message).await {
        Ok(()) => return Ok(Started { reference: format!("/pipelines/{execution}"), event }),
        Err(error) => error,
    };
    if !is_absent(&error) && error.kind() != Kind::Unavailable {
        return Err(error);
    }
    tracing::debug!(%error, "the pipeline is started without echo");
    let config = match config {
        Some(config) => config,
        None => configs::find(clients, &caller.onward(), application, name_or_id).await?,
    };
    let trigger = trigger(body, caller, &event);
    match directly(clients, caller, config, trigger, Some(&execution)).await {
        // The id is ours: echo took the event after all.
        Err(refusal) if refusal.kind() == Kind::Conflict && error.kind() == Kind::Unavailable => {
            Ok(Started { reference: format!("/pipelines/{execution}"), event })
        }
        started => started,
    }
}

/// The id of an event: of the caller's key, if there is one.
fn event_id(clock: &SharedClock, caller: &Caller, pipeline: &str) -> String {
    match &caller.idempotency_key {
        Some(key) => id::derive(Timestamp::ZERO, &["manual", pipeline, key]),
        None => id::generate(clock.now()),
    }
}

/// Has orca start the pipeline, with the execution's id if one is given.
async fn directly(
    clients: &Clients,
    caller: &Caller,
    config: Object,
    trigger: Object,
    execution: Option<&str>,
) -> Result<Started> {
    if config.boolean("disabled") == Some(true) {
        return Err(Error::invalid("Pipeline is disabled and cannot be started."));
    }
    check_parameters(&config, &trigger)?;
    let event = trigger.text("eventId").unwrap_or_default();
    let mut pipeline = with_trigger(config, trigger);
    pipeline.extend(execution.map(|id| ("executionId".to_owned(), id.into())));
    let caller = Caller { fence: None, ..caller.clone() };
    let reference = clients.orca.start_pipeline(&caller, &Value::Object(pipeline)).await?;
    Ok(Started { reference, event })
}

/// A body without the `trigger` that newer clients wrap it in.
fn flat(mut body: Object) -> Object {
    match body.shift_remove("trigger") {
        Some(Value::Object(mut trigger)) => {
            for (name, value) in body {
                trigger.entry(name).or_insert(value);
            }
            trigger
        }
        _ => body,
    }
}

/// The trigger of a body: the body itself, or, from newer clients, what stands under `trigger` in it.
fn trigger(body: Object, caller: &Caller, event: &str) -> Object {
    let mut trigger = flat(body);
    trigger.insert("user".to_owned(), user(&trigger, caller).into());
    if trigger.text("type").is_none_or(|kind| kind.is_empty()) {
        trigger.insert("type".to_owned(), "manual".into());
    }
    if !trigger.get("notifications").is_some_and(Value::is_array) {
        trigger.insert("notifications".to_owned(), json!([]));
    }
    trigger.insert("eventId".to_owned(), event.into());
    trigger
}

/// In whose name a trigger starts: who signed in cannot start in another's.
fn user(trigger: &Object, caller: &Caller) -> String {
    if caller.user != ANONYMOUS {
        return caller.user.clone();
    }
    trigger.text("user").filter(|user| !user.is_empty()).unwrap_or_else(|| ANONYMOUS.to_owned())
}

/// A parameter that is required, has no default and is not given, is an error that names it.
fn check_parameters(config: &Object, trigger: &Object) -> Result<()> {
    let given = trigger.object("parameters");
    let is_given = |name: &str| given.and_then(|given| given.get(name)).is_some_and(|value| !value.is_null());
    let declared = config.get("parameterConfig").and_then(Value::as_array);
    let missing: Vec<String> = declared
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter(|parameter| parameter.boolean("required") == Some(true))
        .filter(|parameter| parameter.get("default").is_none_or(Value::is_null))
        .filter_map(|parameter| parameter.text("name"))
        .filter(|name| !is_given(name))
        .collect();
    match missing.as_slice() {
        [] => Ok(()),
        [one] => Err(Error::invalid(format!("Required parameter {one} is missing"))),
        several => Err(Error::invalid(format!("Required parameters {} are missing", several.join(", ")))),
    }
}

/// The config as orca takes it: with the trigger, whose notifications come after its own.
fn with_trigger(mut config: Object, trigger: Object) -> Object {
    let list = |object: &Object| object.get("notifications").and_then(Value::as_array).cloned().unwrap_or_default();
    let notifications: Vec<Value> = [list(&config), list(&trigger)].concat();
    if !notifications.is_empty() {
        config.insert("notifications".to_owned(), notifications.into());
    }
    config.insert("trigger".to_owned(), Value::Object(trigger));
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn both_shapes_of_a_body_are_the_same_trigger() {
        let caller = Caller::service("anonymous");
        let old = json!({"type": "manual", "user": "[anonymous]", "parameters": {"a": "1"}});
        let new = json!({"trigger": {"type": "manual", "parameters": {"a": "1"}}, "user": "[anonymous]"});
        let (old, new) = (trigger(object(old), &caller, "e"), trigger(object(new), &caller, "e"));
        assert_eq!(old, new);
        assert_eq!(old["user"], "[anonymous]");
        let empty = Value::Object(trigger(Object::new(), &caller, "e"));
        assert_eq!(empty, json!({"user": "anonymous", "type": "manual", "notifications": [], "eventId": "e"}));
    }

    #[test]
    fn who_signed_in_starts_in_his_own_name() {
        let trigger = trigger(object(json!({"user": "boss"})), &Caller::service("ann"), "e");
        assert_eq!(trigger["user"], "ann");
    }

    #[test]
    fn missing_parameters_are_named() {
        let config = object(json!({"parameterConfig": [
            {"name": "given", "required": true}, {"name": "defaulted", "required": true, "default": ""},
            {"name": "free", "required": false}, {"name": "one", "required": true}, {"name": "two", "required": "true"},
        ]}));
        let message =
            |trigger| check_parameters(&config, &object(trigger)).expect_err("it is refused").message().to_owned();
        assert_eq!(message(json!({"parameters": {"given": 0, "one": "x"}})), "Required parameter two is missing");
        assert_eq!(message(json!({"parameters": {"one": null}})), "Required parameters given, one, two are missing");
        assert!(check_parameters(&config, &object(json!({"parameters": {"given": 0, "one": 1, "two": ""}}))).is_ok());
    }

    #[test]
    fn the_triggers_notifications_follow_the_configs() {
        let config = object(json!({"name": "p", "notifications": [1]}));
        let merged = with_trigger(config, object(json!({"notifications": [2]})));
        assert_eq!(merged["notifications"], json!([1, 2]));
        assert!(!with_trigger(Object::new(), Object::new()).contains_key("notifications"));
    }
}
