//! The settings of a webhook stage, read as Jackson reads upstream's `WebhookStage.StageData`: numbers and booleans may
//! be text, what is not known is passed over, what has another shape is refused.

use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use http::Method;
use serde_json::Value;

use super::preconfigured::StatusUrlResolution;
use crate::TaskError;

/// A webhook stage as it was configured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    /// Where the webhook is.
    pub(super) url: Option<String>,
    pub(super) method: Method,
    pub(super) payload: Option<Value>,
    pub(super) custom_headers: Object,
    /// Statuses after which it is not called again; 504.
    pub(super) fail_fast_status_codes: Vec<u16>,
    /// Further statuses after which it is called again.
    pub(super) webhook_retry_status_codes: Vec<u16>,
    /// Whether what it began is watched to its end.
    pub(super) wait_for_completion: bool,
    pub(super) status_url_resolution: Option<StatusUrlResolution>,
    pub(super) status_url_json_path: Option<String>,
    /// Whether it is not called at all, only watched.
    pub(super) monitor_only: bool,
    pub(super) account: Option<String>,
    /// Where to ask how it stands.
    pub(super) status_endpoint: Option<String>,
    pub(super) status_json_path: Option<String>,
    pub(super) progress_json_path: Option<String>,
    pub(super) success_statuses: Option<String>,
    pub(super) canceled_statuses: Option<String>,
    pub(super) terminal_statuses: Option<String>,
    /// Further statuses after which it is asked again how it stands.
    pub(super) retry_status_codes: Vec<u16>,
    /// By status, how often it is asked again after that one.
    pub(super) retries: Vec<(u16, u64)>,
    pub(super) cancel_endpoint: Option<String>,
    pub(super) cancel_method: Method,
    pub(super) cancel_payload: Option<Value>,
    /// Seconds from the stage's start until it is first asked how it stands.
    pub(super) wait_before_monitor: i64,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// Upstream's `IllegalArgumentException`, for the first field of another shape.
    pub(super) fn read(context: &Object) -> Result<Self, TaskError> {
        let fields = Fields { context };
        let read = || -> Result<Self, String> {
            Ok(Settings {
                url: fields.text("url")?,
                method: fields.method("method")?,
                payload: fields.value("payload").cloned(),
                custom_headers: fields.object("customHeaders")?,
                fail_fast_status_codes: match context.get("failFastStatusCodes") {
                    None => vec![504],
                    Some(_) => fields.statuses("failFastStatusCodes")?,
                },
                webhook_retry_status_codes: fields.statuses("webhookRetryStatusCodes")?,
                wait_for_completion: fields.flag("waitForCompletion")?,
                status_url_resolution: fields.resolution("statusUrlResolution")?,
                status_url_json_path: fields.text("statusUrlJsonPath")?,
                monitor_only: fields.flag("monitorOnly")?,
                account: fields.text("account")?,
                status_endpoint: fields.text("statusEndpoint")?,
                status_json_path: fields.text("statusJsonPath")?,
                progress_json_path: fields.text("progressJsonPath")?,
                success_statuses: fields.text("successStatuses")?,
                canceled_statuses: fields.text("canceledStatuses")?,
                terminal_statuses: fields.text("terminalStatuses")?,
                retry_status_codes: fields.statuses("retryStatusCodes")?,
                retries: fields.retries("retries")?,
                cancel_endpoint: fields.text("cancelEndpoint")?,
                cancel_method: fields.method("cancelMethod")?,
                cancel_payload: fields.value("cancelPayload").cloned(),
                wait_before_monitor: fields.integer("waitBeforeMonitor")?,
            })
        };
        read().map_err(|problem| TaskError::new(Kind::Invalid, "IllegalArgumentException", problem))
    }

    /// The URL, blank if there is none, for messages.
    pub(super) fn url(&self) -> &str {
        self.url.as_deref().unwrap_or("null")
    }
}

struct Fields<'a> {
    context: &'a Object,
}

