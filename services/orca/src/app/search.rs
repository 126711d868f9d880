//! Searching an application's executions by what triggered them: upstream's `TaskController.searchForPipelinesByTrigger`.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use gennaker_base::{Kind, Timestamp};
use gennaker_store::{Order, Query};
use gennaker_wire::{Execution, ObjectExt};
use serde_json::Value;

use super::{Refusal, trigger_match::Wanted};
use crate::engine::{Engine, Error};

/// How many executions are read at once.
const PAGE: u32 = 200;
/// The most that one answer has.
const MOST: i64 = 5000;
/// Base 64, with its padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What is asked for, as it comes.
pub(crate) struct Asked {
    /// Types of triggers, separated by commas; `*` is all.
    pub(crate) trigger_types: Option<String>,
    /// The id of the event.
    pub(crate) event_id: Option<String>,
    /// A part of the trigger, JSON in base 64.
    pub(crate) trigger: Option<String>,
    /// The first moment of the start, in milliseconds since 1970.
    pub(crate) from: i64,
    /// The last one.
    pub(crate) until: i64,
    /// So many are passed over.
    pub(crate) start_index: i64,
    /// So many at most.
    pub(crate) size: i64,
    /// The oldest first.
    pub(crate) reverse: bool,
}

/// A search that makes sense.
pub(crate) struct Search {
    types: Vec<String>,
    event_id: Option<String>,
    trigger: Option<Wanted>,
    from: Timestamp,
    /// The first moment that is too late, if there is one.
    until: Option<Timestamp>,
    start: usize,
    size: usize,
    order: Order,
}

impl Search {
    /// # Errors
    /// If a number is out of its range or the trigger cannot be read.
    pub(crate) fn new(asked: Asked) -> Result<Self, Refusal> {
        let Asked { from, until, start_index, size, .. } = asked;
        for (wrong, rule, name, value) in [
            (from < 0, ">= 0", "triggerTimeStartBoundary", from),
            (until < 0, ">= 0", "triggerTimeEndBoundary", until),
            (start_index < 0, ">= 0", "startIndex", start_index),
            (size <= 0, "> 0", "size", size),
            (size > MOST, "<= 5000", "size", size),
        ] {
            if wrong {
                return Err(invalid(format!("{name} must be {rule}: {name}={value}")));
            }
        }
        if from > until {
            return Err(invalid(format!(
                "triggerTimeStartBoundary must be <= triggerTimeEndBoundary: \
                 triggerTimeStartBoundary={from}, triggerTimeEndBoundary={until}"
            )));
        }
        let types = asked.trigger_types.filter(|types| types != "*").unwrap_or_default();
        Ok(Search {
            types: types.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
            event_id: asked.event_id.filter(|id| !id.is_empty()),
            trigger: asked.trigger.filter(|text| !text.is_empty()).map(|text| trigger(&text)).transpose()?,
            from: Timestamp::from_millis(from),
            until: until.checked_add(1).map(Timestamp::from_millis),
            start: usize::try_from(start_index).unwrap_or(usize::MAX),
            size: usize::try_from(size).unwrap_or(usize::MAX),
            order: if asked.reverse { Order::OldestFirst } else { Order::NewestFirst },
        })
    }

    /// Whether an execution has the trigger that is asked for.
    fn finds(&self, execution: &Execution) -> bool {
        let trigger = &execution.trigger;
        let text = |name: &str| trigger.text(name);
        (self.types.is_empty() || text("type").is_some_and(|kind| self.types.contains(&kind)))
            && (self.event_id.is_none() || text("eventId") == self.event_id)
            && self.trigger.as_ref().is_none_or(|wanted| wanted.is_in(&Value::Object(trigger.clone())))
    }

    /// The executions that are found among those of `query`, by the time at which they were triggered.
    pub(crate) async fn run(&self, engine: &Engine, query: Query) -> Result<Vec<Execution>, Error> {
        let mut query = Query { from: Some(self.from), until: self.until, order: self.order, limit: PAGE, ..query };
        let (mut passed, mut found) = (0, Vec::new());
        loop {
            let page = engine.list(&query).await?;
            let is_last = page.len() < PAGE as usize;
            for execution in page.into_iter().filter(|execution| self.finds(execution)) {
                if passed < self.start {
                    passed += 1;
                    continue;
                }
                found.push(execution);
                if found.len() == self.size {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
            query.offset = query.offset.saturating_add(PAGE);
        }
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::new(Kind::Invalid, message)
}

/// The part of a trigger that is asked for. A `+` that became a space on its way is one again.
fn trigger(encoded: &str) -> Result<Wanted, Refusal> {
    let bytes = BASE64.decode(encoded.replace(' ', "+")).ok();
    match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(object @ Value::Object(_)) => Ok(Wanted::new(object)),
        _ => Err(Refusal::failure("Failed to parse encoded trigger: it is a JSON object in base 64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked() -> Asked {
        let (from, until, start_index, size) = (0, i64::MAX, 0, 10);
        Asked { trigger_types: None, event_id: None, trigger: None, from, until, start_index, size, reverse: false }
    }

    fn refused(asked: Asked) -> String {
        Search::new(asked).err().expect("it is refused").message
    }

    #[test]
    fn numbers_out_of_their_range_are_refused_in_upstreams_words() {
        assert_eq!(refused(Asked { size: 0, ..asked() }), "size must be > 0: size=0");
        assert_eq!(refused(Asked { start_index: -1, ..asked() }), "startIndex must be >= 0: startIndex=-1");
        let words = "triggerTimeStartBoundary must be >= 0: triggerTimeStartBoundary=-1";
        assert_eq!(refused(Asked { from: -1, ..asked() }), words);
        assert!(refused(Asked { from: 2, until: 1, ..asked() }).contains("must be <= triggerTimeEndBoundary"));
        assert!(refused(Asked { trigger: Some("bm90".into()), ..asked() }).starts_with("Failed to parse"));
    }

    #[test]
    fn a_trigger_is_found_by_its_type_its_event_and_its_parts() {
        let execution = json!({"trigger": {"type": "webhook", "eventId": "e-1", "payload": {"k": "v"}}});
        let execution: Execution = serde_json::from_value(execution).expect("an execution");
        let finds = |asked: Asked| Search::new(asked).expect("a search").finds(&execution);
        assert!(finds(asked()));
        assert!(finds(Asked { trigger_types: Some("cron,webhook".into()), ..asked() }));
        assert!(!finds(Asked { trigger_types: Some("cron".into()), ..asked() }));
        assert!(!finds(Asked { event_id: Some("e-2".into()), ..asked() }));
        assert!(finds(Asked { trigger: Some("eyJwYXlsb2FkIjp7ImsiOiJ2In19".into()), ..asked() }));
    }
}
