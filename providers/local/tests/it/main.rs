//! The agent as its callers and the clients of its load balancers see it: real processes, real sockets.

mod account;
mod adoption;
mod agent;
mod artifacts;
mod balancer;
mod capacity;
mod fence;
mod handover;
mod hostile;
mod http1;
mod inputs;
mod jobs;
mod launch;
mod limits;
mod listeners;
mod processes;
mod provider;
mod switch;
mod traffic;
