//! The built program: its command line client against a gate that answers as the tests say.

mod apps;
mod client;
mod completion;
mod contexts;
mod doctor;
mod executions;
mod expressions;
mod gate;
mod halyard;
mod others;
mod pipelines;
mod templates;
mod tls;
mod transfer;
mod usage;
