//! `upsertLoadBalancer`, `upsertLoadBalancers`, `deleteLoadBalancer`, `mapLoadBalancers`, `unmapLoadBalancers`: load balancers are
//! written and removed, and server groups put behind them.
//!
//! Upstream: the stages and tasks of these names. The last two have their classes among those of Cloud Foundry, and nothing of it.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use super::{
    operation_stage::{OperationStage, OperationTask, Prepared, submit_prepared},
    refresh::RefreshTask,
};
use crate::{
    Catalogue, Field, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::{
        operation::monitor,
        refresh::force_cache_refresh,
        settings::account,
        target::{locations, resolve},
    },
};

const UPSERT: &str = "upsertLoadBalancer";
const UPSERT_ONE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.UpsertLoadBalancerTask";
const UPSERT_ALL: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.UpsertLoadBalancersTask";
const EXTRAPOLATE: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.UpsertLoadBalancerResultObjectExtrapolationTask";
const REFRESH: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.UpsertLoadBalancerForceRefreshTask";
const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.DeleteLoadBalancerTask";
const REFRESH_DELETED: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.loadbalancer.DeleteLoadBalancerForceRefreshTask";
const MAP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.providers.cf.MapLoadBalancersTask";
const UNMAP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.providers.cf.UnmapLoadBalancersTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(UPSERT, upsert_schema, || upserting(UPSERT, UPSERT_ONE)));
    catalogue.add_stage(OperationStage::new("upsertLoadBalancers", upsert_all_schema, || {
        upserting("upsertLoadBalancers", UPSERT_ALL)
    }));
    catalogue.add_stage(OperationStage::new("deleteLoadBalancer", delete_schema, || {
        vec![
            TaskTemplate::new("deleteLoadBalancer", DELETE),
            TaskTemplate::new("forceCacheRefresh", REFRESH_DELETED),
            monitor("monitorDelete"),
        ]
    }));
    catalogue.add_stage(
        OperationStage::new("mapLoadBalancers", map_schema, || mapping("mapLoadBalancers", MAP)).changing_cluster(),
    );
    catalogue.add_stage(
        OperationStage::new("unmapLoadBalancers", unmap_schema, || mapping("unmapLoadBalancers", UNMAP))
            .changing_cluster(),
    );
    catalogue.add_task(OperationTask { class: UPSERT_ONE, prepare: upsert_one });
    catalogue.add_task(OperationTask { class: UPSERT_ALL, prepare: upsert_all });
    catalogue.add_task(ExtrapolateTask);
    catalogue.add_task(RefreshTask { class: REFRESH, kind: "LoadBalancer", targets: upserted });
    catalogue.add_task(OperationTask { class: DELETE, prepare: delete });
    catalogue.add_task(RefreshTask { class: REFRESH_DELETED, kind: "LoadBalancer", targets: deleted });
    catalogue.add_task(MapTask { class: MAP, operation: "mapLoadBalancers" });
    catalogue.add_task(MapTask { class: UNMAP, operation: "unmapLoadBalancers" });
}

fn upserting(name: &str, class: &str) -> Vec<TaskTemplate> {
    vec![
        TaskTemplate::new(name, class),
        monitor("monitorUpsert"),
        TaskTemplate::new("extrapolateUpsertResult", EXTRAPOLATE),
        TaskTemplate::new("forceCacheRefresh", REFRESH),
    ]
}

fn mapping(name: &str, class: &str) -> Vec<TaskTemplate> {
    vec![TaskTemplate::new(name, class), monitor("monitorTask"), force_cache_refresh()]
}

fn placed(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
}

fn upsert_schema() -> Schema {
    placed("Writes a load balancer.")
        .with(Field::text("name", "Its name; loadBalancerName and clusterName are read too."))
        .with(Field::text("region", "Its region; or availabilityZones."))
        .with(Field::object("availabilityZones", "Its zones by region.", []))
}

