//! How the services of a process, which need each other in a circle, are wired.
//!
//! ```
//! use gennaker_clients::{Error, Switchboard};
//!
//! let switchboard = Switchboard::default();
//! // Every service is built with these clients; what runs in another process is reached by the way that is given here.
//! let clients = switchboard.clients(|_service| Ok::<_, Error>(None))?;
//! // And each is put on its line once it is built.
//! # let front50 = Default::default();
//! switchboard.front50.connect(front50);
//! # Ok::<(), Error>(())
//! ```

use gennaker_http::{Line, Transport, TransportOptions};

use crate::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};

/// A line to each service that others call. A call before the service is there gets 503.
#[derive(Clone, Default)]
pub struct Switchboard {
    /// front50's.
    pub front50: Line,
    /// orca's.
    pub orca: Line,
    /// clouddriver's.
    pub clouddriver: Line,
    /// echo's.
    pub echo: Line,
}

impl Switchboard {
    /// The clients that every service is given. `elsewhere` gives the way to a service in another process; `None` is its
    /// line here.
    ///
    /// # Errors
    /// Those of `elsewhere`.
    pub fn clients<E>(&self, elsewhere: impl Fn(&'static str) -> Result<Option<Transport>, E>) -> Result<Clients, E> {
        let way = |service: &'static str, line: &Line| {
            let here = || Transport::in_process(service, line.router(service), TransportOptions::default());
            Ok(elsewhere(service)?.unwrap_or_else(here))
        };
        Ok(Clients {
            front50: Front50Client::new(way("front50", &self.front50)?),
            orca: OrcaClient::new(way("orca", &self.orca)?),
            clouddriver: ClouddriverClient::new(way("clouddriver", &self.clouddriver)?),
            echo: EchoClient::new(way("echo", &self.echo)?),
        })
    }
}
