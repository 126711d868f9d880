//! Following an execution until it is over.
//!
//! On a terminal the tree of stages is drawn again in place; what somebody should read stays above it. Elsewhere each
//! change is a line of its own.

use std::{io, time::Duration};

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, Status};

use super::{
    Session,
    commands::Commands,
    console::{Console, Format},
    execution,
    exit::Error,
    judge,
    poll::{Look, Poll},
    table, task, time,
    tree::{self, Row},
    watch,
};

/// How many rows of the tree are drawn while it changes: with its head it fits into the smallest usual terminal, because
/// what has scrolled off cannot be drawn again.
const ROWS: usize = 18;

/// Shows the progress of the execution `id` until it is over, for `limit` at most.
///
/// # Errors
/// `Failed` if it does not succeed, `TimedOut` after `limit`, and gate's once it was away for too long.
pub(super) async fn follow(
    session: &mut Session<'_>,
    id: &str,
    limit: Option<Duration>,
    just_made: bool,
) -> Result<(), Error> {
    let path = ["pipelines", id];
    let mut poll = Poll::new(&path, limit, just_made);
    let mut progress = Progress::default();
    loop {
        let answer = match poll.look(&session.gate).await.map_err(|error| execution::missing(session, error, id))? {
            Look::Answer(answer) => answer,
            Look::Away(error) => {
                progress.notice(&mut session.console, &task::away(&error))?;
                continue;
            }
            Look::TimeUp => return Err(Error::TimedOut(progress.time_up(session, id, limit))),
        };
        let execution = execution::read(session, &answer)?;
        let (status, now) = (execution.status, session.clock.now());
        let changed = progress.show(&mut session.console, &session.commands, execution, now)?;
        if !status.is_complete() {
            poll.pause(changed).await;
            continue;
        }
        match session.console.format {
            Format::Json | Format::Yaml => session.console.data(&answer)?,
            Format::Table if session.console.quiet => session.console.line(&table::clean(id))?,
            Format::Table => {}
        }
        return match progress.last {
            Some(execution) if !status.is_successful() => Err(Error::Failed(watch::verdict(&execution))),
            _ => Ok(()),
        };
    }
}

/// What is shown so far.
#[derive(Default)]
struct Progress {
    last: Option<Execution>,
    /// How many lines were drawn that can be drawn again.
    drawn: usize,
}

impl Progress {
    /// Shows the execution as it is now; returns whether it changed since the last time.
    fn show(
        &mut self,
        console: &mut Console<'_>,
        commands: &Commands,
        execution: Execution,
        now: Timestamp,
    ) -> io::Result<bool> {
        let changed = self.last.as_ref() != Some(&execution);
        if !console.quiet {
            let events = watch::events(self.last.as_ref(), &execution, commands, now);
            let told = events.iter().filter(|event| !console.live || event.needs_attention);
            let mut lines: Vec<String> = told.flat_map(|event| watch::lines(event, &execution)).collect();
            if self.last.is_none() {
                lines.insert(0, title(&execution));
            }
            let tree = if console.live { picture(&execution, now, console.colour) } else { Vec::new() };
            let text = redraw(&mut self.drawn, &lines, &tree);
            write(console, &text)?;
        }
        self.last = Some(execution);
        Ok(changed)
    }

    /// Says something that stays.
    fn notice(&mut self, console: &mut Console<'_>, notice: &str) -> io::Result<()> {
        if console.quiet {
            return Ok(());
        }
        let text = redraw(&mut self.drawn, &[table::clean(notice)], &[]);
        write(console, &text)
    }

    fn time_up(&self, session: &Session<'_>, id: &str, limit: Option<Duration>) -> String {
        let status = self.last.as_ref().map_or("not known".to_owned(), |execution| execution.status.to_string());
        let limit = limit.unwrap_or_default().as_secs();
        let watch = session.commands.write(&["execution", "watch", id]);
        format!("after {limit} s the status of execution {id} is {status}; it goes on, watch it: {watch}")
    }
}

