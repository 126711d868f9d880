//! orca as a service: its engine on a real store, its HTTP API in this process.

mod admin;
mod answers;
mod engine;
mod expressions;
mod faults;
mod http;
mod read_side;
mod recorded;
mod unsteady;
mod world;
