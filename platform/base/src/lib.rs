//! What every crate of a distributed program needs and nothing more: time, ids, error kinds, retry, redaction,
//! compressed texts.
//!
//! ```
//! use gennaker_base::{Clock, ManualClock, Timestamp, id};
//!
//! let clock = ManualClock::at(Timestamp::from_millis(1_700_000_000_000));
//! let first = id::derive(clock.now(), &["build-7", "pipeline-a"]);
//! assert_eq!(first, id::derive(clock.now(), &["build-7", "pipeline-a"]));
//! ```
//!
//! It does no I/O, reads no environment and knows no word of the domain.

mod clock;
mod compressed;
pub mod id;
mod kind;
mod redacted;
mod retry;

pub use self::{
    clock::{Clock, ManualClock, SharedClock, SystemClock, Timestamp},
    compressed::CompressedText,
    kind::Kind,
    redacted::Redacted,
    retry::Backoff,
};
