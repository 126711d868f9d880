//! `CreateWebhookTask`: calls the webhook, again and again while that may help.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_http::outbound::Answer;
use gennaker_wire::Status;

use super::{
    calls::{Calls, Failure, Purpose},
    response::Called,
    settings::Settings,
};
use crate::{Next, Task, TaskContext, TaskError, TaskResult};

/// Upstream's class.
pub(super) const TASK: &str = "com.netflix.spinnaker.orca.webhook.tasks.CreateWebhookTask";

/// The waits between two calls: half the time since the first, within these bounds.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));
/// The longest wait that a server's `Retry-After` is heeded for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Calls the webhook.
pub(super) struct CreateWebhookTask {
    pub(super) calls: Arc<Calls>,
}

#[async_trait]
impl Task for CreateWebhookTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(300))
    }

    fn longest_wait(&self) -> Duration {
        WAITS.1
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = Settings::read(context.view.context())?;
        let retry_statuses = &self.calls.options.default_retry_status_codes;
        let called = Called { view: &context.view, settings: &settings, retry_statuses };
        let (mut result, asked) = match self.calls.make(Purpose::Create, &settings, &context.into()).await {
            Ok(answer) => (called.answered(&answer), retry_after(&answer, context.now)),
            Err(Failure::Call { error, safe_to_retry }) => (called.unanswered(&error, safe_to_retry), None),
            Err(Failure::Unsendable(problem)) => (called.broken(&problem), None),
            Err(failure) => return Err(failure.into_error()),
        };
        if result.status == Status::Running {
            let usual = (context.now.since(context.started) / 2).clamp(WAITS.0, WAITS.1);
            result.next = Next::At(context.now.after(asked.unwrap_or(usual)));
        }
        Ok(result)
    }
}

/// How long a server asks to be left alone, in `Retry-After`: seconds, or until a date. At most five minutes.
pub(super) fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let told = answer.header("retry-after")?.trim();
    let wait = match told.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(told).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
            Timestamp::from_millis(i64::try_from(date.as_millis()).ok()?).since(now)
        }
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::{super::answer::tests::answer, *};

    #[test]
    fn servers_say_how_long_to_wait() {
        let now = Timestamp::from_millis(784_111_777_000);
        let wait = |told: &str| retry_after(&answer(503, &[("Retry-After", told)], ""), now);
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait(" 86400"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:07 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(retry_after(&answer(503, &[], ""), now), None);
    }
}
