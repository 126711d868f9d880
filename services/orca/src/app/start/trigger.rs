//! The trigger: what it has before expressions see it, and what it is completed to.
//!
//! Upstream reads a trigger into one of several classes, by the fields that it has, and writes all its fields again. So it is completed
//! here: each class has fields with defaults, and fields that it cannot do without; every other field is kept as it was sent.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{
    Refusal, parameters,
    read::{drop_nulls, is_false},
};

/// Gives a pipeline the trigger that its expressions may name: a type, a user, and parameters. Upstream:
/// `OperationsController.parsePipelineTrigger`.
pub(super) fn begin(config: &mut Object, user: impl FnOnce() -> String) {
    let mut trigger = match config.shift_remove("trigger") {
        Some(Value::Object(trigger)) => trigger,
        _ => Object::new(),
    };
    if is_false(trigger.get("type")) {
        trigger.insert("type".to_owned(), "manual".into());
    }
    if is_false(trigger.get("user")) {
        trigger.insert("user".to_owned(), user().into());
    }
    parameters::apply_defaults(config, &mut trigger);
    config.insert("trigger".to_owned(), trigger.into());
}

/// The trigger as clients see it. Upstream: `TriggerDeserializer` and the classes that it makes.
pub(super) fn complete(mut trigger: Object) -> Result<Object, Refusal> {
    let class = Class::of(&trigger);
    class.check(&trigger)?;
    for (field, is_right) in [
        ("parameters", Value::is_object as fn(&Value) -> bool),
        ("artifacts", Value::is_array),
        ("notifications", Value::is_array),
        ("resolvedExpectedArtifacts", Value::is_array),
    ] {
        if let Some(value) = trigger.get(field).filter(|value| !value.is_null() && !is_right(value)) {
            return Err(Refusal::invalid(format!("trigger.{field} cannot be {value}: correct it")));
        }
    }
    drop_nulls(&mut trigger);
    let common = [
        ("type", json!("none")),
        ("user", json!("[anonymous]")),
        ("parameters", json!({})),
        ("artifacts", json!([])),
        ("notifications", json!([])),
        ("rebake", json!(false)),
        ("dryRun", json!(false)),
        ("strategy", json!(false)),
        ("resolvedExpectedArtifacts", json!([])),
    ];
    for (name, default) in common.into_iter().chain(class.defaults()) {
        trigger.entry(name).or_insert(default);
    }
    Ok(trigger)
}

/// Upstream's classes of triggers. Cron, webhook, pub/sub, helm and manual ones, and those of unknown types, are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Docker,
    Concourse,
    Jenkins,
    Pipeline,
    Artifactory,
    Nexus,
    Git,
    Plugin,
    Plain,
}

impl Class {
    /// The first whose fields are there, in upstream's order.
    fn of(trigger: &Object) -> Self {
        let has =
            |fields: &[&str]| fields.iter().all(|field| trigger.get(*field).is_some_and(|value| !value.is_null()));
        let is_concourse = trigger.get("type").and_then(Value::as_str) == Some("concourse");
        match () {
            () if has(&["account", "repository", "tag"]) => Class::Docker,
            () if is_concourse => Class::Concourse,
            () if has(&["master", "job", "buildNumber"]) => Class::Jenkins,
            () if has(&["parentExecution"]) => Class::Pipeline,
            () if has(&["artifactorySearchName"]) => Class::Artifactory,
            () if has(&["nexusSearchName"]) => Class::Nexus,
            () if has(&["source", "project", "branch", "slug", "hash"]) => Class::Git,
            () if has(&["pluginId"]) => Class::Plugin,
            () => Class::Plain,
        }
    }

