//! SIGKILL of the control plane at random moments under load: what was answered is done, and done once.
//!
//! Clients start pipelines, each under an `Idempotency-Key` of its own that they repeat until they get an answer. The
//! control plane is killed while it works, and sometimes while it starts. In the end each answered start has one
//! execution that has succeeded, each of its side effects was asked for under one key (perhaps more than once: a webhook
//! is called at least once), and the store says of each task that it ended once.
//!
//! `GENNAKER_KILLS` says how often it is killed. The moments come from a seed, which is printed, and may be given back as
//! `GENNAKER_SEED`; what they meet differs from run to run all the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use futures::future::join_all;
use gennaker_harness::{Client, Install, Service, delivery::stages, eventually};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    counting::{CountingServer, LOOPBACK_ALLOWED},
    recorded::{Recorded, recorded},
    support::{DEADLINE, ended, install_with, number},
};

const APPLICATION: &str = "kills";
/// How often it is killed, unless `GENNAKER_KILLS` says otherwise.
const KILLS: u64 = 20;
/// How many clients there are; each waits for its execution before it starts the next one.
const CLIENTS: u64 = 8;
/// How long it works before it is killed, in milliseconds; every fourth time, how long it has been starting.
const WORKS_MS: RangeInclusive<u64> = 1..=400;
const STARTS_MS: RangeInclusive<u64> = 1..=100;
/// The side effects of each execution, in order.
const EFFECTS: [&str; 2] = ["before", "after"];
/// The tasks of each execution: those of the webhooks, and of the stage between them.
const TASKS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_done_once_however_often_the_control_plane_is_killed() {
    let kills = number("GENNAKER_KILLS").unwrap_or(KILLS);
    let seed = number("GENNAKER_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>()));
    eprintln!("GENNAKER_SEED={seed}");
    let server = CountingServer::start().await;
    let mut install = install_with([LOOPBACK_ALLOWED]).await;
    let load = Load::default();
    let orca = install.client(Service::Orca);
    let clients = join_all((0..CLIENTS).map(|client| load.client(client, &orca, &server, seed)));
    let killer = async {
        let early = kill_at_random(&mut install, kills, seed).await;
        load.ends.store(true, Ordering::Relaxed);
        early
    };
    let (starts, early) = tokio::join!(clients, killer);
    let starts: BTreeMap<String, String> = starts.into_iter().flatten().collect();
    for id in starts.values() {
        let execution = ended(&orca, id).await.expect("it ends");
        assert_eq!(execution["status"], "SUCCEEDED", "GENNAKER_SEED={seed}: {execution}");
    }

    let recorded = recorded(&install, APPLICATION).await;
    let complaints = complaints(&starts, &server, &recorded);
    assert!(complaints.is_empty(), "GENNAKER_SEED={seed}:\n{}", complaints.join("\n"));
    let recoveries: usize = recorded.iter().map(Recorded::recoveries).sum();
    assert!(recoveries > 0, "no kill met an execution under way");
    let calls = server.calls().len();
    let effects = server.keys().len();
    eprintln!(
        "{kills} kills, {early} of them of a control plane that was starting: {} starts answered, {} sent again, each done once; \
         {recoveries} take-overs; {effects} side effects under one key each, {} calls repeated",
        starts.len(),
        load.sent_again.load(Ordering::Relaxed),
        calls - effects,
    );
    install.stop().await.expect("both programs end by themselves");
}

/// Kills the control plane so often, leaves it running, and returns how often it was killed while it started.
async fn kill_at_random(install: &mut Install, kills: u64, seed: u64) -> u64 {
    let mut random = StdRng::seed_from_u64(seed);
    let mut early = 0;
    for kill in 1..=kills {
        if kill % 4 == 0 {
            let moment = Duration::from_millis(random.random_range(STARTS_MS));
            match timeout(moment, install.start_control_plane()).await {
                Ok(started) => started.expect("it starts again"),
                Err(_) => early += 1,
            }
        } else {
            if kill > 1 {
                install.start_control_plane().await.expect("it starts again");
            }
            sleep(Duration::from_millis(random.random_range(WORKS_MS))).await;
        }
        install.kill_control_plane().await.expect("it is killed");
    }
    install.start_control_plane().await.expect("it starts again");
    early
}

/// What all clients share.
#[derive(Default)]
struct Load {
    /// Whether they are to start nothing more.
    ends: AtomicBool,
    /// How often a start got no answer and was sent again.
    sent_again: AtomicUsize,
}

impl Load {
    /// One client: starts an execution, waits for its last call, and starts the next one. Returns the id that each key was
    /// answered with.
    async fn client(&self, client: u64, orca: &Client, server: &CountingServer, seed: u64) -> BTreeMap<String, String> {
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(1 + client));
        let mut starts = BTreeMap::new();
        while !self.ends.load(Ordering::Relaxed) {
            let key = format!("{client}-{}", starts.len());
            let id = self.start(orca, server, &key).await;
            if random.random_bool(0.2) {
                let again = self.start(orca, server, &key).await;
                assert_eq!(again, id, "{key} has started two executions");
            }
            wait_for_last_call(server, &id).await;
            starts.insert(key, id);
        }
        starts
    }

    /// Starts a pipeline under the key, again and again until there is an answer, and returns its execution's id.
    async fn start(&self, orca: &Client, server: &CountingServer, key: &str) -> String {
        let pipeline = pipeline(server, key);
        let answered = eventually(DEADLINE, "an answer to a start", async || {
            let answer = orca.post_with("/orchestrate", &pipeline, &[("Idempotency-Key", key)]).await;
            let state = match answer {
                Ok(answer) if answer.status == 503 => answer.body.to_string(),
                Ok(answer) => return Ok(answer),
                Err(error) => error.to_string(),
            };
            self.sent_again.fetch_add(1, Ordering::Relaxed);
            Err(state)
        });
        let answer = answered.await.expect("it is up again").ok().expect("it starts");
        let reference = answer["ref"].as_str().expect("a reference");
        reference.strip_prefix("/pipelines/").expect("a pipeline").to_owned()
    }
}

