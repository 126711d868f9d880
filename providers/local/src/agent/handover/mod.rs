//! An agent takes over from a running one, and no client notices: the listening sockets go from process to process.
//!
//! The *successor* connects to the socket `agent.hand-over` of the agent that runs, the *predecessor*:
//!
//! | from | message | then |
//! |---|---|---|
//! | successor | hello: account, program, format of its records | |
//! | predecessor | offer, with the lock, the control plane's socket and every listening socket as descriptors | it goes on serving, but changes nothing and writes nothing more |
//! | successor | ready | it has read the records and adopted the processes; it accepts nobody yet |
//! | predecessor | yours | it accepts no more and supervises no more |
//! | successor | where requests may go, whom to drain | for as long as the predecessor has connections |
//! | predecessor | drained | |
//!
//! * The sockets are never closed in between, so no connection is refused.
//! * Until `ready` the predecessor is the agent: a successor that is gone leaves nothing behind. From `yours` on the
//!   successor is. A predecessor that is gone between the two leaves the lock to the successor, which goes on.
//! * What clients have open in the predecessor works until they end it, by the successor's routes; new requests on a
//!   kept-alive connection too, with a response that asks for a new connection. It ends with its last connection, or
//!   when the successor's limit is over. A drain waits for the requests of both.
//! * A successor that is killed while its predecessor is still there is replaced by it: it kept the sockets.

mod frames;
mod offer;
mod predecessor;
mod retired;
mod successor;

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    net::TcpListener,
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

pub(super) use self::{
    offer::{Asked, HandOverSocket, Successor},
    predecessor::Predecessor,
    retired::{After, Retired},
    successor::{Taken, take_over},
};
use super::{balancer::Target, lock::Lock};

/// What an agent has of the machine besides its processes.
#[derive(Debug)]
pub(super) struct Inheritance {
    pub(super) lock: Lock,
    /// The socket of the control plane, if somebody listened there before.
    pub(super) control: Option<UnixListener>,
    /// The load balancers' sockets, by port.
    pub(super) listeners: HashMap<u16, TcpListener>,
    /// Who still has connections.
    pub(super) predecessor: Option<Predecessor>,
}

/// Where a hand-over is asked for: beside the control plane's socket.
pub(super) fn path_beside(socket: &Path) -> PathBuf {
    socket.with_extension("hand-over")
}

/// What the two say before the hand-over.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Greeting {
    /// From the successor.
    Hello { account: String, program: String, pid: u32, format: u32, limit_ms: u64 },
    /// From the predecessor: so many descriptors follow.
    Offer { descriptors: usize },
    /// From the predecessor: no, and why.
    Refused { reason: String },
    /// From the successor.
    Ready,
    /// From the predecessor.
    Yours,
}

/// What the successor says after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Instruction {
    /// Where the requests of each balancer may go, and the ports that are still listened on.
    Route { routes: RouteTable, ports: Vec<u16> },
    /// Send nothing more to these instances; answer when what runs has ended, or was cut after the limit.
    Drain { id: u64, instances: Vec<String>, limit_ms: u64 },
    /// The successor was told to end: end too.
    End,
}

/// What the predecessor says after it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Report {
    Drained { id: u64, cut: usize },
}

/// The routes of each load balancer, by its name.
pub(super) type RouteTable = BTreeMap<String, Vec<Destination>>;

/// An instance and its weight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Destination {
    pub(super) target: Target,
    pub(super) weight: u32,
}

/// Listens on `path` in place of whoever did before, for the agent's own user only.
fn listen(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt as _;
    let temporary = path.with_extension("hand-over-new");
    if temporary.exists() {
        fs::remove_file(&temporary)?;
    }
    let listener = UnixListener::bind(&temporary)?;
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o600))?;
    fs::rename(&temporary, path)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
