//! Starting a pipeline by hand: what upstream's echo does with a manual event.
//!
//! [`start`] is the one way in: a service of its own for events would be asked here.

use gennaker_base::{SharedClock, Timestamp, id};
use gennaker_clients::Clients;
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::configs;

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

/// Starts the pipeline of that name or id. A second start with the same `Idempotency-Key` is the first one.
///
/// # Errors
/// `NotFound` if there is no such pipeline, `Invalid` if a required parameter is missing, and what orca refuses.
pub(crate) async fn start(
    clients: &Clients,
    clock: &SharedClock,
    caller: &Caller,
    application: &str,
    name_or_id: &str,
    body: Object,
) -> Result<Started> {
    let config = configs::find(clients, &caller.onward(), application, name_or_id).await?;
    if config.boolean("disabled") == Some(true) {
        return Err(Error::invalid("Pipeline is disabled and cannot be started."));
    }
    let event = match &caller.idempotency_key {
        Some(key) => id::derive(Timestamp::ZERO, &["manual", &config.text("id").unwrap_or_default(), key]),
        None => id::generate(clock.now()),
    };
    let trigger = trigger(body, caller, &event);
    check_parameters(&config, &trigger)?;
    let pipeline = with_trigger(config, trigger);
    let caller = Caller { fence: None, ..caller.clone() };
    let reference = clients.orca.start_pipeline(&caller, &Value::Object(pipeline)).await?;
    Ok(Started { reference, event })
}

/// The trigger of a body: the body itself, or, from newer clients, what stands under `trigger` in it.
fn trigger(mut body: Object, caller: &Caller, event: &str) -> Object {
    let mut trigger = match body.remove("trigger") {
        Some(Value::Object(mut trigger)) => {
            for (name, value) in body {
                trigger.entry(name).or_insert(value);
            }
            trigger
        }
        _ => body,
    };
    let claimed = trigger.text("user").filter(|user| !user.is_empty());
    // Who signed in cannot start in another's name.
    let user =
        if caller.user == ANONYMOUS { claimed.unwrap_or_else(|| ANONYMOUS.to_owned()) } else { caller.user.clone() };
    trigger.insert("user".to_owned(), user.into());
    if trigger.text("type").is_none_or(|kind| kind.is_empty()) {
        trigger.insert("type".to_owned(), "manual".into());
    }
    if !trigger.get("notifications").is_some_and(Value::is_array) {
        trigger.insert("notifications".to_owned(), json!([]));
    }
    trigger.insert("eventId".to_owned(), event.into());
    trigger
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
