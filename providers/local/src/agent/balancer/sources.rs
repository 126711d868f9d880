//! Who may connect to a balancer, by address and listening port.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::protocol::{IpIngress, SecurityGroupSpec};

/// What the security groups of a balancer let in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::agent) struct Sources(Vec<Source>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    network: IpNet,
    ports: std::ops::RangeInclusive<u16>,
}

impl Sources {
    /// The sources of all `groups`; what is not a network, which validation has refused, lets nobody in.
    pub(in crate::agent) fn of<'a>(groups: impl IntoIterator<Item = &'a SecurityGroupSpec>) -> Sources {
        let ingress = groups.into_iter().flat_map(|group| &group.ip_ingress);
        Sources(ingress.filter_map(Source::of).collect())
    }

    pub(super) fn admit(&self, address: IpAddr, port: u16) -> bool {
        // An IPv4 client of an IPv6 socket is meant by its IPv4 address.
        let address = address.to_canonical();
        self.0.iter().any(|source| source.ports.contains(&port) && source.network.contains(&address))
    }
}

impl Source {
    fn of(ingress: &IpIngress) -> Option<Source> {
        Some(Source { network: network(&ingress.cidr)?, ports: ingress.start_port..=ingress.end_port })
    }
}

/// A network, or the network of one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether `text` is an address or a range of them.
pub(in crate::agent) fn is_network(text: &str) -> bool {
    network(text).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_source_is_let_in_by_network_and_port() {
        let group: SecurityGroupSpec = serde_json::from_value(json!({"name": "office", "ipIngress": [
            {"cidr": "10.1.0.0/16", "startPort": 8000, "endPort": 8080}, {"cidr": "::1"}, {"cidr": "192.0.2.7"}]}))
        .unwrap();
        let sources = Sources::of([&group]);
        for (address, port, admitted) in [
            ("10.1.2.3", 8080, true),
            ("10.1.2.3", 8081, false),
            ("10.2.0.1", 8080, false),
            ("::ffff:10.1.2.3", 8000, true),
            ("::1", 1, true),
            ("::2", 1, false),
            ("192.0.2.7", 65535, true),
            ("192.0.2.8", 65535, false),
        ] {
            assert_eq!(sources.admit(address.parse().unwrap(), port), admitted, "{address} {port}");
        }
        assert!(!Sources::of([]).admit("127.0.0.1".parse().unwrap(), 80), "no source: nobody");
        assert!(is_network("10.0.0.0/8") && !is_network("10.0.0.0/33") && !is_network("office"));
    }
}
