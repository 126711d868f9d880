//! gate: the public API, in front of every other service.
//!
//! `routes/` speaks upstream's HTTP API; `app/` decides what is asked of whom and puts the answers together. Most answers
//! are passed on unread, so that a field that this build does not know survives: `forward/` does that for the tables in
//! `routes/`.
//!
//! Guarantees:
//! * An error of a service behind keeps its status and its message.
//! * A service that cannot be reached costs the endpoints that are its own; what it only adds to another's is left out.
//! * An endpoint of upstream's that is not here yet answers 501 and says what is missing.
//!
//! It keeps no state and no cache, but for what it looks at while somebody follows live events.

mod app;
mod forward;
mod identity;
mod openapi;
mod options;
pub mod rate_limit;
mod routes;
mod service;

pub use self::{
    options::{ExecutionOptions, FetchOptions, HeaderOptions, Options},
    service::{Forwarded, Gate},
};
