//! How a webhook that is watched stands, by what its status URL answered: the decisions of upstream's
//! `MonitorWebhookTask`.

use gennaker_base::Kind;
use gennaker_http::outbound::{self, Answer};
use gennaker_jsonpath::{Error as PathError, Path};
use gennaker_wire::{Object, Status};
use serde_json::Value;

use super::{
    answer::{body, describe, headers, text},
    response::WEBHOOK,
    settings::Settings,
    status,
};
use crate::{TaskError, TaskResult};

const MONITOR: &str = "monitor";
const PAST: &str = "pastStatusCodes";

/// A webhook that is watched.
pub(super) struct Watched<'a> {
    pub(super) settings: &'a Settings,
    /// What is known of it so far: `webhook` in the context.
    pub(super) known: Object,
    /// Further statuses after which it is asked again, wherever it is.
    pub(super) retry_statuses: &'a [u16],
}

impl Watched<'_> {
    /// What follows from an answer.
    ///
    /// # Errors
    /// Where upstream's task throws: a path that cannot be read, `successStatuses` that are missing.
    pub(super) fn answered(&self, answer: &Answer) -> Result<TaskResult, TaskError> {
        let mut monitor = self.begun();
        if answer.status.is_client_error() || answer.status.is_server_error() {
            return Ok(self.failure_status(answer, monitor));
        }
        let read = match body(answer) {
            Ok(read) => read,
            Err(problem) => return Ok(self.failed(monitor, &self.exception(&problem))),
        };
        describe(answer, read.clone(), &mut monitor);
        let Some(path) = self.settings.status_json_path.as_deref().filter(|path| !path.is_empty()) else {
            return Ok(self.of(Status::Succeeded, monitor));
        };
        let Some(found) = at(path, read.as_ref())? else {
            return Ok(self.failed(monitor, &missing("status", path)));
        };
        if found.is_null() || found.is_array() || found.is_object() {
            let message = format!("The json path '{path}' did not resolve to a single value");
            return Ok(self.failed(resolved(monitor, found), &message));
        }
        if let Some(progress_path) = self.settings.progress_json_path.as_deref().filter(|path| !path.is_empty()) {
            match at(progress_path, read.as_ref())? {
                // Upstream names the wrong path here, and clients show it.
                None => return Ok(self.failed(monitor, &missing("progress", path))),
                Some(Value::String(progress)) => {
                    monitor.insert("progressMessage".to_owned(), progress.into());
                }
                Some(other) => {
                    let message = format!("The json path '{progress_path}' did not resolve to a String value");
                    return Ok(self.failed(resolved(monitor, other), &message));
                }
            }
        }
        let word = match found {
            Value::Number(percent) => {
                let status = if percent.as_i64() == Some(100) { Status::Succeeded } else { Status::Running };
                monitor.insert("percentComplete".to_owned(), percent.into());
                return Ok(self.of(status, monitor));
            }
            Value::Bool(flag) => flag.to_string(),
            Value::String(word) => word,
            _ => String::new(),
        };
        Ok(self.of(self.status_of(&word)?, monitor))
    }

    /// What follows from a question without an answer: a name that is not known and a server that is late are asked
    /// again, anything else ends it.
    pub(super) fn unanswered(&self, error: &outbound::Error) -> TaskResult {
        match error {
            outbound::Error::UnknownHost { .. } | outbound::Error::TimedOut { .. } => {
                self.of(Status::Running, self.begun())
            }
            other => self.denied(&other.to_string()),
        }
    }

    /// It may not be asked.
    pub(super) fn denied(&self, problem: &str) -> TaskResult {
        self.failed(self.begun(), &self.exception(problem))
    }

    fn failure_status(&self, answer: &Answer, mut monitor: Object) -> TaskResult {
        let code = answer.status.as_u16();
        if self.asks_again(answer) {
            let mut past = monitor.get(PAST).and_then(Value::as_array).cloned().unwrap_or_default();
            past.push(code.into());
            monitor.insert(PAST.to_owned(), past.into());
            return self.of(Status::Running, monitor);
        }
        let headers = headers(answer);
        if !headers.is_empty() {
            monitor.insert("headers".to_owned(), headers.into());
        }
        let exception = status::exception(answer.status, &answer.reason, "GET", answer.url.as_str(), &text(answer));
        self.failed(monitor, &self.exception(&exception))
    }

    /// A limit for a status goes before everything else; what came in between does not reset it.
    fn asks_again(&self, answer: &Answer) -> bool {
        let code = answer.status.as_u16();
        if let Some((_, attempts)) = self.settings.retries.iter().find(|(status, _)| *status == code) {
            let past = self.known.get(MONITOR).and_then(|monitor| monitor.get(PAST)?.as_array());
            let past = past.into_iter().flatten().filter(|past| past.as_u64() == Some(code.into())).count();
            return u64::try_from(past).unwrap_or(u64::MAX) < *attempts;
        }
        answer.status.is_server_error()
            || self.retry_statuses.contains(&code)
            || self.settings.retry_status_codes.contains(&code)
    }

    fn status_of(&self, word: &str) -> Result<Status, TaskError> {
        let settings = self.settings;
        let Some(success) = &settings.success_statuses else {
            let problem = "successStatuses is missing: write the statuses that tell of success, separated by commas";
            return Err(TaskError::new(Kind::Invalid, "NullPointerException", problem));
        };
        let listed = |statuses: &str| {
            let statuses = statuses.trim_end_matches(',').split(',');
            statuses.into_iter().any(|status| status.trim().to_uppercase() == word.to_uppercase())
        };
        let optional =
            |statuses: &Option<String>| statuses.as_deref().filter(|statuses| !statuses.is_empty()).is_some_and(listed);
        Ok(if optional(&settings.terminal_statuses) {
            Status::Terminal
        } else if optional(&settings.canceled_statuses) {
            Status::Canceled
        } else if listed(success) {
            Status::Succeeded
        } else {
            Status::Running
        })
    }

    /// The findings of this look, before there are any: the statuses after which it was asked again are kept.
    fn begun(&self) -> Object {
        let past = self.known.get(MONITOR).and_then(|monitor| monitor.get(PAST)).filter(|past| past.is_array());
        past.map(|past| (PAST.to_owned(), past.clone())).into_iter().collect()
    }

    fn of(&self, status: Status, monitor: Object) -> TaskResult {
        let mut webhook = self.known.clone();
        webhook.insert(MONITOR.to_owned(), monitor.into());
        TaskResult::ended(status).with_context(WEBHOOK, webhook)
    }

    fn failed(&self, mut monitor: Object, message: &str) -> TaskResult {
        monitor.insert("error".to_owned(), message.into());
        self.of(Status::Terminal, monitor)
    }

    fn exception(&self, problem: &str) -> String {
        let endpoint = self.settings.status_endpoint.as_deref().unwrap_or("null");
        format!("an exception occurred in webhook monitor to {endpoint}: {problem}")
    }
}

fn resolved(mut monitor: Object, value: Value) -> Object {
    if !value.is_null() {
        monitor.insert("resolvedValue".to_owned(), value);
    }
    monitor
}

fn missing(what: &str, path: &str) -> String {
    format!("Unable to parse {what}: JSON property '{path}' not found in response body")
}

/// The value at a path; `None` if there is none.
fn at(path: &str, body: Option<&Value>) -> Result<Option<Value>, TaskError> {
    let invalid = |kind: &str, problem: String| TaskError::new(Kind::Invalid, kind, problem);
    let body = body.ok_or_else(|| {
        invalid("IllegalArgumentException", format!("the status URL answered without a body, where {path} is to be"))
    })?;
    let read = Path::parse(path).and_then(|path| path.read(body));
    match read {
        Ok(value) => Ok(Some(value)),
        Err(PathError::NotFound { .. }) => Ok(None),
        Err(error) => Err(invalid("InvalidPathException", error.to_string())),
    }
}

#[cfg(test)]
mod tests;
