//! Two control planes on one store, one of them frozen past its lease: the other one takes its work over, and what the
//! frozen one still tries when it goes on is refused.
//!
//! Pipelines wait for a slow webhook on the first node when it is frozen (SIGSTOP). Some have just been answered, and the
//! first node is about to record it: the test holds the database's lock meanwhile. The second node claims all of them once
//! the lease is over, and asks the webhook again under the same key. One pipeline it brings to its end; the others'
//! webhook has not answered when the first node goes on (SIGCONT), with all answers to its own calls at hand.
//!
//! A frozen process sees by its clock that its lease is over. A machine that has slept does not, since its monotonic clock
//! has slept too: a build for tests can be told so, and then the store alone refuses what the former owner tries. The same
//! is done with that check switched off as well: then the former owner's commits and calls get through, and are found.

use std::sync::Arc;

use futures::future::join_all;
use gennaker_base::SystemClock;
use gennaker_harness::{
    Client, Delivery, Install, InstallOptions, Process, Service,
    delivery::{APPLICATION, Version, stages},
    eventually,
};
use gennaker_store::Nodes as _;
use gennaker_store_sql::{Options, SqlStore};
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    counting::{CountingServer, LOOPBACK_ALLOWED},
    recorded::{Recorded, database, recorded},
    support::{DEADLINE, delivery, ended, programs},
};

