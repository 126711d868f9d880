//! `forceCacheRefresh`, and the stage `serverGroupForceCacheRefresh`: asks clouddriver to look at the changed server groups now.
//!
//! Upstream: `ServerGroupCacheForceRefreshTask`, `ServerGroupForceCacheRefreshStage`. Ours answers once the provider has confirmed something newer than the request.

use async_trait::async_trait;
use serde_json::json;

use super::settings::{DEPLOYED, account, deployed, provider};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const REFRESH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.ServerGroupCacheForceRefreshTask";

/// Adds the task of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(RefreshTask);
    catalogue.add_stage(RefreshStage);
}

/// The task that refreshes what clouddriver knows.
pub(crate) fn force_cache_refresh() -> TaskTemplate {
    TaskTemplate::new("forceCacheRefresh", REFRESH)
}

struct RefreshStage;

#[async_trait]
impl StageDefinition for RefreshStage {
    fn kind(&self) -> &'static str {
        "serverGroupForceCacheRefresh"
    }

    fn schema(&self) -> Schema {
        Schema::of("Has clouddriver look at server groups now.")
            .with(Field::text("credentials", "The account."))
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::object(DEPLOYED, "The names of the server groups by region.", []).required())
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("refreshServerGroup", REFRESH)], ..Composition::default() })
    }
}

struct RefreshTask;

#[async_trait]
impl Task for RefreshTask {
    fn class(&self) -> &'static str {
        REFRESH
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (provider, account) = (provider(settings), account(settings)?);
        for (region, name) in deployed(settings) {
            let target = json!({ "account": account, "region": region, "serverGroupName": name });
            let clouddriver = &context.clients.clouddriver;
            clouddriver.refresh(&context.caller, &provider, "ServerGroup", &target).await?;
        }
        Ok(TaskResult::succeeded())
    }
}
