//! Two nodes write the same pipelines at the same time, on one folder or in one bucket, and both are killed in between.
//!
//! Each writer reads a pipeline, counts it up and saves it if nobody saved it meanwhile (`staleCheck`). In the end each
//! pipeline's count is the number of the saves that were answered, and of those among the unanswered that were carried
//! out; its history holds each of them once, in order; and whoever lost against another was told so.
//!
//! `GENNAKER_WRITES` says how many saves are to be answered, `GENNAKER_SEED` which pipelines they are of.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, future::join_all, stream};
use gennaker_harness::{Client, S3Server, Service, eventually, s3};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::{
    buckets,
    support::{DEADLINE, install_with, number},
};

const APPLICATION: &str = "writers";
/// How many saves are to be answered, unless `GENNAKER_WRITES` says otherwise.
const WRITES: u64 = 300;
/// How many writers there are; every second one writes to the second node.
const WRITERS: u64 = 8;
/// How many pipelines there are: one for so many saves, but not fewer than the first nor more than the second.
const SAVES_EACH: u64 = 200;
const PIPELINES: (u64, u64) = (10, 50);
/// How many revisions a folder keeps of each.
const FOLDER_KEEPS: usize = 200;
/// How long a writer waits for a node that was killed before it asks again.
const PAUSE: Duration = Duration::from_millis(20);
const REFUSE_STALE: &str = "front50:\n  refuseStale: true\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_a_folder_lose_nothing() {
    two_nodes_lose_nothing("a folder", REFUSE_STALE, FOLDER_KEEPS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_a_bucket_lose_nothing() {
    let Some(server) = S3Server::start().await.expect("a server") else { return };
    server.make_bucket("writers", true).await.expect("a bucket");
    let s3 = buckets::settings(&server, "writers", s3::SECRET);
    two_nodes_lose_nothing("a bucket", &format!("{REFUSE_STALE}{s3}"), usize::MAX).await;
}

async fn two_nodes_lose_nothing(place: &str, settings: &str, keeps: usize) {
    let writes = number("GENNAKER_WRITES").unwrap_or(WRITES);
    let seed = number("GENNAKER_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>()));
    eprintln!("GENNAKER_SEED={seed}");
    let mut install = install_with([("front50-local.yml", settings)]).await;
    let mut second = install.second_control_plane("second").await.expect("another node");
    let clients = [install.client(Service::Front50), second.client(Service::Front50)];
    let pipelines = (writes / SAVES_EACH).clamp(PIPELINES.0, PIPELINES.1);
    for number in 0..pipelines {
        clients[0].post("/pipelines", &first(number)).await.and_then(|answer| answer.ok()).expect("a pipeline");
    }
    let load = Load { writes, pipelines, clients: clients.map(Mutex::new), answered: AtomicUsize::new(0) };

    let writers = join_all((0..WRITERS).map(|writer| load.writer(writer, seed)));
    let killer = async {
        load.until(writes / 3).await;
        second.program().kill().expect("it is killed");
        let third = install.second_control_plane("third").await.expect("another node");
        *load.clients[1].lock().expect("no panic") = third.client(Service::Front50);
        load.until(writes * 2 / 3).await;
        install.kill_control_plane().await.expect("it is killed");
        install.start_control_plane().await.expect("it starts again");
        third
    };
    let (writers, _third) = tokio::join!(writers, killer);
    let mut seen = Seen::default();
    writers.into_iter().for_each(|writer| seen.add(writer));

    let complaints = load.check(&seen, keeps).await;
    assert!(complaints.is_empty(), "GENNAKER_SEED={seed}, {place}:\n{}", complaints.join("\n"));
    assert!(seen.conflicts + seen.stale > 0, "the writers never met");
    eprintln!(
        "{place}: {} saves of {pipelines} pipelines answered by two nodes, each killed once: none lost, each once in the \
         history; {} answered 409, {} as stale, {} without an answer of which {} were carried out",
        seen.answered.values().sum::<u64>(),
        seen.conflicts,
        seen.stale,
        seen.unanswered.values().sum::<u64>(),
        load.carried_out(&seen).await,
    );
    install.stop().await.expect("both programs end by themselves");
}

/// A pipeline that nobody has counted up yet.
fn first(number: u64) -> Value {
    let (id, name) = (format!("p{number}"), format!("n{number}"));
    json!({ "application": APPLICATION, "name": name, "id": id, "stages": [], "triggers": [], "count": 0, "by": "" })
}

/// What all writers share.
struct Load {
    /// How many saves are to be answered.
    writes: u64,
    pipelines: u64,
    clients: [Mutex<Client>; 2],
    answered: AtomicUsize,
}

/// What became of the saves of one writer, or of all.
#[derive(Default)]
struct Seen {
    /// How many saves of each pipeline succeeded.
    answered: BTreeMap<u64, u64>,
    /// How many saves of each pipeline got no answer.
    unanswered: BTreeMap<u64, u64>,
    /// Who made the saves that succeeded: pipeline and writer.
    by: Vec<(u64, String)>,
    /// How often another was faster by so little that only the store saw it.
    conflicts: u64,
    /// How often another was faster.
    stale: u64,
    /// Answers that should not be.
    wrong: Vec<String>,
}

impl Seen {
    fn add(&mut self, other: Seen) {
        for (mine, theirs) in [(&mut self.answered, other.answered), (&mut self.unanswered, other.unanswered)] {
            for (pipeline, count) in theirs {
                *mine.entry(pipeline).or_default() += count;
            }
        }
        self.by.extend(other.by);
        self.conflicts += other.conflicts;
        self.stale += other.stale;
        self.wrong.extend(other.wrong);
    }
}

impl Load {
    fn client(&self, node: usize) -> Client {
        self.clients[node].lock().expect("no panic").clone()
    }

    /// Waits until so many saves are answered.
    async fn until(&self, writes: u64) {
        while (self.answered.load(Ordering::Relaxed) as u64) < writes {
            sleep(PAUSE).await;
        }
    }

    /// Counts random pipelines up until enough saves are answered.
    async fn writer(&self, writer: u64, seed: u64) -> Seen {
        let mut random = StdRng::seed_from_u64(seed.wrapping_add(writer));
        let mut seen = Seen::default();
        for save in 0_u64.. {
            if self.answered.load(Ordering::Relaxed) as u64 >= self.writes {
                break;
            }
            let pipeline = random.random_range(0..self.pipelines);
            let client = self.client((writer % 2) as usize);
            let Some(mut body) = current(&client, pipeline).await else {
                sleep(PAUSE).await;
                continue;
            };
            let by = format!("{writer}/{save}");
            body["count"] = (body["count"].as_u64().expect("a count") + 1).into();
            body["by"] = by.as_str().into();
            let Ok(answer) = client.put(&format!("/pipelines/p{pipeline}?staleCheck=true"), &body).await else {
                *seen.unanswered.entry(pipeline).or_default() += 1;
                continue;
            };
            let message = answer.body["message"].as_str().unwrap_or_default();
            match answer.status {
                200 => {
                    *seen.answered.entry(pipeline).or_default() += 1;
                    seen.by.push((pipeline, by));
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                409 if message.contains("read it again and repeat the change") => seen.conflicts += 1,
                400 if message.contains("The submitted pipeline is stale.") => seen.stale += 1,
                status => seen.wrong.push(format!("{status} {}", answer.body)),
            }
        }
        seen
    }

    /// What is wrong in the end.
    async fn check(&self, seen: &Seen, keeps: usize) -> Vec<String> {
        let mut complaints = seen.wrong.clone();
        let mut histories = BTreeMap::new();
        let read = |pipeline| async move { (pipeline, history(&self.client(0), pipeline).await) };
        let mut reads = stream::iter(0..self.pipelines).map(read).buffer_unordered(4);
        while let Some((pipeline, history)) = reads.next().await {
            histories.insert(pipeline, history);
        }
        for (pipeline, history) in &histories {
            let counts: Vec<u64> =
                history.iter().map(|revision| revision["count"].as_u64().unwrap_or(u64::MAX)).collect();
            let count = counts.first().copied().unwrap_or_default();
            let of = |saves: &BTreeMap<u64, u64>| saves.get(pipeline).copied().unwrap_or_default();
            let (least, most) = (of(&seen.answered), of(&seen.answered) + of(&seen.unanswered));
            if !(least..=most).contains(&count) {
                complaints.push(format!("p{pipeline}: its count is {count}, and not from {least} to {most}"));
            }
            let expected: Vec<u64> = (0..=count).rev().take(keeps).collect();
            if counts != expected {
                complaints.push(format!("p{pipeline}: its history is {counts:?}"));
            }
            let times: Vec<u64> = history.iter().filter_map(|it| it["updateTs"].as_str()?.parse().ok()).collect();
            if times.len() != history.len() || !times.is_sorted_by(|newer, older| newer > older) {
                complaints.push(format!("p{pipeline}: the times of its history are {times:?}"));
            }
        }
        for (pipeline, by) in &seen.by {
            let history = &histories[pipeline];
            let found = history.iter().filter(|revision| revision["by"] == by.as_str()).count();
            // A folder has let go of the oldest.
            let forgotten = found == 0 && history.len() >= keeps;
            if found != 1 && !forgotten {
                complaints.push(format!("p{pipeline}: the save {by} is {found} times in its history"));
            }
        }
        complaints.extend(self.disagreement().await);
        complaints
    }

    /// What the nodes do not agree on, or call damaged.
    async fn disagreement(&self) -> Option<String> {
        let agreed = eventually(DEADLINE, "both nodes to show the same", async || {
            let mut shown = Vec::new();
            for node in 0..2 {
                let client = self.client(node);
                let health = client.get("/health").await.map_err(|error| error.to_string())?;
                if health.status != 200 || health.body.to_string().contains("damaged") {
                    return Err(health.body.to_string());
                }
                // From memory: it follows without being asked.
                let path = format!("/pipelines/{APPLICATION}?refresh=false");
                shown.push(client.get(&path).await.map_err(|error| error.to_string())?.body);
            }
            let whole = shown[0].as_array().map(Vec::len) == Some(self.pipelines as usize);
            if whole && shown[0] == shown[1] { Ok(()) } else { Err(format!("{} and {}", shown[0], shown[1])) }
        });
        agreed.await.err().map(|error| error.to_string())
    }

    /// How many saves without an answer were carried out.
    async fn carried_out(&self, seen: &Seen) -> u64 {
        let mut counts = 0;
        for pipeline in 0..self.pipelines {
            let body = current(&self.client(0), pipeline).await.expect("a pipeline");
            counts += body["count"].as_u64().expect("a count");
        }
        counts - seen.answered.values().sum::<u64>()
    }
}

/// A pipeline as a node shows it; none while the node does not answer.
async fn current(client: &Client, pipeline: u64) -> Option<Value> {
    let answer = client.get(&format!("/pipelines/{APPLICATION}?pipelineNameFilter=n{pipeline}")).await.ok()?;
    let id = format!("p{pipeline}");
    answer.body.as_array()?.iter().find(|it| it["id"] == id.as_str()).cloned()
}

/// All that a pipeline was, newest first.
async fn history(client: &Client, pipeline: u64) -> Vec<Value> {
    let answer = client.get(&format!("/pipelines/p{pipeline}/history?limit=100000")).await;
    let body = answer.and_then(|answer| answer.ok()).expect("a history");
    body.as_array().cloned().expect("a list")
}