fn upsert_all_schema() -> Schema {
    let one = [
        Field::text("name", "Its name.").required(),
        Field::text("account", "The account."),
        Field::text("region", "Its region."),
    ];
    placed("Writes several load balancers.").with(Field::list("loadBalancers", "The load balancers.", one).required())
}

fn delete_schema() -> Schema {
    placed("Removes a load balancer.").with(Field::text("loadBalancerName", "Its name.").required()).with(Field::list(
        "regions",
        "Its regions.",
        [],
    ))
}

fn map_schema() -> Schema {
    placed("Puts a server group behind load balancers.")
        .with(Field::list("loadBalancerNames", "The load balancers.", []))
        .with(Field::text("serverGroupName", "The server group; or target and cluster."))
        .with(Field::text("region", "Its region."))
}

fn unmap_schema() -> Schema {
    placed("Takes a server group from behind load balancers.")
        .with(Field::list("loadBalancerNames", "The load balancers.", []))
        .with(Field::text("serverGroupName", "The server group; or target and cluster."))
        .with(Field::text("region", "Its region."))
}

fn upsert_one(settings: &Object) -> Result<Prepared, TaskError> {
    let mut prepared = Prepared::whole(UPSERT, settings);
    let Some(Operation { description, .. }) = prepared.operations.first_mut() else { return Ok(prepared) };
    let named = settings.text("name").filter(|name| !name.is_empty());
    let name = named
        .or_else(|| settings.text("clusterName").map(|cluster| format!("{cluster}-frontend")))
        .or_else(|| settings.text("loadBalancerName"))
        .ok_or_else(|| TaskError::invalid("the load balancer has no name: set name"))?;
    description.insert("name".to_owned(), name.into());
    with_zones(description);
    let target = target(description, &account(settings)?);
    Ok(prepared.keeping("kato.result.expected", true).keeping("targets", vec![target]))
}

fn upsert_all(settings: &Object) -> Result<Prepared, TaskError> {
    let mut prepared = Prepared::default();
    let mut targets: Vec<Value> = Vec::new();
    for mut description in settings.typed::<Vec<Object>>("loadBalancers").unwrap_or_default() {
        with_zones(&mut description);
        let account = description.text("account").map_or_else(|| account(settings), Ok)?;
        targets.push(target(&description, &account));
        prepared.operations.push(Operation { name: UPSERT.to_owned(), description });
    }
    Ok(prepared.keeping("kato.result.expected", true).keeping("targets", targets))
}

/// Zones by region, where the settings name a region.
fn with_zones(description: &mut Object) {
    let missing = description.get("availabilityZones").is_none_or(Value::is_null);
    if let Some(region) = description.text("region").filter(|_| missing) {
        let zones = description.get("regionZones").cloned().unwrap_or(Value::Null);
        description.insert("availabilityZones".to_owned(), json!({ region: zones }));
    }
}

fn target(description: &Object, account: &str) -> Value {
    json!({
        "credentials": account,
        "availabilityZones": description.get("availabilityZones"),
        "vpcId": description.get("vpcId"),
        "name": description.get("name"),
    })
}

/// What was written, by region.
fn upserted(settings: &Object) -> Vec<Value> {
    let targets: Vec<Object> = settings.typed("targets").unwrap_or_default();
    let by_region = targets.iter().flat_map(|target| {
        let regions = target.object("availabilityZones").into_iter().flat_map(Object::keys);
        regions.map(|region| {
            json!({
                "loadBalancerName": target.get("name"),
                "region": region,
                "account": target.get("credentials"),
                "loadBalancerType": settings.get("loadBalancerType"),
            })
        })
    });
    by_region.collect()
}

fn delete(settings: &Object) -> Result<Prepared, TaskError> {
    Ok(Prepared::whole("deleteLoadBalancer", settings)
        .keeping("delete.name", json!(settings.get("loadBalancerName")))
        .keeping("delete.regions", settings.texts("regions").join(","))
        .keeping("delete.account.name", account(settings)?))
}

