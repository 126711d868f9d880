//! A load balancer: one listening port, HTTP/1.1 and HTTP/2 (prior knowledge) inbound, HTTP/1.1 to the instances.
//!
//! * The instance is chosen for each request, so a server group that is disabled gets nothing more, also on client
//!   connections that have been used for it before, while what it is working on goes on.
//! * Bodies are streamed both ways. WebSockets and other upgrades become a tunnel.
//! * A request that reached no instance is tried on another one; so is an idempotent request without a body whose
//!   connection broke before the response. Every other request gets a connection that cannot have gone stale.
//!
//! It does not terminate TLS, and keeps no session on one instance.

mod body;
mod connections;
mod exchange;
mod forward;
mod headers;
mod listener;
mod tunnel;
mod upstream;

pub(super) use self::{
    connections::Connections,
    listener::{Balancer, Limits},
    upstream::Upstream,
};
