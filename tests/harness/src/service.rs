//! The services of an install and where they listen.

use std::net::TcpListener;

use crate::reserve_port;

/// A service of the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// What users and the command line talk to.
    Gate,
    /// Runs pipelines.
    Orca,
    /// Keeps applications and pipelines.
    Front50,
    /// Knows the clouds.
    Clouddriver,
    /// Takes events in.
    Echo,
    /// The web page.
    Deck,
}

impl Service {
    /// All that run in an install.
    pub const ALL: [Service; 6] =
        [Service::Gate, Service::Orca, Service::Front50, Service::Clouddriver, Service::Echo, Service::Deck];

    /// Its name in file names and keys.
    pub fn name(self) -> &'static str {
        match self {
            Service::Gate => "gate",
            Service::Orca => "orca",
            Service::Front50 => "front50",
            Service::Clouddriver => "clouddriver",
            Service::Echo => "echo",
            Service::Deck => "deck",
        }
    }

    /// Its port upstream.
    pub fn usual_port(self) -> u16 {
        match self {
            Service::Gate => 8084,
            Service::Orca => 8083,
            Service::Front50 => 8080,
            Service::Clouddriver => 7002,
            Service::Echo => 8089,
            Service::Deck => 9000,
        }
    }
}

/// The ports of one install.
#[derive(Debug, Clone)]
pub(crate) struct Ports {
    services: [u16; Service::ALL.len()],
    pub(crate) health_check: u16,
}

impl Ports {
    /// Upstream's.
    pub(crate) fn usual() -> Self {
        Ports { services: Service::ALL.map(Service::usual_port), health_check: 5000 }
    }

    pub(crate) fn are_free(&self) -> bool {
        let mut all = self.services.iter().chain([&self.health_check]);
        all.all(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
    }

    /// Free ones.
    pub(crate) fn reserve() -> Option<Self> {
        let mut services = [0; Service::ALL.len()];
        for port in &mut services {
            *port = reserve_port()?;
        }
        Some(Ports { services, health_check: reserve_port()? })
    }

    pub(crate) fn of(&self, service: Service) -> u16 {
        self.services[service as usize]
    }
}
