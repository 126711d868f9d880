//! A diagnosis as lines for people: what matters first, the evidence after it.
//!
//! Times are those of the diagnosis, so that a wrong clock here changes nothing.

use gennaker_base::Timestamp;
use gennaker_wire::{
    Diagnosis, ExecutionKind,
    diagnosis::{AskedCall, Cause, HttpCall, NodeLife, Remedy, StageName, StageWait, StageWaitKind, TaskName},
};

use crate::cli::{
    commands::Commands,
    replay,
    table::{self, clean},
    time,
};

/// So many rows of a table are shown at most, the newest ones.
const MOST_ROWS: usize = 20;

pub(super) fn lines(diagnosis: &Diagnosis, commands: &Commands) -> Vec<String> {
    let mut page = Page { now: diagnosis.at, lines: vec![clean(&diagnosis.summary), String::new()] };
    page.subject(diagnosis);
    page.section("WHY IT STANDS SO", |page| {
        diagnosis.causes.iter().for_each(|cause| page.cause(cause));
        diagnosis.waits.iter().for_each(|wait| page.wait(wait));
        for failure in &diagnosis.failures {
            page.line(1, &format!("{}: {}", stage(&failure.stage), failure.status));
            failure.reasons.iter().for_each(|reason| page.text(2, reason));
        }
    });
    page.section("WHAT WOULD HELP", |page| {
        diagnosis.remedies.iter().for_each(|remedy| page.remedy(remedy, commands));
    });
    page.section("WHO OWNED IT", |page| page.ownership(diagnosis));
    page.section("WHAT ITS TASKS DID", |page| page.calls(&diagnosis.calls));
    page.section("WHAT ITS CLEAN-UPS DID", |page| page.calls(&diagnosis.clean_ups));
    page.section("COMMANDS TO IT", |page| page.commands(diagnosis));
    page.section("WHAT IS RECORDED", |page| page.record(diagnosis));
    page.lines
}

struct Page {
    now: Timestamp,
    lines: Vec<String>,
}

