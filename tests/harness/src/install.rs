//! A stand-alone Gennaker of one's own: a folder, free ports, an agent and a control plane.
//!
//! ```text
//! <folder>/config/  spinnaker.yml, gate.yml, orca.yml ... with free ports
//!          data/    what the control plane stores
//!          agent/   the agent's state
//!          logs/    agent.log, control-plane.log
//! ```
//!
//! The control plane can be killed and started again on the same ports and data while the agent goes on. Dropping an
//! [`Install`] ends everything, the processes of deployed server groups included; the folder goes too, unless it was the
//! caller's or a test is failing.

mod peer;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use gennaker_base::Kind;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    Client, Group, Launch, Program, Programs, Service, contract, eventually, gate, program, programs, service::Ports,
    wait,
};

pub use self::peer::Peer;

/// Why an install does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be written.
    #[error("{} cannot be written; check the folder", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file that the harness writes itself was given.
    #[error("{0} holds the ports; write further settings to a file of the profile `local`, e.g. gate-local.yml")]
    OwnFile(String),
    /// All ports are taken.
    #[error("no port of 127.0.0.1 is free")]
    NoPort,
    /// The program was not built.
    #[error(transparent)]
    Programs(#[from] programs::Error),
    /// The program could not be started, or ended.
    #[error(transparent)]
    Program(#[from] program::Error),
    /// No client could be made.
    #[error(transparent)]
    Client(#[from] gate::Error),
    /// It did not become ready in time.
    #[error("{state}; see the logs in {}", logs.display())]
    NotReady {
        /// What was waited for and seen.
        state: wait::TimedOut,
        /// Where the logs are.
        logs: PathBuf,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Write { .. } | Error::OwnFile(_) => Kind::Invalid,
            Error::NoPort => Kind::Unavailable,
            Error::Programs(error) => error.kind(),
            Error::Program(error) => error.kind(),
            Error::Client(error) => error.kind(),
            Error::NotReady { state, .. } => state.kind(),
        }
    }
}

/// What an install is to be like.
#[derive(Debug, Clone)]
pub struct InstallOptions {
    /// Where it stands; a temporary folder of its own by default. A folder that is given is kept.
    pub folder: Option<PathBuf>,
    /// The account of the `local` provider; `local` by default.
    pub account: String,
    /// Whether it takes upstream's ports (gate on 8084 ...) if all of them are free; false by default, since many
    /// installs run side by side.
    pub usual_ports: bool,
    /// Further configuration files: name, e.g. `orca-local.yml`, and content. They win over the harness's own.
    pub files: Vec<(String, String)>,
    /// Environment variables of agent and control plane; `SPRING_PROFILES_ACTIVE=local` by default.
    pub environment: Vec<(String, String)>,
    /// How long the control plane may take to be ready, 30 s by default; and how long either program may take to end.
    pub deadline: Duration,
}

impl Default for InstallOptions {
    fn default() -> Self {
        InstallOptions {
            folder: None,
            account: "local".to_owned(),
            usual_ports: false,
            files: Vec::new(),
            environment: vec![("SPRING_PROFILES_ACTIVE".to_owned(), "local".to_owned())],
            deadline: Duration::from_secs(30),
        }
    }
}

/// A running install.
#[derive(Debug)]
pub struct Install {
    control_plane: Program,
    agent: Program,
    group: Group,
    clients: Vec<Client>,
    ports: Ports,
    executable: PathBuf,
    options: InstallOptions,
    ready_after: Duration,
    folder: PathBuf,
    // Last, since a folder can only be removed once nobody writes to it.
    temporary: Option<TempDir>,
}

impl Install {
    /// Writes the configuration, starts agent and control plane (the program `gennaker`), and waits until it is ready.
    ///
    /// # Errors
    /// Any [`Error`]; nothing is left running.
    pub async fn start(programs: &Programs, options: InstallOptions) -> Result<Self, Error> {
        let executable = programs.path(contract::PROGRAM)?.to_owned();
        let temporary = match &options.folder {
            Some(_) => None,
            None => Some(TempDir::with_prefix("gennaker-").map_err(written(&std::env::temp_dir()))?),
        };
        let folder = match (&options.folder, &temporary) {
            (Some(folder), _) => std::path::absolute(folder).map_err(written(folder))?,
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => std::env::temp_dir(),
        };
        let usual = Some(Ports::usual()).filter(|ports| options.usual_ports && ports.are_free());
        let ports = usual.or_else(Ports::reserve).ok_or(Error::NoPort)?;
        write_files(&folder, &ports, &options)?;

        let group = Group::new();
        let agent = launch_agent(&executable, &folder, &options).start(&group)?;
        let begin = Instant::now();
        let control_plane = launch_control_plane(&executable, &folder, &options).start(&group)?;
        let clients = Service::ALL.iter().map(|service| Client::new(base_url(&ports, *service)));
        let clients = clients.collect::<Result<_, _>>()?;
        let ready_after = Duration::ZERO;
        let mut install = Install {
            control_plane,
            agent,
            group,
            clients,
            ports,
            executable,
            options,
            ready_after,
            folder,
            temporary,
        };
        install.wait_ready(begin).await?;
        Ok(install)
    }

    /// The address of a service, e.g. `http://127.0.0.1:15084`.
    pub fn base_url(&self, service: Service) -> String {
        base_url(&self.ports, service)
    }

    /// A client of a service.
    pub fn client(&self, service: Service) -> Client {
        self.clients[service as usize].clone()
    }

    /// The address of the install's own health check: `/healthcheck` of port 5000 elsewhere.
    pub fn health_check_url(&self) -> String {
        format!("http://127.0.0.1:{}/healthcheck", self.ports.health_check)
    }

    /// The account of the `local` provider.
    pub fn account(&self) -> &str {
        &self.options.account
    }

    /// The port of a service.
    pub fn port(&self, service: Service) -> u16 {
        self.ports.of(service)
    }

    /// Where `config`, `data`, `agent` and `logs` are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What ends with this install; programs started into it end then as well.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// The control plane, e.g. for its pid.
    pub fn control_plane(&mut self) -> &mut Program {
        &mut self.control_plane
    }

    /// The agent.
    pub fn agent(&mut self) -> &mut Program {
        &mut self.agent
    }

    /// How long the control plane took from its last start until all services were healthy, to within 50 ms.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Kills the control plane (SIGKILL); the agent goes on.
    ///
    /// # Errors
    /// [`Error::Program`].
    pub async fn kill_control_plane(&mut self) -> Result<(), Error> {
        self.control_plane.kill()?;
        Ok(())
    }

    /// Asks the control plane to end (SIGTERM) and waits for it; the agent goes on.
    ///
    /// # Errors
    /// [`Error::Program`] if it takes longer than the deadline.
    pub async fn stop_control_plane(&mut self) -> Result<(), Error> {
        self.control_plane.terminate(self.options.deadline).await?;
        Ok(())
    }

    /// Starts the control plane again on the same ports and data, and waits until it is ready. One that still runs is
    /// killed first.
    ///
    /// # Errors
    /// [`Error::Program`], [`Error::NotReady`].
    pub async fn start_control_plane(&mut self) -> Result<(), Error> {
        self.control_plane.kill()?;
        let begin = Instant::now();
        self.control_plane = launch_control_plane(&self.executable, &self.folder, &self.options).start(&self.group)?;
        self.wait_ready(begin).await
    }

    /// Starts the agent again on the same state. One that still runs is killed first; its processes are not.
    ///
    /// # Errors
    /// [`Error::Program`].
    pub async fn restart_agent(&mut self) -> Result<(), Error> {
        self.agent.kill()?;
        self.agent = launch_agent(&self.executable, &self.folder, &self.options).start(&self.group)?;
        Ok(())
    }

    /// Asks control plane and agent to end, in this order, then ends what is left.
    ///
    /// # Errors
    /// [`Error::Program`] if one of them did not end by itself; everything has ended even so.
    pub async fn stop(mut self) -> Result<(), Error> {
        let control_plane = self.control_plane.terminate(self.options.deadline).await;
        let agent = self.agent.terminate(self.options.deadline).await;
        self.group.end();
        control_plane?;
        agent?;
        Ok(())
    }

    async fn wait_ready(&mut self, begin: Instant) -> Result<(), Error> {
        let programs = [&mut self.agent, &mut self.control_plane];
        healthy(programs, &self.clients, self.options.deadline, &self.folder).await?;
        self.ready_after = begin.elapsed();
        Ok(())
    }
}

impl Drop for Install {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(temporary) = self.temporary.take()
        {
            eprintln!("the install of the failed test is kept in {}", temporary.keep().display());
        }
        self.group.end();
    }
}