/// The pipeline that a start under the key runs. It is enabled, so that front50 is not asked.
fn pipeline(server: &CountingServer, key: &str) -> Value {
    let variables = json!([{ "key": "twice", "value": "${1 + 1}" }]);
    let between = json!({ "type": "evaluateVariables", "name": "between", "variables": variables });
    json!({
        "id": APPLICATION, "application": APPLICATION, "name": APPLICATION, "enabled": true,
        "limitConcurrent": false, "keepWaitingPipelines": false,
        "trigger": { "type": "manual", "user": "kills" },
        "stages": stages([server.stage(EFFECTS[0], key), between, server.stage(EFFECTS[1], key)]),
    })
}

async fn wait_for_last_call(server: &CountingServer, id: &str) {
    let called = eventually(DEADLINE, "the last call of an execution", async || {
        if server.count(id, EFFECTS[1]) > 0 { Ok(()) } else { Err(format!("{id} has not made it")) }
    });
    called.await.expect("it gets there");
}

/// Everything that is not as promised.
fn complaints(starts: &BTreeMap<String, String>, server: &CountingServer, recorded: &[Recorded]) -> Vec<String> {
    let mut complaints: Vec<String> = recorded.iter().flat_map(|recorded| recorded.complaints(Some(TASKS))).collect();
    let answered: BTreeSet<&str> = starts.values().map(String::as_str).collect();
    if answered.len() != starts.len() {
        complaints.push(format!("{} starts were answered with {} executions", starts.len(), answered.len()));
    }
    let stored: BTreeSet<&str> = recorded.iter().map(|recorded| recorded.execution.head.id.as_str()).collect();
    for id in answered.symmetric_difference(&stored) {
        complaints.push(format!("{id} was answered and is not stored, or the other way round"));
    }
    for call in server.calls() {
        if starts.get(&call.start) != Some(&call.execution) {
            complaints.push(format!("{call:?} does not come from the execution that its start was answered with"));
        }
    }
    let keys = server.keys();
    for id in answered {
        for effect in EFFECTS {
            let under = keys.get(&(id.to_owned(), effect.to_owned()));
            if under.is_none_or(|under| under.len() != 1 || under.contains("")) {
                complaints.push(format!("{id} asked for {effect} under {under:?}, not one key"));
            }
        }
    }
    let distinct: BTreeSet<&String> = keys.values().flatten().collect();
    if distinct.len() != keys.len() {
        complaints.push(format!("{} side effects have {} keys", keys.len(), distinct.len()));
    }
    complaints
}
