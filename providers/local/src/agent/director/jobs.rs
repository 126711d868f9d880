//! Jobs: run, cancel, delete, and what is kept of those that are over.
//!
//! A job is written down before its process is started, and never started twice: one of which a killed agent had not written
//! the process is looked for, and counts as failed if it is not found.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use gennaker_base::Timestamp;
use tokio::sync::watch;

use super::{
    Director,
    artifacts::Waiting,
    groups::{gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        artifacts::{Received, Stored, take_content},
        error::Refusal,
        identity::Marked,
        instance::Order,
        job::{JobOver, read_code, watch},
        launch::Launch,
        process::{Ending, Process},
        record::{FORMAT, JobRecord},
        validate,
    },
    protocol::{Job, JobEnd, JobEndReason, JobSpec, JobState, Need},
};

/// How long a job that is over is kept.
const KEEP_MILLIS: i64 = 24 * 3_600 * 1_000;
/// How many jobs that are over are kept.
const MOST_OVER: usize = 500;

/// A job.
pub(super) struct JobHandle {
    pub(super) record: JobRecord,
    pub(super) orders: watch::Sender<Order>,
    stop_because: watch::Sender<JobEndReason>,
    /// The requests that wait for its end.
    waiting: Vec<(u64, AtEnd)>,
}

/// What somebody wants of a job that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AtEnd {
    /// It as it is then.
    Show,
    /// That it is forgotten.
    Forget,
}

impl JobHandle {
    fn new(record: JobRecord) -> Self {
        JobHandle {
            record,
            orders: watch::Sender::new(Order::Run),
            stop_because: watch::Sender::new(JobEndReason::Cancelled),
            waiting: Vec::new(),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.record.end.is_some()
    }

    pub(super) fn view(&self) -> Job {
        Job {
            spec: self.record.spec.clone(),
            state: match &self.record.end {
                None => JobState::Running,
                Some(JobEnd { reason: JobEndReason::Ended, code: Some(0), .. }) => JobState::Succeeded,
                Some(_) => JobState::Failed,
            },
            created_at: self.record.created_at,
            pid: self.record.process.as_ref().filter(|_| !self.is_over()).map(|process| process.pid),
            end: self.record.end.clone(),
        }
    }

    /// Tells its process to end.
    pub(super) fn stop(&self, because: JobEndReason, grace: Duration) {
        self.stop_because.send_replace(because);
        self.orders.send_replace(Order::Stop(grace));
    }
}

impl Director {
    /// Runs a job, once its artifact is there; None: it is answered under `ticket` then.
    pub(super) async fn put_job(
        &mut self,
        ticket: u64,
        mut spec: JobSpec,
        received: Option<Received>,
    ) -> Option<Outcome> {
        if let Err(refusal) = validate::job(&spec) {
            return Some(Err(refusal));
        }
        let content = match take_content(spec.artifact.as_mut(), received) {
            Ok(content) => content,
            Err(refusal) => return Some(Err(refusal)),
        };
        if let Some(answer) = self.before_job(&spec) {
            return Some(answer);
        }
        let Some(artifact) = &spec.artifact else { return Some(self.create_job(spec, None).await) };
        if let Some(stored) = self.artifacts.known(artifact) {
            return Some(self.create_job(spec, Some(stored)).await);
        }
        self.fetch(ticket, artifact.clone(), content, Waiting::Job(Box::new(spec)));
        None
    }

    /// What is answered without running anything, if so.
    fn before_job(&self, spec: &JobSpec) -> Option<Outcome> {
        if let Some(known) = self.jobs.get(&spec.name) {
            return Some(if known.record.spec == *spec {
                json(200, &known.view())
            } else {
                Err(Refusal::conflict(format!(
                    "job {} exists with another specification; take another name",
                    spec.name
                )))
            });
        }
        self.room_for(&Need::of_job(&spec.limits)).err().map(Err)
    }

