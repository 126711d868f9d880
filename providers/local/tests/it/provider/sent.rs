//! Artifacts that name an account: the provider has them fetched, and the agent gets their content, and no more.

use std::{
    fs, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactContent, ArtifactSource, Error, Result};
use gennaker_provider_local::protocol::JobState;
use gennaker_wire::{HealthState, Object, ObjectExt as _, ServerGroup};
use serde_json::{Value, json};

use super::world::{Notes, World};
use crate::agent::until;

const SCRIPT: &str = "#!/bin/sh\nexec sleep 600\n";
const SECRET: &str = "s3cr3t-word";

/// Answers by the reference: a program, content of that many bytes, content that breaks off, or a refusal.
#[derive(Default)]
struct Source {
    asked: AtomicUsize,
}

#[async_trait]
impl ArtifactSource for Source {
    async fn fetch(&self, artifact: &Object) -> Result<ArtifactContent> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        assert_eq!(artifact.text("artifactAccount").as_deref(), Some("builds"));
        let reference = artifact.text("reference").expect("a reference");
        let of = |parts: Vec<io::Result<Bytes>>, length: usize| ArtifactContent {
            length: length as u64,
            parts: stream::iter(parts).boxed(),
        };
        let last = reference.split('?').next().and_then(|path| path.rsplit('/').next()).expect("a name");
        match last.parse::<usize>() {
            Ok(length) => Ok(of(vec![Ok(vec![7; length].into())], length)),
            Err(_) if last == "true" => Ok(of(vec![Ok("#!/bin/sh\nexit 0\n".into())], 17)),
            Err(_) if last == "broken" => Ok(of(vec![Ok("a".into()), Err(io::ErrorKind::NotConnected.into())], 100)),
            Err(_) if last == "denied" => Err(Error::new(Kind::Denied, "the account builds may not read it")),
            Err(_) => Ok(of(vec![Ok(SCRIPT[..5].into()), Ok(SCRIPT[5..].into())], SCRIPT.len())),
        }
    }
}

async fn world() -> (World, Arc<Source>) {
    let source = Arc::new(Source::default());
    let given = source.clone();
    (World::start_with(|provider| provider.with_artifacts(given)).await, source)
}

fn artifact(name: &str) -> Value {
    // A user and a signature may stand in an address.
    let reference = format!("https://ann:{SECRET}@builds/{name}?signature={SECRET}");
    json!({ "type": "http/file", "artifactAccount": "builds", "reference": reference })
}

fn description(artifact: Value) -> Value {
    json!({ "application": "shop", "artifact": artifact })
}

fn all_up(group: &ServerGroup) -> bool {
    group.instances.iter().all(|instance| instance.health.iter().all(|health| health.state == HealthState::Up))
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).expect("a folder").count()
}

/// Whether a file below a folder has the secret in it.
fn has_secret(folder: &Path) -> bool {
    fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        let kind = path.symlink_metadata().expect("it is there").file_type();
        if kind.is_dir() {
            return has_secret(&path);
        }
        kind.is_file() && String::from_utf8_lossy(&fs::read(&path).expect("content")).contains(SECRET)
    })
}

#[tokio::test]
async fn content_is_fetched_once_and_goes_to_the_agent_without_a_secret() {
    let (world, source) = world().await;
    let notes = Notes::default();
    let create = || world.operation("createServerGroup", description(artifact("run.sh")));
    world.run("create", 1, &notes, create()).await.expect("it is created");
    let group = world.group_when("shop-v000", all_up).await;
    // What was done is found.
    world.run("create", 1, &notes, create()).await.expect("it is there");
    assert_eq!(source.asked.load(Ordering::SeqCst), 1);

    let clone = json!({ "source": { "serverGroupName": "shop-v000" } });
    world.done("cloneServerGroup", clone).await;
    world.group_when("shop-v001", all_up).await;
    assert_eq!(source.asked.load(Ordering::SeqCst), 1, "the very artifact is there");
    let agent = world.agent.client.server_group("shop-v000").await.expect("it is there");
    let fetched = agent.artifact.expect("an artifact").folder;
    assert_eq!(fs::read_to_string(fetched.join("run.sh")).expect("the program"), SCRIPT);
    let shown = serde_json::to_value(&agent.spec.artifact).expect("JSON");
    assert_eq!((&shown["type"], &shown["reference"]), (&json!("sent"), &json!("https://builds/run.sh")));
    assert!(!has_secret(world.agent.folder()) && !format!("{group:?}").contains(SECRET));

    // Another launch configuration: the same content is there already, and other content replaces it for the next instances.
    let push = |name: &str| json!({ "serverGroupName": "shop-v001", "artifact": artifact(name) });
    let same = world.done("updateLaunchConfig", push("run.sh")).await;
    let other = world.done("updateLaunchConfig", push("other.sh")).await;
    assert_eq!(
        other.result["launchVersion"].as_u64(),
        same.result["launchVersion"].as_u64().map(|version| version + 1)
    );
    let pushed = world.agent.client.server_group("shop-v001").await.expect("it is there");
    assert!(pushed.artifact.expect("an artifact").folder.join("other.sh").is_file());
    assert!(!has_secret(world.agent.folder()));

    let job = world.done("runJob", json!({ "application": "shop", "artifact": artifact("true") })).await;
    let name = job.result["deployedNames"][0].as_str().expect("a name").to_owned();
    until("the job is over", || async {
        let job = world.agent.client.job(&name).await.expect("it is there");
        job.state == JobState::Succeeded
    })
    .await;
    for group in ["shop-v000", "shop-v001"] {
        world.done("destroyServerGroup", json!({ "serverGroupName": group })).await;
    }
    let artifacts = world.agent.folder().join("artifacts");
    until("it is removed", || async { count(&artifacts) == 0 }).await;
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_fetched_or_kept_is_refused_and_leaves_nothing() {
    let (mut world, source) = world().await;
    world.agent.terminate();
    world.agent.start_again(&["small-artifacts"]).await;
    let mut other = artifact("run.sh");
    other["metadata"] = json!({ "digest": "0".repeat(64) });
    let mut unpacked = artifact("20");
    unpacked["metadata"] = json!({ "format": "tar" });
    for (artifact, kind, words) in [
        (artifact("denied"), Kind::Denied, "cannot fetch the artifact: the account builds may not read it"),
        (artifact("20001"), Kind::TooLarge, "larger than 20000 bytes"),
        (artifact("9000000"), Kind::TooLarge, "larger than 20000 bytes"),
        (artifact("broken"), Kind::Unavailable, "cannot be read to its end"),
        (other, Kind::Invalid, "https://builds/run.sh of the account builds has the digest"),
        (unpacked, Kind::Invalid, "no tar archive"),
    ] {
        let mut described = description(artifact.clone());
        described["command"] = "bin/run".into();
        let error = world.refused("createServerGroup", described).await;
        assert!(error.kind == kind && error.message.contains(words), "{artifact}: {error:?}");
        assert!(!error.message.contains(SECRET), "{error:?}");
    }
    assert_eq!(source.asked.load(Ordering::SeqCst), 6);
    for folder in ["artifacts", "server-groups", "logs"] {
        let folder = world.agent.folder().join(folder);
        until("nothing is left", || async { count(&folder) == 0 }).await;
    }
    assert!(!has_secret(world.agent.folder()));
    world.end().await;

    let alone = World::start_with(|provider| provider).await;
    let error = alone.refused("createServerGroup", description(artifact("run.sh"))).await;
    assert!(error.kind == Kind::Unsupported && error.message.contains("no artifact accounts"), "{error:?}");
    alone.end().await;
}
