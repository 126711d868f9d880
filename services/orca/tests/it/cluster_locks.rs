//! Two executions that change one cluster, where an install lets one at a time do so.

use gennaker_orca::{ClusterLockMode, ClusterLocks, Options, planner::Signal};
use gennaker_wire::{
    Diagnosis, Object, Status,
    diagnosis::{StageWaitKind, Verdict},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    http::call,
    world::{World, eventually, open},
};

fn options(mode: ClusterLockMode) -> Options {
    Options { cluster_locks: ClusterLocks { mode, ..ClusterLocks::default() }, ..Options::default() }
}

/// A stage that changes a cluster until it is told that it is done.
fn changing(cluster: &str) -> Value {
    json!([{"refId": "1", "type": "record", "name": "r", "cluster": cluster}])
}

impl World {
    async fn start_changing(&self, cluster: &str) -> String {
        self.begin(changing(cluster)).await
    }

    /// Whether the task of the execution's first stage has been asked for.
    async fn changes(&self, id: &str) -> bool {
        let execution = self.orca.engine().load(id).await.expect("it is there");
        execution.stages[0].tasks.iter().any(|task| task.status == Status::Running)
    }

    async fn until_changes(&self, id: &str) {
        eventually(async || self.changes(id).await).await;
    }

    /// What the execution's stage waits for, once it waits for its cluster.
    async fn waiting_for_cluster(&self, id: &str) -> String {
        let mut error = None;
        eventually(async || {
            let (status, answer) = call(self, Method::GET, &format!("/pipelines/{id}/diagnosis"), "").await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let found: Diagnosis = serde_json::from_value(answer).expect("a diagnosis");
            let verdict = found.verdict;
            let wait = found.waits.into_iter().find(|wait| wait.waits_for == StageWaitKind::Cluster);
            error = wait.and_then(|wait| wait.error);
            error.is_some() && verdict == Verdict::Waiting
        })
        .await;
        assert!(!self.changes(id).await, "it does nothing while it waits");
        error.unwrap_or_default()
    }

    async fn done(&self, id: &str) {
        let stage = self.orca.engine().load(id).await.expect("it is there").stages[0].id.clone();
        let context = Object::from_iter([("done".to_owned(), json!(true))]);
        let patch = Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage, context };
        self.orca.engine().signal(id, &patch).await.expect("it is recorded");
        assert_eq!(self.ended(id).await.status, Status::Succeeded);
    }
}

#[tokio::test]
async fn the_second_waits_for_the_end_of_the_first_and_the_third_for_the_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &options(ClusterLockMode::Wait)).await;
    let first = world.start_changing("shop-web").await;
    world.until_changes(&first).await;
    let second = world.start_changing("shop-web").await;
    let words = world.waiting_for_cluster(&second).await;
    assert!(words.contains("cluster shop-web in local is being changed by execution"), "{words}");
    assert!(words.contains(&first) && words.contains("\"deploy\" of shop"), "{words}");
    let third = world.start_changing("shop-web").await;
    world.waiting_for_cluster(&third).await;
    let other = world.start_changing("shop-api").await;
    world.until_changes(&other).await;

    world.done(&first).await;
    world.until_changes(&second).await;
    let words = world.waiting_for_cluster(&third).await;
    assert!(words.contains("execution"), "{words}");
    assert!(!world.changes(&third).await, "nobody overtakes");
    let cancel = Signal::Cancel { user: "ann".into(), reason: None, force: false };
    world.orca.engine().signal(&second, &cancel).await.expect("it is recorded");
    assert_eq!(world.ended(&second).await.status, Status::Canceled);
    world.until_changes(&third).await;
    world.done(&third).await;
    world.done(&other).await;
}

#[tokio::test]
async fn a_cluster_is_held_beyond_the_death_of_its_node() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let world = World::start_on(store.clone(), "one", &options(ClusterLockMode::Wait)).await;
    let first = world.start_changing("shop-web").await;
    world.until_changes(&first).await;
    world.crash().await;
    let world = World::start_on(store, "two", &options(ClusterLockMode::Wait)).await;
    let second = world.start_changing("shop-web").await;
    let words = world.waiting_for_cluster(&second).await;
    assert!(words.contains(&first), "{words}");
    world.done(&first).await;
    world.until_changes(&second).await;
    world.done(&second).await;
}

#[tokio::test]
async fn an_install_may_refuse_the_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &options(ClusterLockMode::Refuse)).await;
    let first = world.start_changing("shop-web").await;
    world.until_changes(&first).await;
    let second = world.start_changing("shop-web").await;
    let ended = world.ended(&second).await;
    assert_eq!(ended.status, Status::Terminal);
    let errors = &ended.stages[0].context["exception"]["details"]["errors"];
    assert!(errors.to_string().contains(&first), "{errors}");
    world.done(&first).await;
    let third = world.start_changing("shop-web").await;
    world.until_changes(&third).await;
    world.done(&third).await;
}

#[tokio::test]
async fn a_wait_that_takes_too_long_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let cluster_locks = ClusterLocks { mode: ClusterLockMode::Wait, wait_minutes: 0 };
    let world = World::start(folder.path(), "one", &Options { cluster_locks, ..Options::default() }).await;
    let first = world.start_changing("shop-web").await;
    world.until_changes(&first).await;
    let second = world.start_changing("shop-web").await;
    let ended = world.ended(&second).await;
    assert_eq!(ended.status, Status::Terminal);
    let errors = &ended.stages[0].context["exception"]["details"]["errors"];
    assert!(errors.to_string().contains("clusterLocks.waitMinutes"), "{errors}");
    world.done(&first).await;
}

#[tokio::test]
async fn by_default_nobody_waits_and_an_execution_never_waits_for_itself() {
    for mode in [ClusterLockMode::None, ClusterLockMode::Wait] {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::start(folder.path(), "one", &options(mode)).await;
        let side_by_side = json!([
            {"refId": "1", "type": "record", "name": "a", "cluster": "shop-web"},
            {"refId": "2", "type": "record", "name": "b", "cluster": "shop-web"},
        ]);
        let id = world.begin(side_by_side).await;
        world
            .until(&id, |execution| {
                let running =
                    |stage: &gennaker_wire::Stage| stage.tasks.iter().any(|one| one.status == Status::Running);
                execution.stages.iter().filter(|stage| running(stage)).count() == 2
            })
            .await;
        if mode == ClusterLockMode::None {
            let other = world.start_changing("shop-web").await;
            world.until_changes(&other).await;
        }
    }
}
