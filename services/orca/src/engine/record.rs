//! Executions as rows, and rows as executions. Format 1: the head's body is the execution without stages, a part's body is
//! `{"stage": ..., "run": ...}`.

use std::io;

use gennaker_base::Timestamp;
use gennaker_store::{Execution as Stored, Head, NewEvent, Part};
use gennaker_wire::{Execution, Stage, Status};
use serde::{Deserialize, Serialize};

use super::{Error, row_kind};
use crate::planner::{Event, Run, Signal, StageState, State, replay::Recorded};

/// The format that this version writes, and the highest that it reads.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize)]
struct StageRowRef<'a> {
    stage: &'a Stage,
    run: &'a Run,
}

#[derive(Deserialize)]
struct StageRow {
    stage: Stage,
    run: Run,
}

/// All rows of a state.
pub(super) fn rows(state: &State) -> Result<(Head, Vec<Part>), Error> {
    let parts = (0..state.stages().len()).map(|place| part(state, place)).collect::<Result<_, _>>()?;
    Ok((head(state)?, parts))
}

/// The head row.
pub(super) fn head(state: &State) -> Result<Head, Error> {
    let execution = state.head();
    Ok(Head {
        id: execution.id.clone(),
        kind: row_kind(execution.kind).to_owned(),
        group: execution.application.clone(),
        definition: execution.pipeline_config_id.clone(),
        name: execution.name.clone(),
        status: execution.status.name().to_owned(),
        created: execution.build_time.unwrap_or_default(),
        started: execution.start_time,
        ended: execution.end_time,
        format: FORMAT,
        body: to_json(&execution.id, &**execution)?,
    })
}

/// The row of the stage at `place`.
pub(super) fn part(state: &State, place: usize) -> Result<Part, Error> {
    let StageState { stage, run, position } = state.at(place);
    Ok(Part {
        id: stage.id.clone(),
        position: *position,
        body: to_json(&state.head().id, &StageRowRef { stage, run })?,
    })
}

/// How many bytes its rows have, but for what the planner keeps in them.
pub(super) fn size(state: &State) -> usize {
    let stages = state.stages().iter().map(|state| written(&*state.stage));
    written(&**state.head()) + stages.sum::<usize>()
}

/// How many bytes something has as JSON.
fn written(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // What cannot be written fails where it is written in earnest.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// The event row.
pub(super) fn event(event: &Event, at: Timestamp) -> Result<NewEvent, Error> {
    Ok(NewEvent { kind: event.kind().to_owned(), at, body: to_json("event", event)? })
}

/// The event that a row holds.
pub(super) fn recorded(id: &str, row: &gennaker_store::Event) -> Result<Recorded, Error> {
    Ok(Recorded { sequence: row.sequence, at: row.event.at, event: from_json(id, &row.event.body)? })
}

/// The body of a signal.
pub(super) fn signal_body(id: &str, signal: &Signal) -> Result<String, Error> {
    to_json(id, signal)
}

/// A signal from its body.
pub(super) fn signal(id: &str, body: &str) -> Result<Signal, Error> {
    from_json(id, body)
}

#[derive(Deserialize)]
struct Shown {
    stage: Stage,
}

/// The execution that rows hold, as clients see it.
pub(super) fn execution(stored: &Stored) -> Result<Execution, Error> {
    let id = &stored.head.id;
    let execution: Execution = from_json(id, &stored.head.body)?;
    let stages = stored.parts.iter().map(|part| Ok(from_json::<Shown>(id, &part.body)?.stage));
    Ok(Execution { stages: stages.collect::<Result<_, Error>>()?, ..execution })
}

/// The status that the head row says, without a look at its body.
pub(super) fn status(stored: &Stored) -> Result<Status, Error> {
    let status = serde_json::Value::from(stored.head.status.as_str());
    serde_json::from_value(status)
        .map_err(|error| Error::Record { id: stored.head.id.clone(), reason: error.to_string() })
}

/// The stage of that id.
pub(super) fn stage(stored: &Stored, id: &str) -> Result<Option<Stage>, Error> {
    let part = stored.parts.iter().find(|part| part.id == id);
    Ok(part.map(|part| from_json::<Shown>(&stored.head.id, &part.body)).transpose()?.map(|shown| shown.stage))
}

/// The state that rows hold, for its owner.
pub(super) fn state(stored: &Stored) -> Result<State, Error> {
    let id = &stored.head.id;
    let execution: Execution = from_json(id, &stored.head.body)?;
    let stages = stored.parts.iter().map(|part| {
        let row: StageRow = from_json(id, &part.body)?;
        Ok(StageState { stage: row.stage.into(), run: row.run, position: part.position })
    });
    Ok(State::restore(execution, stages.collect::<Result<_, Error>>()?))
}

fn to_json(id: &str, value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Record { id: id.to_owned(), reason: error.to_string() })
}

fn from_json<'a, T: Deserialize<'a>>(id: &str, body: &'a str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|error| Error::Record { id: id.to_owned(), reason: error.to_string() })
}
