//! The agent as its callers and the clients of its load balancers see it: real processes, real sockets.

mod adoption;
mod agent;
mod balancer;
mod capacity;
mod fence;
mod http1;
mod inputs;
mod processes;
mod provider;
mod switch;
