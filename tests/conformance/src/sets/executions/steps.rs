//! A case's steps, made one after the other against the running services, until its executions are over.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    case::{Action, AwaitExecution, Needs, Recorded, Step},
    mock::MockServer,
    symbols::{self, Names, Places},
    watch::Watch,
};
use crate::world::{self, Answer, CallFields, Service, Services};

/// How long a case may take if it does not say.
const TIMEOUT: f64 = 45.0;
/// How often executions are read while something is waited for.
const LOOK: Duration = Duration::from_millis(80);
/// How long nothing may happen after an action before the end is believed, if the case does not say: a restart begins later
/// than it is answered.
const QUIET_AFTER_ACTION: f64 = 0.5;
/// For how long nothing may happen, with all executions over, before what is waited for is given up.
const GIVE_UP: Duration = Duration::from_secs(3);
/// For how many seconds executions of a pipeline config are looked for if the step does not say.
const WITHIN: f64 = 5.0;

/// Why a case could not be played to its end.
#[derive(Debug)]
pub(super) struct Stuck(pub(super) String);

impl From<String> for Stuck {
    fn from(reason: String) -> Self {
        Stuck(reason)
    }
}

/// What came out, with symbols.
pub(super) struct Played {
    /// The final executions, those that are still there.
    pub(super) executions: Vec<Value>,
    /// The answers of requests, actions and steps after the end: `{"service", "method", "path", "status", "body"}`. `None`
    /// for an optional action that was left out.
    pub(super) answers: Vec<Option<Value>>,
    /// What reached the case's server.
    pub(super) requests: Vec<Value>,
}

/// Plays a case.
pub(super) async fn play(case: &Recorded, services: &Services) -> Result<Played, Stuck> {
    let caller = services.caller();
    let needed = match case.needs {
        Some(Needs::Echo) => Some(Service::Echo),
        // It is there with our own clouddriver; where orca is another one, so is what it asks.
        Some(Needs::ArtifactStandIn) | None => None,
    };
    if let Some(needed) = needed.filter(|service| caller.addresses().of(*service).is_none()) {
        return Err(Stuck(world::missing(needed)));
    }
    let mock = MockServer::start(&case.name, &case.mock).await;
    let mock = mock.map_err(|error| Stuck(format!("the case's server does not start: {error}")))?;
    let looked_up: Vec<&str> = case.request.iter().filter_map(looked_up).collect();
    let watch = Watch::start(caller, &case.config_ids, &looked_up).await?;
    let limit = Duration::from_secs_f64(case.timeout.unwrap_or(TIMEOUT));
    let play = Play { services, mock, watch, answers: Vec::new(), limit, until: Instant::now() + limit };
    play.all(case).await
}

/// The pipeline config whose executions a step looks for: that of `ids`, else that of the pipeline it sends, as one that
/// cannot be started is recorded as failed.
fn looked_up(step: &Step) -> Option<&str> {
    let starts = step.call.path.as_deref() == Some("/orchestrate");
    step.ids.as_deref().or_else(|| step.call.body.as_ref().filter(|_| starts)?["id"].as_str())
}

struct Play<'a> {
    services: &'a Services,
    mock: MockServer,
    watch: Watch<'a>,
    answers: Vec<Option<(CallFields, Answer)>>,
    limit: Duration,
    until: Instant,
}

