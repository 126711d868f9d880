//! orca as a service: its engine on a real store, its HTTP API in this process.

mod core_stages;
mod engine;
mod expressions;
mod faults;
mod http;
mod recorded;
mod unsteady;
mod world;
