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
//! * A newer agent takes over from it with its sockets, and no client notices: see [`handover`].
//! * Told to end, it stops its processes and ends within 10 s; with `keep_processes` it leaves them running.
//!
//! The state folder holds the lock (`agent.lock`), one JSON file per server group (`server-groups/`), load balancer
//! (`load-balancers/`), job (`jobs/`) and execution (`requests/`), the instances' logs (`logs/`), what was fetched
//! (`artifacts/`), images with their tags (`images/`, `image-tags/`), and room for a full disk (`reserve/`). Processes run as the agent's
//! user unless they name another one ([`users`]), with its environment, in a process group of their own, and in a cgroup if
//! they have limits ([`cgroups`]). Nothing else isolates them.

mod api;
mod artifacts;
mod balancer;
mod body;
mod cgroups;
mod director;
mod disk;
mod error;
mod files;
mod handover;
mod health;
mod identity;
mod images;
mod instance;
mod job;
mod launch;
mod lock;
mod logs;
mod meters;
mod ports;
mod process;
mod record;
mod relay;
mod requests;
mod reserve;
mod scaling;
mod socket;
mod users;
mod validate;

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use gennaker_base::{Clock as _, SystemClock, Timestamp};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use self::{
    api::Api,
    director::Director,
    handover::{After, HandOverSocket, Inheritance, Retired, Successor, Taken},
    lock::Lock,
    logs::Logs,
    relay::Relay,
};
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
    /// How often server groups with scaling policies are measured, in whole seconds; 10 s by default.
    pub measure_every: Duration,
    /// Whether to take over from an agent that serves the folder, instead of being refused; false by default.
    pub take_over: bool,
    /// How long connections may go on in the agent that was taken over from; an hour by default. Then they are cut.
    pub old_connections: Duration,
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
            measure_every: Duration::from_secs(10),
            take_over: false,
            old_connections: Duration::from_secs(3_600),
        }
    }

    fn ticks_between_measuring(&self) -> u32 {
        u32::try_from(self.measure_every.as_secs()).unwrap_or(u32::MAX).max(1)
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
    /// How much memory all processes together may be given by their `limits.memoryBytes`, in bytes; no limit by default. With one,
    /// each process needs such a limit.
    pub memory_bytes: Option<u64>,
    /// How much of the disk logs, artifacts and images may take before nothing more is deployed, in bytes; no limit by default.
    pub disk_bytes: Option<u64>,
    /// How much an artifact may be.
    pub artifacts: ArtifactLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            processes: 200,
            ports: 21_000..=21_999,
            memory_bytes: None,
            disk_bytes: None,
            artifacts: ArtifactLimits::default(),
        }
    }
}

/// Runs an agent until `shutdown`; then it ends within 10 s.
///
/// # Errors
/// [`Error::AlreadyRunning`] if another agent holds the state folder and is not to be taken over from, [`Error::State`] if a state file is damaged,
/// otherwise what the machine refused.
pub async fn run(options: Options, shutdown: CancellationToken) -> Result<(), Error> {
    if options.limits.ports.is_empty() || *options.limits.ports.start() == 0 {
        return Err(Error::Options("the range of ports is empty or begins with 0; give it as FIRST..=LAST".into()));
    }
    if options.limits.artifacts.time > Duration::from_millis(MOST_FETCH_MS) {
        return Err(Error::Options("artifacts may take an hour at most; allow them less time".into()));
    }
    files::make_passable_folder(&options.state_dir)?;
    let folder = options
        .state_dir
        .canonicalize()
        .map_err(|source| Error::io(format!("find the folder {}", options.state_dir.display()), source))?;
    let (mut inheritance, mut taken) = match Lock::take(&folder) {
        Ok(lock) => (Inheritance { lock, control: None, listeners: HashMap::new(), predecessor: None }, None),
        Err(Error::AlreadyRunning { .. }) if options.take_over => {
            let path = handover::path_beside(&options.socket);
            let (taken, inheritance) = handover::take_over(&path, &options.account, options.old_connections)?;
            (inheritance, Some(taken))
        }
        Err(error) => return Err(error),
    };
    let agent = Agent { options, folder, open_files: raise_open_files(), shutdown: shutdown.clone() };
    let mut leftovers = JoinSet::new();
    while let Some((mut retired, successor, mut kept)) = agent.serve(inheritance, taken.take(), &mut leftovers).await? {
        match retired.serve(successor, &mut kept, &shutdown).await {
            After::Ended => {
                retired.end().await;
                break;
            }
            After::Alone => {
                let failed = |source| Error::io("serve again", source);
                kept.lock.sign().map_err(failed)?;
                kept.predecessor = Some(retired.beside(&mut leftovers, shutdown.clone()).map_err(failed)?);
                inheritance = kept;
            }
        }
    }
    // Changes that were passed on to a successor are answered by it, however long they take.
    let answered = async { while leftovers.join_next().await.is_some() {} };
    shutdown.run_until_cancelled(answered).await;
    shutdown.cancel();
    while leftovers.join_next().await.is_some() {}
    Ok(())
}

