//! front50: applications and pipelines.

use std::time::Duration;

use bytes::Bytes;
use gennaker_http::{Call, Caller, IfChanged, Result, Transport};
use gennaker_wire::{Application, Object, ObjectExt as _, Pipeline};
use http::Method;
use serde_json::Value;

use crate::PipelineChanges;

/// The largest list of all pipelines in bytes.
const ALL_PIPELINES: usize = 512 << 20;
/// How long a save of many pipelines may take: as long as upstream's gate waits for its task. front50 takes as long.
pub const BULK_SAVE: Duration = Duration::from_secs(600);

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

    /// The same for something of which the caller may have the newest already: what `etag` names.
    pub async fn forward_if_changed(
        &self,
        caller: &Caller,
        call: Call,
        etag: Option<&str>,
    ) -> Result<IfChanged<Bytes>> {
        self.transport.bytes_if_changed(caller, call, etag).await
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

    /// The project of that name or id.
    pub async fn project(&self, caller: &Caller, name: &str) -> Result<Object> {
        self.transport.send(caller, Call::get(&["v2", "projects", name])).await
    }

    /// The entity tags whose id begins with `prefix`.
    pub async fn tags(&self, caller: &Caller, prefix: &str) -> Result<Vec<Object>> {
        self.transport.send(caller, Call::get(&["v2", "tags"]).query("prefix", prefix)).await
    }

    /// The entity tags of these ids; unknown ones are left out.
    pub async fn tags_of_all(&self, caller: &Caller, ids: &[String]) -> Result<Vec<Object>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let call = ids.iter().fold(Call::get(&["v2", "tags"]), |call, id| call.query("ids", id));
        self.transport.send(caller, call).await
    }

    /// The entity tags of one id.
    pub async fn tags_of(&self, caller: &Caller, id: &str) -> Result<Object> {
        self.transport.send(caller, Call::get(&["v2", "tags", id])).await
    }

    /// Stores entity tags, each in place of those of its id that had its `lastModified`, or of none if it has none. Answers
    /// what is stored.
    ///
    /// # Errors
    /// A conflict, and nothing is stored, if somebody else has changed some meanwhile. Upstream's front50 does not look.
    pub async fn save_tags(&self, caller: &Caller, tags: &[Object]) -> Result<Vec<Object>> {
        let call = Call::new(Method::POST, &["v2", "tags", "batchUpdate"]).query("refuseStale", true);
        self.transport.send(caller, call.body(&tags)?).await
    }

    /// Removes these entity tags.
    ///
    /// # Errors
    /// A conflict if somebody else has changed them since their `lastModified`. Upstream's front50 does not look.
    pub async fn delete_tags(&self, caller: &Caller, tags: &Object) -> Result<()> {
        let id = tags.text("id").unwrap_or_default();
        let call = Call::new(Method::DELETE, &["v2", "tags", &id]).query_if("lastModified", tags.get("lastModified"));
        self.transport.bytes(caller, call).await.map(drop)
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

    /// The pipelines that changed after a version, page by page; the empty version is before everything. Without a version,
    /// and of a front50 that tells no changes, all pipelines, unless `etag` says that the caller has them already. The pages
    /// are ours only.
    pub async fn pipeline_changes(
        &self,
        caller: &Caller,
        after: Option<&str>,
        etag: Option<&str>,
        deadline: Duration,
    ) -> Result<IfChanged<PipelineChanges>> {
        let call = Call::get(&["pipelines"]).query_if("after", after).deadline(deadline).answer_limit(ALL_PIPELINES);
        self.transport.send_if_changed(caller, call, etag).await
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

    /// Saves a pipeline with every field that it has; gives it as it is kept.
    pub async fn save_pipeline_config(&self, caller: &Caller, pipeline: &Value, stale_check: bool) -> Result<Object> {
        let call = Call::new(Method::POST, &["pipelines"]).query("staleCheck", stale_check).body(pipeline)?;
        self.transport.send(caller, call).await
    }

    /// Saves a list of pipelines, for up to [`BULK_SAVE`]; says which were saved and which were not.
    pub async fn save_pipelines(&self, caller: &Caller, pipelines: &Value, stale_check: bool) -> Result<Value> {
        let call = Call::new(Method::POST, &["pipelines", "batchUpdate"]).query("staleCheck", stale_check);
        let call = call.deadline(BULK_SAVE);
        self.transport.send(caller, call.body(pipelines)?).await
    }

    /// One pipeline by its name, `None` if there is none.
    pub async fn pipeline_named(&self, caller: &Caller, application: &str, name: &str) -> Result<Option<Object>> {
        let call = Call::get(&["pipelines", application, "name", name]).query("refresh", false);
        self.transport.send_optional(caller, call).await
    }

    /// Puts the pipelines of an application in another order: `{"application": ..., "idsToIndices": {...}}`.
    pub async fn reorder_pipelines(&self, caller: &Caller, command: &Value) -> Result<()> {
        let call = Call::new(Method::POST, &["actions", "pipelines", "reorder"]).body(command)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// The same with its custom strategies.
    pub async fn reorder_strategies(&self, caller: &Caller, command: &Value) -> Result<()> {
        let call = Call::new(Method::POST, &["actions", "strategies", "reorder"]).body(command)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Replaces the pipeline of that id.
    pub async fn update_pipeline(&self, caller: &Caller, id: &str, pipeline: &Pipeline) -> Result<Pipeline> {
        self.transport.send(caller, Call::new(Method::PUT, &["pipelines", id]).body(pipeline)?).await
    }

    /// Deletes a pipeline by its name.
    pub async fn delete_pipeline(&self, caller: &Caller, application: &str, name: &str) -> Result<()> {
        self.transport.send(caller, Call::new(Method::DELETE, &["pipelines", application, name])).await
    }

    /// A pipeline template of schema 1.
    pub async fn pipeline_template(&self, caller: &Caller, id: &str) -> Result<Object> {
        self.transport.send(caller, Call::get(&["pipelineTemplates", id])).await
    }

    /// Saves a new pipeline template of schema 1.
    pub async fn create_pipeline_template(&self, caller: &Caller, template: &Value) -> Result<()> {
        let call = Call::new(Method::POST, &["pipelineTemplates"]).body(template)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Replaces the pipeline template of that id.
    pub async fn update_pipeline_template(&self, caller: &Caller, id: &str, template: &Value) -> Result<()> {
        let call = Call::new(Method::PUT, &["pipelineTemplates", id]).body(template)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Deletes the pipeline template of that id.
    pub async fn delete_pipeline_template(&self, caller: &Caller, id: &str) -> Result<()> {
        let call = Call::new(Method::DELETE, &["pipelineTemplates", id]);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// The pipelines that are made from a template of schema 1; with `recursive` also from templates that inherit from it.
    pub async fn template_dependents(&self, caller: &Caller, id: &str, recursive: bool) -> Result<Vec<Object>> {
        let call = Call::get(&["pipelineTemplates", id, "dependentPipelines"]).query("recursive", recursive);
        self.transport.send(caller, call).await
    }

    /// A pipeline template of schema v2: the latest, or that of a tag or a digest.
    pub async fn v2_pipeline_template(
        &self,
        caller: &Caller,
        id: &str,
        tag: Option<&str>,
        digest: Option<&str>,
    ) -> Result<Object> {
        let call = Call::get(&["v2", "pipelineTemplates", id]).query_if("tag", tag).query_if("digest", digest);
        self.transport.send(caller, call).await
    }

    /// Saves a new pipeline template of schema v2, under a tag if one is given.
    pub async fn create_v2_pipeline_template(
        &self,
        caller: &Caller,
        tag: Option<&str>,
        template: &Value,
    ) -> Result<()> {
        let call = Call::new(Method::POST, &["v2", "pipelineTemplates"]).query_if("tag", tag).body(template)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Replaces the pipeline template of schema v2 of that id, or of its tag.
    pub async fn update_v2_pipeline_template(
        &self,
        caller: &Caller,
        id: &str,
        tag: Option<&str>,
        template: &Value,
    ) -> Result<()> {
        let call = Call::new(Method::PUT, &["v2", "pipelineTemplates", id]).query_if("tag", tag).body(template)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Deletes a pipeline template of schema v2, or its tag or digest.
    pub async fn delete_v2_pipeline_template(
        &self,
        caller: &Caller,
        id: &str,
        tag: Option<&str>,
        digest: Option<&str>,
    ) -> Result<()> {
        let call = Call::new(Method::DELETE, &["v2", "pipelineTemplates", id]);
        let call = call.query_if("tag", tag).query_if("digest", digest);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Creates a plugin's description, or replaces it.
    pub async fn upsert_plugin_info(&self, caller: &Caller, info: &Value) -> Result<Value> {
        self.transport.send(caller, Call::new(Method::POST, &["pluginInfo"]).body(info)?).await
    }

    /// Deletes a plugin's description.
    pub async fn delete_plugin_info(&self, caller: &Caller, id: &str) -> Result<()> {
        let call = Call::new(Method::DELETE, &["pluginInfo", id]);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Says which release of a plugin is preferred.
    pub async fn prefer_plugin_release(&self, caller: &Caller, id: &str, version: &str) -> Result<()> {
        let call = Call::new(Method::PUT, &["pluginInfo", id, "releases", version]).query("preferred", true);
        self.transport.send::<Value>(caller, call).await.map(drop)
    }
}
