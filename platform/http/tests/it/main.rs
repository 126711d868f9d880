//! Requests over real sockets, and the same calls over both transports.

mod app;
mod browser;
mod guard;
mod health;
mod limits;
mod outbound;
mod outbound_tls;
mod peer;
mod protocols;
mod record;
mod socket;
mod streams;
mod transports;
