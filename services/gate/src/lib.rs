//! gate: the public API.
