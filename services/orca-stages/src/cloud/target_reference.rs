//! `determineTargetReference`: the server group of a cluster that a word stands for, in each region, by age alone: the newest, the one
//! before it, the oldest. `determineTargetServerGroup` has replaced it; old pipelines have it.
//!
//! Upstream: `DetermineTargetReferenceStage`, `TargetReferenceSupport`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use super::operation_stage::OperationStage;
use crate::{
    Catalogue, Field, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::settings::{account, provider, regions},
};

const TASK: &str = "com.netflix.spinnaker.orca.kato.tasks.DetermineTargetReferenceTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(
        OperationStage::new(
            "determineTargetReference",
            || {
                Schema::of("Finds the server groups of a cluster that a word stands for, by their age.")
                    .with(Field::text("credentials", "The account; account is read too."))
                    .with(Field::text("cloudProvider", "The cloud; providerType is read too.").default("aws"))
                    .with(Field::list("regions", "The regions; or region.", []))
                    .with(Field::text("cluster", "The cluster of target."))
                    .with(Field::text("target", "The word; without it asgName is looked for."))
                    .with(Field::text("asgName", "A server group by its name."))
            },
            || vec![TaskTemplate::new("determineTargetReference", TASK)],
        )
        .leaving(&["targetReferences"]),
    );
    catalogue.add_task(DetermineTask);
}

struct DetermineTask;

#[async_trait]
impl Task for DetermineTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let named = settings.text("cluster").or_else(|| settings.text("asgName"));
        let named = named.ok_or_else(|| TaskError::invalid("the stage names no cluster: set cluster, or asgName"))?;
        let parsed = Moniker::parse(&named);
        let (application, cluster) = (parsed.app.unwrap_or_default(), parsed.cluster.unwrap_or_else(|| named.clone()));
        let clouddriver = &context.clients.clouddriver;
        let groups =
            clouddriver.cluster_server_groups(&context.caller, &application, &account, &cluster, &provider).await;
        let groups = match groups {
            Ok(groups) => groups,
            Err(error) if error.kind() == Kind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut references: Vec<Value> = Vec::new();
        for region in regions(settings)? {
            let here: Vec<&ServerGroup> = groups.iter().filter(|group| group.region == region).collect();
            if let Some(group) = chosen(settings, here).map_err(|problem| {
                let message = format!("cluster {cluster} in {account}/{region}: {problem}");
                TaskError::new(Kind::NotFound, "TargetReferenceNotFoundException", message)
            })? {
                references.push(json!({ "region": region, "cluster": cluster, "asg": group }));
            }
        }
        Ok(TaskResult::succeeded().with_context("targetReferences", references))
    }
}

/// The server group that the settings mean; none where there is none.
fn chosen<'a>(settings: &Object, mut groups: Vec<&'a ServerGroup>) -> Result<Option<&'a ServerGroup>, String> {
    groups.sort_by_key(|group| std::cmp::Reverse((group.created_time, group.moniker.sequence)));
    let word = settings.text("target").unwrap_or_default();
    let found = match word.as_str() {
        "" => groups.iter().find(|group| settings.text("asgName").as_deref() == Some(&group.name)),
        "current_asg" | "current_asg_dynamic" => groups.first(),
        _ if groups.len() == 1 => return Err(format!("it has one server group, and {word} needs two")),
        "ancestor_asg" | "ancestor_asg_dynamic" => groups.get(1),
        "oldest_asg_dynamic" => groups.last(),
        other => return Err(format!("{other} is no word for a server group")),
    };
    Ok(found.copied())
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;

    use super::*;

    #[test]
    fn words_go_by_age() {
        let group = |name: &str, created: i64| ServerGroup {
            name: name.to_owned(),
            created_time: Some(Timestamp::from_millis(created)),
            ..ServerGroup::default()
        };
        let groups = [group("a-v001", 1), group("a-v003", 3), group("a-v002", 2)];
        let name = |settings: Value, groups: &[ServerGroup]| {
            let settings = settings.as_object().cloned().expect("an object");
            chosen(&settings, groups.iter().collect()).map(|found| found.map(|group| group.name.clone()))
        };
        for (word, expected) in [
            ("current_asg", "a-v003"),
            ("current_asg_dynamic", "a-v003"),
            ("ancestor_asg_dynamic", "a-v002"),
            ("oldest_asg_dynamic", "a-v001"),
        ] {
            assert_eq!(name(json!({"target": word}), &groups), Ok(Some(expected.to_owned())));
        }
        assert_eq!(name(json!({"asgName": "a-v002"}), &groups), Ok(Some("a-v002".to_owned())));
        assert_eq!(name(json!({"asgName": "a-v009"}), &groups), Ok(None));
        assert_eq!(name(json!({"target": "current_asg"}), &[]), Ok(None));
        assert!(name(json!({"target": "oldest_asg_dynamic"}), &groups[..1]).is_err());
        assert!(name(json!({"target": "any"}), &groups).is_err());
    }
}
