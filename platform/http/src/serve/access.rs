//! Whom a socket answers: the checks of `Host` and of where a browser's request comes from.
//!
//! They stand against web pages, which can make a browser send requests to loopback and to private networks: under a
//! foreign name that was pointed at this machine (`Host`), or across sites (`Origin`, `Sec-Fetch-Site`). They are no
//! substitute for sign-in.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header, uri::Authority};
use url::{Host, Url};

use super::origins::{Allowed, Origins, normal};

/// How a browser says whether the page that asks is of the same site.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names and origins that are answered.
#[derive(Debug)]
pub(crate) struct Access {
    bound: IpAddr,
    hosts: Vec<String>,
    origins: Allowed,
}

/// A request that is not answered, and what to set if it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The `Host` is none of ours.
    Host(String),
    /// A write, or an upgrade to a WebSocket, from a foreign page.
    Origin(String),
    /// A write that the browser calls cross-site, without an origin.
    CrossSite,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Host(host) => {
                write!(formatter, "the host {host:?} is not answered here: add its name to server.allowed-hosts")
            }
            Refusal::Origin(origin) => {
                write!(formatter, "pages of {origin:?} may not call this service: add it to server.allowed-origins")
            }
            Refusal::CrossSite => {
                formatter.write_str("a page of another site may not call this service: see server.allowed-origins")
            }
        }
    }
}

impl Access {
    /// Answers loopback's names, the address that is bound, `hosts`, and pages of `origins`; empty entries are ignored.
    ///
    /// A service that is bound to all addresses (`0.0.0.0`) answers every IP address as its `Host`: a page cannot get a
    /// foreign name past that.
    ///
    /// # Errors
    /// If an entry is not a host or an origin.
    pub(crate) fn new(bound: SocketAddr, hosts: &[String], origins: &Origins) -> io::Result<Self> {
        let wrong = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
        let hosts = hosts.iter().map(|host| host.trim()).filter(|host| !host.is_empty()).map(|host| {
            name_of(host).ok_or_else(|| wrong(format!("server.allowed-hosts: {host:?} is not a host name")))
        });
        Ok(Access {
            bound: bound.ip(),
            hosts: hosts.collect::<io::Result<_>>()?,
            origins: Allowed::new(origins).map_err(wrong)?,
        })
    }

    /// Whether the request is worked on.
    pub(crate) fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let named = uri.authority().map(|authority| authority.to_string());
        for host in named.into_iter().chain(headers.get_all(header::HOST).iter().map(text)) {
            if !self.answers(&host) {
                return Err(Refusal::Host(host));
            }
        }
        let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
        // A browser lets every page open a WebSocket and read it.
        if safe && !headers.contains_key(header::UPGRADE) {
            return Ok(());
        }
        match headers.get(header::ORIGIN) {
            Some(_) if self.origin(uri, headers).is_some() => Ok(()),
            Some(origin) => Err(Refusal::Origin(text(origin))),
            None if headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "cross-site") => Err(Refusal::CrossSite),
            None => Ok(()),
        }
    }

    /// The request's origin if its pages may call and read: loopback's, a configured one, or the one that is asked.
    pub(crate) fn origin<'a>(&self, uri: &Uri, headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, None) = (origins.next()?, origins.next()) else { return None };
        let name = normal(origin.to_str().ok()?)?;
        let asked = uri.authority().map(Authority::as_str);
        let asked = asked.or_else(|| headers.get(header::HOST)?.to_str().ok());
        let same = || {
            let (_, place) = name.split_once("://")?;
            Some(asked?.eq_ignore_ascii_case(place))
        };
        (self.origins.contains(&name) || is_loopback_origin(&name) || same() == Some(true)).then_some(origin)
    }

    fn answers(&self, host: &str) -> bool {
        let Some(name) = name_of(host) else { return false };
        if name == "localhost" || self.hosts.contains(&name) {
            return true;
        }
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback() || self.bound.is_unspecified() || address == self.bound)
    }
}

/// The host of `name`, `name:port` or `[address]:port` in lower case without a final dot.
fn name_of(host: &str) -> Option<String> {
    let authority: Authority = host.parse().ok()?;
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return None;
    }
    let port = &authority.as_str()[authority.host().len()..];
    if !(port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())) {
        return None;
    }
    let name = authority.host().to_ascii_lowercase();
    Some(name.strip_suffix('.').map(str::to_owned).unwrap_or(name))
}

fn is_loopback_origin(origin: &str) -> bool {
    match Url::parse(origin).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