/// Waits until the programs run and all services of `clients` are healthy.
async fn healthy<const N: usize>(
    mut programs: [&mut Program; N],
    clients: &[Client],
    deadline: Duration,
    folder: &Path,
) -> Result<(), Error> {
    let ready = eventually(deadline, "all services to be healthy", async || {
        for program in &mut programs {
            // A program that has ended will never be ready.
            if let Err(error) = program.check_running() {
                return Ok(Err(error));
            }
        }
        for (client, service) in clients.iter().zip(Service::ALL) {
            match client.get("/health").await {
                Ok(answer) if answer.status == 200 => {}
                Ok(answer) => return Err(format!("{}: {} {}", service.name(), answer.status, answer.body)),
                Err(error) => return Err(format!("{}: {error}", service.name())),
            }
        }
        Ok(Ok(()))
    });
    match ready.await {
        Ok(running) => Ok(running?),
        Err(state) => Err(Error::NotReady { state, logs: folder.join("logs") }),
    }
}

fn launch_agent(executable: &Path, folder: &Path, options: &InstallOptions) -> Launch {
    let launch = launch("agent", executable, folder, options);
    contract::agent(launch, &options.account, &folder.join("agent"))
}

fn launch_control_plane(executable: &Path, folder: &Path, options: &InstallOptions) -> Launch {
    let launch = launch("control-plane", executable, folder, options);
    contract::control_plane(launch, &folder.join("config"), &folder.join("data"))
}

