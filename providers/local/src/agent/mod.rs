//! The data plane of the local provider: supervises the server groups' processes and balances requests over them.
//!
//! ```no_run
//! # async fn example() -> Result<(), gennaker_provider_local::agent::Error> {
//! use gennaker_provider_local::agent::{Options, run};
//! use tokio_util::sync::CancellationToken;
//!
//! run(Options::new("/var/lib/gennaker/local/my-account", "my-account"), CancellationToken::new()).await
//! # }
//! ```
//!
//! * Nothing in it depends on the control plane: it goes on when that is killed, and answers it when it is back.
//! * What it answered is on disk. Killed at any moment and started again, it adopts the processes that still run (each
//!   known by pid and start time), starts the others, listens again, and finishes what it had begun.
//! * A mutation is carried out once per request id, and never for a caller that has lost its execution.
//! * Told to end, it stops its processes and ends within 10 s; with `keep_processes` it leaves them running.
//!
//! The state folder holds the lock (`agent.lock`), one JSON file per server group (`server-groups/`), load balancer
//! (`load-balancers/`), job (`jobs/`) and execution (`requests/`), the instances' logs (`logs/`), and what was fetched (`artifacts/`). Processes run as the agent's
//! user, with its environment, in a process group of their own. There is no isolation between them.

mod api;
mod artifacts;
mod balancer;
mod director;
mod error;
mod files;
mod health;
mod identity;
mod instance;
mod job;
mod launch;
mod lock;
mod logs;
mod meters;
mod ports;
mod process;
mod record;
mod requests;
mod socket;
mod validate;

use std::{
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use gennaker_base::{Clock as _, SystemClock};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::{api::Api, director::Director, lock::Lock, logs::Logs};
pub use self::{artifacts::ArtifactLimits, error::Error};
use crate::protocol::{Health, MOST_FETCH_MS};

/// Requests that wait for the director.
const COMMANDS: usize = 256;

/// How an agent runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept; made with mode 0700. One agent per folder.
    pub state_dir: PathBuf,
    /// Where the control plane connects; `<state_dir>/agent.sock` by default. At most 100 characters.
    pub socket: PathBuf,
    /// The account that it serves.
    pub account: String,
    /// Where the load balancers listen; 127.0.0.1 by default. Instances are always reached at 127.0.0.1.
    pub bind_address: IpAddr,
    /// What it may use.
    pub limits: Limits,
    /// Whether the processes go on when the agent is told to end; false by default.
    pub keep_processes: bool,
}

impl Options {
    /// The defaults.
    pub fn new(state_dir: impl Into<PathBuf>, account: impl Into<String>) -> Self {
        let state_dir = state_dir.into();
        Options {
            socket: state_dir.join("agent.sock"),
            state_dir,
            account: account.into(),
            bind_address: Ipv4Addr::LOCALHOST.into(),
            limits: Limits::default(),
            keep_processes: false,
        }
    }
}

/// What an agent may use of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Instances of all server groups together; 200 by default.
    pub processes: usize,
    /// Ports for instances, and for load balancers that ask for none; 21,000 to 21,999 by default. Best below the
    /// kernel's range for outgoing connections (32,768 and up).
    pub ports: RangeInclusive<u16>,
    /// How much an artifact may be.
    pub artifacts: ArtifactLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { processes: 200, ports: 21_000..=21_999, artifacts: ArtifactLimits::default() }
    }
}

/// Runs an agent until `shutdown`; then it ends within 10 s.
///
/// # Errors
/// [`Error::AlreadyRunning`] if another agent holds the state folder, [`Error::State`] if a state file is damaged,
/// otherwise what the machine refused.
pub async fn run(options: Options, shutdown: CancellationToken) -> Result<(), Error> {
    if options.limits.ports.is_empty() || *options.limits.ports.start() == 0 {
        return Err(Error::Options("the range of ports is empty or begins with 0; give it as FIRST..=LAST".into()));
    }
    if options.limits.artifacts.time > Duration::from_millis(MOST_FETCH_MS) {
        return Err(Error::Options("artifacts may take an hour at most; allow them less time".into()));
    }
    files::make_private_folder(&options.state_dir)?;
    let folder = options
        .state_dir
        .canonicalize()
        .map_err(|source| Error::io(format!("find the folder {}", options.state_dir.display()), source))?;
    let _lock = Lock::take(&folder)?;
    let clock = Arc::new(SystemClock);
    let health = Health {
        status: "UP".to_owned(),
        account: options.account.clone(),
        pid: std::process::id(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: clock.now(),
    };
    let socket = options.socket.clone();
    let director = Director::start(options, &folder, clock, raise_open_files())?;
    let (commands, receiver) = mpsc::channel(COMMANDS);
    let api = Api {
        snapshots: director.snapshots(),
        meters: director.meters(),
        director: commands,
        logs: Logs::open(folder.join("logs"))?,
        health: Arc::new(health),
        shutdown: shutdown.clone(),
    };
    // Until the director runs nothing but its own tasks exist, and they end with it.
    let listener = socket::bind(&socket)?;
    tracing::info!(socket = %socket.display(), "the local agent is ready");
    let ended = shutdown.clone();
    let mut directing = tokio::spawn(director.run(receiver, shutdown.clone()));
    let served = tokio::select! {
        served = socket::serve(listener, api::router(api), ended) => served,
        // It ends before the shutdown only by a defect.
        directed = &mut directing => return directed.map_err(defect),
    };
    shutdown.cancel();
    directing.await.map_err(defect)?;
    if let Err(error) = std::fs::remove_file(&socket) {
        tracing::debug!(%error, "the socket was gone already");
    }
    served
}

fn defect(error: tokio::task::JoinError) -> Error {
    Error::io("go on: the agent has a defect, see its log", std::io::Error::other(error))
}

/// Allows this process as many open files as it may have, for the balancers; returns the limit before.
fn raise_open_files() -> Option<Rlimit> {
    let before = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: before.maximum, maximum: before.maximum });
    raised.is_ok().then_some(before)
}
