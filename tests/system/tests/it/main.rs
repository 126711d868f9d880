//! The journeys.

mod bad_input;
mod command_line;
mod configuration;
mod crash;
mod deployment;
mod expressions;
mod start_and_stop;
mod support;
