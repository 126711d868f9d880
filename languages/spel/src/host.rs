//! What an expression may ask of the world, through whoever evaluates it.

use jiff::Timestamp;
use serde_json::Value as Json;

/// The outside of an evaluation: other services, the time and chance.
///
/// An evaluation that gets the same answers gives the same value: an engine that records them can repeat it.
pub trait Host {
    /// The answer to a question.
    ///
    /// The one who answers decides what may be asked, and has a deadline. An answer that has still to be fetched can be
    /// an error, too: the caller fetches it and evaluates again.
    ///
    /// # Errors
    /// Why there is none; it becomes the expression's error.
    fn ask(&self, question: &Question<'_>) -> Result<Json, String>;

    /// The time (`new java.util.Date()`, `T(java.time.Instant).now()`).
    fn now(&self) -> Timestamp;

    /// A number by chance (`new java.util.Random()`, `T(java.util.UUID).randomUUID()`, `T(Math).random()`).
    fn random(&self) -> u64;
}

/// What helper functions ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question<'q> {
    /// `#fromUrl` and its like: the text at an address.
    Url(&'q str),
    /// `#pipelineId` and its like: the id of a pipeline, or `null` if there is none of that name.
    PipelineId {
        /// The application that it belongs to.
        application: &'q str,
        /// Its name.
        name: &'q str,
    },
    /// `#applicationMetadata`: an application, as front50 shows it.
    Application(&'q str),
    /// `#canaryConfigNameToId`: the id of a canary configuration, or `null` if there is none of that name.
    CanaryConfigId {
        /// Its name.
        name: &'q str,
        /// An application that it is for.
        application: &'q str,
    },
}

/// A host that answers nothing, has the time 1970-01-01 and the random number 0: for expressions that are pure.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Host for Nothing {
    fn ask(&self, question: &Question<'_>) -> Result<Json, String> {
        Err(match question {
            Question::Url(url) => format!("{url} cannot be fetched here"),
            _ => "other services cannot be asked here".to_owned(),
        })
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn random(&self) -> u64 {
        0
    }
}
