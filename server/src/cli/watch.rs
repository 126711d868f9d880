//! What happened between two looks at an execution, as lines for people. Pure: snapshots in, lines out.
//!
//! An event's time is its own, not that of the look: however often one looks, the same things are told, but for judgments
//! that were answered in between.

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, ObjectExt as _, Stage, Status};
use serde_json::Value;

use super::{
    commands::Commands,
    failure, judge,
    table::{clean, clean_lines},
    time,
    tree::{self, Row},
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    at: Timestamp,
    depth: usize,
    text: String,
    details: Vec<String>,
    /// Somebody should read it: a failure, or a question.
    pub(super) needs_attention: bool,
}

/// What happened since `before`, the oldest first; all of it if there is no `before`.
pub(super) fn events(before: Option<&Execution>, after: &Execution, commands: &Commands, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    // A stage's end stands after those of its synthetic stages, also where all of them have the same time.
    let mut open: Vec<(usize, Option<Event>)> = Vec::new();
    for row in tree::rows(after) {
        let Row::Stage { depth, stage } = row else { continue };
        while let Some((_, end)) = open.pop_if(|(other, _)| *other >= depth) {
            events.extend(end);
        }
        let old = before.and_then(|before| before.stage(&stage.id));
        events.extend(started(old, stage, depth));
        events.extend(asked(old, stage, depth, &after.id, commands, now));
        open.push((depth, ended(old, stage, depth, now)));
    }
    events.extend(open.into_iter().rev().filter_map(|(_, end)| end));
    events.extend(turned(before, after, commands, now));
    events.sort_by_key(|event| event.at);
    if after.status.is_complete() && !before.is_some_and(|before| before.status.is_complete()) {
        events.push(over(after, now));
    }
    events
}

/// The lines of an event, with its time since the execution's start.
pub(super) fn lines(event: &Event, execution: &Execution) -> Vec<String> {
    let start = execution.start_time.or(execution.build_time).unwrap_or(event.at);
    let indent = "  ".repeat(event.depth);
    let mut lines = vec![format!("{:>8}  {indent}{}", time::duration(event.at.since(start)), event.text)];
    lines.extend(event.details.iter().map(|detail| format!("{:>8}  {indent}    {detail}", "")));
    lines
}

