//! One running program: started, looked at, asked to end, killed.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use gennaker_harness::{Group, Launch};
//!
//! let group = Group::new();
//! let mut program = Launch::new("sleep", "/bin/sleep", "sleep.log").arg("60").start(&group)?;
//! let status = program.terminate(Duration::from_secs(5)).await?;
//! assert!(!status.success());
//! # Ok(())
//! # }
//! ```
//!
//! Dropping a [`Program`] kills it. What it has started itself lives on until its [`Group`] ends, as it would if the
//! program had crashed.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use gennaker_base::Kind;

use crate::{Group, Process, eventually};

/// How much of the end of a log an error shows.
const TAIL: u64 = 2000;
/// The environment that a program gets when it gets no other: what finding files and writing logs needs.
const PASSED_ON: [&str; 8] =
    ["PATH", "HOME", "TMPDIR", "LANG", "RUST_LOG", "RUST_BACKTRACE", "LLVM_PROFILE_FILE", "TZ"];

/// What went wrong with a program.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be started.
    #[error("{name} cannot be started from {}; check that the file is there and may be run", executable.display())]
    Start {
        /// The program's name.
        name: String,
        /// Its file.
        executable: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Its log cannot be written.
    #[error("the log {} of {name} cannot be opened; check its folder", log.display())]
    Log {
        /// The program's name.
        name: String,
        /// Its log.
        log: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system could not say how it ended.
    #[error("it cannot be found out how {name} ended")]
    Wait {
        /// The program's name.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It did not end in time, and still runs.
    #[error("{name} (pid {pid}) still runs after {deadline:?}; the end of its log {}:\n{tail}", log.display())]
    StillRunning {
        /// The program's name.
        name: String,
        /// Its pid.
        pid: u32,
        /// How long was waited.
        deadline: Duration,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
    /// It ended when it should run.
    #[error("{name} ended on its own ({status}); the end of its log {}:\n{tail}", log.display())]
    Ended {
        /// The program's name.
        name: String,
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The end of the log.
        tail: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Start { .. } | Error::Log { .. } => Kind::Invalid,
            Error::Wait { .. } => Kind::Bug,
            Error::StillRunning { .. } => Kind::Timeout,
            Error::Ended { .. } => Kind::Unavailable,
        }
    }
}

/// A program that is about to be started.
///
/// Its environment is a clean one: only what `PATH`, `HOME` and the like need, so that a developer's settings do not
/// change what a test sees.
#[derive(Debug, Clone)]
pub struct Launch {
    name: String,
    executable: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    log: PathBuf,
}

impl Launch {
    /// A start of `executable`, called `name` in messages, whose output is appended to the file `log`.
    pub fn new(name: impl Into<String>, executable: impl Into<PathBuf>, log: impl Into<PathBuf>) -> Self {
        Launch {
            name: name.into(),
            executable: executable.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: None,
            log: log.into(),
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Sets the working directory; the caller's own by default.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Starts it as a member of `group`, in a process group of its own, so that Ctrl-C reaches the caller alone.
    ///
    /// # Errors
    /// [`Error::Start`], [`Error::Log`].
    pub fn start(self, group: &Group) -> Result<Program, Error> {
        let output = OpenOptions::new().create(true).append(true).open(&self.log);
        let (out, err) = output.and_then(|log| Ok((log.try_clone()?, log))).map_err(|source| Error::Log {
            name: self.name.clone(),
            log: self.log.clone(),
            source,
        })?;
        let mut command = Command::new(&self.executable);
        command.args(&self.arguments).process_group(0).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.envs(self.environment).stdin(Stdio::null()).stdout(out).stderr(err);
        if let Some(directory) = self.directory {
            command.current_dir(directory);
        }
        let (name, executable) = (self.name.clone(), self.executable);
        let failed = |source| Error::Start { name, executable, source };
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(source) => return Err(failed(source)),
        };
        // Nobody has waited for it yet, so it has its pid even if it has ended.
        let Some(process) = Process::of(child.id()) else {
            let _ = child.kill().and_then(|()| child.wait());
            return Err(failed(io::Error::new(io::ErrorKind::NotFound, "/proc does not show it")));
        };
        group.add(process);
        Ok(Program { name: self.name, log: self.log, child, process, status: None, group: group.clone() })
    }
}

/// A program that was started.
#[derive(Debug)]
pub struct Program {
    name: String,
    log: PathBuf,
    child: Child,
    process: Process,
    status: Option<ExitStatus>,
    group: Group,
}

impl Program {
    /// Its name in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The file that its output goes to.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// [`Error::Wait`].
    pub fn status(&mut self) -> Result<Option<ExitStatus>, Error> {
        if self.status.is_none() {
            let status = self.child.try_wait();
            self.status = status.map_err(|source| Error::Wait { name: self.name.clone(), source })?;
        }
        Ok(self.status)
    }

    /// Nothing if it runs.
    ///
    /// # Errors
    /// [`Error::Ended`] with the end of its log; [`Error::Wait`].
    pub fn check_running(&mut self) -> Result<(), Error> {
        match self.status()? {
            None => Ok(()),
            Some(status) => Err(Error::Ended {
                name: self.name.clone(),
                status,
                log: self.log.clone(),
                tail: tail(&self.log).unwrap_or_default(),
            }),
        }
    }

    /// Asks it to end (SIGTERM) and waits for it.
    ///
    /// # Errors
    /// [`Error::StillRunning`] if it takes longer than `deadline`; it is not killed then.
    pub async fn terminate(&mut self, deadline: Duration) -> Result<ExitStatus, Error> {
        self.group.add_descendants(self.process);
        self.process.terminate();
        self.wait_exit(deadline).await
    }

    /// Kills it alone (SIGKILL), as a crash would, and waits for it; its children live on until its group ends.
    ///
    /// # Errors
    /// [`Error::Wait`].
    pub fn kill(&mut self) -> Result<ExitStatus, Error> {
        // Halted first, so that no child is missed.
        self.process.halt();
        self.group.add_descendants(self.process);
        self.process.kill();
        let status = match self.status {
            Some(status) => status,
            None => self.child.wait().map_err(|source| Error::Wait { name: self.name.clone(), source })?,
        };
        self.status = Some(status);
        Ok(status)
    }

    /// Waits until it ends.
    ///
    /// # Errors
    /// [`Error::StillRunning`] after `deadline`; [`Error::Wait`].
    pub async fn wait_exit(&mut self, deadline: Duration) -> Result<ExitStatus, Error> {
        let ended = eventually(deadline, "the end of a program", async || match self.status() {
            Ok(None) => Err("it runs"),
            Ok(Some(status)) => Ok(Ok(status)),
            Err(error) => Ok(Err(error)),
        });
        match ended.await {
            Ok(status) => status,
            Err(_) => Err(Error::StillRunning {
                name: self.name.clone(),
                pid: self.pid(),
                deadline,
                log: self.log.clone(),
                tail: tail(&self.log).unwrap_or_default(),
            }),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.status.is_none() {
            let _ = self.kill();
        }
    }
}

/// The last lines of a file.
fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut text = Vec::new();
    file.take(TAIL).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).trim_end().to_owned())
}
