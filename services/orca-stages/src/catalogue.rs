//! Which stage types and tasks there are.

use std::{collections::BTreeMap, sync::Arc};

use crate::{StageDefinition, Task, application, artifacts, core, pipeline, server_group};

/// The stage types by name and the tasks by class.
#[derive(Clone, Default)]
pub struct Catalogue {
    stages: BTreeMap<&'static str, Arc<dyn StageDefinition>>,
    tasks: BTreeMap<&'static str, Arc<dyn Task>>,
}

impl Catalogue {
    /// Every stage of this crate.
    pub fn standard() -> Self {
        let mut catalogue = Catalogue::default();
        core::register(&mut catalogue);
        application::register(&mut catalogue);
        artifacts::register(&mut catalogue);
        pipeline::register(&mut catalogue);
        server_group::register(&mut catalogue);
        catalogue
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

    /// The task of that class.
    pub fn task(&self, class: &str) -> Option<&Arc<dyn Task>> {
        self.tasks.get(class)
    }

    /// The names of all stage types, aliases included.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.stages.keys().copied()
    }
}
