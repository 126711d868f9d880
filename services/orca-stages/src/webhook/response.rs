//! What becomes of a webhook's stage by what was answered: upstream's `WebhookResponseProcessor`.

use gennaker_http::outbound::{self, Answer};
use gennaker_jsonpath::{Error as PathError, Path};
use gennaker_wire::{Object, Status};
use http::Method;
use serde_json::Value;

use super::{
    answer::{body, describe, failure_body},
    settings::Settings,
    status_url::status_url,
};
use crate::{StageView, TaskResult};

/// The field of the context that all of it stands in.
pub(super) const WEBHOOK: &str = "webhook";

/// A webhook that was called, for messages and decisions.
pub(super) struct Called<'a> {
    pub(super) view: &'a StageView,
    pub(super) settings: &'a Settings,
    /// Further statuses after which it is called again, wherever it is.
    pub(super) retry_statuses: &'a [u16],
}

impl Called<'_> {
    /// What follows from an answer.
    pub(super) fn answered(&self, answer: &Answer) -> TaskResult {
        let status = answer.status;
        if status.is_client_error() || status.is_server_error() {
            return self.failure_status(answer);
        }
        let read = match body(answer) {
            Ok(read) => read,
            Err(problem) => return self.broken(&problem),
        };
        let mut webhook = Object::new();
        describe(answer, read.clone(), &mut webhook);
        if !status.is_success() && !status.is_redirection() {
            return failed(webhook, "The webhook request failed");
        }
        if self.settings.wait_for_completion {
            return self.watched(answer, read.as_ref(), webhook);
        }
        let expected = self.view.context().get("expectedArtifacts").and_then(Value::as_array);
        if expected.is_none_or(Vec::is_empty) {
            return of(Status::Succeeded, webhook);
        }
        match artifacts(read.as_ref()) {
            Ok(artifacts) => of(Status::Succeeded, webhook).with_context("artifacts", artifacts),
            Err(problem) => {
                failed(webhook, &format!("Expected artifacts in webhook response couldn't be parsed: {problem}"))
            }
        }
    }

    /// What follows from a call without an answer. `safe_to_retry` says that it may be made again although it may have
    /// been carried out.
    pub(super) fn unanswered(&self, error: &outbound::Error, safe_to_retry: bool) -> TaskResult {
        let (execution, url, method) = (&self.view.execution.id, self.settings.url(), &self.settings.method);
        let again = match error {
            outbound::Error::UnknownHost { .. } => {
                format!("Remote host resolution failure in webhook for pipeline {execution} to {url}, will retry.")
            }
            outbound::Error::TimedOut { .. } if method == Method::GET || safe_to_retry => {
                format!("Socket timeout in webhook on {method} request for pipeline {execution} to {url}, will retry.")
            }
            other => return self.broken(&other.to_string()),
        };
        of(Status::Running, Object::from_iter([("error".to_owned(), again.into())]))
    }

    /// The call failed for this reason, and is not made again.
    pub(super) fn broken(&self, problem: &str) -> TaskResult {
        let (execution, url, method) = (&self.view.execution.id, self.settings.url(), &self.settings.method);
        let message =
            format!("An exception occurred for pipeline {execution} performing a {method} request to {url}. {problem}");
        failed(Object::new(), &message)
    }

    fn failure_status(&self, answer: &Answer) -> TaskResult {
        let (settings, status) = (self.settings, answer.status.as_u16());
        let (execution, url) = (&self.view.execution.id, settings.url());
        let mut webhook = Object::new();
        describe(answer, failure_body(answer), &mut webhook);
        if settings.fail_fast_status_codes.contains(&status) {
            let message = format!(
                "Received status code {status}, which is configured to fail fast, terminating stage for pipeline \
                 {execution} to {url}"
            );
            return failed(webhook, &message);
        }
        let submitted = format!("Error submitting webhook for pipeline {execution} to {url} with status code {status}");
        let again = answer.status.is_server_error()
            || self.retry_statuses.contains(&status)
            || settings.webhook_retry_status_codes.contains(&status);
        if again {
            webhook.insert("error".to_owned(), format!("{submitted}, will retry.").into());
            return of(Status::Running, webhook);
        }
        failed(webhook, &format!("{submitted}."))
    }

    fn watched(&self, answer: &Answer, body: Option<&Value>, mut webhook: Object) -> TaskResult {
        match status_url(self.settings, answer, body) {
            Err(problem) => failed(webhook, &format!("Exception while resolving status check URL: {problem}")),
            Ok(None) => failed(webhook, "The status URL couldn't be resolved, but 'Wait for completion' is configured"),
            Ok(Some(url)) => {
                webhook.insert("statusEndpoint".to_owned(), url.clone().into());
                of(Status::Succeeded, webhook).with_context("statusEndpoint", url)
            }
        }
    }
}

/// The artifacts that an answer brought; of an error the words that upstream has for it.
fn artifacts(body: Option<&Value>) -> Result<Value, String> {
    let body = body.ok_or("java.lang.IllegalArgumentException: json object can not be null")?;
    let read = Path::parse("artifacts").and_then(|path| path.read(body));
    read.map_err(|error| match error {
        PathError::NotFound { .. } if body.is_object() => {
            "com.jayway.jsonpath.PathNotFoundException: No results for path: $['artifacts']".to_owned()
        }
        other => other.to_string(),
    })
}

fn of(status: Status, webhook: Object) -> TaskResult {
    TaskResult::ended(status).with_context(WEBHOOK, webhook)
}

