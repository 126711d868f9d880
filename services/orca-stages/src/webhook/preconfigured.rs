//! Webhooks that operators have prepared: what is set there wins over what a pipeline says.
//!
//! Upstream: `PreconfiguredWebhook`, `PreconfiguredWebhookStage`, and `GET /webhooks/preconfigured`.

use std::collections::BTreeMap;

use gennaker_wire::Object;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::options::SensitiveHeaders;

/// How many of a preconfigured webhook's fields make up a stage that waits: those of [`PreconfiguredWebhook::properties`].
const PROPERTIES: usize = 19;

/// Where the URL of the status stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StatusUrlResolution {
    /// It is the webhook's own.
    GetMethod,
    /// In the answer's header `Location`.
    LocationHeader,
    /// In the answer's body, at `statusUrlJsonPath`.
    WebhookResponse,
}

/// A parameter that the author of a pipeline fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parameter {
    /// The name, as in `${parameterValues.name}`.
    pub name: Option<String>,
    /// What the web UI calls it.
    pub label: Option<String>,
    /// What it is without a value.
    pub default_value: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its type: `string`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its place among the others in the web UI.
    pub order: i64,
}

impl Default for Parameter {
    fn default() -> Self {
        Parameter {
            name: None,
            label: None,
            default_value: None,
            description: None,
            kind: "string".to_owned(),
            order: 0,
        }
    }
}

/// A webhook that operators have prepared. Every field but `type` may be left to the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the fields of a webhook stage, under its names")]
pub struct PreconfiguredWebhook {
    /// Whether it is there; true.
    pub enabled: bool,
    /// What the web UI calls it.
    pub label: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// The type of its stages.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What the author of a pipeline fills in.
    pub parameters: Option<Vec<Parameter>>,
    pub url: Option<String>,
    pub custom_headers: Option<BTreeMap<String, Vec<String>>>,
    /// Headers that are sent and seen nowhere else.
    pub sensitive_headers: Option<SensitiveHeaders>,
    pub parameter_values: Option<BTreeMap<String, String>>,
    pub parameter_data: Option<BTreeMap<String, BTreeMap<String, String>>>,
    pub method: Option<String>,
    pub payload: Option<String>,
    pub fail_fast_status_codes: Option<Vec<u16>>,
    pub wait_for_completion: Option<bool>,
    pub status_url_resolution: Option<StatusUrlResolution>,
    pub status_url_json_path: Option<String>,
    pub status_json_path: Option<String>,
    pub progress_json_path: Option<String>,
    pub success_statuses: Option<String>,
    pub canceled_statuses: Option<String>,
    pub terminal_statuses: Option<String>,
    /// The roles that may see it (`READ`) and run it (`WRITE`); without any everybody may.
    pub permissions: Option<BTreeMap<String, Vec<String>>>,
    pub signal_cancellation: Option<bool>,
    pub cancel_endpoint: Option<String>,
    pub cancel_method: Option<String>,
    pub cancel_payload: Option<String>,
    pub wait_before_monitor: Option<i64>,
    pub retry_status_codes: Option<Vec<u16>>,
}

impl Default for PreconfiguredWebhook {
    fn default() -> Self {
        PreconfiguredWebhook {
            enabled: true,
            label: None,
            description: None,
            kind: None,
            parameters: None,
            url: None,
            custom_headers: None,
            sensitive_headers: None,
            parameter_values: None,
            parameter_data: None,
            method: None,
            payload: None,
            fail_fast_status_codes: None,
            wait_for_completion: None,
            status_url_resolution: None,
            status_url_json_path: None,
            status_json_path: None,
            progress_json_path: None,
            success_statuses: None,
            canceled_statuses: None,
            terminal_statuses: None,
            permissions: None,
            signal_cancellation: None,
            cancel_endpoint: None,
            cancel_method: None,
            cancel_payload: None,
            wait_before_monitor: None,
            retry_status_codes: None,
        }
    }
}