    /// Runs a job whose artifact is there.
    pub(super) async fn create_job(&mut self, spec: JobSpec, artifact: Option<Stored>) -> Outcome {
        // Again: much may have happened while the artifact was fetched.
        if let Some(answer) = self.before_job(&spec) {
            return answer;
        }
        let name = spec.name.clone();
        let status = self.job_files.other_path(&name, "code");
        let folder = artifact.as_ref().map(|stored| self.artifacts.path(stored));
        let launch = Launch::of_job(&spec, folder, &status)?;
        let mut record = JobRecord { format: FORMAT, spec, artifact, created_at: self.now(), process: None, end: None };
        self.job_files.write(&name, &record).await.map_err(|error| Refusal::storage(&error))?;
        // Of a job of that name that was forgotten when the agent was killed.
        let _it_may_not_be_there = std::fs::remove_file(&status);
        let started = match self.launcher.start(&launch, &name, None) {
            Ok(process) => {
                record.process = Some(process.identity().clone());
                Ok(process)
            }
            Err(refusal) => Err(refusal),
        };
        let process = match started {
            Ok(mut process) => match self.job_files.write(&name, &record).await {
                Ok(()) => Ok(process),
                Err(error) => {
                    process.stop(Duration::ZERO).await;
                    Err(Refusal::storage(&error))
                }
            },
            Err(refusal) => Err(refusal),
        };
        let process = match process {
            Ok(process) => process,
            Err(refusal) => {
                self.forget_job_files(&name).await;
                return Err(refusal);
            }
        };
        let handle = JobHandle::new(record);
        let view = handle.view();
        self.jobs.insert(name.clone(), handle);
        self.watch_job(&name, process);
        self.publish();
        json(201, &view)
    }

    fn watch_job(&mut self, name: &str, process: Process) {
        let Some(job) = self.jobs.get(name) else { return };
        let spec = &job.record.spec;
        let ran = u64::try_from(self.clock.now().millis() - job.record.created_at.millis()).unwrap_or(0);
        let left = Duration::from_millis(spec.timeout_ms.saturating_sub(ran));
        let grace = Duration::from_millis(spec.stop_grace_ms);
        let (orders, because) = (job.orders.subscribe(), job.stop_because.subscribe());
        self.job_watches.spawn(watch(name.to_owned(), process, left, grace, orders, because));
    }

    /// Ends a job, or forgets it; answered when its process has ended.
    pub(super) async fn end_job(&mut self, ticket: u64, name: &str, then: AtEnd, again: bool) -> Option<Outcome> {
        let Some(job) = self.jobs.get_mut(name) else {
            return Some(match then {
                AtEnd::Forget if again => json(200, &gone(name)),
                _ => Err(Refusal::not_found(format!("job {name} does not exist"))),
            });
        };
        if !job.is_over() {
            let grace = Duration::from_millis(job.record.spec.stop_grace_ms);
            job.waiting.push((ticket, then));
            job.stop(JobEndReason::Cancelled, grace);
            return None;
        }
        if then == AtEnd::Show {
            return Some(json(200, &job.view()));
        }
        self.forget_job(name).await;
        Some(json(200, &gone(name)))
    }

    /// Takes note of the end of a job's process.
    pub(super) async fn after_job(&mut self, over: JobOver) {
        let Some((reason, ending)) = over.end else { return };
        self.note_end(&over.name, reason, ending).await;
        let Some(job) = self.jobs.get_mut(&over.name) else { return };
        let (waiting, view) = (std::mem::take(&mut job.waiting), job.view());
        if waiting.iter().any(|(_, then)| *then == AtEnd::Forget) {
            self.forget_job(&over.name).await;
        }
        for (ticket, then) in waiting {
            let answer = if then == AtEnd::Show { json(200, &view) } else { json(200, &gone(&over.name)) };
            self.finish(ticket, answer).await;
        }
    }

    async fn note_end(&mut self, name: &str, reason: JobEndReason, ending: Ending) {
        let status = self.job_files.other_path(name, "code");
        let now = self.now();
        let end = end_of(reason, ending, read_code(&status), now, self.logs.last_words(name));
        let Some(job) = self.jobs.get_mut(name) else { return };
        tracing::info!(job = name, message = end.message, "a job is over");
        job.record.end = Some(end);
        let record = job.record.clone();
        if let Err(error) = self.job_files.write(name, &record).await {
            tracing::error!(%error, job = name, "cannot write down how a job ended; make room on the disk");
        }
        if record.artifact.is_some() {
            self.drop_unused_artifacts();
        }
        self.publish();
    }

    async fn forget_job(&mut self, name: &str) {
        if self.jobs.remove(name).is_some() {
            self.forget_job_files(name).await;
            self.publish();
        }
    }

    async fn forget_job_files(&self, name: &str) {
        if let Err(error) = self.job_files.remove(name).await {
            tracing::error!(%error, job = name, "cannot remove a job's record");
        }
        let _it_may_not_be_there = std::fs::remove_file(self.job_files.other_path(name, "code"));
    }

