//! Which stage types and tasks there are.

use std::{collections::BTreeMap, sync::Arc};

use gennaker_wire::{Execution, Stage};
use serde_json::Value;

use crate::{Options, StageDefinition, Task, application, artifacts, core, dry_run, pipeline, server_group};

/// The stage types by name and the tasks by class.
#[derive(Clone, Default)]
pub struct Catalogue {
    stages: BTreeMap<&'static str, Arc<dyn StageDefinition>>,
    tasks: BTreeMap<&'static str, Arc<dyn Task>>,
    heeds_dry_runs: bool,
}

impl Catalogue {
    /// Every stage of this crate.
    pub fn new(options: &Options) -> Self {
        let mut catalogue = Catalogue { heeds_dry_runs: options.dryrun.enabled, ..Catalogue::default() };
        core::register(&mut catalogue, options);
        application::register(&mut catalogue, options);
        artifacts::register(&mut catalogue);
        pipeline::register(&mut catalogue);
        server_group::register(&mut catalogue);
        dry_run::register(&mut catalogue);
        catalogue
    }

    /// Every stage of this crate, with upstream's defaults.
    pub fn standard() -> Self {
        Catalogue::new(&Options::default())
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
    /// (upstream's `DefaultStageResolver`); in a dry run most are run as one that does nothing.
    pub fn definition_for(&self, execution: &Execution, stage: &Stage) -> Option<Arc<dyn StageDefinition>> {
        let alias = stage.context.get("alias").and_then(Value::as_str);
        let definition = self.stages.get(alias.unwrap_or(&stage.kind))?.clone();
        Some(if self.heeds_dry_runs && dry_run::replaces(execution, stage) {
            dry_run::of(definition)
        } else {
            definition
        })
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
    use serde_json::json;

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
