//! An agent in a process of its own, and what tests ask of it.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, AtomicUsize, Ordering},
    time::Duration,
};

use gennaker_provider_local::{
    client::{Call, Client},
    protocol::{InstanceState, LoadBalancer, LoadBalancerSpec, ServerGroup, ServerGroupSpec, Snapshot, TrafficRequest},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_local_agent_test_program");
pub(crate) const PATIENCE: Duration = Duration::from_secs(12);
const PORTS_EACH: u16 = 20;

/// A running agent; dropped, it ends and takes its processes with it.
pub(crate) struct Agent {
    pub(crate) client: Client,
    folder: TempDir,
    ports: (u16, u16),
    child: Child,
    /// Holds the small disk that the agent has its state on, if it has one.
    disk: Option<SmallDisk>,
}

/// A file system of its own in a namespace of its own: the process that holds it ends when its input does.
struct SmallDisk {
    holder: Child,
    /// The folder as it is seen from outside.
    folder: PathBuf,
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _it_has_ended = self.holder.wait();
    }
}

impl Agent {
    pub(crate) async fn start() -> Agent {
        let (folder, ports) = (tempfile::tempdir().expect("a folder"), ports());
        let client = Client::new(folder.path().join("agent.sock"));
        let child = spawn(None, folder.path(), ports, &[]);
        let agent = Agent { client, folder, ports, child, disk: None };
        agent.wait_until_it_answers().await;
        agent
    }

    /// An agent whose state is on a disk of that size, as mount(8) writes it; None if this machine lets nobody mount one.
    pub(crate) async fn start_on_a_disk_of(size: &str) -> Option<Agent> {
        let (folder, ports) = (tempfile::tempdir().expect("a folder"), ports());
        let mount = format!("mount -t tmpfs -o size={size} none {} && echo mounted && cat", folder.path().display());
        let mut holder = Command::new("unshare");
        holder.args(["--mount", "sh", "-c", &mount]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut holder = holder.spawn().ok()?;
        let mut said = String::new();
        BufReader::new(holder.stdout.take().expect("an output")).read_line(&mut said).expect("read");
        if said.is_empty() {
            holder.wait().expect("reaped");
            return None;
        }
        // What is below the root of a process in that namespace is the same for everybody.
        let inside = folder.path().strip_prefix("/").expect("an absolute path");
        let seen = Path::new("/proc").join(holder.id().to_string()).join("root").join(inside);
        let client = Client::new(seen.join("agent.sock"));
        let disk = SmallDisk { holder, folder: seen };
        let child = spawn(Some(&disk), folder.path(), ports, &[]);
        let agent = Agent { client, folder, ports, child, disk: Some(disk) };
        agent.wait_until_it_answers().await;
        Some(agent)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.disk.as_ref().map_or(self.folder.path(), |disk| &disk.folder)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Another agent on the same folder.
    pub(crate) fn second(&self) -> Child {
        self.spawn(&[])
    }

    fn spawn(&self, rest: &[&str]) -> Child {
        spawn(self.disk.as_ref(), self.folder.path(), self.ports, rest)
    }

    /// Starts an agent that takes over, waits until it has, and returns the one before.
    pub(crate) async fn take_over(&mut self) -> Child {
        self.take_over_with(&[]).await
    }

    /// The same with further options.
    pub(crate) async fn take_over_with(&mut self, rest: &[&str]) -> Child {
        let new = self.spawn(&[&["take-over"], rest].concat());
        let old = std::mem::replace(&mut self.child, new);
        self.until_served_by(self.pid()).await;
        old
    }

    /// Waits until the agent with this pid answers the control plane.
    pub(crate) async fn until_served_by(&self, pid: u32) {
        let serves = || async { self.client.health().await.is_ok_and(|health| health.pid == pid) };
        until("the other agent serves", serves).await;
    }

    /// Makes another agent of the folder the one that ends with this; returns the one of before.
    pub(crate) fn now_is(&mut self, child: Child) -> Child {
        std::mem::replace(&mut self.child, child)
    }

    /// Ends it as a crash does: its processes go on.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped");
    }

    /// Ends it as an operator does, and waits.
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        kill_process(raw(self.child.id()), Signal::TERM).expect("terminated");
        self.child.wait().expect("reaped")
    }

    /// Starts it again.
    pub(crate) async fn start_again(&mut self, rest: &[&str]) {
        self.child = self.spawn(rest);
        self.wait_until_it_answers().await;
    }

    async fn wait_until_it_answers(&self) {
        until("the agent answers", || async { self.client.health().await.is_ok() }).await;
    }

    /// Puts a load balancer on a port of the agent's choice and returns its address.
    pub(crate) async fn balancer(&self, name: &str) -> (LoadBalancer, String) {
        let spec: LoadBalancerSpec = serde_json::from_value(json!({"name": name})).expect("a spec");
        let balancer = self.client.put_load_balancer(&spec, &call()).await.expect("a balancer");
        let address = format!("{}:{}", balancer.address, balancer.port);
        (balancer, address)
    }

    /// Creates a server group and waits until all of it is up.
    pub(crate) async fn group(&self, spec: &ServerGroupSpec) -> ServerGroup {
        self.client.create_server_group(spec, &call()).await.expect("a server group");
        self.until_up(&spec.name).await
    }