    /// Forgets jobs that were over for a day, and the oldest if there are too many.
    pub(super) async fn expire_jobs(&mut self) {
        let now = self.now();
        let mut over: Vec<(Timestamp, String)> = self
            .jobs
            .iter()
            .filter_map(|(name, job)| job.record.end.as_ref().map(|end| (end.at, name.clone())))
            .collect();
        over.sort();
        let too_many = over.len().saturating_sub(MOST_OVER);
        for (index, (at, name)) in over.into_iter().enumerate() {
            if index < too_many || now.millis() - at.millis() > KEEP_MILLIS {
                self.forget_job(&name).await;
            }
        }
    }

    /// Takes over the jobs of an earlier agent.
    pub(super) fn take_over_jobs(&mut self, records: Vec<JobRecord>, marked: &[Marked]) {
        for mut record in records {
            let name = record.spec.name.clone();
            let running = if record.end.is_none() { self.find_job(&record, marked) } else { None };
            if let Some(process) = &running {
                record.process = Some(process.identity().clone());
            } else if record.end.is_none() {
                let code = read_code(&self.job_files.other_path(&name, "code"));
                let known = code.is_some() || record.process.is_some();
                let reason = if known { JobEndReason::Ended } else { JobEndReason::Lost };
                let words = self.logs.last_words(&name);
                // Written with the next change; until then the next agent would find the same.
                record.end = Some(end_of(reason, Ending::default(), code, self.clock.now(), words));
            }
            self.jobs.insert(name.clone(), JobHandle::new(record));
            if let Some(process) = running {
                tracing::info!(job = name, "adopted a job that runs");
                self.watch_job(&name, process);
            }
        }
    }

    fn find_job(&self, record: &JobRecord, marked: &[Marked]) -> Option<Process> {
        let name = &record.spec.name;
        let known = record.process.as_ref().and_then(|known| self.launcher.adopt(known, name));
        known.or_else(|| {
            let unwritten = marked.iter().filter(|marked| marked.leads && marked.instance == *name);
            let first = unwritten.min_by_key(|marked| marked.identity.start_time)?;
            self.launcher.adopt(&first.identity, name)
        })
    }

    /// The folders of artifacts that jobs run in.
    pub(super) fn artifacts_of_jobs(&self) -> impl Iterator<Item = &Stored> {
        self.jobs.values().filter(|job| !job.is_over()).filter_map(|job| job.record.artifact.as_ref())
    }
}

impl Launch {
    /// A job's process.
    ///
    /// # Errors
    /// If its program cannot be run.
    fn of_job(spec: &JobSpec, artifact: Option<PathBuf>, status: &Path) -> Result<Launch, Refusal> {
        let launch = Launch::of_command(
            (&spec.command, spec.artifact.as_ref()),
            &spec.args,
            spec.env.clone(),
            spec.working_directory.as_deref(),
            artifact,
        )
        .with_variable("JOB", &spec.name);
        launch.check()?;
        let program = launch.program(&launch.command);
        Ok(launch.keeping_code(&program, status).with_limits(spec.limits))
    }
}

fn end_of(reason: JobEndReason, ending: Ending, written: Option<i32>, at: Timestamp, log_tail: String) -> JobEnd {
    let reason = if ending.out_of_memory { JobEndReason::OutOfMemory } else { reason };
    let code = written.or(ending.code).or(ending.signal.map(|signal| 128 + signal));
    let message = match (reason, code) {
        (JobEndReason::Ended, Some(0)) => "it ended with success".to_owned(),
        (JobEndReason::Ended, Some(code @ 129..)) => format!("it was ended by signal {}", code - 128),
        (JobEndReason::Ended, Some(code)) => format!("it ended with exit code {code}"),
        (JobEndReason::Ended, None) => {
            "it ended, and nobody saw how: it was killed, or the machine was started again".to_owned()
        }
        (JobEndReason::OutOfMemory, _) => {
            "it used more memory than `limits.memoryBytes` allows and was killed; give it more, or look why".to_owned()
        }
        (JobEndReason::TimedOut, _) => {
            "it did not end in its time and was stopped; give it more, or look why".to_owned()
        }
        (JobEndReason::Cancelled, _) => "it was cancelled".to_owned(),
        (JobEndReason::AgentStopped, _) => "the local agent was stopped and took it along; run it again".to_owned(),
        (JobEndReason::Lost, _) => {
            "the local agent was killed when it was about to start it; see whether it has run, then run it again"
                .to_owned()
        }
    };
    JobEnd { at, code, reason, message, log_tail }
}
