//! The stages' tasks against a clouddriver in this process, and against servers on loopback.

mod applications;
mod artifacts;
mod cloud;
mod clouddriver;
mod drive;
mod fleet;
mod front50;
mod monitored;
mod pinned;
mod pipelines;
mod restarts;
mod rolling_push;
mod server;
mod server_groups;
mod trees;
mod webhook;
mod webhook_limits;
mod webhook_prepared;
mod webhook_tls;
