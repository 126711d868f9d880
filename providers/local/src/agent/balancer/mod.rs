//! A load balancer: one or more listening ports before the instances of its server groups.
//!
//! * An HTTP listener takes HTTP/1.1 and HTTP/2 (prior knowledge, told apart by the first bytes). The instance is chosen
//!   for each request, so a server group that is disabled gets nothing more, also on client connections that have been
//!   used for it before, while what it is working on goes on.
//! * A TCP listener chooses an instance for each connection and passes bytes on, each direction to its own end.
//! * Of two instances, drawn by weight, the less busy one is taken ([`routes`]).
//! * Bodies are streamed both ways. WebSockets and other upgrades become a tunnel.
//! * A request that reached no instance is tried on another one; so is an idempotent request without a body whose
//!   connection broke before the response. Every other HTTP/1.1 request gets a connection that cannot have gone stale.
//! * A client that is slow or reads nothing is cut after a time ([`pace`]); one that no security group of the balancer
//!   lets in is hung up on.
//!
//! It does not terminate TLS, and keeps no session on one instance.

mod body;
mod client;
mod connections;
mod counters;
mod exchange;
mod forward;
mod handle;
mod headers;
mod http;
mod listener;
mod pace;
mod pool;
mod progress;
mod routes;
mod sender;
mod sources;
mod tcp;
mod tunnel;
mod upstream;

pub(super) use self::{
    connections::Connections,
    counters::{BUCKETS_MS, Count, Counters},
    handle::{Balancer, Connected, Meter, Retired},
    listener::Listener,
    pool::Limits,
    routes::Route,
    sources::{Sources, is_network},
    upstream::{Target, Upstream, drain, reopen},
};