    /// The fields that have to be texts.
    fn texts(self) -> &'static [&'static str] {
        match self {
            Class::Docker => &["type", "account", "repository"],
            Class::Jenkins => &["type", "master", "job"],
            Class::Artifactory => &["type", "artifactorySearchName"],
            Class::Nexus => &["type", "nexusSearchName"],
            Class::Git => &["type", "hash", "source", "project", "branch", "slug"],
            Class::Plugin => &["type", "pluginId", "version", "releaseDate", "binaryUrl"],
            Class::Concourse | Class::Pipeline => &["type"],
            Class::Plain => &[],
        }
    }

    /// What upstream cannot read fails.
    fn check(self, trigger: &Object) -> Result<(), Refusal> {
        let wrong = |field: &str, wanted: &str| {
            Err(Refusal::failure(format!(
                "trigger.{field} is missing or is not {wanted}: a trigger like this needs it"
            )))
        };
        if let Some(field) = self.texts().iter().find(|field| !trigger.get(**field).is_some_and(Value::is_string)) {
            return wrong(field, "a text");
        }
        if self == Class::Pipeline && !trigger.get("parentExecution").is_some_and(Value::is_object) {
            return Err(Refusal::invalid("trigger.parentExecution is no object: leave it out or send the execution"));
        }
        if self == Class::Plugin && !trigger.get("requires").is_some_and(Value::is_array) {
            return wrong("requires", "a list");
        }
        if self == Class::Plugin && !trigger.contains_key("preferred") {
            return wrong("preferred", "true or false");
        }
        Ok(())
    }

    fn defaults(self) -> Vec<(&'static str, Value)> {
        match self {
            Class::Jenkins | Class::Concourse => vec![("properties", json!({}))],
            Class::Git => vec![("action", json!("undefined"))],
            Class::Plugin => vec![("description", json!("[no description]")), ("provider", json!("[no provider]"))],
            Class::Docker | Class::Pipeline | Class::Artifactory | Class::Nexus | Class::Plain => Vec::new(),
        }
    }
}

/// The correlation id: while an execution with it runs, a start with it is answered with that one.
pub(super) fn correlation(trigger: &Object) -> Option<String> {
    trigger.get("correlationId").and_then(Value::as_str).map(str::to_owned)
}

/// Whether it is a dry run.
pub(super) fn is_dry_run(trigger: &Object) -> bool {
    trigger.boolean("dryRun") == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn completed(trigger: Value) -> Result<Value, Refusal> {
        complete(object(trigger)).map(Value::Object)
    }

    #[test]
    fn a_trigger_begins_with_a_type_a_user_and_parameters() {
        let of = |config: Value| {
            let mut config = object(config);
            begin(&mut config, || "ann".to_owned());
            config["trigger"].clone()
        };
        let manual = json!({"type": "manual", "user": "ann", "parameters": {}});
        assert_eq!(of(json!({})), manual);
        assert_eq!(of(json!({"trigger": 5})), manual, "upstream takes what is no object for none");
        assert_eq!(of(json!({"trigger": {"type": "", "user": null, "parameters": []}})), manual);
        let own = json!({"type": "webhook", "user": "bob", "payload": {"a": 1}, "parameters": {"p": 1}});
        assert_eq!(of(json!({ "trigger": own })), own);
    }

    #[test]
    fn every_trigger_has_the_common_fields_and_keeps_its_own() {
        let plain = completed(json!({"type": "carrierPigeon", "user": "ann", "zed": 9, "gone": null, "rebake": true}));
        let expected = json!({
            "type": "carrierPigeon", "user": "ann", "zed": 9, "rebake": true, "parameters": {}, "artifacts": [],
            "notifications": [], "dryRun": false, "strategy": false, "resolvedExpectedArtifacts": [],
        });
        assert_eq!(plain, Ok(expected));
    }

    #[test]
    fn each_class_adds_its_fields() {
        let field = |trigger: Value, field: &str| completed(trigger).expect("it is complete").get(field).cloned();
        let jenkins = json!({"type": "jenkins", "master": "ci", "job": "j", "buildNumber": 7});
        assert_eq!(field(jenkins, "properties"), Some(json!({})));
        assert_eq!(field(json!({"type": "concourse"}), "properties"), Some(json!({})));
        let git = json!({"type": "git", "source": "s", "project": "p", "branch": "b", "slug": "r", "hash": "h"});
        assert_eq!(field(git, "action"), Some(json!("undefined")));
        let plugin = json!({
            "type": "plugin", "pluginId": "p", "version": "1", "releaseDate": "d", "binaryUrl": "u", "preferred": true,
            "requires": [],
        });
        assert_eq!(field(plugin, "provider"), Some(json!("[no provider]")));
        assert_eq!(field(json!({"type": "manual"}), "properties"), None);
    }

    #[test]
    fn what_upstream_cannot_read_fails_as_it_does_there() {
        for trigger in [
            json!({"type": "plugin", "pluginId": "p", "version": "1", "releaseDate": "d", "binaryUrl": "u", "preferred": true}),
            json!({"type": "docker", "account": 5, "repository": "r", "tag": "t"}),
            json!({"type": "jenkins", "master": "ci", "job": ["j"], "buildNumber": 7}),
        ] {
            assert!(completed(trigger).expect_err("it fails").fails_upstream);
        }
        for trigger in
            [json!({"parameters": [1]}), json!({"artifacts": {}}), json!({"parentExecution": "x", "type": "p"})]
        {
            assert!(!completed(trigger).expect_err("it is refused").fails_upstream);
        }
    }
}
