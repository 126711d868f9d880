//! The tasks that ask a monitor and do as it says.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Status};

use super::{
    answer::{Answer, Directive, Reason, explanation},
    client::{Monitor, Monitors},
    request::{body, monitor_id},
};
use crate::{Next, Task, TaskContext, TaskError, TaskResult};

/// So often is a call made again that failed.
const MOST_TRIES: i64 = 3;
/// How many calls of this task have failed, in the stage's context.
const TRIES: &str = "deployMonitorHttpRetryCount";
/// Where the stage's context says what the monitor said.
const REASONS: &str = "deploymentMonitorReasons";
/// The pauses between two questions.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// What a monitor is asked, or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Whether the deployment may begin.
    Starting,
    /// Whether it may go on.
    Health,
    /// How it ended.
    Completed,
}

impl Question {
    pub(super) const ALL: [Question; 3] = [Question::Starting, Question::Health, Question::Completed];

    /// The stage type, and the task's name.
    pub(super) fn stage(self) -> &'static str {
        match self {
            Question::Starting => "notifyDeployStarting",
            Question::Health => "evaluateDeploymentHealth",
            Question::Completed => "notifyDeployCompleted",
        }
    }

    /// The task's class.
    pub(super) fn class(self) -> &'static str {
        match self {
            Question::Starting => {
                "com.netflix.spinnaker.orca.clouddriver.tasks.monitoreddeploy.NotifyDeployStartingTask"
            }
            Question::Health => {
                "com.netflix.spinnaker.orca.clouddriver.tasks.monitoreddeploy.EvaluateDeploymentHealthTask"
            }
            Question::Completed => {
                "com.netflix.spinnaker.orca.clouddriver.tasks.monitoreddeploy.NotifyDeployCompletedTask"
            }
        }
    }

    fn path(self) -> &'static str {
        match self {
            Question::Starting => "deployment/starting",
            Question::Health => "deployment/evaluateHealth",
            Question::Completed => "deployment/completed",
        }
    }
}

pub(super) struct MonitorTask {
    pub(super) question: Question,
    pub(super) monitors: Arc<Monitors>,
}

#[async_trait]
impl Task for MonitorTask {
    fn class(&self) -> &'static str {
        self.question.class()
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let monitor = self.monitors.named(&monitor_id(settings))?;
        let asking = Asking { question: self.question, monitor, context };
        if context.now >= asking.until() {
            return Ok(asking.out_of_time());
        }
        let answer = monitor.ask(self.question.path(), &body(self.question, &context.view)).await;
        let answer = match answer {
            Ok(_) if self.question == Question::Completed => return Ok(TaskResult::succeeded()),
            Ok(answer) => Answer::read(&answer),
            Err(problem) => return Ok(asking.failed(&problem, true)),
        };
        Ok(match answer {
            Ok(answer) => asking.answered(&answer),
            Err(problem) => asking.failed(&problem, false),
        })
    }
}

/// One question to one monitor.
struct Asking<'a> {
    question: Question,
    monitor: &'a Monitor,
    context: &'a TaskContext,
}

impl Asking<'_> {
    fn settings(&self) -> &Object {
        self.context.view.context()
    }

    fn own(&self) -> Option<&Object> {
        self.settings().object("deploymentMonitor")
    }

    /// Until when the monitor may say that it does not know.
    fn until(&self) -> gennaker_base::Timestamp {
        let minutes = self.own().and_then(|own| own.integer("maxAnalysisMinutesOverride"));
        let minutes = minutes.and_then(|minutes| u64::try_from(minutes).ok()).filter(|minutes| *minutes > 0);
        let minutes = minutes.unwrap_or(self.monitor.options.max_analysis_minutes);
        self.context.started.after(Duration::from_secs(minutes.saturating_mul(60)))
    }

    fn fails_on_error(&self) -> bool {
        let own = self.own().and_then(|own| own.boolean("failOnErrorOverride"));
        own.unwrap_or(self.monitor.options.fail_on_error)
    }

    fn answered(&self, answer: &Answer) -> TaskResult {
        let reason = answer.reason.as_ref();
        let (result, summary) = match answer.directive {
            Directive::Complete => {
                let result = TaskResult::succeeded();
                let result = if self.question == Question::Health {
                    result.with_output("skipToPercentage", 100)
                } else {
                    result
                };
                (result, "The deployment monitor found the instances healthy, and asks for no further step")
            }
            Directive::Continue => {
                (TaskResult::succeeded(), "The deployment monitor found the instances healthy: the deployment goes on")
            }
            Directive::Wait => (self.again(), "The deployment monitor cannot tell yet how healthy the instances are"),
            Directive::Abort => {
                let summary = "The deployment monitor found the instances unhealthy: the deployment ends";
                (TaskResult::failed(self.error(summary, reason)), summary)
            }
        };
        result.with_context(REASONS, explanation(summary, reason))
    }

    fn error(&self, summary: &str, reason: Option<&Reason>) -> TaskError {
        let mut error = TaskError::new(Kind::Invalid, "DeploymentMonitor", summary);
        error.details = reason.map(Reason::lines).unwrap_or_default();
        error
    }

    /// It is asked again, a tenth of the time so far from now.
    fn again(&self) -> TaskResult {
        let TaskContext { now, started, .. } = self.context;
        let elapsed = u64::try_from(now.millis() - started.millis()).unwrap_or(0);
        let pause = Duration::from_millis(elapsed / 10).clamp(SHORTEST, LONGEST);
        TaskResult::running(Next::At(now.after(pause).min(self.until())))
    }

    /// There was no answer, or one that makes no sense.
    fn failed(&self, problem: &str, may_ask_again: bool) -> TaskResult {
        let name = &self.monitor.options.name;
        tracing::warn!(monitor = %self.monitor.options.id, problem, "a deployment monitor did not answer as it should");
        let tries = self.settings().integer(TRIES).unwrap_or(0);
        if may_ask_again && tries < MOST_TRIES {
            return self.again().with_context(TRIES, tries + 1);
        }
        let summary = |then: &str| format!("The deployment monitor {name} gave no valid answer ({problem}): {then}");
        if self.question == Question::Completed {
            return self.goes_on(&summary("the deployment is over, so nothing is undone for it"));
        }
        if self.fails_on_error() {
            return self.ends(&summary("the deployment ends, because failOnError is set"));
        }
        self.goes_on(&summary("the deployment goes on, because failOnError is not set"))
    }

    fn out_of_time(&self) -> TaskResult {
        let summary = |then: &str| format!("The deployment monitor came to no decision in its time: {then}");
        if self.fails_on_error() {
            self.ends(&summary("the deployment ends, because failOnError is set"))
        } else {
            self.goes_on(&summary("the deployment goes on, because failOnError is not set"))
        }
    }

    fn ends(&self, summary: &str) -> TaskResult {
        TaskResult::failed(self.error(summary, None)).with_context(REASONS, explanation(summary, None))
    }

    fn goes_on(&self, summary: &str) -> TaskResult {
        TaskResult::ended(Status::FailedContinue).with_context(REASONS, explanation(summary, None))
    }
}
