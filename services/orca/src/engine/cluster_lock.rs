//! One execution at a time changes a cluster, where an install asks for that: `clusterLocks`
//! ([ADR 12](../../../../docs/adr/0012-a-cluster-is-held-by-a-stage.md)).
//!
//! A stage of a pipeline says which clusters it changes ([`gennaker_orca_stages::StageDefinition::clusters`]). It enters a claim on each
//! before its definition is asked what it consists of, so that what it decides on is how the cluster is once it has it. It has the
//! cluster when no claim of another execution stands before its own; otherwise it waits, or fails.
//!
//! * The claims on a cluster are a small document of the store, in the order of arrival. Of two writers that saw the same claims one
//!   is refused, and looks again.
//! * A claim is the stage's and not a node's. It counts while what is recorded of the stage says that it is under way: whoever
//!   owns the execution, and however many nodes have died. So nobody gives a claim back. Who asks next leaves out those that no longer
//!   count.
//! * Executions that a stage of another one runs (strategies, child pipelines) belong to one root, and a root does not wait for
//!   itself.
//! * Several clusters are claimed in the order of their names. A stage that waits for a second one holds the first; so may a stage
//!   whose child waits. Two that wait for each other are ended by `clusterLocks.waitMinutes`.

use std::{collections::BTreeSet, time::Duration};

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{ChangedCluster, StageView, TaskError};
use gennaker_store::{Error as StoreError, Expected};
use gennaker_wire::{Execution, ObjectExt as _, Status, naming::Moniker};
use serde::{Deserialize, Serialize};

use super::{Inner, record};
use crate::{
    options::ClusterLockMode,
    planner::{Action, CLUSTER_HELD, State},
};

/// The group of the documents of an application's clusters, before its name.
const GROUP: &str = "cluster-locks";
/// So often is a write tried that others get ahead of; then the stage asks again a little later.
const TRIES: usize = 8;

/// What a stage has, or waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    /// The execution that began it all.
    root: String,
    execution: String,
    stage: String,
    /// Whether it has the cluster.
    held: bool,
    since: Timestamp,
}

/// Who has the cluster, or is before this stage.
struct Other {
    claim: Claim,
    /// What people call the execution.
    called: String,
}

/// Whether the action may claim a cluster: then it is recorded before it is done, like all that changes something outside.
pub(super) fn may_take(inner: &Inner, state: &State, action: &Action) -> bool {
    let is_on = inner.options.cluster_locks.mode != ClusterLockMode::None;
    is_on
        && matches!(action, Action::Compose { .. })
        && state.place(action.stage()).is_some_and(|place| state.at(place).stage.parent_stage_id.is_none())
}

/// Takes the clusters that the stage changes, its context evaluated.
///
/// # Errors
/// If another execution has one: transiently, to be asked again, or for good if the install wants it so or it took too long.
pub(super) async fn take(inner: &Inner, view: &StageView) -> Result<(), TaskError> {
    let is_on = inner.options.cluster_locks.mode != ClusterLockMode::None;
    if !is_on || view.stage.parent_stage_id.is_some() {
        return Ok(());
    }
    let Some(definition) = inner.deps.catalogue.definition_for(&view.execution, &view.stage) else { return Ok(()) };
    let clusters: BTreeSet<ChangedCluster> = definition.clusters(view).into_iter().collect();
    for cluster in clusters {
        take_one(inner, view, &cluster).await?;
    }
    Ok(())
}