/// What stays the same while an agent serves, hands over, and perhaps serves again.
struct Agent {
    options: Options,
    folder: PathBuf,
    open_files: Option<Rlimit>,
    shutdown: CancellationToken,
}

impl Agent {
    /// Serves until it is told to end (None) or another agent has taken over.
    async fn serve(
        &self,
        inheritance: Inheritance,
        taken: Option<Taken>,
        leftovers: &mut JoinSet<()>,
    ) -> Result<Option<(Retired, Successor, Inheritance)>, Error> {
        let Inheritance { mut lock, control, listeners, mut predecessor } = inheritance;
        let (options, socket, clock) = (self.options.clone(), &self.options.socket, Arc::new(SystemClock));
        let health = self.health(clock.now());
        let mut director = Director::start(options, &self.folder, clock, self.open_files, listeners)?;
        let control = match control {
            Some(control) => control,
            None => socket::bind(socket)?,
        };
        if let Some(taken) = taken {
            predecessor = tokio::task::spawn_blocking(|| taken.confirm()).await.map_err(defect)??;
            lock.sign().map_err(|source| Error::io("sign the lock", source))?;
        }
        director.succeed(predecessor);
        let account = &self.options.account;
        let hand_over = HandOverSocket::bind(&handover::path_beside(socket), account, &lock, &control)?;
        let answered = || Error::io("listen on the control plane's socket", std::io::ErrorKind::Other.into());
        let listener = control.try_clone().and_then(tokio::net::UnixListener::from_std).map_err(|_| answered())?;

        let handed_over = self.shutdown.child_token();
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let api = Api {
            snapshots: director.snapshots(),
            meters: director.meters(),
            director: commands,
            logs: Logs::open(self.folder.join("logs"))?,
            artifacts: director.artifacts(),
            health: Arc::new(health),
            shutdown: handed_over.clone(),
        };
        let relay = Relay { socket: socket.clone(), handed_over: handed_over.clone(), shutdown: self.shutdown.clone() };
        let (asking, asked) = mpsc::channel(1);
        tracing::info!(socket = %socket.display(), "the local agent is ready");
        let _answering = AbortOnDropHandle::new(tokio::spawn(hand_over.answer(asking)));
        let router = api::router(api, relay);
        let mut serving = tokio::spawn(socket::serve(listener, router, handed_over.clone(), self.shutdown.clone()));
        let directing = director.run(receiver, asked, handed_over.clone(), self.shutdown.clone());
        let mut directing = tokio::spawn(directing);
        let (served, directed) = tokio::select! {
            served = &mut serving => {
                // It ends before the shutdown or a hand-over only if the socket fails.
                if !handed_over.is_cancelled() {
                    self.shutdown.cancel();
                }
                (Some(served.map_err(defect)?), directing.await.map_err(defect)?)
            }
            directed = &mut directing => (None, directed.map_err(defect)?),
        };
        if let Some((mut retired, successor)) = directed {
            if served.is_none() {
                leftovers.spawn(async move { drop(serving.await) });
            }
            let listeners = std::mem::take(&mut retired.sockets);
            let kept = Inheritance { lock, control: Some(control), listeners, predecessor: None };
            return Ok(Some((retired, successor, kept)));
        }
        let served = match served {
            Some(served) => served,
            None => serving.await.map_err(defect)?,
        };
        for path in [socket.clone(), handover::path_beside(socket)] {
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::debug!(%error, "the socket was gone already");
            }
        }
        served.map(|()| None)
    }

    fn health(&self, started_at: Timestamp) -> Health {
        Health {
            status: "UP".to_owned(),
            account: self.options.account.clone(),
            pid: std::process::id(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            started_at,
        }
    }
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