impl<'a> Fields<'a> {
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.context.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<String>, String> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(_) | Value::Object(_)) => Err(format!("{name} is a text, not a list or an object")),
            Some(_) => Ok(self.context.text(name)),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, String> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(false),
            Some(Value::Number(number)) if number.is_i64() => Ok(number.as_i64() != Some(0)),
            Some(_) => self.context.boolean(name).ok_or_else(|| format!("{name} is true or false")),
        }
    }

    fn integer(&self, name: &str) -> Result<i64, String> {
        match self.value(name) {
            None => Ok(0),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(0),
            Some(value) => integer(value).ok_or_else(|| format!("{name} is a whole number")),
        }
    }

    fn object(&self, name: &str) -> Result<Object, String> {
        match self.value(name) {
            None => Ok(Object::new()),
            Some(Value::Object(object)) => Ok(object.clone()),
            Some(Value::String(text)) if text.is_empty() => Ok(Object::new()),
            Some(_) => Err(format!("{name} is an object")),
        }
    }

    fn method(&self, name: &str) -> Result<Method, String> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(Method::POST) };
        Method::from_bytes(text.to_uppercase().as_bytes())
            .map_err(|_| format!("{name} is a method of HTTP, not {text:?}"))
    }

    fn resolution(&self, name: &str) -> Result<Option<StatusUrlResolution>, String> {
        match self.text(name)?.as_deref() {
            None | Some("") => Ok(None),
            Some("getMethod") => Ok(Some(StatusUrlResolution::GetMethod)),
            Some("locationHeader") => Ok(Some(StatusUrlResolution::LocationHeader)),
            Some("webhookResponse") => Ok(Some(StatusUrlResolution::WebhookResponse)),
            Some(other) => Err(format!("{name} is getMethod, locationHeader or webhookResponse, not {other:?}")),
        }
    }

    fn statuses(&self, name: &str) -> Result<Vec<u16>, String> {
        let problem = || format!("{name} is a list of HTTP statuses: [404, 503]");
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                // A number that is no status never comes.
                let numbers: Option<Vec<i64>> = items.iter().map(integer).collect();
                let numbers = numbers.ok_or_else(problem)?;
                Ok(numbers.into_iter().filter_map(|number| u16::try_from(number).ok()).collect())
            }
            Some(_) => Err(problem()),
        }
    }

    fn retries(&self, name: &str) -> Result<Vec<(u16, u64)>, String> {
        let problem = || format!(r#"{name} is an object of statuses: {{"404": {{"maxAttempts": 3}}}}"#);
        let mut retries = Vec::new();
        for (status, retry) in self.object(name)? {
            let status = status.trim().parse().map_err(|_| problem())?;
            let attempts = match retry.as_object().ok_or_else(problem)?.get("maxAttempts") {
                None | Some(Value::Null) => 0,
                Some(value) => integer(value).ok_or_else(problem)?,
            };
            retries.push((status, u64::try_from(attempts).unwrap_or(0)));
        }
        Ok(retries)
    }
}

/// A whole number, a number with a fraction that is cut off, or a text that is a whole number.
fn integer(value: &Value) -> Option<i64> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "cut off as Java does")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(context: Value) -> Result<Settings, TaskError> {
        Settings::read(context.as_object().expect("an object"))
    }

    #[test]
    fn without_settings_it_is_a_post_that_fails_fast_on_504() {
        let settings = read(json!({})).expect("settings");
        assert_eq!((&settings.method, &settings.cancel_method), (&Method::POST, &Method::POST));
        assert_eq!(settings.fail_fast_status_codes, [504]);
        assert!(!settings.wait_for_completion && !settings.monitor_only);
        assert_eq!(read(json!({"failFastStatusCodes": null})).expect("settings").fail_fast_status_codes, [0; 0]);
    }

    #[test]
    fn numbers_and_booleans_may_be_text() {
        let settings = read(json!({
            "method": "get", "waitForCompletion": "true", "monitorOnly": "FALSE", "waitBeforeMonitor": "2",
            "retryStatusCodes": ["404", 405], "retries": {"404": {"maxAttempts": "2"}, "504": {"maxAttempts": -1}},
            "statusUrlResolution": "getMethod", "url": 5, "payload": null,
        }));
        let settings = settings.expect("settings");
        assert_eq!(settings.method, Method::GET);
        assert!(settings.wait_for_completion && !settings.monitor_only);
        assert_eq!(settings.wait_before_monitor, 2);
        assert_eq!(settings.retry_status_codes, [404, 405]);
        assert_eq!(settings.retries, [(404, 2), (504, 0)]);
        assert_eq!((settings.url(), &settings.payload), ("5", &None));
    }

    #[test]
    fn what_has_another_shape_is_refused_by_its_name() {
        for (name, value) in [
            ("failFastStatusCodes", json!(503)),
            ("failFastStatusCodes", json!(["soon"])),
            ("customHeaders", json!(["a"])),
            ("url", json!({})),
            ("waitForCompletion", json!("perhaps")),
            ("statusUrlResolution", json!("GETMETHOD")),
            ("retries", json!({"404": 3})),
            ("method", json!("GE T")),
        ] {
            let mut context = Object::new();
            context.insert(name.to_owned(), value);
            let error = Settings::read(&context).expect_err(name);
            assert_eq!(error.exception_type, "IllegalArgumentException");
            assert!(error.message.starts_with(name), "{error}");
        }
    }
}
