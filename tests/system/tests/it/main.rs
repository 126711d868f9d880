//! The journeys.

mod artifacts;
mod bad_input;
mod broken_deploys;
mod buckets;
mod command_line;
mod configuration;
mod counting;
mod crash;
mod deployment;
mod expressions;
mod frozen;
mod gate_paths;
mod kills;
mod live_events;
mod recorded;
mod start_and_stop;
mod strategies;
mod support;
mod writers;