/// The second node's name.
const SECOND: &str = "second";
/// How many pipelines there are besides the two that deploy something: so many answers the first node
/// is about to record when it is frozen.
const MORE: usize = 10;
/// How much of each violation is printed where they are expected.
const SHOWN: usize = 200;
/// What is said of a former owner that has written.
const WRITTEN_LATE: &str = "has written after it was taken over";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_frozen_node_tries_after_its_lease_is_refused() {
    let violations = freeze(&[]).await;
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

/// Hides from a node that its lease is over, as a machine's sleep does.
#[cfg(debug_assertions)]
const SLEPT: (&str, &str) = ("GENNAKER_TEST_LEASE_CLOCK", "stopped");

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_tries_that_knows_nothing_of_its_sleep_is_refused() {
    let violations = freeze(&[SLEPT]).await;
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[cfg(debug_assertions)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_fences_the_same_test_finds_what_a_frozen_node_does() {
    let violations = freeze(&[SLEPT, ("GENNAKER_TEST_FENCE", "off")]).await;
    let cut = violations.iter().map(|found| found.chars().take(SHOWN).collect::<String>());
    eprintln!("without fences:\n{}", cut.collect::<Vec<_>>().join("\n"));
    for receiver in [Service::Front50, Service::Clouddriver] {
        let name = receiver.name();
        assert!(violations.iter().any(|found| found.starts_with(name)), "{name} was to let it through: {violations:?}");
    }
    let late = violations.iter().any(|found| found.contains(WRITTEN_LATE));
    assert!(late, "a former owner's commit was to get through: {violations:?}");
}

/// What is not as it should be after a node was frozen and went on.
async fn freeze(environment: &[(&str, &str)]) -> Vec<String> {
    let server = CountingServer::start().await;
    let mut install = start(environment).await;
    let delivery = delivery(&install).await;
    let first = begin(&delivery, &server, "1").await;
    let mut others = vec![begin(&delivery, &server, "2").await];
    for number in 0..MORE {
        others.push(run(&delivery, &server, &format!("more-{number}"), Vec::new()).await);
    }
    let peer = install.second_control_plane(SECOND).await.expect("a second node");
    let former = owner(&install, &first).await;

    let node = Process::of(install.control_plane().pid()).expect("it runs");
    let lock = lock(&install).await;
    for id in &others[1..] {
        server.release(id, 1);
    }
    answered(&install, MORE).await;
    node.halt();
    let still = eventually(DEADLINE, "all threads of the first node to stand still", async || {
        if node.stands_still() { Ok(()) } else { Err("some go on") }
    });
    still.await.expect("they stand still");
    unlock(lock).await;
    for id in others.iter().chain([&first]) {
        asked(&server, id, 2).await;
    }
    server.release(&first, 2);
    let orca = peer.client(Service::Orca);
    let mut violations = Vec::new();
    violations.extend(failure(&orca, &first).await);

    // The answers that the frozen node waits for are there before it goes on.
    server.release(&first, 1);
    server.release(&others[0], 1);
    node.resume();
    joined_again(&install, former).await;
    let old = format!("{first}/{former}");
    let late =
        late_calls(&[install.client(Service::Front50), peer.client(Service::Front50)], Service::Front50, &old).await;
    let operations = [install.client(Service::Clouddriver), peer.client(Service::Clouddriver)];
    let operated = late_calls(&operations, Service::Clouddriver, &old).await;
    for id in &others {
        server.release(id, 2);
    }
    let failures = join_all(others.iter().map(|id| failure(&orca, id))).await;
    violations.extend(failures.into_iter().flatten());
    violations.extend(late);
    violations.extend(operated);
    let recorded = recorded(&install, APPLICATION).await;
    for id in others.iter().chain([&first]) {
        let found = recorded.iter().find(|recorded| recorded.execution.head.id == *id).expect("it is stored");
        violations.extend(found.complaints(None));
        violations.extend(writers(found, former));
    }
    for ((execution, effect), keys) in server.keys() {
        if keys.len() != 1 || keys.contains("") {
            violations.push(format!("{execution} asked for {effect} under {keys:?}, not one key"));
        }
    }
    let groups = delivery.server_group_names().await.expect("server groups");
    if groups != ["greeter-v000", "greeter-v001"] {
        violations.push(format!("two deployments have left {groups:?}"));
    }
    drop(peer);
    violations
}

async fn start(environment: &[(&str, &str)]) -> Install {
    let mut options = InstallOptions::default();
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    options.environment.extend(environment.iter().copied().map(owned));
    let (file, settings) = LOOPBACK_ALLOWED;
    // So that its log says when an answer has come.
    options.files = vec![(file.to_owned(), format!("{settings}webhook:\n  auditLoggingEnabled: true\n"))];
    Install::start(programs().await, options).await.expect("an install")
}

/// Starts a pipeline that has something for front50 and something for clouddriver between its webhooks.
async fn begin(delivery: &Delivery, server: &CountingServer, version: &str) -> String {
    let application = json!({ "name": APPLICATION, "email": "demo@example.com", "description": version });
    let upsert = json!({ "type": "upsertApplication", "name": "describe", "application": application });
    run(delivery, server, version, vec![upsert, delivery.deploy(&Version::new(version))]).await
}

/// Starts a pipeline on the first node: the slow webhook, these stages, and another webhook. Returns its execution's id
/// once the slow webhook is asked.
async fn run(delivery: &Delivery, server: &CountingServer, name: &str, between: Vec<Value>) -> String {
    let slow = server.stage(&format!("{}/slow", CountingServer::HELD), name);
    let all = [slow].into_iter().chain(between).chain([server.stage("after", name)]);
    delivery.save(name, stages(all)).await.expect("a pipeline");
    let id = delivery.start(name).await.expect("an execution");
    asked(server, &id, 1).await;
    id
}

/// What keeps the execution from success.
async fn failure(orca: &Client, id: &str) -> Option<String> {
    match ended(orca, id).await {
        Ok(execution) if execution["status"] == "SUCCEEDED" => None,
        Ok(execution) => Some(format!("{id} has not succeeded: {execution}")),
        Err(error) => Some(format!("{id} has not ended: {error}")),
    }
}

/// Waits until the execution has asked the slow webhook so often.
async fn asked(server: &CountingServer, id: &str, times: usize) {
    let asked = eventually(DEADLINE, "a call of the slow webhook", async || {
        let count = server.count(id, &format!("{}/slow", CountingServer::HELD));
        if count >= times { Ok(()) } else { Err(format!("{id} has made {count}")) }
    });
    asked.await.expect("it is made");
}

/// The epoch that the execution belongs to.
async fn owner(install: &Install, id: &str) -> u64 {
    let recorded = recorded(install, APPLICATION).await;
    let found = recorded.iter().find(|recorded| recorded.execution.head.id == id).expect("it is stored");
    found.execution.owner.as_ref().expect("it is driven").epoch.0
}

/// Takes the database's lock: nobody can commit. It also keeps a node from being frozen while it has that lock itself, if it
/// is given back only when every thread of the node stands still: a frozen process keeps it, and nobody else could write until
/// it goes on.
async fn lock(install: &Install) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(database(install)).busy_timeout(DEADLINE);
    let mut connection = options.connect().await.expect("a connection");
    connection.execute("BEGIN IMMEDIATE").await.expect("the lock");
    connection
}

async fn unlock(mut connection: SqliteConnection) {
    connection.execute("ROLLBACK").await.expect("nothing was written");
    connection.close().await.expect("it is closed");
}

/// Waits until the first node has got so many answers of webhooks.
async fn answered(install: &Install, times: usize) {
    let log = install.folder().join("logs/control-plane.log");
    let answered = eventually(DEADLINE, "the first node to get its answers", async || {
        let log = std::fs::read_to_string(&log).map_err(|error| error.to_string())?;
        let count = log.matches("received a webhook's answer").count();
        if count >= times { Ok(()) } else { Err(format!("{count} answers")) }
    });
    answered.await.expect("it gets them");
}

/// Waits until the first node has found out that it lost its lease, and has joined under a new epoch.
async fn joined_again(install: &Install, former: u64) {
    let store = SqlStore::open_sqlite(&database(install), Arc::new(SystemClock), Options::default()).await;
    let store = store.expect("a store");
    let joined = eventually(DEADLINE, "the first node to join again", async || {
        let nodes = store.living().await.map_err(|error| error.to_string())?;
        let joined = nodes.iter().any(|node| node.registration.node != SECOND && node.epoch.0 > former);
        if joined { Ok(()) } else { Err(format!("{nodes:?}")) }
    });
    joined.await.expect("it joins again");
    store.close().await;
}

/// What the service lets somebody do who comes with the fence of a former owner, on either node.
async fn late_calls(nodes: &[Client], service: Service, fence: &str) -> Vec<String> {
    let (path, body) = match service {
        Service::Front50 => (
            "/pipelines",
            json!({ "application": APPLICATION, "name": "late", "id": "late", "stages": [], "triggers": [] }),
        ),
        _ => {
            ("/local/ops", json!([{ "upsertLoadBalancer": { "account": "local", "region": "local", "name": "late" } }]))
        }
    };
    let mut let_through = Vec::new();
    for node in nodes {
        let answer = node.post_with(path, &body, &[("X-Gennaker-Fence", fence)]).await.expect("an answer");
        if answer.status != 409 || answer.body["code"] != "fenced" {
            let (status, body): (u16, &Value) = (answer.status, &answer.body);
            let_through
                .push(format!("{} answered a call under the fence {fence} with {status}: {body}", service.name()));
        }
    }
    let_through
}

/// Complaints about who has written: the former owner, then the second node, and the former one never again.
fn writers(recorded: &Recorded, former: u64) -> Vec<String> {
    let epochs: Vec<u64> = recorded.events.iter().filter_map(|event| event.epoch).map(|epoch| epoch.0).collect();
    let taken_over = epochs.iter().position(|epoch| *epoch > former);
    match taken_over {
        None => vec![format!("nobody took over: {epochs:?}")],
        Some(place) if epochs[place..].contains(&former) => {
            vec![format!("epoch {former} {WRITTEN_LATE}: {epochs:?}")]
        }
        Some(_) => Vec::new(),
    }
}
