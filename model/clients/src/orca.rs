//! orca: executions.

use bytes::Bytes;
use gennaker_base::Timestamp;
use gennaker_http::{Call, Caller, Result, Streamed, Transport};
use gennaker_wire::{Execution, Object, Status};
use http::Method;
use serde::Deserialize;
use serde_json::Value;

/// Calls orca.
#[derive(Clone)]
pub struct OrcaClient {
    transport: Transport,
}

/// The answer to a start: `{"ref": "/pipelines/ID"}`.
#[derive(Debug, Clone, Deserialize)]
struct Started {
    #[serde(rename = "ref")]
    reference: String,
}

/// Which executions of an application or of pipelines to list.
#[derive(Debug, Clone, Default)]
pub struct ExecutionQuery {
    /// How many of each pipeline config at most.
    pub limit: Option<u32>,
    /// Statuses, separated by commas.
    pub statuses: Option<String>,
    /// Whether stages are whole, or without their contexts' bulk.
    pub expand: Option<bool>,
}

impl ExecutionQuery {
    fn apply(&self, call: Call) -> Call {
        call.query_if("limit", self.limit).query_if("statuses", self.statuses.as_ref()).query_if("expand", self.expand)
    }
}

impl OrcaClient {
    /// A client over `transport`.
    pub fn new(transport: Transport) -> Self {
        OrcaClient { transport }
    }

    /// Forwards a call and gives its answer unread, so that no field is lost on the way: for gate, which passes on most
    /// answers as they are.
    pub async fn forward(&self, caller: &Caller, call: Call) -> Result<Value> {
        self.transport.send(caller, call).await
    }

    /// The same for an answer that is no JSON.
    pub async fn forward_bytes(&self, caller: &Caller, call: Call) -> Result<Bytes> {
        self.transport.bytes(caller, call).await
    }

    /// Forwards a call whose answer is read as it comes: server-sent events. Ours only.
    pub async fn stream(&self, caller: &Caller, call: Call) -> Result<Streamed> {
        self.transport.stream(caller, call).await
    }

    /// Starts a pipeline; returns the reference, `/pipelines/ID`.
    pub async fn start_pipeline(&self, caller: &Caller, pipeline: &Value) -> Result<String> {
        let call = Call::new(Method::POST, &["orchestrate"]).body(pipeline)?;
        Ok(self.transport.send::<Started>(caller, call).await?.reference)
    }

    /// Starts a pipeline for an event that happened at `time`; returns the reference, `/pipelines/ID`. The caller's
    /// `Idempotency-Key` is the event's identity: with it, the pipeline is started once. `origin` is where it comes from.
    pub async fn start_for_event(
        &self,
        caller: &Caller,
        pipeline: &Object,
        time: Option<Timestamp>,
        origin: &str,
    ) -> Result<String> {
        let mut call =
            Call::new(Method::POST, &["orchestrate"]).body(pipeline)?.header("x-spinnaker-user-origin", origin);
        if let Some(time) = time {
            call = call.header("x-gennaker-event-time", &time.millis().to_string());
        }
        Ok(self.transport.send::<Started>(caller, call).await?.reference)
    }

    /// Records a failed execution of a pipeline that could not be started, with its `errorMessage`.
    pub async fn record_failure(&self, caller: &Caller, pipeline: &Object) -> Result<()> {
        let call = Call::new(Method::POST, &["fail"]).body(pipeline)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Starts a pipeline as the child of a stage: `{"pipeline": CONFIG, "parameters": {...}, "executionId": ID}`; returns the
    /// reference, `/pipelines/ID`. The same id again is the same child. Ours only.
    pub async fn start_child(&self, caller: &Caller, parent: &str, stage: &str, child: &Value) -> Result<String> {
        let call = Call::new(Method::POST, &["pipelines", parent, "stages", stage, "child"]).body(child)?;
        Ok(self.transport.send::<Started>(caller, call).await?.reference)
    }

    /// How a child stands: without its trigger, which holds its parent, and without its stages while it goes on. Ours only.
    pub async fn outcome(&self, caller: &Caller, id: &str) -> Result<Execution> {
        self.transport.send(caller, Call::get(&["pipelines", id, "outcome"])).await
    }

    /// Starts operations; returns the reference, `/tasks/ID`.
    pub async fn start_task(&self, caller: &Caller, task: &Value) -> Result<String> {
        let call = Call::new(Method::POST, &["ops"]).body(task)?;
        Ok(self.transport.send::<Started>(caller, call).await?.reference)
    }

    /// One execution of a pipeline.
    pub async fn execution(&self, caller: &Caller, id: &str) -> Result<Execution> {
        self.transport.send(caller, Call::get(&["pipelines", id])).await
    }

    /// How operations stand.
    pub async fn task_status(&self, caller: &Caller, id: &str) -> Result<Status> {
        #[derive(Deserialize)]
        struct Task {
            status: Status,
        }
        Ok(self.transport.send::<Task>(caller, Call::get(&["tasks", id])).await?.status)
    }

    /// The executions of an application's pipelines, the newest first.
    pub async fn executions(
        &self,
        caller: &Caller,
        application: &str,
        query: &ExecutionQuery,
    ) -> Result<Vec<Execution>> {
        let call = query.apply(Call::get(&["applications", application, "pipelines"]));
        self.transport.send(caller, call).await
    }

    /// The executions of pipeline configs, or of these ids.
    pub async fn executions_of(
        &self,
        caller: &Caller,
        config_ids: &[String],
        execution_ids: &[String],
        query: &ExecutionQuery,
    ) -> Result<Vec<Execution>> {
        let joined = |ids: &[String]| (!ids.is_empty()).then(|| ids.join(","));
        let call = query
            .apply(Call::get(&["pipelines"]))
            .query_if("pipelineConfigIds", joined(config_ids))
            .query_if("executionIds", joined(execution_ids));
        self.transport.send(caller, call).await
    }

    /// Cancels an execution; in the caller's name.
    pub async fn cancel(&self, caller: &Caller, id: &str, reason: Option<&str>, force: bool) -> Result<()> {
        let call =
            Call::new(Method::PUT, &["pipelines", id, "cancel"]).query_if("reason", reason).query("force", force);
        self.transport.send(caller, call).await
    }

    /// Pauses an execution.
    pub async fn pause(&self, caller: &Caller, id: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::PUT, &["pipelines", id, "pause"])).await
    }

    /// Resumes a paused execution.
    pub async fn resume(&self, caller: &Caller, id: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::PUT, &["pipelines", id, "resume"])).await
    }

    /// Deletes an execution that is over.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::DELETE, &["pipelines", id])).await
    }

    /// Merges fields into a stage's context: a judgment, for example `{"judgmentStatus": "continue"}`.
    pub async fn update_stage(&self, caller: &Caller, id: &str, stage: &str, fields: &Value) -> Result<Execution> {
        let call = Call::new(Method::PATCH, &["pipelines", id, "stages", stage]).body(fields)?;
        self.transport.send(caller, call).await
    }
}
