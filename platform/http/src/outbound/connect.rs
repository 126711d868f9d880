//! From a URL to a connection: the target, its addresses, the socket.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{net::TcpStream, time::timeout};
use url::{Host, Url};

use super::{Error, error::chain};

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// Every address of that name, those to try first at the front. No address is as good as an error.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's way to look names up: its files and its name servers.
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Where a URL leads.
pub(super) struct Target {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    pub(super) tls: bool,
}

impl Target {
    /// The reason if it leads nowhere that HTTP goes to.
    pub(super) fn of(url: &Url) -> Result<Self, String> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(format!("its scheme is {other}; write a URL with http or https")),
        };
        match (url.host(), url.port_or_known_default()) {
            (Some(host), Some(port)) => Ok(Target { host: host.to_owned(), port, tls }),
            _ => Err("it names no host".to_owned()),
        }
    }
}

/// Every address of the target.
pub(super) async fn addresses(resolver: &dyn Resolve, target: &Target) -> Result<Vec<IpAddr>, Error> {
    let name = match &target.host {
        Host::Ipv4(address) => return Ok(vec![(*address).into()]),
        Host::Ipv6(address) => return Ok(vec![(*address).into()]),
        Host::Domain(name) => name,
    };
    let unknown = |source| Error::UnknownHost { host: name.clone(), source };
    let found = resolver.resolve(name).await.map_err(unknown)?;
    if found.is_empty() {
        return Err(unknown(io::Error::new(io::ErrorKind::NotFound, "it has no address")));
    }
    Ok(found)
}

/// A connection to the first of the addresses that takes one.
pub(super) async fn tcp(at: &str, addresses: &[IpAddr], port: u16, limit: Duration) -> Result<TcpStream, Error> {
    let mut failure = None;
    for address in addresses {
        let attempt = timeout(limit, TcpStream::connect(SocketAddr::new(*address, port))).await;
        let error = match attempt {
            Ok(Ok(stream)) => {
                // Only a matter of speed.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => Error::Unreachable { at: at.to_owned(), cause: format!("{} ({address})", chain(&error)) },
            Err(_) => Error::TimedOut { at: at.to_owned(), limit },
        };
        failure.get_or_insert(error);
    }
    let nowhere = || Error::Unreachable { at: at.to_owned(), cause: "it has no address".to_owned() };
    Err(failure.unwrap_or_else(nowhere))
}
