//! clouddriver: accounts, inventory and operations over the providers.
//!
//! Reads are answered from the providers' newest snapshots and ask no cloud. Operations are tasks of the store: each is
//! owned by one node, recorded before it goes on, and resumed by another node if its owner dies. `routes/` speaks
//! upstream's HTTP API, `app/` does the work, `artifacts/` fetches what is deployed. What a cloud is, only its provider knows.
//!
//! Guarantees:
//! * The same `clientRequestId` is the same task, whatever happened in between.
//! * A fence that is lower than one seen before for the same execution is refused, and nothing is done.
//! * A broken account delays no start and no other account; its last known state is served with its problem.

mod app;
pub mod artifacts;
mod options;
mod routes;
mod service;

pub use self::{
    options::Options,
    service::{Clouddriver, Deps},
};
