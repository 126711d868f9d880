//! Whether an instance is healthy: asking it, and judging by what it answered.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::{
    launch::Launch,
    process::{KillGroup, Launcher},
    users::{User, start_as},
};
use crate::protocol::{HealthCheck, InstanceState, Probe, ServerGroupSpec};

/// Checks of a starting instance come this often, so that it takes traffic as soon as it can.
const WHILE_STARTING: Duration = Duration::from_millis(100);

/// Counts passed and failed checks.
#[derive(Debug)]
pub(super) struct Judge {
    check: HealthCheck,
    state: InstanceState,
    in_a_row: u32,
    last_passed: bool,
}

impl Judge {
    /// Begins with `up` (an adopted process that was healthy) or as starting.
    pub(super) fn new(check: HealthCheck, up: bool) -> Self {
        let state = if up { InstanceState::Up } else { InstanceState::Starting };
        Judge { check, state, in_a_row: 0, last_passed: false }
    }

    /// The new state, if this check, made `age` after the start, changes it.
    pub(super) fn observe(&mut self, passed: bool, age: Duration) -> Option<InstanceState> {
        self.in_a_row = if passed == self.last_passed { self.in_a_row.saturating_add(1) } else { 1 };
        self.last_passed = passed;
        let new = match (self.state, passed) {
            (InstanceState::Up, true) | (InstanceState::Down, false) => return None,
            (_, true) if self.in_a_row >= self.check.healthy_threshold => InstanceState::Up,
            (InstanceState::Starting, false) if age < Duration::from_millis(self.check.startup_grace_ms) => {
                return None;
            }
            (_, false) if self.in_a_row >= self.check.unhealthy_threshold => InstanceState::Down,
            _ => return None,
        };
        self.state = new;
        Some(new)
    }

    /// How long to wait before the next check.
    pub(super) fn pause(&self) -> Duration {
        let interval = Duration::from_millis(self.check.interval_ms);
        if self.state == InstanceState::Starting { interval.min(WHILE_STARTING) } else { interval }
    }
}

/// Asks `instance` once.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) async fn ask(
    launcher: &Launcher,
    launch: &Launch,
    spec: &ServerGroupSpec,
    check: &HealthCheck,
    instance: &str,
    port: u16,
) -> Result<(), String> {
    let limit = Duration::from_millis(check.timeout_ms);
    let asked = async {
        match &check.probe {
            Probe::Process => Ok(()),
            Probe::Tcp => connect(port).await.map(drop),
            Probe::Http { path, port_variable } => ask_http(port_of(spec, port_variable, port), path).await,
            Probe::Command { command, args } => {
                let command = launch.other_command(command, args, &launcher.mark, instance, Some(port));
                ask_command(command, launch.user.as_ref()).await
            }
        }
    };
    timeout(limit, asked).await.unwrap_or_else(|_| Err(format!("no answer within {} ms", check.timeout_ms)))
}

async fn connect(port: u16) -> Result<TcpStream, String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect(address).await.map_err(|error| format!("cannot connect to {address}: {error}"))
}

async fn ask_http(port: u16, path: &str) -> Result<(), String> {
    let words = |error: &dyn std::fmt::Display| format!("GET {path} on port {port}: {error}");
    let stream = connect(port).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| words(&error))?;
    let request = Request::get(path)
        .header(header::HOST, format!("127.0.0.1:{port}"))
        .header(header::USER_AGENT, "gennaker-local-agent")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| words(&error))?;
    let mut connection = std::pin::pin!(connection);
    let mut answered = std::pin::pin!(sender.send_request(request));
    let response = loop {
        tokio::select! {
            response = &mut answered => break response.map_err(|error| words(&error))?,
            ended = &mut connection => ended.map_err(|error| words(&error))?,
        }
    };
    let status = response.status();
    if (200..400).contains(&status.as_u16()) { Ok(()) } else { Err(words(&format!("status {status}"))) }
}

async fn ask_command(mut command: std::process::Command, user: Option<&User>) -> Result<(), String> {
    use std::{os::unix::process::CommandExt as _, process::Stdio};
    // Without the mark, so that no later agent takes a check for the instance's process.
    command.env_remove(super::identity::MARK);
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    let runtime = tokio::runtime::Handle::current();
    let spawned = start_as(user, || {
        let _entered = runtime.enter();
        command.spawn()
    });
    let mut child = spawned.map_err(|error| words_of_spawn(&error))?;
    // A check that runs out of time takes with it what its command had started.
    let _group = KillGroup(child.id());
    let status = child.wait().await.map_err(|error| words_of_spawn(&error))?;
    if status.success() { Ok(()) } else { Err(format!("the health command ended with {status}")) }
}

fn words_of_spawn(error: &io::Error) -> String {
    format!("cannot run the health command: {error}")
}

fn port_of(spec: &ServerGroupSpec, variable: &str, port: u16) -> u16 {
    spec.env.get(variable).filter(|_| variable != "PORT").and_then(|text| text.parse().ok()).unwrap_or(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(up: bool) -> Judge {
        let check = HealthCheck {
            healthy_threshold: 2,
            unhealthy_threshold: 3,
            startup_grace_ms: 1_000,
            ..HealthCheck::new(Probe::Tcp)
        };
        Judge::new(check, up)
    }

    fn states(judge: &mut Judge, checks: &str, age_ms: u64) -> Vec<InstanceState> {
        let age = Duration::from_millis(age_ms);
        checks.chars().filter_map(|check| judge.observe(check == '+', age)).collect()
    }

    #[test]
    fn thresholds_count_checks_in_a_row() {
        let mut judge = judge(false);
        assert_eq!(states(&mut judge, "+-+", 0), []);
        assert_eq!(states(&mut judge, "+", 0), [InstanceState::Up]);
        assert_eq!(states(&mut judge, "--+--", 0), []);
        assert_eq!(states(&mut judge, "-", 0), [InstanceState::Down]);
        assert_eq!(states(&mut judge, "-+-++", 0), [InstanceState::Up]);
    }

    #[test]
    fn failures_of_a_starting_instance_count_after_the_grace() {
        let mut judge = judge(false);
        assert_eq!(states(&mut judge, "-----", 999), []);
        assert_eq!(states(&mut judge, "-", 1_000), [InstanceState::Down]);
        assert!(judge.pause() > WHILE_STARTING);
    }

    #[test]
    fn an_adopted_instance_that_was_up_stays_up() {
        let mut judge = judge(true);
        assert_eq!(states(&mut judge, "+++", 0), []);
        assert_eq!(states(&mut judge, "---", 0), [InstanceState::Down]);
    }
}