    pub(crate) async fn until_up(&self, name: &str) -> ServerGroup {
        let all_up = |group: &ServerGroup| group.instances.iter().all(|instance| instance.state == InstanceState::Up);
        self.until_group(name, "up", all_up).await
    }

    pub(crate) async fn until_group(
        &self,
        name: &str,
        what: &str,
        condition: impl Fn(&ServerGroup) -> bool,
    ) -> ServerGroup {
        let found = |snapshot: &Snapshot| {
            snapshot.server_groups.iter().find(|group| group.spec.name == name && condition(group)).cloned()
        };
        self.follow(&format!("{name} is {what}"), found).await
    }

    pub(crate) async fn until_gone(&self, name: &str) {
        let gone =
            |snapshot: &Snapshot| snapshot.server_groups.iter().all(|group| group.spec.name != name).then_some(());
        self.follow(&format!("{name} is gone"), gone).await;
    }

    /// Follows the state as a control plane does, until `condition` gives something.
    async fn follow<T>(&self, what: &str, condition: impl Fn(&Snapshot) -> Option<T>) -> T {
        let mut last = self.client.state().await.expect("the state");
        let followed = async {
            loop {
                if let Some(found) = condition(&last) {
                    return found;
                }
                last = self.client.follow(last.version).await.expect("the state");
            }
        };
        let followed = timeout(PATIENCE, followed).await;
        match followed {
            Ok(found) => found,
            Err(_) => panic!("not seen: {what}: {:#?}", self.client.state().await),
        }
    }

    pub(crate) async fn set_traffic(&self, name: &str, enabled: bool, drain_timeout_ms: u64) -> usize {
        let traffic = TrafficRequest { enabled, drain_timeout_ms, weight: None };
        let change = self.client.set_traffic(name, &traffic, &call()).await.expect("a change");
        assert_eq!((change.name.as_str(), change.enabled), (name, enabled));
        change.cut
    }

    /// What the agent answers as text.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.exchange("GET", path, "", "").await;
        answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned()
    }

    /// A request to the agent as a human's curl makes it.
    pub(crate) async fn raw(&self, method: &str, path: &str, fence: &str, body: &str) -> (u16, Value) {
        let answer = self.exchange(method, path, fence, body).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let text = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.unwrap_or_else(|| panic!("no status: {answer}")), serde_json::from_str(text).unwrap_or_default())
    }

    async fn exchange(&self, method: &str, path: &str, fence: &str, body: &str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::UnixStream::connect(self.client.socket()).await.expect("connected");
        let fence = if fence.is_empty() { String::new() } else { format!("X-Gennaker-Fence: {fence}\r\n") };
        let head = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{fence}");
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        // An answer may come before all of a body that is too large was read.
        let _refused_early = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).expect("text")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.terminate();
        }
    }
}

/// Ports for one agent: each test run has others, since several may run on one machine.
fn ports() -> (u16, u16) {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = 20_000 + (std::process::id() % 16) as u16 * 700;
    let first = base + NEXT.fetch_add(1, Ordering::SeqCst) * PORTS_EACH;
    (first, first + PORTS_EACH - 1)
}

fn spawn(disk: Option<&SmallDisk>, folder: &Path, ports: (u16, u16), rest: &[&str]) -> Child {
    let mut command = match disk {
        None => Command::new(PROGRAM),
        Some(disk) => {
            let mut command = Command::new("nsenter");
            command.arg(format!("--mount=/proc/{}/ns/mnt", disk.holder.id())).arg(PROGRAM);
            command
        }
    };
    command.arg("agent").arg(folder).arg(ports.0.to_string()).arg(ports.1.to_string()).args(rest);
    command.stderr(Stdio::piped()).spawn().expect("an agent")
}

/// A call under a new request id.
pub(crate) fn call() -> Call {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    Call::unfenced(format!("call-{}", NEXT.fetch_add(1, Ordering::SeqCst)))
}

/// The test server as `name`, with further fields.
pub(crate) fn server(name: &str, version: &str, balancer: &str, fields: Value) -> ServerGroupSpec {
    let balancers: Vec<&str> = [balancer].into_iter().filter(|balancer| !balancer.is_empty()).collect();
    let mut spec = json!({
        "name": name,
        "command": PROGRAM,
        "args": ["serve", version],
        "loadBalancers": balancers,
        "healthCheck": {"type": "http", "path": "/health", "intervalMs": 100},
        "restart": {"initialDelayMs": 10, "maxDelayMs": 100},
    });
    spec.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    serde_json::from_value(spec).expect("a spec")
}

/// A shell script as `name`, healthy while it runs.
pub(crate) fn script(name: &str, text: &str, fields: Value) -> ServerGroupSpec {
    let mut spec = json!({
        "name": name,
        "command": "sh",
        "args": ["-c", text],
        "healthCheck": {"type": "process"},
        "restart": {"initialDelayMs": 10, "maxDelayMs": 100},
    });
    spec.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
    serde_json::from_value(spec).expect("a spec")
}

pub(crate) fn raw(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid")
}

pub(crate) fn kill(pid: u32) {
    kill_process(raw(pid), Signal::KILL).expect("killed");
}

/// Whether a process runs; a dead one that nobody reaped does not.
pub(crate) fn runs(pid: u32) -> bool {
    std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat")))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().starts_with(" Z"))
}

/// Asks until `condition` holds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let asked = async {
        while !condition().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("not seen: {what}"));
}