fn deleted(settings: &Object) -> Vec<Value> {
    let regions = settings.texts("regions").into_iter();
    let targets = regions.map(|region| {
        json!({
            "loadBalancerName": settings.get("loadBalancerName"),
            "region": region,
            "account": account(settings).ok(),
            "vpcId": settings.text("vpcId").unwrap_or_default(),
            "evict": true,
        })
    });
    targets.collect()
}

/// Notes the DNS name of a load balancer that was written, if the cloud has told one.
struct ExtrapolateTask;

#[async_trait]
impl Task for ExtrapolateTask {
    fn class(&self) -> &'static str {
        EXTRAPOLATE
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let result = TaskResult::succeeded();
        Ok(match dns_name(context.view.context()) {
            Some(name) => result.with_context("dnsName", name),
            None => result,
        })
    }
}

fn dns_name(settings: &Object) -> Option<String> {
    let id = settings.object("kato.last.task.id")?.text("id")?;
    let tasks = settings.get("kato.tasks")?.as_array()?;
    let task = tasks.iter().filter_map(Value::as_object).find(|task| task.text("id").as_ref() == Some(&id))?;
    let balancers = task.get("resultObjects")?.get(0)?.get("loadBalancers")?.as_object()?;
    balancers.values().next()?.as_object()?.text("dnsName")
}

/// Submits the operation on the server group that the stage names, or that its word means.
struct MapTask {
    class: &'static str,
    operation: &'static str,
}

#[async_trait]
impl Task for MapTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let mut prepared = Prepared::whole(self.operation, settings);
        let Some(location) = locations(settings).into_iter().next() else {
            return Err(TaskError::invalid("the stage names no region: set region"));
        };
        let group = resolve(&context.clients, &context.caller, settings, &location).await?;
        for operation in &mut prepared.operations {
            operation.description.insert("serverGroupName".to_owned(), group.name.clone().into());
            operation.description.insert("moniker".to_owned(), json!(group.moniker));
        }
        let deployed = json!({ group.region: [group.name.clone()] });
        let prepared = prepared.keeping("serverGroupName", group.name).keeping("deploy.server.groups", deployed);
        submit_prepared(context, prepared).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_load_balancer_is_named_and_placed() {
        let settings = object(json!({"credentials": "local", "clusterName": "shop", "region": "here"}));
        let prepared = upsert_one(&settings).expect("an operation");
        let description = &prepared.operations[0].description;
        assert_eq!(
            (&description["name"], &description["availabilityZones"]),
            (&json!("shop-frontend"), &json!({"here": null}))
        );
        let kept: Object = prepared.kept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let expected = json!({"loadBalancerName": "shop-frontend", "region": "here", "account": "local", "loadBalancerType": null});
        assert_eq!(upserted(&kept), [expected]);
        assert!(upsert_one(&object(json!({"credentials": "local"}))).is_err());
    }

    #[test]
    fn several_are_written_at_once() {
        let settings = object(json!({"credentials": "local", "loadBalancers": [
            {"name": "a", "region": "here"}, {"name": "b", "account": "other", "availabilityZones": {"there": ["z"]}},
        ]}));
        let prepared = upsert_all(&settings).expect("operations");
        assert_eq!(prepared.operations.len(), 2);
        let kept: Object = prepared.kept.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let places: Vec<_> =
            upserted(&kept).iter().map(|target| (target["region"].clone(), target["account"].clone())).collect();
        assert_eq!(places, [(json!("here"), json!("local")), (json!("there"), json!("other"))]);
    }

    #[test]
    fn the_dns_name_is_read() {
        let settings = object(json!({"kato.last.task.id": {"id": "1"}, "kato.tasks": [
            {"id": "1", "resultObjects": [{"loadBalancers": {"here": {"dnsName": "shop.example"}}}]},
        ]}));
        assert_eq!(dns_name(&settings).as_deref(), Some("shop.example"));
        assert_eq!(dns_name(&object(json!({}))), None);
    }
}