async fn take_one(inner: &Inner, view: &StageView, cluster: &ChangedCluster) -> Result<(), TaskError> {
    let now = inner.deps.clock.now();
    let own = Claim {
        root: root(&view.execution),
        execution: view.execution.id.clone(),
        stage: view.stage.id.clone(),
        held: false,
        since: now,
    };
    let application = Moniker::parse(&cluster.name).app.unwrap_or_else(|| cluster.name.clone());
    let (group, name) = (format!("{GROUP}/{application}"), format!("{}/{}", cluster.account, cluster.name));
    for _ in 0..TRIES {
        let documents = inner.deps.store.documents(&group).await.map_err(unavailable)?;
        let document = documents.into_iter().find(|document| document.name == name);
        let body = document.as_ref().and_then(|document| document.body.as_deref()).unwrap_or("[]");
        let known: Vec<Claim> = serde_json::from_str(body).map_err(|error| {
            let message = format!("the claims on cluster {} cannot be read: {error}", cluster.name);
            TaskError::new(Kind::Unsupported, "InternalError", message)
        })?;
        let (counting, other) = counting(inner, known.clone(), &own).await?;
        if let Some(other) = &other
            && let Some(refused) = refused(inner, view, cluster, other, now)
        {
            return Err(refused);
        }
        let claims = entered(counting, &own);
        if claims != known {
            let expected = document.map_or(Expected::Absent, |document| Expected::Revision(document.revision));
            let body = serde_json::to_string(&claims).map_err(|error| {
                TaskError::new(Kind::Bug, "InternalError", format!("claims cannot be written: {error}"))
            })?;
            match inner.deps.store.put_document(&group, &name, Some(body), expected).await {
                Ok(_) => {}
                Err(StoreError::Conflict { .. }) => continue,
                Err(error) => return Err(unavailable(error)),
            }
        }
        return match other {
            None => Ok(()),
            Some(other) => Err(held(Kind::Unavailable, cluster, &other, "it is waited for")),
        };
    }
    let message = format!("many ask for cluster {} at a time: this stage asks again", cluster.name);
    Err(TaskError::new(Kind::Unavailable, CLUSTER_HELD, message))
}

/// The claims without those at their beginning that no longer count, and who stands before this one.
async fn counting(inner: &Inner, known: Vec<Claim>, own: &Claim) -> Result<(Vec<Claim>, Option<Other>), TaskError> {
    let mut counting = Vec::new();
    let mut left = known.into_iter();
    while let Some(claim) = left.next() {
        if is_same(&claim, own) {
            counting.push(claim);
            continue;
        }
        let Some(called) = under_way(inner, &claim).await? else { continue };
        counting.push(claim.clone());
        // The first decides: it is of this root, or this one waits for it.
        if counting.first().is_some_and(|first| first.root != own.root) {
            counting.extend(left);
            return Ok((counting, Some(Other { claim, called })));
        }
    }
    Ok((counting, None))
}

/// The claims with this one: behind those of its root if they are the first, else the last.
fn entered(mut claims: Vec<Claim>, own: &Claim) -> Vec<Claim> {
    let is_next = claims.first().is_none_or(|first| first.root == own.root);
    let before = claims.iter().position(|claim| is_same(claim, own));
    if !is_next {
        if before.is_none() {
            claims.push(own.clone());
        }
        return claims;
    }
    let former = before.map(|place| claims.remove(place));
    let place = claims.iter().take_while(|claim| claim.root == own.root).count();
    claims.insert(place, Claim { held: true, ..former.unwrap_or_else(|| own.clone()) });
    claims
}

fn is_same(claim: &Claim, own: &Claim) -> bool {
    claim.execution == own.execution && claim.stage == own.stage
}

/// What people call the execution of a claim that counts. Who waits in an execution that is paused lets others go first.
async fn under_way(inner: &Inner, claim: &Claim) -> Result<Option<String>, TaskError> {
    let stored = match inner.deps.store.load(&claim.execution).await {
        Ok(stored) => stored,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(unavailable(error)),
    };
    let Ok(state) = record::state(&stored) else { return Ok(Some("it cannot be read".to_owned())) };
    let head = state.head();
    let status = state.place(&claim.stage).map_or(Status::Canceled, |place| state.at(place).stage.status);
    let is_over = state.is_over() || status.is_complete() || status == Status::NotStarted;
    let steps_back = !claim.held && head.status == Status::Paused;
    if is_over || steps_back {
        return Ok(None);
    }
    let name = head.name.as_deref().or(head.description.as_deref()).unwrap_or("a task");
    Ok(Some(format!("{name:?} of {}", head.application)))
}

