//! orca as a service: its engine on a real store, its HTTP API in this process.

mod engine;
mod expressions;
mod faults;
mod http;
mod limits;
mod recorded;
mod unsteady;
mod world;
