//! Free ports of the agent's range.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::{Ipv4Addr, TcpListener},
    ops::RangeInclusive,
};

use super::error::Refusal;

/// Hands out ports. The next one comes after the last one, so that a port that was just given up rests for a while.
#[derive(Debug)]
pub(super) struct Ports {
    range: RangeInclusive<u16>,
    next: u16,
}

impl Ports {
    /// Begins somewhere in `range` that depends on `account`, so that two agents with the same range seldom meet.
    pub(super) fn new(range: RangeInclusive<u16>, account: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (account, std::process::id()).hash(&mut hasher);
        let count = u64::from(range.end() - range.start()) + 1;
        let offset = u16::try_from(hasher.finish() % count).unwrap_or(0);
        Ports { next: range.start() + offset, range }
    }

    /// A port that is not in `taken` and that nobody listens on.
    ///
    /// # Errors
    /// `limit` if there is none.
    pub(super) fn take(&mut self, taken: &HashSet<u16>) -> Result<u16, Refusal> {
        for _ in self.range.clone() {
            let port = self.next;
            self.next = if port == *self.range.end() { *self.range.start() } else { port + 1 };
            if !taken.contains(&port) && is_free(port) {
                return Ok(port);
            }
        }
        Err(Refusal::limit(format!(
            "no port from {} to {} is free; destroy a server group or give the agent a larger range",
            self.range.start(),
            self.range.end()
        )))
    }
}

/// Whether nobody listens on `port`, on any address of this machine.
pub(super) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taken_and_busy_ports_are_passed_over() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = busy.local_addr().unwrap().port();
        assert!(!is_free(port));
        let mut ports = Ports::new(port..=port, "a");
        let message = ports.take(&HashSet::new()).unwrap_err().message;
        assert!(message.contains(&format!("from {port} to {port}")), "{message}");
        drop(busy);
        assert_eq!(ports.take(&HashSet::new()), Ok(port));
        assert!(ports.take(&HashSet::from([port])).is_err());
    }
}