/// Why the stage is not to wait any longer, if it is not.
fn refused(
    inner: &Inner,
    view: &StageView,
    cluster: &ChangedCluster,
    other: &Other,
    now: Timestamp,
) -> Option<TaskError> {
    let options = &inner.options.cluster_locks;
    if options.mode == ClusterLockMode::Refuse {
        return Some(held(Kind::Conflict, cluster, other, "run this stage again once that is over"));
    }
    let limit = Duration::from_secs(options.wait_minutes.saturating_mul(60));
    let began = view.stage.start_time.unwrap_or(now);
    let minutes = options.wait_minutes;
    let what =
        format!("it was waited for {minutes} minutes, which is clusterLocks.waitMinutes: look at that execution");
    (now >= began.after(limit)).then(|| held(Kind::Conflict, cluster, other, &what))
}

fn held(kind: Kind, cluster: &ChangedCluster, other: &Other, what: &str) -> TaskError {
    let doing = if other.claim.held { "is being changed by" } else { "is waited for before this stage by" };
    let message = format!(
        "cluster {} in {} {doing} execution {} ({}): {what}",
        cluster.name, cluster.account, other.claim.execution, other.called
    );
    TaskError::new(kind, CLUSTER_HELD, message)
}

fn unavailable(error: StoreError) -> TaskError {
    TaskError::new(error.kind(), "StoreException", format!("the claims on clusters cannot be had: {error}"))
}

/// The execution that began it all: a stage of it runs this one, or a stage of one that it runs.
fn root(execution: &Execution) -> String {
    let mut root = execution.id.clone();
    let mut trigger = Some(&execution.trigger);
    while let Some(parent) = trigger
        .filter(|trigger| trigger.text("parentPipelineStageId").is_some())
        .and_then(|trigger| trigger.object("parentExecution"))
    {
        root = parent.text("id").unwrap_or(root);
        trigger = parent.object("trigger");
    }
    root
}

#[cfg(test)]
mod tests {
    use gennaker_wire::Object;
    use serde_json::{Value, json};

    use super::*;

    fn claim(root: &str, stage: &str) -> Claim {
        let (root, execution, stage) = (root.to_owned(), root.to_owned(), stage.to_owned());
        Claim { root, execution, stage, held: false, since: Timestamp::from_millis(1) }
    }

    fn held(root: &str, stage: &str) -> Claim {
        Claim { held: true, ..claim(root, stage) }
    }

    #[test]
    fn who_asks_first_has_it_and_the_others_follow_in_their_order() {
        let first = entered(Vec::new(), &claim("A", "1"));
        assert_eq!(first, [held("A", "1")]);
        let second = entered(first, &claim("B", "1"));
        let third = entered(second, &claim("C", "1"));
        assert_eq!(third, [held("A", "1"), claim("B", "1"), claim("C", "1")]);
        assert_eq!(entered(third.clone(), &claim("B", "1")), third, "asking again changes nothing");
        assert_eq!(entered(third[1..].to_vec(), &claim("B", "1")), [held("B", "1"), claim("C", "1")]);
    }

    #[test]
    fn a_root_does_not_wait_for_itself_nor_behind_others() {
        let waiting = vec![held("A", "1"), claim("B", "1")];
        let child = Claim { execution: "child".into(), ..claim("A", "2") };
        let claims = entered(waiting, &child);
        assert_eq!(claims, [held("A", "1"), Claim { held: true, ..child }, claim("B", "1")]);
    }

    #[test]
    fn the_root_is_who_runs_the_others() {
        let execution = |trigger: Value| Execution {
            id: "C".into(),
            trigger: trigger.as_object().cloned().unwrap_or_else(Object::new),
            ..Execution::default()
        };
        let of = |id: &str, trigger: Value| json!({"parentPipelineStageId": "S", "parentExecution": {"id": id, "trigger": trigger}});
        assert_eq!(root(&execution(json!({"type": "manual"}))), "C");
        assert_eq!(root(&execution(of("B", json!({})))), "B");
        assert_eq!(root(&execution(of("B", of("A", json!({}))))), "A");
        let ended = json!({"type": "pipeline", "parentExecution": {"id": "B", "trigger": {}}});
        assert_eq!(root(&execution(ended)), "C", "it only began at the end of that one");
    }
}
