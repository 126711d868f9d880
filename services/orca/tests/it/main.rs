//! orca as a service: its engine on a real store, its HTTP API in this process.

mod engine;
mod http;
mod world;
