//! One instance, supervised: its process runs, is asked for its health, is started again when it ends, is stopped.
//!
//! The task owns the process and reports to the director, which alone writes state and starts processes.

use std::{sync::Arc, time::Duration};

use gennaker_base::Backoff;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep},
};

use super::{
    error::Refusal,
    health::{Judge, ask},
    launch::Launch,
    process::{Ending, Launcher, Process},
};
use crate::protocol::{InstanceState, Probe, RestartMode, ServerGroupSpec};

/// A process that ran this long has recovered: the next restart is quick again.
const RECOVERED: Duration = Duration::from_secs(60);

/// So many ends in a row before that are a crash loop.
pub(super) const CRASH_LOOP: u32 = 3;

/// What the director wants of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Run.
    Run,
    /// End the process, with so much time between SIGTERM and SIGKILL.
    Stop(Duration),
    /// Leave the process running and stop watching it.
    Leave,
}

/// A running process and its port.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) process: Process,
    pub(super) port: u16,
}

/// What an instance says to the director.
#[derive(Debug)]
pub(super) enum Report {
    /// Its health changed, or why it is not healthy.
    State(InstanceState, Option<String>),
    /// Its process ended by itself.
    Ended(End),
    /// It wants a new process.
    Restart(oneshot::Sender<Result<Running, Refusal>>),
    /// It cannot get one.
    Failed(String),
    /// It ended as it was told to.
    Stopped,
}

/// The end of an instance's process.
#[derive(Debug)]
pub(super) struct End {
    pub(super) ending: Ending,
    /// The same in words.
    pub(super) message: String,
    /// For which time in a row within [`RECOVERED`] of its start.
    pub(super) early_ends: u32,
    /// Whether its restart policy leaves it so.
    pub(super) for_good: bool,
}

/// A report and who sent it.
#[derive(Debug)]
pub(super) struct FromInstance {
    pub(super) group: String,
    pub(super) instance: String,
    pub(super) report: Report,
}

/// The task of one instance.
pub(super) struct Supervisor {
    pub(super) instance: String,
    pub(super) spec: Arc<ServerGroupSpec>,
    pub(super) launch: Arc<Launch>,
    pub(super) launcher: Launcher,
    pub(super) director: mpsc::Sender<FromInstance>,
    pub(super) orders: watch::Receiver<Order>,
}

enum Outcome {
    Ordered(Order),
    Ended(Ending),
}

impl Supervisor {
    /// Runs until it is ordered to stop or leave. `running`: the process, already started; without one the instance
    /// begins by asking for a restart, unless it is `over`. `up`: whether it was healthy.
    pub(super) async fn run(mut self, mut running: Option<Running>, mut up: bool, over: bool) {
        if over {
            let order = next_order(&mut self.orders).await;
            return self.end(order, None).await;
        }
        let policy = &self.spec.restart;
        let delays = (Duration::from_millis(policy.initial_delay_ms), Duration::from_millis(policy.max_delay_ms));
        let mut backoff = Backoff::new(delays.0, delays.1);
        let mut early_ends = 0;
        loop {
            if let Some(Running { process, port }) = &mut running {
                let since = Instant::now();
                let mut orders = self.orders.clone();
                let outcome = tokio::select! {
                    biased;
                    order = next_order(&mut orders) => Outcome::Ordered(order),
                    ending = process.ended() => Outcome::Ended(ending),
                    never = self.watch_health(*port, up) => never,
                };
                let ending = match outcome {
                    Outcome::Ended(ending) => ending,
                    Outcome::Ordered(order) => return self.end(order, running).await,
                };
                running = None;
                up = false;
                early_ends += 1;
                if since.elapsed() > RECOVERED {
                    backoff.reset();
                    early_ends = 0;
                }
                let again = match self.spec.restart.mode {
                    RestartMode::Always => true,
                    RestartMode::OnFailure => ending.code != Some(0),
                    RestartMode::Never => false,
                };
                let words = if again { "it is started again" } else { "its restart policy leaves it so" };
                let again_and_again = match early_ends {
                    0..CRASH_LOOP => String::new(),
                    times => format!(" (a crash loop: {times} times in a row, each within a minute of its start)"),
                };
                let message = format!("the process ended{}{again_and_again}; {words}", in_words(ending));
                self.report(Report::Ended(End { ending, message, early_ends, for_good: !again })).await;
                if !again {
                    let order = next_order(&mut self.orders).await;
                    return self.end(order, None).await;
                }
                if let Some(order) = self.order_within(backoff.next_wait()).await {
                    return self.end(order, None).await;
                }
            }
            let (reply, answer) = oneshot::channel();
            self.report(Report::Restart(reply)).await;
            match answer.await {
                Ok(Ok(started)) => running = Some(started),
                Ok(Err(refusal)) => {
                    self.report(Report::Failed(refusal.message)).await;
                    if let Some(order) = self.order_within(backoff.next_wait()).await {
                        return self.end(order, None).await;
                    }
                }
                // No answer: the director is ending, and gives an order if it has not gone.
                Err(_) => {
                    let order = next_order(&mut self.orders).await;
                    return self.end(order, None).await;
                }
            }
        }
    }

    async fn end(&mut self, order: Order, running: Option<Running>) {
        if let (Order::Stop(grace), Some(mut running)) = (order, running) {
            self.report(Report::State(InstanceState::Stopping, None)).await;
            running.process.stop(grace).await;
        }
        self.report(Report::Stopped).await;
    }

    async fn order_within(&mut self, wait: Duration) -> Option<Order> {
        tokio::select! {
            order = next_order(&mut self.orders) => Some(order),
            () = sleep(wait) => None,
        }
    }

    async fn report(&self, report: Report) {
        let from = FromInstance { group: self.spec.name.clone(), instance: self.instance.clone(), report };
        if self.director.send(from).await.is_err() {
            tracing::debug!(instance = self.instance, "nobody listens to reports any more");
        }
    }

    /// Asks for the health again and again.
    async fn watch_health(&self, port: u16, up: bool) -> Outcome {
        let check = self.spec.effective_health_check();
        let mut judge = Judge::new(check.clone(), up);
        let mut state = if up { InstanceState::Up } else { InstanceState::Starting };
        let mut said = None;
        let since = Instant::now();
        loop {
            let asked = ask(&self.launcher, &self.launch, &self.spec, &check, &self.instance, port).await;
            let changed = judge.observe(asked.is_ok(), since.elapsed());
            state = changed.unwrap_or(state);
            let message = asked.err().filter(|_| state != InstanceState::Up);
            if changed.is_some() || message != said {
                said.clone_from(&message);
                self.report(Report::State(state, message)).await;
            }
            if check.probe == Probe::Process && state == InstanceState::Up {
                // Only its end can change that, and that is seen elsewhere.
                return std::future::pending().await;
            }
            sleep(judge.pause()).await;
        }
    }
}

/// The order, once it is another one than to run; [`Order::Leave`] if nobody can give one any more.
pub(super) async fn next_order(orders: &mut watch::Receiver<Order>) -> Order {
    orders.wait_for(|order| *order != Order::Run).await.map_or(Order::Leave, |order| *order)
}

fn in_words(ending: Ending) -> String {
    if ending.out_of_memory {
        return " because it used more memory than `limits.memoryBytes` allows".to_owned();
    }
    match (ending.code, ending.signal) {
        (Some(code), _) => format!(" with exit code {code}"),
        (None, Some(signal)) => format!(" by signal {signal}"),
        (None, None) => String::new(),
    }
}
