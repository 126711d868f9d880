//! orca as a service: its engine on a real store, its HTTP API in this process.

mod engine;
mod faults;
mod http;
mod recorded;
mod stand_ins;
mod unsteady;
mod world;
