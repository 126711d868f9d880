//! What an upstream orca is asked of an application.

use std::{collections::HashSet, time::Duration};

use futures::{
    StreamExt as _,
    future::{join, join_all},
    stream,
};
use gennaker_clients::{Call, OrcaClient};
use gennaker_http::{Caller, Result};
use gennaker_wire::ExecutionKind;
use serde_json::Value;

use super::board::Seen;
use crate::app::optional::is_absent;

/// How many of each pipeline's newest executions are listed, and how many of the newest tasks.
const NEWEST: (u32, u32) = (5, 50);
/// How many of those that go on.
const ACTIVE: u32 = 200;
/// The statuses of what goes on.
const ACTIVE_STATUSES: &str = "NOT_STARTED,RUNNING,PAUSED,SUSPENDED,BUFFERED";
/// So many are asked for by themselves at a time.
const TOGETHER: usize = 8;
/// How long one answer may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// Asks orca.
pub(super) struct Lists {
    orca: OrcaClient,
    application: String,
}

impl Lists {
    pub(super) fn new(orca: OrcaClient, application: String) -> Self {
        Lists { orca, application }
    }

    /// The newest executions and those that go on; of those in `active` also the ones that are on no list.
    pub(super) async fn look(&self, active: &[(ExecutionKind, String)]) -> Result<Vec<Seen>> {
        let lists = [ExecutionKind::Pipeline, ExecutionKind::Orchestration].map(|kind| async move {
            let (newest, going_on) = join(self.list(kind, false), self.list(kind, true)).await;
            // What goes on was asked for at the same time and may be staler than what is newest, or the other way
            // round: the next look settles it.
            let all = [newest?, going_on?].concat();
            Ok::<_, gennaker_http::Error>(all.into_iter().map(move |answer| Seen { kind, answer }))
        });
        let mut found: Vec<Seen> = Vec::new();
        let mut ids = HashSet::new();
        for list in join_all(lists).await {
            found.extend(list?.filter(|seen| id(&seen.answer).is_some_and(|id| ids.insert(id.to_owned()))));
        }
        let missing: Vec<_> = active.iter().filter(|(_, id)| !ids.contains(id)).cloned().collect();
        let mut missing = stream::iter(missing).map(|(kind, id)| self.one(kind, id)).buffer_unordered(TOGETHER);
        while let Some(one) = missing.next().await {
            found.extend(one?);
        }
        drop(missing);
        Ok(found)
    }

    async fn list(&self, kind: ExecutionKind, active: bool) -> Result<Vec<Value>> {
        let call = match kind {
            ExecutionKind::Pipeline => Call::get(&["applications", &self.application, "pipelines"])
                .query("limit", if active { ACTIVE } else { NEWEST.0 })
                .query("expand", false),
            ExecutionKind::Orchestration => Call::get(&["applications", &self.application, "tasks"])
                .query("page", 1)
                .query("limit", if active { ACTIVE } else { NEWEST.1 }),
        };
        let call = call.query_if("statuses", active.then_some(ACTIVE_STATUSES)).deadline(DEADLINE);
        match self.orca.forward(&Caller::service("gate"), call).await? {
            Value::Array(list) => Ok(list),
            _ => Ok(Vec::new()),
        }
    }

    async fn one(&self, kind: ExecutionKind, id: String) -> Result<Option<Seen>> {
        let noun = match kind {
            ExecutionKind::Pipeline => "pipelines",
            ExecutionKind::Orchestration => "tasks",
        };
        let call = Call::get(&[noun, &id]).deadline(DEADLINE);
        match self.orca.forward(&Caller::service("gate"), call).await {
            Ok(answer) => Ok(Some(Seen { kind, answer })),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn id(answer: &Value) -> Option<&str> {
    answer.get("id")?.as_str()
}
