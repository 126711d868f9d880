//! Lists of pipelines: filters, order, and the index that the web UI cannot do without.

use std::sync::Arc;

use gennaker_wire::{Object, ObjectExt as _, Pipeline};
use serde_json::Value;

use super::{
    Error, Pipelines,
    configs::{Config, trigger_term},
    layout::fold,
};

/// Which pipelines of an application are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Listed {
    /// A part of the name, whatever the case; empty is none.
    pub(crate) name_part: Option<String>,
    /// At most so many.
    pub(crate) most: Option<usize>,
    /// Only enabled or only disabled ones.
    pub(crate) enabled: Option<bool>,
}

/// Which pipelines of all applications are listed: those of which a trigger fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Triggers {
    /// Only enabled or only disabled pipelines.
    pub(crate) enabled_pipelines: Option<bool>,
    /// Only enabled or only disabled triggers.
    pub(crate) enabled: Option<bool>,
    /// Only triggers of these types.
    pub(crate) types: Option<Vec<String>>,
}

impl Pipelines {
    /// What the list of all pipelines is now: another text after each change of one.
    pub(crate) async fn version(&self, fresh: bool) -> String {
        self.look(fresh).await;
        self.items().version()
    }

    /// All pipelines, or those of which a trigger is wanted, as they are in memory.
    pub(crate) fn list(&self, wanted: &Triggers) -> Vec<Arc<Pipeline>> {
        let mut all = self.items().all();
        if *wanted != Triggers::default() {
            all.retain(|pipeline| {
                let fits = |trigger: &Object| {
                    wanted.enabled.is_none_or(|enabled| is_enabled(trigger) == enabled)
                        && wanted.types.as_ref().is_none_or(|types| {
                            trigger
                                .get("type")
                                .and_then(Value::as_str)
                                .is_some_and(|kind| types.iter().any(|it| it == kind))
                        })
                };
                wanted.enabled_pipelines.is_none_or(|enabled| is_disabled(pipeline) != enabled)
                    && triggers(pipeline).any(fits)
            });
        }
        all
    }

    /// The pipelines of an application in their order, numbered from 0.
    pub(crate) async fn of_application(&self, application: &str, wanted: &Listed, fresh: bool) -> Vec<Pipeline> {
        let part = wanted.name_part.as_deref().map(fold).unwrap_or_default();
        self.look(fresh).await;
        let mut found = self.configs.of(application);
        found.retain(|pipeline| {
            pipeline.name.as_deref().is_some_and(|name| fold(name).contains(&part))
                && wanted.enabled.is_none_or(|enabled| is_disabled(pipeline) != enabled)
        });
        numbered(found, wanted.most)
    }

    /// A pipeline by its name.
    pub(crate) async fn named(&self, application: &str, name: &str, fresh: bool) -> Result<Arc<Pipeline>, Error> {
        self.look(fresh).await;
        let found = self.configs.by_name(application, name);
        found.ok_or_else(|| Error::NoPipelineInCache { name: name.to_owned(), application: application.to_owned() })
    }

    /// The enabled pipelines that an end of the pipeline `id` with `status` triggers.
    pub(crate) async fn triggered_by(&self, id: &str, status: &str, fresh: bool) -> Vec<Arc<Pipeline>> {
        let fits = |trigger: &Object| {
            let is = |name: &str, value: &str| trigger.get(name).and_then(Value::as_str) == Some(value);
            let of_status =
                trigger.get("status").and_then(Value::as_array).is_some_and(|all| all.iter().any(|it| it == status));
            is_enabled(trigger) && is("type", "pipeline") && is("pipeline", id) && of_status
        };
        self.look(fresh).await;
        let mut all = self.items().found_by(&trigger_term(id));
        all.retain(|pipeline| !is_disabled(pipeline) && triggers(pipeline).any(fits));
        all
    }

    async fn look(&self, fresh: bool) {
        if fresh {
            self.items().catch_up().await;
        }
    }
}

/// Brings pipelines or strategies into the order of their indices, those without one last and by name.
pub(super) fn in_order<T: Config>(configs: &mut [Arc<T>]) {
    let name = |pipeline: &Pipeline| fold(pipeline.name.as_deref().or(pipeline.id.as_deref()).unwrap_or_default());
    configs.sort_by_cached_key(|config| {
        let pipeline = config.pipeline();
        (pipeline.index.is_none(), pipeline.index, name(pipeline))
    });
}

/// Pipelines in their order, with the indices 0 to n-1.
fn numbered(mut pipelines: Vec<Arc<Pipeline>>, most: Option<usize>) -> Vec<Pipeline> {
    in_order(&mut pipelines);
    let shown = pipelines.iter().take(most.unwrap_or(usize::MAX));
    (0..).zip(shown).map(|(index, pipeline)| Pipeline { index: Some(index), ..(**pipeline).clone() }).collect()
}

fn is_disabled(pipeline: &Pipeline) -> bool {
    pipeline.disabled == Some(true)
}

/// Whether a trigger is on; upstream takes nothing but true, as a boolean or a text, for it.
fn is_enabled(trigger: &Object) -> bool {
    trigger.get("enabled").is_some_and(|enabled| enabled.is_boolean() || enabled.is_string())
        && trigger.boolean("enabled") == Some(true)
}

fn triggers(pipeline: &Pipeline) -> impl Iterator<Item = &Object> {
    pipeline.triggers.iter().flatten().filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_run_from_zero_whatever_is_stored() {
        let pipeline = |name: &str, index: Option<i64>| {
            Arc::new(Pipeline { name: Some(name.to_owned()), index, ..Pipeline::default() })
        };
        let all = vec![
            pipeline("d", None),
            pipeline("B", None),
            pipeline("z", Some(7)),
            pipeline("x", Some(-1)),
            pipeline("Y", Some(7)),
        ];
        let shown = |most| {
            let shown = numbered(all.clone(), most).into_iter();
            shown.map(|it| (it.name.expect("a name"), it.index.expect("an index"))).collect::<Vec<_>>()
        };
        let expected = [("x", 0), ("Y", 1), ("z", 2), ("B", 3), ("d", 4)].map(|(name, index)| (name.to_owned(), index));
        assert_eq!(shown(None), expected);
        assert_eq!(shown(Some(2)), expected[..2]);
        assert_eq!(shown(Some(9)).len(), 5);
    }
}
