//! An execution as it was at some moment: its recorded events, run through the planner again.

use gennaker_base::{Kind, Timestamp};
use gennaker_wire::Execution;

use super::Refusal;
use crate::engine::{Engine, Error, IMPORTED};

/// The execution of that id as it was at `time`; at a time to come, as it is.
pub(crate) async fn at(engine: &Engine, id: &str, time: Timestamp) -> Result<Result<Execution, Refusal>, Error> {
    let first = engine.store().events(id, 0, 1).await?;
    let Some(first) = first.first().map(|first| &first.event).filter(|first| first.at <= time) else {
        let message = format!("execution {id} was not there yet at {}", time.millis());
        return Ok(Err(Refusal::new(Kind::NotFound, message)));
    };
    if first.kind == IMPORTED {
        return engine.load(id).await.map(Ok);
    }
    let (_, replay) = engine.replay(id, Some(time)).await?;
    Ok(Ok(replay.state.to_execution()))
}

/// A point of time: milliseconds since 1970, or ISO 8601 with its offset. A `+` that became a space on its way is one again.
pub(crate) fn time(text: &str) -> Result<Timestamp, Refusal> {
    if let Ok(millis) = text.parse() {
        return Ok(Timestamp::from_millis(millis));
    }
    let parsed: Option<jiff::Timestamp> = text.replace(' ', "+").parse().ok();
    let parsed = parsed.map(|parsed| Timestamp::from_millis(parsed.as_millisecond()));
    parsed.ok_or_else(|| {
        let message = format!("at is a time, 1767225600000 or 2026-01-01T00:00:00Z, and not {text:?}");
        Refusal::new(Kind::Invalid, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_or_iso() {
        let time = |text: &str| time(text).map(Timestamp::millis).ok();
        assert_eq!(time("1767225600000"), Some(1_767_225_600_000));
        assert_eq!(time("2026-01-01T00:00:00Z"), Some(1_767_225_600_000));
        assert_eq!(time("2026-01-01T01:00:00.005 01:00"), Some(1_767_225_600_005));
        assert_eq!(time("yesterday"), None);
    }
}