impl Page {
    /// A heading with what `fill` adds; nothing if that is nothing.
    fn section(&mut self, heading: &str, fill: impl FnOnce(&mut Self)) {
        let before = self.lines.len();
        fill(self);
        if self.lines.len() > before {
            self.lines.insert(before, heading.to_owned());
            self.lines.insert(before, String::new());
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{}", "  ".repeat(depth), clean(text)));
    }

    fn text(&mut self, depth: usize, text: &str) {
        text.lines().for_each(|line| self.line(depth, line));
    }

    fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        if rows.is_empty() {
            return;
        }
        let left_out = rows.len().saturating_sub(MOST_ROWS);
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows.into_iter().skip(left_out)).collect();
        self.lines.extend(table::lines(&rows).into_iter().map(|line| format!("  {line}")));
        if left_out > 0 {
            self.line(1, &format!("... and {left_out} before these; --output json has all"));
        }
    }

    /// `2026-11-23 20:17:03Z (3 m 05 s ago)`.
    fn when(&self, at: Timestamp) -> String {
        let distance = if at > self.now {
            format!("in {}", time::duration(at.since(self.now)))
        } else {
            format!("{} ago", time::duration(self.now.since(at)))
        };
        match time::instant(at) {
            instant if instant.is_empty() => distance,
            instant => format!("{instant} ({distance})"),
        }
    }

    fn subject(&mut self, diagnosis: &Diagnosis) {
        let subject = &diagnosis.subject;
        let noun = match subject.kind {
            ExecutionKind::Pipeline => "pipeline",
            ExecutionKind::Orchestration => "task",
        };
        let by = subject.user.clone().unwrap_or_else(|| "nobody known".to_owned());
        let by = match &subject.trigger {
            Some(trigger) => format!("{by} ({trigger})"),
            None => by,
        };
        let stages = subject.stages;
        let stages = format!("{} over, {} under way, {} to come", stages.over, stages.under_way, stages.to_come);
        let fields = [
            ("execution", Some(subject.id.clone())),
            (noun, subject.name.clone()),
            ("application", Some(subject.application.clone())),
            ("status", Some(subject.status.to_string())),
            ("started by", Some(by)),
            ("accepted", subject.accepted.map(|at| self.when(at))),
            ("started", subject.started.map(|at| self.when(at))),
            ("ended", subject.ended.map(|at| self.when(at))),
            ("stages", Some(stages)),
        ];
        let rows: Vec<Vec<String>> =
            fields.into_iter().filter_map(|(name, value)| Some(vec![format!("{name}:"), value?])).collect();
        self.lines.extend(table::lines(&rows));
    }

    fn cause(&mut self, cause: &Cause) {
        let since = cause.since.map(|since| format!(", since {}", self.when(since))).unwrap_or_default();
        self.line(1, &format!("{}{since}", cause.message));
        if !cause.executions.is_empty() {
            self.line(2, &format!("before it: {}", cause.executions.join(", ")));
        }
    }

    fn wait(&mut self, wait: &StageWait) {
        let task = wait.task.as_ref().map(|task| format!(", task {}", called(task))).unwrap_or_default();
        let late = if wait.overdue { ": LATE, " } else { ": " };
        self.line(1, &format!("{}{task}{late}{}", stage(&wait.stage), awaited(wait)));
        for (word, at) in [("since", wait.since), ("goes on", wait.due), ("times out", wait.times_out)] {
            if let Some(at) = at {
                self.line(2, &format!("{word} {}", self.when(at)));
            }
        }
        if wait.failures > 0 {
            let error = wait.error.as_deref().unwrap_or("its error is not recorded");
            self.text(2, &format!("failed {} times in a row, the last time: {error}", wait.failures));
        }
        if let (StageWaitKind::Cluster, Some(who)) = (wait.waits_for, &wait.error) {
            self.text(2, who);
        }
        self.line(2, &format!("phase {}, generation {}", wait.phase, wait.generation));
    }

    fn remedy(&mut self, remedy: &Remedy, commands: &Commands) {
        self.text(1, &remedy.message);
        let words: Vec<&str> = remedy.command.iter().map(String::as_str).collect();
        match (words.as_slice(), &remedy.call) {
            ([], Some(HttpCall { method, path, body })) => self.line(2, &commands.call(method, path, body)),
            ([], None) => {}
            (words, _) => self.line(2, &commands.write(words)),
        }
    }

    fn ownership(&mut self, diagnosis: &Diagnosis) {
        let ownership = &diagnosis.ownership;
        match &ownership.owner {
            Some(owner) => {
                let lease = match owner.lease_ends {
                    Some(ends) => format!("its lease ends {} unless it is renewed", self.when(ends)),
                    None => "it is dead".to_owned(),
                };
                self.line(1, &format!("{} owns it under epoch {}; {lease}", node(owner), owner.epoch));
            }
            None => {
                let due = ownership.due.map(|due| format!("; a node claims it {}", self.when(due)));
                self.line(1, &format!("nobody owns it now{}", due.unwrap_or_default()));
            }
        }
        let living: Vec<String> =
            ownership.nodes.iter().map(|life| format!("{} (epoch {})", node(life), life.epoch)).collect();
        let living = if living.is_empty() { "none".to_owned() } else { living.join(", ") };
        self.line(1, &format!("living nodes: {living}"));
        let rows = ownership.tenures.iter().map(|tenure| {
            let lives = if tenure.owner.lives { "lives" } else { "dead" };
            vec![
                tenure.owner.epoch.to_string(),
                tenure.owner.node.clone().unwrap_or_else(|| "(not recorded)".to_owned()),
                lives.to_owned(),
                format!("{} to {}", tenure.first, tenure.last),
                time::instant(tenure.from),
                time::instant(tenure.until),
            ]
        });
        let rows = rows.collect();
        self.table(&["EPOCH", "NODE", "NOW", "EVENTS", "FROM", "UNTIL"], rows);
    }

    fn calls(&mut self, calls: &[AskedCall]) {
        let rows = calls.iter().map(|call| {
            let task = call.task.as_ref().map(called).unwrap_or_else(|| "(the stage)".to_owned());
            let result = match (&call.result, &call.error) {
                (Some(result), Some(error)) => format!("{result}: {error}"),
                (Some(result), None) => result.clone(),
                (None, _) => "no answer recorded".to_owned(),
            };
            vec![
                call.stage.name.clone(),
                task,
                call.request_id.clone(),
                fences(&call.fences),
                call.steps.to_string(),
                call.until.or(call.from).map(time::instant).unwrap_or_default(),
                result,
            ]
        });
        let rows = rows.collect();
        self.table(&["STAGE", "TASK", "KEY", "FENCE", "STEPS", "LAST", "RESULT"], rows);
    }

    fn commands(&mut self, diagnosis: &Diagnosis) {
        let rows = diagnosis.commands.iter().map(|command| {
            let number = command.number.map_or_else(|| "not taken yet".to_owned(), |number| number.to_string());
            vec![
                time::instant(command.at),
                number,
                command.user.clone(),
                command.command.clone(),
                command.stage.as_ref().map(|stage| stage.name.clone()).unwrap_or_default(),
                command.detail.clone().unwrap_or_default(),
            ]
        });
        let rows = rows.collect();
        self.table(&["WHEN", "EVENT", "USER", "COMMAND", "STAGE", "DETAIL"], rows);
    }

    fn record(&mut self, diagnosis: &Diagnosis) {
        let record = &diagnosis.record;
        let last = record.last.map(|last| format!(", the last one {}", self.when(last))).unwrap_or_default();
        self.line(1, &format!("{} events{last}", record.events));
        if let Some(problem) = &record.problem {
            self.line(1, problem);
        }
        if let Some(replayed) = &record.replayed {
            replay::lines(replayed).iter().for_each(|line| self.line(1, &format!("replayed: {line}")));
        }
    }
}

