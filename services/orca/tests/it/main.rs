//! orca as a service: its engine on a real store, its HTTP API in this process.

mod doctor;
mod engine;
mod expressions;
mod faults;
mod http;
mod recorded;
mod replays;
mod unsteady;
mod world;
