//! gate in front of services that record what they are asked and answer what a test says.

mod applications;
mod dead;
mod diagnosis;
mod endpoints;
mod events;
mod executions;
mod passed_on;
mod recorded;
mod search;
mod start;
mod templates;
mod world;
