//! orca as a service: its engine on a real store, its HTTP API in this process.

mod admin;
mod answers;
mod cluster_locks;
mod core_stages;
mod deployments;
mod doctor;
mod engine;
mod expressions;
mod faults;
mod feed;
mod http;
mod limits;
mod peers;
mod pipelines;
mod read_side;
mod replays;
mod starts;
mod templates;
mod unsteady;
mod world;