impl Play<'_> {
    async fn all(mut self, case: &Recorded) -> Result<Played, Stuck> {
        for step in &case.setup {
            self.set_up(step).await?;
        }
        for step in &case.request {
            self.ask(step).await?;
        }
        for action in &case.actions {
            if !self.act(action).await? {
                break;
            }
        }
        let quiet = case.settle.unwrap_or(if case.actions.is_empty() { 0.0 } else { QUIET_AFTER_ACTION });
        let ended = self.end(Duration::from_secs_f64(quiet)).await;
        if !case.timed_out {
            ended?;
        }
        for step in &case.then {
            let answer = self.call(&step.call).await?;
            self.answers.push(Some((step.call.clone(), answer)));
        }
        self.watch.refresh().await?;
        Ok(self.outcome())
    }

    /// A step before the request.
    async fn set_up(&mut self, step: &Step) -> Result<(), Stuck> {
        if let Some(seconds) = step.sleep {
            sleep(Duration::from_secs_f64(seconds)).await;
            return Ok(());
        }
        let answer = self.call(&step.call).await?;
        if !answer.status.is_success() && !step.may_fail {
            let reason = format!("setup: {} answered {} {}", shown(&step.call), answer.status, answer.body);
            return Err(Stuck(reason));
        }
        Ok(())
    }

    /// A step of the request.
    async fn ask(&mut self, step: &Step) -> Result<(), Stuck> {
        if let Some(seconds) = step.sleep {
            sleep(Duration::from_secs_f64(seconds)).await;
            return Ok(());
        }
        if let Some(AwaitExecution { n, status }) = &step.await_execution {
            let what = format!("execution {n} to be {}", status.join(" or "));
            let reached = |play: &Play<'_>| {
                let execution = play.watch.executions().get(n.saturating_sub(1));
                execution.is_some_and(|execution| status.iter().any(|status| execution.state["status"] == **status))
            };
            return match self.wait(&what, reached).await? {
                true => Ok(()),
                false => Err(Stuck(format!("waited for {what}, but {}", self.watch.summary()))),
            };
        }
        let answer = self.call(&step.call).await?;
        let referred = self.watch.add_answer(&answer);
        self.answers.push(Some((step.call.clone(), answer)));
        if let Some(config) = looked_up(step).filter(|_| !referred) {
            // Without `ids` what there is is there with the answer.
            let within = step.within.unwrap_or(if step.ids.is_some() { WITHIN } else { 0.0 });
            let until = Instant::now() + Duration::from_secs_f64(within);
            while !self.watch.look_up(config).await? && Instant::now() < until {
                sleep(LOOK).await;
            }
        }
        Ok(())
    }

    /// A call while it runs. `false` if it could not be made, because what it waits for cannot come to be any more; then its
    /// answer is missing.
    async fn act(&mut self, action: &Action) -> Result<bool, Stuck> {
        let what = format!("{} before {}", action.when, shown(&action.call));
        if self.wait(&what, |play| play.watch.holds(&action.when, play.mock.hits())).await? {
            sleep(Duration::from_secs_f64(action.delay)).await;
            let answer = self.call(&action.call).await?;
            self.answers.push(Some((action.call.clone(), answer)));
            return Ok(true);
        }
        if action.optional {
            self.answers.push(None);
        }
        Ok(action.optional)
    }

    /// Waits until everything is over and nothing happened for so long.
    async fn end(&mut self, quiet: Duration) -> Result<(), Stuck> {
        let mut since = Instant::now();
        loop {
            let changed = self.watch.refresh().await?;
            let over = self.watch.all_over();
            if changed || !over {
                since = Instant::now();
            }
            if over && since.elapsed() >= quiet {
                return Ok(());
            }
            self.pause("its end").await?;
        }
    }

    /// Waits until `holds`. `false` if everything is over and stays so without that.
    async fn wait(&mut self, what: &str, holds: impl Fn(&Play<'_>) -> bool) -> Result<bool, Stuck> {
        let mut since = Instant::now();
        loop {
            let changed = self.watch.refresh().await?;
            if holds(self) {
                return Ok(true);
            }
            if changed || !self.watch.all_over() {
                since = Instant::now();
            }
            if since.elapsed() >= GIVE_UP {
                return Ok(false);
            }
            self.pause(what).await?;
        }
    }

    /// A moment, unless the case has taken too long.
    async fn pause(&self, what: &str) -> Result<(), Stuck> {
        if Instant::now() >= self.until {
            let (limit, summary) = (self.limit.as_secs(), self.watch.summary());
            return Err(Stuck(format!("after {limit} s it still waits for {what}: {summary}")));
        }
        sleep(LOOK).await;
        Ok(())
    }

    async fn call(&self, call: &CallFields) -> Result<Answer, Stuck> {
        Ok(self.services.caller().call(&symbols::filled(call, &self.places(), self.watch.executions())).await?)
    }

    fn places(&self) -> Places<'_> {
        Places { services: self.services.caller().addresses(), mock: self.mock.base() }
    }

    /// Everything with symbols.
    fn outcome(&self) -> Played {
        let executions = self.watch.executions();
        let names = Names::of(&self.places(), executions);
        let there = executions.iter().map(|execution| &execution.state).filter(|state| !state.is_null());
        let answer = |(call, answer): &(CallFields, Answer)| {
            json!({
                "service": call.service.as_deref().unwrap_or("orca"),
                "method": call.method,
                "path": call.path,
                "status": answer.status.as_u16(),
                "body": names.put_into(answer.body.clone()),
            })
        };
        Played {
            executions: there.map(|state| names.put_into(state.clone())).collect(),
            answers: self.answers.iter().map(|made| made.as_ref().map(answer)).collect(),
            requests: self.mock.requests().into_iter().map(|request| names.put_into(request)).collect(),
        }
    }
}

fn shown(call: &CallFields) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("{} {}{}", part(&call.method), call.service.as_deref().unwrap_or("orca"), part(&call.path))
}