fn launch(name: &str, executable: &Path, folder: &Path, options: &InstallOptions) -> Launch {
    let launch = Launch::new(name, executable, folder.join("logs").join(format!("{name}.log"))).directory(folder);
    options.environment.iter().fold(launch, |launch, (name, value)| launch.env(name, value))
}

fn base_url(ports: &Ports, service: Service) -> String {
    format!("http://127.0.0.1:{}", ports.of(service))
}

fn write_files(folder: &Path, ports: &Ports, options: &InstallOptions) -> Result<(), Error> {
    for part in ["data", "agent", "logs"] {
        let part = folder.join(part);
        fs::create_dir_all(&part).map_err(written(&part))?;
    }
    let own = contract::files(ports, &options.account, &folder.join("agent"), None);
    write_config(&folder.join("config"), own, options)
}

/// Writes the configuration of one control plane.
fn write_config(config: &Path, own: Vec<(String, String)>, options: &InstallOptions) -> Result<(), Error> {
    fs::create_dir_all(config).map_err(written(config))?;
    if let Some((name, _)) = options.files.iter().find(|(name, _)| own.iter().any(|(own, _)| own == name)) {
        return Err(Error::OwnFile(name.clone()));
    }
    for (name, content) in own.iter().chain(&options.files) {
        let path = config.join(name);
        fs::write(&path, content).map_err(written(&path))?;
    }
    Ok(())
}

fn written(path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}
