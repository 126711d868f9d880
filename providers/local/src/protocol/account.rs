//! What an account may use and uses, and whether there is room for more.
//!
//! The agent asks before it makes anything, and the control plane when it plans: so both say the same.

use serde::{Deserialize, Serialize};

use super::ResourceLimits;

const MEBIBYTE: u64 = 1 << 20;

/// What an account may use and uses.
///
/// ```
/// use gennaker_provider_local::protocol::{AccountUse, Need, ResourceLimits, Share};
///
/// let account = AccountUse { processes: Share { used: 7, limit: Some(8) }, ..AccountUse::default() };
/// assert_eq!(account.refusal(&Need::of(1, &ResourceLimits::default())), None);
/// let refusal = account.refusal(&Need::of(2, &ResourceLimits::default())).unwrap();
/// assert!(refusal.starts_with("2 more processes would be over the limit of 8 (7 are there)"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccountUse {
    /// Instances of all server groups that are not on their way out, and jobs that run.
    pub processes: Share,
    /// Bytes of memory that these may use by their own limits.
    pub memory_bytes: Share,
    /// Bytes of logs, artifacts and images on the disk, looked at every half a minute; 0 if they are not limited.
    pub disk_bytes: Share,
    /// Ports of the agent's range that instances and load balancers have.
    pub ports: Share,
}

/// A part of the account's limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Share {
    /// How much is used.
    pub used: u64,
    /// How much may be; everything if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// What a change would use in addition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    processes: u64,
    /// Of each process, if it has such a limit.
    memory_bytes: Option<u64>,
    ports: u64,
}

impl Need {
    /// So many more processes with these limits, each with a port.
    pub fn of(processes: u64, limits: &ResourceLimits) -> Need {
        Need { processes, memory_bytes: limits.memory_bytes, ports: processes }
    }

    /// One more job.
    pub fn of_job(limits: &ResourceLimits) -> Need {
        Need { ports: 0, ..Need::of(1, limits) }
    }
}

impl Share {
    /// The limit, if so much more would be over it.
    fn passed_by(&self, more: u64) -> Option<u64> {
        self.limit.filter(|limit| self.used.saturating_add(more) > *limit)
    }
}

impl AccountUse {
    /// Why there is no room for that: the limit, what is used of it, and what to do. None if there is room.
    pub fn refusal(&self, need: &Need) -> Option<String> {
        let Need { processes, ports, .. } = *need;
        if processes == 0 {
            return None;
        }
        if let Some(limit) = self.processes.passed_by(processes) {
            return Some(format!(
                "{processes} more processes would be over the limit of {limit} ({} are there); destroy a server group or \
                 raise the agent's --max-processes",
                self.processes.used
            ));
        }
        if let Some(refusal) = self.memory_refusal(need) {
            return Some(refusal);
        }
        if let Some(limit) = self.ports.passed_by(ports) {
            return Some(format!(
                "{ports} more ports would be over the {limit} of the agent ({} are given away); destroy a server group or give \
                 the agent more --ports",
                self.ports.used
            ));
        }
        self.disk_refusal(0)
    }

    /// Why there is no room in the account's memory.
    pub fn memory_refusal(&self, need: &Need) -> Option<String> {
        let limit = self.memory_bytes.limit.filter(|_| need.processes > 0)?;
        let Some(each) = need.memory_bytes else {
            return Some(format!(
                "the account has a limit of memory ({}), so each process needs one: give `limits.memoryBytes`",
                mebibytes(limit)
            ));
        };
        let memory = each.saturating_mul(need.processes);
        self.memory_bytes.passed_by(memory)?;
        Some(format!(
            "{} more of memory would be over the account's limit of {} ({} are given away); lower `limits.memoryBytes`, \
             destroy a server group or raise the agent's --max-memory",
            mebibytes(memory),
            mebibytes(limit),
            mebibytes(self.memory_bytes.used)
        ))
    }

    /// Why there is no room on the disk for so many more bytes.
    pub fn disk_refusal(&self, bytes: u64) -> Option<String> {
        // With nothing to add there is no room either, once it is full.
        let limit = self.disk_bytes.passed_by(bytes.max(1))?;
        let more = if bytes == 0 { String::new() } else { format!("{} more would be over it; ", mebibytes(bytes)) };
        Some(format!(
            "logs, artifacts and images may take {} of the account's disk, and take {}: {more}delete images or destroy server groups, \
             wait until old logs are gone, or raise the agent's --max-disk",
            mebibytes(limit),
            mebibytes(self.disk_bytes.used)
        ))
    }
}

/// For people, rounded up.
fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(MEBIBYTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(used: u64, limit: u64) -> Share {
        Share { used, limit: Some(limit) }
    }

    #[test]
    fn each_limit_is_named_with_its_use_and_what_to_do() {
        let free = AccountUse::default();
        let sized = ResourceLimits { memory_bytes: Some(64 << 20), cpu_percent: None };
        let none = ResourceLimits::default();
        let memory = AccountUse { memory_bytes: share(64 << 20, 192 << 20), ..free };
        let ports = AccountUse { ports: share(9, 10), ..free };
        let disk = AccountUse { disk_bytes: share(5 << 20, 5 << 20), ..free };
        for (account, need, words) in [
            (AccountUse { processes: share(8, 8), ..free }, Need::of(1, &none), "limit of 8 (8 are there)"),
            (
                memory,
                Need::of(1, &none),
                "limit of memory (192 MiB), so each process needs one: give `limits.memoryBytes`",
            ),
            (
                memory,
                Need::of(3, &sized),
                "192 MiB more of memory would be over the account's limit of 192 MiB (64 MiB",
            ),
            (ports, Need::of(2, &none), "2 more ports would be over the 10 of the agent (9 are given away)"),
            (disk, Need::of(1, &none), "may take 5 MiB of the account's disk, and take 5 MiB: delete images"),
            (disk, Need::of_job(&none), "--max-disk"),
        ] {
            let refusal = account.refusal(&need).expect("there is no room");
            assert!(refusal.contains(words), "{refusal}");
        }
        for (account, need) in [
            (free, Need::of(1_000, &none)),
            (memory, Need::of(2, &sized)),
            (ports, Need::of(1, &none)),
            (ports, Need::of_job(&none)),
            (disk, Need::of(0, &none)),
        ] {
            assert_eq!(account.refusal(&need), None, "{account:?} {need:?}");
        }
        let larger = AccountUse { disk_bytes: share(4 << 20, 5 << 20), ..free }.disk_refusal(2 << 20);
        assert!(larger.expect("too much").contains("2 MiB more would be over it"));
    }
}