/// A failure stands in the findings; the task has no exception.
fn failed(mut webhook: Object, message: &str) -> TaskResult {
    webhook.insert("error".to_owned(), message.into());
    of(Status::Terminal, webhook)
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc, time::Duration};

    use gennaker_wire::{Execution, Stage};
    use serde_json::json;

    use super::{
        super::answer::tests::{answer, json_answer},
        *,
    };

    fn judged<T>(settings: Value, judge: impl FnOnce(&Called<'_>) -> T) -> T {
        let context = settings.as_object().cloned().expect("an object");
        let settings = Settings::read(&context).expect("settings");
        let stage = Arc::new(Stage { id: "S".into(), kind: "webhook".into(), context, ..Stage::default() });
        let execution = Arc::new(Execution { id: "E".into(), ..Execution::default() });
        let view = StageView { execution, stages: Arc::new([stage.clone()]), stage };
        judge(&Called { view: &view, settings: &settings, retry_statuses: &[429, 403] })
    }

    fn answered(settings: Value, answer: &Answer) -> (Status, Value) {
        let result = judged(settings, |called| called.answered(answer));
        assert!(result.error.is_none() && result.outputs.is_empty());
        (result.status, Value::Object(result.context))
    }

    #[test]
    fn statuses_decide_whether_it_is_called_again() {
        let settings = json!({"url": "u", "webhookRetryStatusCodes": [404, 401], "failFastStatusCodes": [503]});
        for (status, expected) in [
            (429, Status::Running),
            (403, Status::Running),
            (404, Status::Running),
            (500, Status::Running),
            (520, Status::Running),
            (400, Status::Terminal),
            (503, Status::Terminal),
        ] {
            assert_eq!(answered(settings.clone(), &answer(status, &[], "")).0, expected, "{status}");
        }
        assert_eq!(answered(json!({"url": "u"}), &answer(504, &[], "")).0, Status::Terminal, "fails fast by default");
        let (_, context) = answered(settings, &json_answer(404, &json!({"e": 1})));
        let expected = json!({"webhook": {
            "statusCode": "NOT_FOUND", "statusCodeValue": 404, "body": {"e": 1}, "headers": {"content-type": "application/json"},
            "error": "Error submitting webhook for pipeline E to u with status code 404, will retry.",
        }});
        assert_eq!(context, expected);
    }

    #[test]
    fn redirects_that_lead_nowhere_count_as_done() {
        let (status, context) = answered(json!({"url": "u"}), &answer(304, &[("etag", "x")], ""));
        assert_eq!(status, Status::Succeeded);
        let expected =
            json!({"webhook": {"statusCode": "NOT_MODIFIED", "statusCodeValue": 304, "headers": {"etag": "x"}}});
        assert_eq!(context, expected);
    }

    #[test]
    fn a_webhook_that_is_watched_needs_a_status_url() {
        let settings = json!({"url": "u", "waitForCompletion": true, "statusUrlResolution": "webhookResponse", "statusUrlJsonPath": "$.s"});
        let (status, context) = answered(settings.clone(), &json_answer(201, &json!({"s": "http://a/s"})));
        assert_eq!((status, &context["statusEndpoint"]), (Status::Succeeded, &json!("http://a/s")));
        assert_eq!(context["webhook"]["statusEndpoint"], "http://a/s");
        let (status, context) = answered(settings, &json_answer(201, &json!({})));
        assert_eq!(status, Status::Terminal);
        let error = context["webhook"]["error"].as_str().expect("an error");
        assert!(error.starts_with("Exception while resolving status check URL: "), "{error}");
        assert_eq!(context.get("statusEndpoint"), None);
    }

    #[test]
    fn artifacts_come_from_the_answer_if_some_are_expected() {
        let settings = json!({"url": "u", "expectedArtifacts": [{"id": "a"}]});
        let (status, context) = answered(settings.clone(), &json_answer(200, &json!({"artifacts": [{"name": "n"}]})));
        assert_eq!((status, &context["artifacts"]), (Status::Succeeded, &json!([{"name": "n"}])));
        let (status, context) = answered(settings.clone(), &json_answer(200, &json!({"ok": 1})));
        assert_eq!(status, Status::Terminal);
        let expected = "Expected artifacts in webhook response couldn't be parsed: \
                        com.jayway.jsonpath.PathNotFoundException: No results for path: $['artifacts']";
        assert_eq!(context["webhook"]["error"], expected);
        assert_eq!(answered(settings, &answer(204, &[], "")).0, Status::Terminal);
        let (status, _) = answered(json!({"url": "u", "expectedArtifacts": []}), &answer(204, &[], ""));
        assert_eq!(status, Status::Succeeded);
    }

    #[test]
    fn calls_without_an_answer_are_repeated_where_that_is_safe() {
        let late = || outbound::Error::TimedOut { at: "u".into(), limit: Duration::from_secs(1) };
        let unknown = || outbound::Error::UnknownHost { host: "h".into(), source: io::Error::other("no") };
        let refused = || outbound::Error::Unreachable { at: "u".into(), cause: "refused".into() };
        for (method, error, safe, expected) in [
            ("post", unknown(), false, Status::Running),
            ("get", late(), false, Status::Running),
            ("post", late(), false, Status::Terminal),
            ("post", late(), true, Status::Running),
            ("get", refused(), true, Status::Terminal),
        ] {
            let result = judged(json!({"url": "u", "method": method}), |called| called.unanswered(&error, safe));
            assert_eq!(result.status, expected, "{method} {error}");
            assert!(result.context["webhook"]["error"].is_string());
        }
    }

    #[test]
    fn a_body_that_is_not_what_it_says_fails_the_stage() {
        let (status, context) =
            answered(json!({"url": "u"}), &answer(200, &[("content-type", "application/json")], "{"));
        assert_eq!(status, Status::Terminal);
        let error = context["webhook"]["error"].as_str().expect("an error");
        assert!(error.starts_with("An exception occurred for pipeline E performing a POST request to u. "), "{error}");
    }
}