impl PreconfiguredWebhook {
    /// What is set of the fields that make up a webhook stage, under their names there.
    fn properties(&self) -> Object {
        let upper = |method: &Option<String>| method.as_ref().map(|method| method.to_uppercase());
        let all = json!({
            "url": self.url,
            "customHeaders": self.custom_headers,
            "method": upper(&self.method),
            "payload": self.payload,
            "failFastStatusCodes": self.fail_fast_status_codes,
            "waitForCompletion": self.wait_for_completion,
            "statusUrlResolution": self.status_url_resolution,
            "statusUrlJsonPath": self.status_url_json_path,
            "statusJsonPath": self.status_json_path,
            "progressJsonPath": self.progress_json_path,
            "successStatuses": self.success_statuses,
            "canceledStatuses": self.canceled_statuses,
            "terminalStatuses": self.terminal_statuses,
            "signalCancellation": self.signal_cancellation,
            "cancelEndpoint": self.cancel_endpoint,
            "cancelMethod": upper(&self.cancel_method),
            "cancelPayload": self.cancel_payload,
            "waitBeforeMonitor": self.wait_before_monitor,
            "retryStatusCodes": self.retry_status_codes,
        });
        present(all)
    }

    /// Puts what is set here into the settings of a stage.
    pub(super) fn settle(&self, settings: &mut Object) {
        settings.extend(self.properties());
        settings.extend(present(json!({
            "parameterValues": self.parameter_values,
            "parameterData": self.parameter_data,
            "permissions": self.permissions,
        })));
    }

    /// Whether somebody with these roles may do what `permission` (`READ` or `WRITE`) says. A permission without roles is
    /// everybody's.
    pub(super) fn is_allowed(&self, permission: &str, roles: &[String]) -> bool {
        let wanted = self.permissions.as_ref().and_then(|permissions| permissions.get(permission));
        match wanted.filter(|wanted| !wanted.is_empty()) {
            None => true,
            Some(wanted) => wanted.iter().any(|wanted| roles.iter().any(|role| role.contains(wanted.as_str()))),
        }
    }

    /// Whether nothing is left for the author of a pipeline to set.
    fn is_complete(&self) -> bool {
        match self.wait_for_completion {
            None => false,
            Some(false) => {
                self.url.is_some() && self.custom_headers.is_some() && self.method.is_some() && self.payload.is_some()
            }
            Some(true) => {
                // A path to the URL is needed only where the URL is in the answer.
                let needless = self.status_url_resolution != Some(StatusUrlResolution::WebhookResponse);
                self.properties().len() >= PROPERTIES - usize::from(needless)
            }
        }
    }

    /// As the web UI wants to know of it.
    fn listed(&self) -> Object {
        present(json!({
            "label": self.label,
            "description": self.description,
            "type": self.kind,
            "waitForCompletion": self.wait_for_completion,
            "preconfiguredProperties": self.properties().keys().collect::<Vec<_>>(),
            "noUserConfigurableFields": self.is_complete(),
            "parameters": self.parameters.as_ref().map(|parameters| {
                let written = |parameter| serde_json::to_value(parameter).map(present).unwrap_or_default();
                parameters.iter().map(written).collect::<Vec<_>>()
            }),
            "parameterData": self.parameter_data,
        }))
    }
}

/// The first of that type that is enabled.
pub(super) fn find<'a>(webhooks: &'a [PreconfiguredWebhook], kind: &str) -> Option<&'a PreconfiguredWebhook> {
    webhooks.iter().find(|webhook| webhook.enabled && webhook.kind.as_deref() == Some(kind))
}

