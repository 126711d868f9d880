//! What echo is told while an execution goes on: that it starts, and the starts and ends of its stages and tasks.
//!
//! Best effort, as in upstream: from memory, after the commit, and dropped where echo is too slow. Only the end of an execution
//! is told until echo knows ([`super::teller`]). It is off unless somebody reads it: each of these events carries the whole
//! execution.

use std::{collections::HashMap, sync::Arc};

use gennaker_wire::{Stage, Status};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Engine, Inner};
use crate::{app::ending, planner::State};

/// So much may wait to be told.
const QUEUE: usize = 1024;

/// Something that happened, in upstream's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// The execution starts.
    Starting,
    /// A stage starts or is over: its id, and `starting`, `complete`, `failed` or `skipped`.
    Stage(String, &'static str),
    /// The same of a task: the stage's id, the task's, and `starting`, `complete` or `failed`.
    Task(String, String, &'static str),
}

/// News, and the execution as it was then.
type Told = (State, Vec<News>);

/// Tells echo.
pub(super) struct Progress {
    queue: mpsc::Sender<Told>,
    waiting: Mutex<Option<mpsc::Receiver<Told>>>,
}

impl Default for Progress {
    fn default() -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Progress { queue, waiting: Mutex::new(Some(waiting)) }
    }
}

impl Progress {
    /// Has it told of soon, or never.
    pub(super) fn tell(&self, state: &State, news: Vec<News>) {
        let Ok(place) = self.queue.try_reserve() else {
            metrics::counter!("executions_progress_dropped_total").increment(news.len() as u64);
            return;
        };
        place.send((state.clone(), news));
    }
}

/// Tells of what is queued until `shutdown`.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let Some(mut waiting) = inner.progress.waiting.lock().take() else { return };
    let engine = Engine { inner: inner.clone() };
    let work = async {
        while let Some((state, news)) = waiting.recv().await {
            ending::progress(&engine, &state.to_execution(), &news).await;
        }
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => {}
        () = work => {}
    }
}

/// What was told of an execution.
#[derive(Debug, Default)]
pub(super) struct Seen {
    execution: Status,
    stages: HashMap<String, (Status, HashMap<String, Status>)>,
}

impl Seen {
    /// All that is so already.
    pub(super) fn of(state: &State) -> Seen {
        let mut seen = Seen::default();
        let _ = seen.news(state, 0..state.stages().len());
        seen
    }

    /// What is new since the last call, of the stages at these places.
    pub(super) fn news(&mut self, state: &State, places: impl IntoIterator<Item = usize>) -> Vec<News> {
        let mut news = Vec::new();
        let status = state.head().status;
        if self.execution == Status::NotStarted && state.head().start_time.is_some() && status != Status::NotStarted {
            news.push(News::Starting);
        }
        self.execution = status;
        for place in places.into_iter().filter(|place| *place < state.stages().len()) {
            self.stage(&state.at(place).stage, &mut news);
        }
        news
    }

    fn stage(&mut self, stage: &Stage, news: &mut Vec<News>) {
        let (before, tasks) = self.stages.entry(stage.id.clone()).or_default();
        if *before == Status::NotStarted && stage.start_time.is_some() && stage.status != Status::NotStarted {
            news.push(News::Stage(stage.id.clone(), "starting"));
        }
        for task in &stage.tasks {
            let before = tasks.insert(task.id.clone(), task.status).unwrap_or_default();
            let of_task = |phase| News::Task(stage.id.clone(), task.id.clone(), phase);
            if before == Status::NotStarted && task.start_time.is_some() && task.status != Status::NotStarted {
                news.push(of_task("starting"));
            }
            if task.status.is_complete() && !before.is_complete() {
                news.push(of_task(if went_well(task.status) { "complete" } else { "failed" }));
            }
        }
        if stage.status.is_complete() && !before.is_complete() {
            let phase = match stage.status {
                Status::Skipped => "skipped",
                Status::Succeeded => "complete",
                _ => "failed",
            };
            news.push(News::Stage(stage.id.clone(), phase));
        }
        *before = stage.status;
    }
}

/// Upstream's `isSuccessful`.
fn went_well(status: Status) -> bool {
    matches!(status, Status::Succeeded | Status::Stopped | Status::Skipped)
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::{Execution, Task};

    use super::*;

    fn state(execution: Status, stage: Status, tasks: &[Status]) -> State {
        let start_time = Some(Timestamp::from_millis(1));
        let task = |(place, status): (usize, &Status)| Task {
            id: (place + 1).to_string(),
            status: *status,
            start_time: (*status != Status::NotStarted).then_some(Timestamp::from_millis(1)),
            ..Task::default()
        };
        let tasks = tasks.iter().enumerate().map(task).collect();
        let stage = Stage { id: "S".into(), status: stage, start_time, tasks, ..Stage::default() };
        State::new(Execution { status: execution, start_time, stages: vec![stage], ..Execution::default() })
    }

    fn stage(phase: &'static str) -> News {
        News::Stage("S".into(), phase)
    }

    fn task(id: &str, phase: &'static str) -> News {
        News::Task("S".into(), id.into(), phase)
    }

    #[test]
    fn each_start_and_end_is_news_once() {
        let (waits, runs, done) = (Status::NotStarted, Status::Running, Status::Succeeded);
        let mut seen = Seen::default();
        let first = state(runs, runs, &[done, waits]);
        let expected = [News::Starting, stage("starting"), task("1", "starting"), task("1", "complete")];
        assert_eq!(seen.news(&first, [0, 7]), expected);
        assert_eq!(seen.news(&first, [0]), []);
        let last = state(Status::Terminal, Status::Terminal, &[done, Status::Terminal]);
        assert_eq!(seen.news(&last, [0]), [task("2", "starting"), task("2", "failed"), stage("failed")]);
        assert_eq!(Seen::of(&last).news(&last, [0]), []);
        // It runs again.
        assert_eq!(seen.news(&state(runs, waits, &[]), [0]), []);
        assert_eq!(seen.news(&state(runs, done, &[]), [0]), [stage("starting"), stage("complete")]);
    }
}
