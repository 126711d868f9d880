//! `settings.js`: what upstream's page calls `window.spinnakerSettings`, made of the configuration.
//!
//! The operator's own `settings.js` follows in the same answer, and his `settings-local.js` is a file of its own, as
//! upstream has it. Both run as they stand, so that what works upstream works here.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Options;

/// The text of `settings.js` for a page that was asked under `host`; `own` is the operator's.
pub(crate) fn script(options: &Options, host: &str, own: &str) -> String {
    let settings = Value::Object(settings(options, host)).to_string();
    format!("window.spinnakerSettings = {settings};\n{own}")
}

/// The operator's file, or nothing where there is none. One that cannot be read is a warning.
pub(crate) async fn own(file: Option<&Path>) -> String {
    let Some(file) = file else { return String::new() };
    match tokio::fs::read_to_string(file).await {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the page goes without this file: make it readable");
            String::new()
        }
    }
}

fn settings(options: &Options, host: &str) -> Map<String, Value> {
    let gate = options.gate.address(host);
    let endpoint = match &options.auth.endpoint {
        Some(endpoint) => endpoint.to_string(),
        None => format!("{gate}/auth/user"),
    };
    let mut settings = json!({
        "gateUrl": gate,
        "authEnabled": options.auth.enabled,
        "authEndpoint": endpoint,
        "defaultTimeZone": options.time_zone,
        "feature": options.features,
        "version": env!("CARGO_PKG_VERSION"),
    });
    merge(&mut settings, Value::Object(options.settings.clone()));
    match settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

/// Lays `over` over `under`, object by object.
fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_made_of_the_options_and_then_of_the_operators_own() {
        let mut options = Options { features: [("canary", true), ("ci", false)].into(), ..Options::default() };
        let more = json!({"feature": {"ci": true}, "defaultTimeZone": "Europe/Berlin"});
        options.settings = more.as_object().cloned().expect("an object");
        let script = script(&options, "ui.example:9000", "window.mine = 1;");
        let (first, rest) = script.split_once(";\n").expect("two parts");
        let settings: Value =
            serde_json::from_str(first.strip_prefix("window.spinnakerSettings = ").expect("it")).expect("JSON");
        assert_eq!(settings["gateUrl"], "http://ui.example:8084");
        assert_eq!(settings["authEndpoint"], "http://ui.example:8084/auth/user");
        assert_eq!(settings["feature"], json!({"canary": true, "ci": true}));
        assert_eq!(settings["defaultTimeZone"], "Europe/Berlin");
        assert_eq!(rest, "window.mine = 1;");
    }
}