/// `Deploy > Deploy in west (1<1, createServerGroup)`.
fn stage(stage: &StageName) -> String {
    let handle = stage.ref_id.as_deref().filter(|ref_id| !ref_id.is_empty()).unwrap_or(&stage.id);
    format!("{} ({handle}, {})", stage.name, stage.kind)
}

/// `01E/7, /9`: the execution is the same in all of them.
fn fences(fences: &[String]) -> String {
    let later = fences
        .iter()
        .skip(1)
        .map(|fence| fence.rsplit_once('/').map_or(fence.clone(), |(_, epoch)| format!("/{epoch}")));
    fences.first().cloned().into_iter().chain(later).collect::<Vec<_>>().join(", ")
}

fn called(task: &TaskName) -> String {
    if task.name.is_empty() { task.id.clone() } else { task.name.clone() }
}

fn node(life: &NodeLife) -> String {
    life.node.clone().unwrap_or_else(|| "a node whose name is not recorded".to_owned())
}

/// What it waits for, in words.
fn awaited(wait: &StageWait) -> &'static str {
    match wait.waits_for {
        StageWaitKind::Step => "a step is under way",
        StageWaitKind::Look => "waits for its next look",
        StageWaitKind::Time => "waits for its time",
        StageWaitKind::Judgment => "waits for a person's judgment",
        StageWaitKind::Window if wait.due.is_none() => "waits for an execution window that never opens",
        StageWaitKind::Window => "waits for its execution window",
        StageWaitKind::Change => "waits for a change from outside",
        StageWaitKind::BackOff => "waits to be tried again",
        StageWaitKind::TimeOut => "its time is over, and its task is asked what it makes of that",
        StageWaitKind::Definition => "its definition is asked what it consists of",
        StageWaitKind::CleanUp => "it undoes what it began",
        StageWaitKind::Cluster => "waits for its cluster",
    }
}
