//! Which key of a Halyard deployment goes into which file. Pure.
//!
//! Names of keys, and the file that Halyard itself writes each to, are those of Halyard 1.5x's `DeploymentConfiguration` and of its
//! profile factories.

use std::collections::BTreeMap;

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};

use super::{security, storage};

/// What became of a deployment.
#[derive(Debug, Default)]
pub(super) struct Converted {
    /// The files, by their names.
    pub(super) files: BTreeMap<String, Object>,
    /// Keys that were taken, and where to.
    pub(super) taken: Vec<(String, String)>,
    /// Keys that were not, and what to do.
    pub(super) left: Vec<(String, String)>,
    /// Files that values name.
    pub(super) paths: Vec<String>,
}

impl Converted {
    /// Puts `value` at `path` of a file, into what is there already.
    pub(super) fn put(&mut self, file: &str, path: &[&str], value: Value) {
        let mut place = self.files.entry(file.to_owned()).or_default();
        let Some((last, above)) = path.split_last() else { return };
        for name in above {
            let below = place.entry((*name).to_owned()).or_insert_with(|| json!({}));
            if !below.is_object() {
                *below = json!({});
            }
            let Value::Object(fields) = below else { return };
            place = fields;
        }
        merge(place.entry((*last).to_owned()).or_insert(Value::Null), value);
    }

    /// Says where a key went.
    pub(super) fn take(&mut self, key: &str, place: &str) {
        self.taken.push((key.to_owned(), place.to_owned()));
    }

    /// Says that a key went nowhere, and what to do.
    pub(super) fn leave(&mut self, key: &str, advice: &str) {
        self.left.push((key.to_owned(), advice.to_owned()));
    }

    /// Notes the files and the encrypted secrets that a value names.
    fn look(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) if text.starts_with("encrypted:") || text.starts_with("encryptedFile:") => {
                self.leave(
                    key,
                    "it is a reference to a secret store, which this program does not open: write the secret itself",
                );
            }
            Value::String(text) if text.starts_with('/') && text.len() > 1 => self.paths.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| self.look(key, item)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| self.look(&format!("{key}.{name}"), value)),
            _ => {}
        }
    }
}