/// The enabled ones as `GET /webhooks/preconfigured` answers; with `roles`, those that somebody with these may see.
pub(crate) fn list(webhooks: &[PreconfiguredWebhook], roles: Option<&[String]>) -> Vec<Object> {
    let seen = |webhook: &&PreconfiguredWebhook| {
        webhook.enabled && roles.is_none_or(|roles| webhook.is_allowed("READ", roles))
    };
    webhooks.iter().filter(seen).map(PreconfiguredWebhook::listed).collect()
}

/// The fields of an object that are not null.
fn present(value: Value) -> Object {
    match value {
        Value::Object(mut fields) => {
            fields.retain(|_, value| !value.is_null());
            fields
        }
        _ => Object::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(fields: Value) -> PreconfiguredWebhook {
        serde_json::from_value(fields).expect("a webhook")
    }

    fn everything() -> Value {
        json!({
            "type": "custom", "label": "Custom", "url": "http://a.example.com", "customHeaders": {"A": ["b"]}, "method": "post",
            "payload": "{}", "failFastStatusCodes": [500], "waitForCompletion": true,
            "statusUrlResolution": "locationHeader", "statusJsonPath": "$.s", "progressJsonPath": "$.p",
            "successStatuses": "OK", "canceledStatuses": "C", "terminalStatuses": "T", "signalCancellation": true,
            "cancelEndpoint": "http://a.example.com/c", "cancelMethod": "PUT", "cancelPayload": "{}", "waitBeforeMonitor": 5,
            "retryStatusCodes": [404],
        })
    }

    #[test]
    fn what_is_set_wins_over_the_pipeline_and_the_rest_is_left() {
        let webhook = webhook(json!({
            "type": "custom", "url": "http://a.example.com", "method": "put", "sensitiveHeaders": {"Authorization": ["s"]},
            "parameterValues": {"a": "b"}, "permissions": {"WRITE": ["dev"]},
        }));
        let mut settings = json!({"url": "http://b.example.com", "payload": {"a": 1}, "type": "custom"});
        let settings = settings.as_object_mut().expect("an object");
        webhook.settle(settings);
        let expected = json!({
            "url": "http://a.example.com", "method": "PUT", "payload": {"a": 1}, "type": "custom",
            "parameterValues": {"a": "b"}, "permissions": {"WRITE": ["dev"]},
        });
        assert_eq!(Value::Object(settings.clone()), expected);
    }

    #[test]
    fn the_list_says_what_is_left_to_set() {
        let mut all = vec![webhook(everything())];
        let mut open = everything();
        open["statusUrlResolution"] = json!("webhookResponse");
        all.push(webhook(open));
        all.push(webhook(json!({"type": "off", "enabled": false})));
        all.push(webhook(json!({
            "type": "short", "waitForCompletion": false, "url": "u", "customHeaders": {}, "method": "GET", "payload": "",
            "parameters": [{"name": "a", "label": "A"}],
        })));
        let listed = list(&all, None);
        let complete: Vec<_> = listed.iter().map(|webhook| webhook["noUserConfigurableFields"].clone()).collect();
        assert_eq!(complete, [json!(true), json!(false), json!(true)]);
        assert_eq!(
            listed[2]["preconfiguredProperties"],
            json!(["url", "customHeaders", "method", "payload", "waitForCompletion"])
        );
        assert_eq!(listed[2]["parameters"], json!([{"name": "a", "label": "A", "type": "string", "order": 0}]));
        assert!(!listed[2].contains_key("label"));
    }

    #[test]
    fn permissions_name_roles() {
        let secret = webhook(json!({"type": "a", "permissions": {"READ": ["ops"], "WRITE": []}}));
        let roles = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(secret.is_allowed("READ", &roles(&["dev", "ops-eu"])));
        assert!(!secret.is_allowed("READ", &roles(&["dev"])));
        assert!(secret.is_allowed("WRITE", &[]));
        assert_eq!(list(std::slice::from_ref(&secret), Some(&[])).len(), 0);
        assert_eq!(list(std::slice::from_ref(&secret), None).len(), 1);
    }
}