/// What somebody should read of an execution as it stands: why it failed, and what it asks.
pub(super) fn attention(execution: &Execution, commands: &Commands) -> Vec<String> {
    let mut lines = Vec::new();
    for row in tree::rows(execution) {
        let Row::Stage { stage, .. } = row else { continue };
        if judge::waits(stage) {
            lines.push(format!("{} waits for a judgment:", clean(judge::name(stage))));
            lines.extend(question(stage, &execution.id, commands).into_iter().map(|line| format!("  {line}")));
        }
        let why = why(stage);
        if !why.is_empty() {
            lines.push(format!("{} ({}):", clean(judge::name(stage)), stage.status));
            lines.extend(why.into_iter().map(|line| format!("  {line}")));
        }
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// How an execution ended that did not succeed, in one line.
pub(super) fn verdict(execution: &Execution) -> String {
    let mut verdict = format!("execution {}: {}", execution.id, execution.status);
    if let Some(user) = &execution.canceled_by {
        verdict += &format!(", cancelled by {user}");
    }
    if let Some(reason) = execution.cancellation_reason.as_ref().filter(|reason| !reason.is_empty()) {
        verdict += &format!(" ({reason})");
    }
    let failed =
        execution.stages.iter().find(|stage| stage.status.is_halt() && !failure::lines(&stage.context).is_empty());
    if let Some(stage) = failed {
        verdict += &format!("; {}: {}", judge::name(stage), failure::lines(&stage.context).join("; "));
    }
    verdict
}

fn started(old: Option<&Stage>, stage: &Stage, depth: usize) -> Option<Event> {
    let at = stage.start_time.filter(|_| !matches!(stage.status, Status::NotStarted | Status::Skipped))?;
    let again = old.is_some_and(|old| old.status.is_complete() && old.start_time != Some(at));
    if !again && old.is_some_and(|old| old.start_time.is_some()) {
        return None;
    }
    let text = format!("{}: started{}", clean(judge::name(stage)), if again { " again" } else { "" });
    Some(Event { at, depth, text, details: Vec::new(), needs_attention: false })
}

fn asked(
    old: Option<&Stage>,
    stage: &Stage,
    depth: usize,
    execution: &str,
    commands: &Commands,
    now: Timestamp,
) -> Option<Event> {
    if !judge::waits(stage) || old.is_some_and(judge::waits) {
        return None;
    }
    Some(Event {
        at: stage.start_time.unwrap_or(now),
        depth,
        text: format!("{}: waits for a judgment", clean(judge::name(stage))),
        details: question(stage, execution, commands),
        needs_attention: true,
    })
}

/// What a judgment is about, and the commands that answer it.
fn question(stage: &Stage, execution: &str, commands: &Commands) -> Vec<String> {
    let instructions = stage.context.text("instructions").unwrap_or_default();
    let mut lines: Vec<String> = clean_lines(&instructions).lines().map(str::to_owned).collect();
    let mut answer = vec!["execution", "judge", execution, "--stage", judge::handle(stage), "continue"];
    let inputs = stage.context.get("judgmentInputs").and_then(Value::as_array);
    let inputs: Vec<&str> = inputs.into_iter().flatten().filter_map(|input| input.get("value")?.as_str()).collect();
    if let Some(first) = inputs.first() {
        lines.push(format!("choices: {}", clean(&inputs.join(", "))));
        answer.extend(["--input", *first]);
    }
    lines.push(format!("answer: {}", clean(&commands.write(&answer))));
    lines.push("        (or `stop` for `continue`)".to_owned());
    lines
}

fn ended(old: Option<&Stage>, stage: &Stage, depth: usize, now: Timestamp) -> Option<Event> {
    let known = old.is_some_and(|old| old.status.is_complete() && old.end_time == stage.end_time);
    if known || !stage.status.is_complete() {
        return None;
    }
    let taken = time::taken(stage.start_time, stage.end_time, now).filter(|_| stage.status != Status::Skipped);
    let taken = taken.map(|taken| format!(" in {}", time::duration(taken))).unwrap_or_default();
    Some(Event {
        at: stage.end_time.or(stage.start_time).unwrap_or(now),
        depth,
        text: format!("{}: {}{taken}", clean(judge::name(stage)), stage.status),
        details: why(stage),
        needs_attention: matches!(stage.status, Status::Terminal | Status::Stopped | Status::FailedContinue),
    })
}

/// Why a stage failed, if it did.
fn why(stage: &Stage) -> Vec<String> {
    if !matches!(stage.status, Status::Terminal | Status::Stopped | Status::Canceled | Status::FailedContinue) {
        return Vec::new();
    }
    failure::lines(&stage.context).iter().flat_map(|line| line.lines().map(clean).collect::<Vec<_>>()).collect()
}

/// The execution's own turns before its end.
fn turned(before: Option<&Execution>, after: &Execution, commands: &Commands, now: Timestamp) -> Option<Event> {
    let old = before.map_or(Status::NotStarted, |before| before.status);
    if old == after.status {
        return None;
    }
    let paused = after.paused.clone().unwrap_or_default();
    let (at, text, details) = match after.status {
        Status::Paused => {
            let by = paused.paused_by.map(|user| format!(" by {}", clean(&user))).unwrap_or_default();
            let resume = format!("resume: {}", commands.write(&["execution", "resume", &after.id]));
            (paused.pause_time, format!("held{by}"), vec![resume])
        }
        Status::Running if old == Status::Paused => {
            let by = paused.resumed_by.map(|user| format!(", resumed by {}", clean(&user))).unwrap_or_default();
            (paused.resume_time, format!("goes on{by}"), Vec::new())
        }
        Status::Buffered => {
            (after.build_time, "waits for another execution of the same pipeline".to_owned(), Vec::new())
        }
        _ => return None,
    };
    let needs_attention = after.status == Status::Paused;
    Some(Event { at: at.unwrap_or(now), depth: 0, text, details, needs_attention })
}

fn over(execution: &Execution, now: Timestamp) -> Event {
    let taken = time::taken(execution.start_time.or(execution.build_time), execution.end_time, now);
    let taken = taken.map(|taken| format!(" in {}", time::duration(taken))).unwrap_or_default();
    let text = format!("pipeline: {}{taken}", execution.status);
    Event { at: execution.end_time.unwrap_or(now), depth: 0, text, details: Vec::new(), needs_attention: false }
}

#[cfg(test)]
mod tests;