fn write(console: &mut Console<'_>, text: &str) -> io::Result<()> {
    let out = console.progress();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn title(execution: &Execution) -> String {
    let name = execution.name.as_deref().unwrap_or("(no name)");
    table::clean(&format!("pipeline {name} of application {}: execution {}", execution.application, execution.id))
}

/// The execution's status and its tree, whole once it is over.
fn picture(execution: &Execution, now: Timestamp, colour: bool) -> Vec<String> {
    let rows = tree::rows(execution);
    let rows = if execution.status.is_complete() { rows } else { tree::compact(&rows, ROWS) };
    let taken = time::taken(execution.start_time.or(execution.build_time), execution.end_time, now);
    let taken = taken.map(time::duration).unwrap_or_default();
    let mut lines = vec![painted(&format!("{}  {taken}", execution.status), execution.status, false, colour)];
    let texts = table::lines(&tree::cells(&rows, now));
    lines.extend(rows.iter().zip(texts).map(|(row, text)| match row {
        Row::Stage { stage, .. } => painted(&format!("  {text}"), stage.status, judge::waits(stage), colour),
        Row::Over(_) | Row::ToCome(_) => format!("  {text}"),
    }));
    lines
}

fn painted(text: &str, status: Status, waits: bool, colour: bool) -> String {
    let code = match status {
        _ if !colour => return text.to_owned(),
        Status::Running if waits => "33",
        Status::Running => "1",
        Status::Succeeded => "32",
        Status::Terminal | Status::Stopped | Status::FailedContinue => "31",
        Status::Paused | Status::Suspended | Status::Buffered | Status::Canceled => "33",
        Status::NotStarted | Status::Skipped | Status::Redirect => "2",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// What replaces the `drawn` lines: `above`, which stays, and `tree`, which can be replaced in turn. Lines of the tree are
/// cut off at the terminal's edge, so that each takes one row.
fn redraw(drawn: &mut usize, above: &[String], tree: &[String]) -> String {
    let mut text = if *drawn > 0 { format!("\u{1b}[{drawn}A\r\u{1b}[J") } else { String::new() };
    above.iter().for_each(|line| text += &format!("{line}\n"));
    if !tree.is_empty() {
        text += "\u{1b}[?7l";
        tree.iter().for_each(|line| text += &format!("{line}\n"));
        text += "\u{1b}[?7h";
    }
    *drawn = tree.len();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stays_goes_above_what_is_drawn_again() {
        let mut drawn = 0;
        let tree = ["RUNNING".to_owned(), "  Deploy".to_owned()];
        assert_eq!(redraw(&mut drawn, &["title".to_owned()], &tree), "title\n\u{1b}[?7lRUNNING\n  Deploy\n\u{1b}[?7h");
        assert_eq!(drawn, 2);
        assert_eq!(redraw(&mut drawn, &["failed".to_owned()], &[]), "\u{1b}[2A\r\u{1b}[Jfailed\n");
        assert_eq!(redraw(&mut drawn, &["line".to_owned()], &[]), "line\n", "nothing steers where nothing is drawn");
    }

    #[test]
    fn a_picture_fits_while_it_changes_and_is_whole_at_the_end() {
        let stages: Vec<_> = (0..30).map(|place| json!({"id": place.to_string(), "status": "SUCCEEDED"})).collect();
        let picture = |status: &str| {
            let value = json!({"id": "E", "status": status, "startTime": 0, "stages": stages});
            picture(&serde_json::from_value(value).expect("an execution"), Timestamp::from_millis(1500), true)
        };
        assert_eq!(picture("RUNNING").len(), 1 + ROWS);
        assert_eq!(picture("SUCCEEDED").len(), 1 + 30);
        assert_eq!(picture("RUNNING")[0], "\u{1b}[1mRUNNING  1.5 s\u{1b}[0m");
    }
}
