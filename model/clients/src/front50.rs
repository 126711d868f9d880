//! front50: applications and pipelines.

use std::time::Duration;

use gennaker_http::{Call, Caller, IfChanged, Result, Transport};
use gennaker_wire::{Application, Object, Pipeline};
use http::Method;
use serde_json::Value;

/// Calls front50.
#[derive(Clone)]
pub struct Front50Client {
    transport: Transport,
}

impl Front50Client {
    /// A client over `transport`.
    pub fn new(transport: Transport) -> Self {
        Front50Client { transport }
    }

    /// Forwards a call and gives its answer unread, so that no field is lost on the way: for gate, which passes on most
    /// answers as they are.
    pub async fn forward(&self, caller: &Caller, call: Call) -> Result<Value> {
        self.transport.send(caller, call).await
    }

    /// All applications.
    pub async fn applications(&self, caller: &Caller) -> Result<Vec<Application>> {
        self.transport.send(caller, Call::get(&["v2", "applications"])).await
    }

    /// One application.
    pub async fn application(&self, caller: &Caller, name: &str) -> Result<Application> {
        self.transport.send(caller, Call::get(&["v2", "applications", name])).await
    }

    /// Creates an application.
    pub async fn create_application(&self, caller: &Caller, application: &Value) -> Result<Application> {
        let call = Call::new(Method::POST, &["v2", "applications"]).body(application)?;
        self.transport.send(caller, call).await
    }

    /// Merges fields into an application.
    pub async fn update_application(&self, caller: &Caller, name: &str, fields: &Value) -> Result<Application> {
        let call = Call::new(Method::PATCH, &["v2", "applications", name]).body(fields)?;
        self.transport.send(caller, call).await
    }

    /// Deletes an application.
    pub async fn delete_application(&self, caller: &Caller, name: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::DELETE, &["v2", "applications", name])).await
    }

    /// Who may use an application: `{"name": ..., "permissions": {"READ": [...], ...}}`.
    pub async fn permissions(&self, caller: &Caller, application: &str) -> Result<Value> {
        self.transport.send(caller, Call::get(&["permissions", "applications", application])).await
    }

    /// Says who may use an application.
    pub async fn update_permissions(&self, caller: &Caller, application: &str, permissions: &Value) -> Result<()> {
        let call = Call::new(Method::PUT, &["permissions", "applications", application]).body(permissions)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Forgets who may use an application: everybody may.
    pub async fn delete_permissions(&self, caller: &Caller, application: &str) -> Result<()> {
        let call = Call::new(Method::DELETE, &["permissions", "applications", application]);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Creates a project; front50 makes its id.
    pub async fn create_project(&self, caller: &Caller, project: &Value) -> Result<Value> {
        self.transport.send(caller, Call::new(Method::POST, &["v2", "projects"]).body(project)?).await
    }

    /// Replaces the project of that id.
    pub async fn update_project(&self, caller: &Caller, id: &str, project: &Value) -> Result<Value> {
        self.transport.send(caller, Call::new(Method::PUT, &["v2", "projects", id]).body(project)?).await
    }

    /// Deletes the project of that id.
    pub async fn delete_project(&self, caller: &Caller, id: &str) -> Result<()> {
        let call = Call::new(Method::DELETE, &["v2", "projects", id]);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// The pipelines of an application, in their order.
    pub async fn pipelines(&self, caller: &Caller, application: &str) -> Result<Vec<Pipeline>> {
        self.transport.send(caller, Call::get(&["pipelines", application])).await
    }

    /// Every pipeline with every field that it has, unless `etag` says that the caller has them already. A front50 without
    /// `ETag`s always sends them.
    pub async fn all_configs(
        &self,
        caller: &Caller,
        etag: Option<&str>,
        deadline: Duration,
    ) -> Result<IfChanged<Vec<Object>>> {
        self.transport.send_if_changed(caller, Call::get(&["pipelines"]).deadline(deadline), etag).await
    }

    /// The pipelines of an application, each with every field that it has; none if there is no such application.
    pub async fn application_configs(&self, caller: &Caller, application: &str) -> Result<Vec<Object>> {
        let found = self.transport.send_optional(caller, Call::get(&["pipelines", application])).await?;
        Ok(found.unwrap_or_default())
    }

    /// The pipelines with an enabled trigger for the end of the pipeline of that id as `status` (`successful`, `failed`,
    /// `canceled`), each with every field that it has.
    pub async fn triggered_by(&self, caller: &Caller, id: &str, status: &str) -> Result<Vec<Object>> {
        let found = self.transport.send_optional(caller, Call::get(&["pipelines", "triggeredBy", id, status])).await?;
        Ok(found.unwrap_or_default())
    }

    /// What an application says of notifications, by their type: `{"slack": [{"when": [...], ...}]}`.
    pub async fn application_notifications(&self, caller: &Caller, application: &str) -> Result<Object> {
        let call = Call::get(&["notifications", "application", application]);
        Ok(self.transport.send_optional(caller, call).await?.unwrap_or_default())
    }

    /// One pipeline by its id.
    pub async fn pipeline(&self, caller: &Caller, id: &str) -> Result<Pipeline> {
        self.transport.send(caller, Call::get(&["pipelines", id, "get"])).await
    }

    /// One pipeline by its id with every field that it has, `None` if there is none: what is started must lose nothing.
    pub async fn pipeline_config(&self, caller: &Caller, id: &str) -> Result<Option<Object>> {
        self.transport.send_optional(caller, Call::get(&["pipelines", id, "get"])).await
    }

    /// The custom strategies of an application, each with every field that it has.
    pub async fn strategies(&self, caller: &Caller, application: &str) -> Result<Vec<Object>> {
        self.transport.send(caller, Call::get(&["strategies", application])).await
    }

    /// Saves a pipeline; front50 makes the id of a new one.
    pub async fn save_pipeline(&self, caller: &Caller, pipeline: &Pipeline, stale_check: bool) -> Result<Pipeline> {
        let call = Call::new(Method::POST, &["pipelines"]).query("staleCheck", stale_check).body(pipeline)?;
        self.transport.send(caller, call).await
    }

    /// Replaces the pipeline of that id.
    pub async fn update_pipeline(&self, caller: &Caller, id: &str, pipeline: &Pipeline) -> Result<Pipeline> {
        self.transport.send(caller, Call::new(Method::PUT, &["pipelines", id]).body(pipeline)?).await
    }

    /// Deletes a pipeline by its name.
    pub async fn delete_pipeline(&self, caller: &Caller, application: &str, name: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::DELETE, &["pipelines", application, name])).await
    }
}
