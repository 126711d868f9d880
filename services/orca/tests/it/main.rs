//! orca as a service: its engine on a real store, its HTTP API in this process.

mod admin;
mod answers;
mod core_stages;
mod engine;
mod expressions;
mod faults;
mod http;
mod limits;
mod peers;
mod pipelines;
mod read_side;
mod starts;
mod unsteady;
mod world;
