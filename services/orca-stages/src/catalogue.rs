//! Which stage types and tasks there are.

use std::{collections::BTreeMap, sync::Arc};

use gennaker_wire::{Execution, Object, Stage};
use serde_json::{Value, json};

use crate::{
    DeploymentMonitorOptions, JobOptions, Options, OptionsError, StageDefinition, Task, TemplateLookup, application,
    artifacts, cloud, core, dry_run, front50, monitored, pipeline, server_group, template,
    webhook::{self, PreconfiguredWebhook},
};

/// The stage types by name and the tasks by class.
#[derive(Clone, Default)]
pub struct Catalogue {
    stages: BTreeMap<&'static str, Arc<dyn StageDefinition>>,
    tasks: BTreeMap<&'static str, Arc<dyn Task>>,
    heeds_dry_runs: bool,
    preconfigured_webhooks: Arc<[PreconfiguredWebhook]>,
    jobs: Arc<JobOptions>,
    deployment_monitors: Arc<[DeploymentMonitorOptions]>,
}

impl Catalogue {
    /// Every stage of this crate, as these settings want them.
    ///
    /// # Errors
    /// If a setting makes no sense, or a file that one names cannot be read.
    pub fn new(options: &Options) -> Result<Self, OptionsError> {
        let (heeds_dry_runs, jobs) = (options.dryrun.enabled, options.job.clone());
        let mut catalogue = Catalogue { heeds_dry_runs, jobs, ..Catalogue::default() };
        core::register(&mut catalogue, options);
        application::register(&mut catalogue, options);
        artifacts::register(&mut catalogue, &options.tasks.core);
        let templates = TemplateLookup::with_rules(&options.urls)?;
        front50::register(&mut catalogue, options, &templates);
        template::register(&mut catalogue, &templates);
        pipeline::register(&mut catalogue);
        server_group::register(&mut catalogue, options);
        cloud::register(&mut catalogue, options);
        monitored::register(&mut catalogue, &options.monitored_deploy)?;
        webhook::register(&mut catalogue, &options.webhook, &options.urls)?;
        dry_run::register(&mut catalogue);
        if options.monitored_deploy.enabled {
            catalogue.deployment_monitors = options.monitored_deploy.deployment_monitors.clone().into();
        }
        if options.webhook.stage.enabled {
            catalogue.preconfigured_webhooks = options.webhook.preconfigured.0.clone().into();
        }
        Ok(catalogue)
    }

    /// Every stage of this crate, with the default settings.
    pub fn standard() -> Self {
        let standard = Catalogue::new(&Options::default());
        standard.unwrap_or_else(|error| unreachable!("the default settings are sound: {error}"))
    }

    /// Adds a stage type.
    ///
    /// # Panics
    /// If its name or an alias is taken: a defect that the first start shows.
    pub fn add_stage(&mut self, stage: impl StageDefinition) {
        let stage: Arc<dyn StageDefinition> = Arc::new(stage);
        for name in std::iter::once(stage.kind()).chain(stage.aliases().iter().copied()) {
            let taken = self.stages.insert(name, stage.clone()).is_some();
            assert!(!taken, "two stages are called {name}");
        }
    }

    /// Adds a task.
    ///
    /// # Panics
    /// If its class is taken: a defect that the first start shows.
    pub fn add_task(&mut self, task: impl Task) {
        let class = task.class();
        let taken = self.tasks.insert(class, Arc::new(task)).is_some();
        assert!(!taken, "two tasks have the class {class}");
    }

    /// The stage type of that name or alias.
    pub fn stage(&self, kind: &str) -> Option<&Arc<dyn StageDefinition>> {
        self.stages.get(kind)
    }

    /// The definition that a stage of an execution is run by. A stage that names an `alias` is run as that, whatever its type is
    /// (upstream's `DefaultStageResolver`): stages that operators have prepared have types of their own, and say by it what they
    /// are. In a dry run most are run as one that does nothing.
    pub fn definition_for(&self, execution: &Execution, stage: &Stage) -> Option<Arc<dyn StageDefinition>> {
        let alias = stage.context.get("alias").and_then(Value::as_str);
        let definition = self.stages.get(alias.unwrap_or(&stage.kind))?.clone();
        Some(if self.heeds_dry_runs && dry_run::replaces(execution, stage) {
            dry_run::of(definition)
        } else {
            definition
        })
    }

    /// The webhooks that operators have prepared, as `GET /webhooks/preconfigured` answers; with `roles`, those that
    /// somebody with these may see. Without authorisation everybody sees all: `None`.
    pub fn preconfigured_webhooks(&self, roles: Option<&[String]>) -> Vec<Object> {
        webhook::list(&self.preconfigured_webhooks, roles)
    }

    /// The jobs that operators have prepared, as `GET /jobs/preconfigured` answers.
    pub fn preconfigured_jobs(&self) -> Vec<Value> {
        cloud::preconfigured_jobs(&self.jobs)
    }

    /// The deployment monitors that operators have named, as `GET /capabilities/deploymentMonitors` answers.
    pub fn deployment_monitors(&self) -> Vec<Value> {
        let shown = |monitor: &DeploymentMonitorOptions| {
            json!({
                "id": monitor.id,
                "name": monitor.name,
                "supportContact": monitor.support_contact,
                "stable": monitor.stable,
            })
        };
        self.deployment_monitors.iter().map(shown).collect()
    }

    /// The task of that class.
    pub fn task(&self, class: &str) -> Option<&Arc<dyn Task>> {
        self.tasks.get(class)
    }

    /// The names of all stage types, aliases included.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.stages.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_goes_before_the_type() {
        let catalogue = Catalogue::standard();
        let found = |kind: &str, context: Value| {
            let context = context.as_object().cloned().expect("an object");
            let stage = Stage { kind: kind.to_owned(), context, ..Stage::default() };
            Some(catalogue.definition_for(&Execution::default(), &stage)?.kind())
        };
        assert_eq!(found("wait", json!({})), Some("wait"));
        assert_eq!(found("someStage", json!({"alias": "wait"})), Some("wait"));
        assert_eq!(found("wait", json!({"alias": null})), Some("wait"));
        assert_eq!(found("wait", json!({"alias": "someStage"})), None);
        assert_eq!(found("someStage", json!({})), None);
    }
}