fn merge(into: &mut Value, value: Value) {
    match (into, value) {
        (Value::Object(into), Value::Object(fields)) => {
            for (name, value) in fields {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, value) => *into = value,
    }
}

/// Sorts a deployment's keys into files.
pub(super) fn convert(deployment: &Object) -> Converted {
    let mut converted = Converted::default();
    for (key, value) in deployment {
        let Value::Object(section) = value else {
            scalar(&mut converted, key, value);
            continue;
        };
        match key.as_str() {
            "providers" => providers(&mut converted, section),
            "persistentStorage" => storage::convert(&mut converted, section),
            "security" => security::convert(&mut converted, section),
            "artifacts" => {
                each_enabled(&mut converted, key, section, &["clouddriver.yml", "igor.yml", "echo.yml"], &["artifacts"])
            }
            "ci" => ci(&mut converted, section),
            "repository" => each_enabled(&mut converted, key, section, &["igor.yml"], &[]),
            "notifications" => each_enabled(&mut converted, key, section, &["echo.yml"], &[]),
            "pubsub" => each_enabled(&mut converted, key, section, &["echo.yml"], &["pubsub"]),
            "canary" => canary(&mut converted, section),
            "features" => features(&mut converted, section),
            "spinnaker" => extensibility(&mut converted, section),
            "webhook" => whole(&mut converted, key, section, "orca.yml", "webhook"),
            "stats" => whole(&mut converted, key, section, "echo.yml", "stats"),
            "metricStores" => metrics(&mut converted, section),
            "deploymentEnvironment" => converted.leave(
                key,
                "it says how Halyard installs services; this program is installed as docs/operating.md says",
            ),
            "telemetry" => {}
            _ => converted.leave(key, "it is no key of Halyard's that is known here: look whether it is needed"),
        }
        converted.look(key, value);
    }
    converted
}

fn scalar(converted: &mut Converted, key: &str, value: &Value) {
    match (key, value) {
        ("name" | "plugins", _) | (_, Value::Null) => {}
        ("timezone", Value::String(_)) => {
            converted.put("spinnaker.yml", &["global", "spinnaker", "timezone"], value.clone());
            converted.take(key, "spinnaker.yml, global.spinnaker.timezone");
        }
        ("version", _) => converted.leave(key, "it says which services of upstream's Halyard installs"),
        _ => converted.leave(key, "it is no key of Halyard's that is known here: look whether it is needed"),
    }
}

/// Whether a section says anything: Halyard writes all of them, most switched off and empty.
pub(super) fn is_used(section: &Object) -> bool {
    let lists = ["accounts", "masters", "searches", "subscriptions", "publishers"];
    section.boolean("enabled") == Some(true)
        || lists.iter().any(|name| section.get(*name).and_then(Value::as_array).is_some_and(|list| !list.is_empty()))
}

/// Each section below that is used goes as it is to each of the files, below `path`.
fn each_enabled(converted: &mut Converted, key: &str, sections: &Object, files: &[&str], path: &[&str]) {
    for (name, section) in sections {
        let Some(fields) = section.as_object() else { continue };
        if name == "templates" || !is_used(fields) {
            continue;
        }
        let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
        for file in files {
            converted.put(file, &path, section.clone());
        }
        converted.take(&format!("{key}.{name}"), &format!("{}, {}", files.join(" and "), path.join(".")));
    }
}

fn whole(converted: &mut Converted, key: &str, section: &Object, file: &str, to: &str) {
    if section.is_empty() {
        return;
    }
    converted.put(file, &[to], Value::Object(section.clone()));
    converted.take(key, &format!("{file}, {to}"));
}

fn providers(converted: &mut Converted, providers: &Object) {
    for (name, section) in providers {
        let Some(fields) = section.as_object() else { continue };
        if !is_used(fields) {
            continue;
        }
        let key = format!("providers.{name}");
        let mut place = format!("clouddriver.yml, {name}");
        converted.put("clouddriver.yml", &[name], section.clone());
        if fields.contains_key("bakeryDefaults") && fields.boolean("enabled") == Some(true) {
            converted.put("rosco.yml", &[name], section.clone());
            place += &format!("; rosco.yml, {name}");
        }
        if name == "dockerRegistry" {
            converted.put("igor.yml", &["dockerRegistry", "enabled"], fields.boolean("enabled").into());
            place += "; igor.yml, dockerRegistry.enabled";
        }
        let account = fields.text("primaryAccount");
        if let ("aws", Some(account)) = (name.as_str(), &account) {
            converted.put("orca.yml", &["default", "bake", "account"], account.clone().into());
            place += "; orca.yml, default.bake.account";
        }
        converted.take(&key, &place);
        if account.is_some() {
            let advice =
                format!("the web UI's default account: set providers.{name}.defaults.account in its settings-local.js");
            converted.leave(&format!("{key}.primaryAccount"), &advice);
        }
    }
}

fn ci(converted: &mut Converted, section: &Object) {
    each_enabled(converted, "ci", section, &["igor.yml"], &[]);
    if let Some(gcb) = section.object("gcb").filter(|gcb| is_used(gcb)) {
        converted.put("echo.yml", &["gcb"], Value::Object(gcb.clone()));
        converted.take("ci.gcb", "echo.yml, gcb");
    }
}

/// The integrations of Halyard by the names that kayenta has for them.
fn canary(converted: &mut Converted, section: &Object) {
    if section.boolean("enabled") != Some(true) {
        return;
    }
    let integrations = section.get("serviceIntegrations").and_then(Value::as_array).into_iter().flatten();
    for integration in integrations.filter_map(Value::as_object) {
        let name = integration.text("name").unwrap_or_default();
        let mut fields = Object::new();
        for key in ["enabled", "accounts", "metadataCachingIntervalMS"] {
            if let Some(value) = integration.get(key).filter(|value| !value.is_null()) {
                fields.insert(key.to_owned(), value.clone());
            }
        }
        converted.put("kayenta.yml", &["kayenta", &name], Value::Object(fields));
        for (flag, store) in [("stackdriverEnabled", "stackdriver"), ("gcsEnabled", "gcs"), ("s3Enabled", "s3")] {
            if let Some(enabled) = integration.boolean(flag) {
                converted.put("kayenta.yml", &["kayenta", store, "enabled"], enabled.into());
            }
        }
        converted.take(&format!("canary.serviceIntegrations.{name}"), &format!("kayenta.yml, kayenta.{name}"));
    }
    for key in section.keys().filter(|key| !["enabled", "serviceIntegrations"].contains(&key.as_str())) {
        if section.get(key).is_some_and(|value| !value.is_null()) {
            converted.leave(&format!("canary.{key}"), "the web UI's own: set it below canary in its settings-local.js");
        }
    }
}

fn features(converted: &mut Converted, section: &Object) {
    for (name, value) in section {
        let key = format!("features.{name}");
        match (name.as_str(), value.as_bool()) {
            ("pipelineTemplates", Some(enabled)) => {
                converted.put("orca.yml", &["pipelineTemplates", "enabled"], enabled.into());
                converted.take(&key, "orca.yml, pipelineTemplates.enabled");
            }
            ("gremlin", Some(true)) => {
                converted.put("gate.yml", &["integrations", "gremlin", "enabled"], true.into());
                converted.put("orca.yml", &["integrations", "gremlin", "enabled"], true.into());
                converted.take(&key, "gate.yml and orca.yml, integrations.gremlin.enabled");
            }
            (_, Some(true)) => {
                converted.leave(&key, &format!("the web UI's own: set feature.{name} in its settings-local.js"));
            }
            _ => {}
        }
    }
}

fn extensibility(converted: &mut Converted, section: &Object) {
    let Some(extensibility) = section.object("extensibility") else { return };
    let says = |name: &str| extensibility.object(name).is_some_and(|all| !all.is_empty());
    if says("plugins") || says("repositories") {
        converted.put("spinnaker.yml", &["spinnaker", "extensibility"], Value::Object(extensibility.clone()));
        converted.take("spinnaker.extensibility", "spinnaker.yml, spinnaker.extensibility");
        let advice = "plugins are written for the JVM and run in upstream's services only";
        converted.leave("spinnaker.extensibility.plugins", advice);
    }
}

fn metrics(converted: &mut Converted, section: &Object) {
    for (name, store) in section {
        let Some(true) = store.as_object().map(is_used) else { continue };
        let advice = match name.as_str() {
            "prometheus" => {
                "nothing is to be done: every service shows its metrics to Prometheus, see docs/operating.md"
            }
            _ => "let its agent read the metrics that every service shows to Prometheus, see docs/operating.md",
        };
        converted.leave(&format!("metricStores.{name}"), advice);
    }
}

#[cfg(test)]
mod tests;
