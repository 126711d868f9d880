//! The stages' tasks against a clouddriver in this process, and against servers on loopback.

mod artifacts;
mod clouddriver;
mod drive;
mod restarts;
mod server;
mod webhook;
mod webhook_limits;
mod webhook_prepared;
mod webhook_tls;
