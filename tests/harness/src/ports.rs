//! Free loopback ports, none given out twice by one process.

use std::{collections::HashSet, fs, net::TcpListener, ops::Range, sync::Mutex};

/// Below this stand the ports that services of the machine like to have, and those that agents give to instances.
const LOWEST: u16 = 22_000;
/// Where Linux takes the ports of outgoing connections from, unless its configuration says otherwise.
const EPHEMERAL: u16 = 32_768;

/// One process runs many tests at once; each must get ports of its own.
static GIVEN_OUT: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// A port of 127.0.0.1 that nobody listens on and that this process has not been given before.
///
/// It lies outside of the range that outgoing connections are given, since a load of hundreds of connections a second would
/// otherwise take the port of a program that is being restarted. `None` if no port is free.
pub fn reserve_port() -> Option<u16> {
    let range = range(fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok().as_deref());
    let mut given_out = GIVEN_OUT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let given_out = given_out.get_or_insert_default();
    // A random place to begin, so that two processes seldom look at the same ports.
    let begin = rand::random_range(range.clone());
    let port = (begin..range.end)
        .chain(range.start..begin)
        .find(|port| !given_out.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok())?;
    given_out.insert(port);
    Some(port)
}

/// The ports to choose from, given the range of outgoing connections as the kernel writes it: `32768\t60999`.
fn range(outgoing: Option<&str>) -> Range<u16> {
    let first = outgoing.and_then(|range| range.split_whitespace().next()).and_then(|first| first.parse().ok());
    let end = first.unwrap_or(EPHEMERAL);
    if end > LOWEST + 1000 { LOWEST..end } else { LOWEST..EPHEMERAL }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_free_and_given_out_once() {
        let ports: Vec<u16> = (0..50).map(|_| reserve_port().expect("a free port")).collect();
        assert_eq!(ports.iter().collect::<HashSet<_>>().len(), 50);
        for port in ports {
            TcpListener::bind(("127.0.0.1", port)).expect("it is free");
        }
    }

    #[test]
    fn outgoing_connections_have_their_range_to_themselves() {
        assert_eq!(range(Some("32768\t60999\n")), 22_000..32_768);
        assert_eq!(range(Some("1024\t65535\n")), 22_000..32_768);
        assert_eq!(range(None), 22_000..32_768);
        assert_eq!(range(Some("30000 60999")), 22_000..30_000);
    }
}
