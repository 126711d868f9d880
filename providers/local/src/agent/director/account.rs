//! What the account uses of its limits, and whether there is room for more.

use super::Director;
use crate::{
    agent::error::Refusal,
    protocol::{AccountUse, Need, ResourceLimits, Share},
};

impl Director {
    /// What is used now; `except` is a server group that does not count.
    pub(super) fn account_use(&self, except: Option<&str>) -> AccountUse {
        let limits = &self.options.limits;
        let groups = self.groups.values().filter(|group| Some(group.spec().name.as_str()) != except);
        let instances = groups.flat_map(|group| group.staying()).map(|instance| &instance.configuration.spec.limits);
        let jobs = self.jobs.values().filter(|job| !job.is_over()).map(|job| &job.record.spec.limits);
        let running: Vec<&ResourceLimits> = instances.chain(jobs).collect();
        let memory = running.iter().filter_map(|limits| limits.memory_bytes).fold(0, u64::saturating_add);
        let ports = self.taken_ports().into_iter().filter(|port| limits.ports.contains(port)).count();
        AccountUse {
            processes: Share { used: running.len() as u64, limit: Some(limits.processes as u64) },
            memory_bytes: Share { used: memory, limit: limits.memory_bytes },
            disk_bytes: Share { used: self.disk.used(), limit: self.disk.limit },
            ports: Share { used: ports as u64, limit: Some(limits.ports.len() as u64) },
        }
    }

    /// Whether so much more may be used.
    ///
    /// # Errors
    /// `limit`, naming the limit, its use and what to do.
    pub(super) fn room_for(&self, need: &Need) -> Result<(), Refusal> {
        match self.account_use(None).refusal(need) {
            Some(message) => Err(Refusal::limit(message)),
            None => Ok(()),
        }
    }

    /// Shows what was measured of the disk meanwhile.
    pub(super) fn show_disk(&mut self) {
        let shown = self.snapshot.borrow().account_use.disk_bytes.used;
        if shown != self.disk.used() {
            self.publish();
        }
    }
}
