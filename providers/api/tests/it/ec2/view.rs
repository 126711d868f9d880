//! The toy's answers as clouddriver's inventory. Pure.

use gennaker_base::Timestamp;
use gennaker_wire::{
    Capacity, Health, HealthState, Image, Instance, InstanceCounts, LoadBalancer, LoadBalancerServerGroup, Object,
    ScalingActivity, ServerGroup, naming::Moniker,
};
use serde_json::json;

use super::client::{self, Activity, Ami, AutoScalingGroup, TargetHealth};

pub(super) fn server_group(
    account: &str,
    region: &str,
    group: &AutoScalingGroup,
    health: &[TargetHealth],
) -> ServerGroup {
    let moniker = Moniker::parse(&group.auto_scaling_group_name);
    let instances: Vec<_> = group.instances.iter().map(|one| instance(group, one, health)).collect();
    let other: Object = [
        ("targetGroups".to_owned(), json!(group.target_group_arns)),
        ("launchTemplate".to_owned(), json!({ "launchTemplateName": group.launch_template })),
    ]
    .into_iter()
    .collect();
    ServerGroup {
        name: group.auto_scaling_group_name.clone(),
        account: account.to_owned(),
        region: region.to_owned(),
        kind: "aws".to_owned(),
        cloud_provider: "aws".to_owned(),
        cluster: moniker.cluster.clone().unwrap_or_default(),
        moniker,
        created_time: Some(Timestamp::from_millis(group.created_time)),
        disabled: is_disabled(group),
        capacity: Capacity { min: group.min_size, max: group.max_size, desired: group.desired_capacity },
        instance_counts: InstanceCounts::of(&instances),
        instances,
        zones: group.availability_zones.clone(),
        other,
        ..ServerGroup::default()
    }
}

/// Disabled groups add nothing to their load balancers.
fn is_disabled(group: &AutoScalingGroup) -> bool {
    group.suspended_processes.iter().any(|process| process == "AddToLoadBalancer")
}

fn instance(group: &AutoScalingGroup, instance: &client::AsgInstance, health: &[TargetHealth]) -> Instance {
    let targets = health.iter().filter(|target| target.instance_id == instance.instance_id);
    let source = |kind: &str, state| Health { kind: kind.to_owned(), state, other: Object::new() };
    let amazon = if instance.lifecycle_state == "InService" && instance.health_status == "Healthy" {
        // What only EC2 says does not mean that it serves.
        HealthState::Unknown
    } else {
        HealthState::Down
    };
    let mut sources = vec![source("Amazon", amazon)];
    sources.extend(targets.map(|target| {
        let state = match target.state.as_str() {
            _ if is_disabled(group) => HealthState::OutOfService,
            "healthy" => HealthState::Up,
            "initial" => HealthState::Starting,
            _ => HealthState::Down,
        };
        source("TargetGroup", state)
    }));
    let health_state = sources.last().map(|health| health.state).unwrap_or_default();
    Instance {
        id: instance.instance_id.clone(),
        name: instance.instance_id.clone(),
        zone: Some(instance.availability_zone.clone()),
        health_state,
        health: sources,
        ..Instance::default()
    }
}

pub(super) fn load_balancer(
    account: &str,
    region: &str,
    balancer: &client::LoadBalancer,
    groups: &[ServerGroup],
) -> LoadBalancer {
    let behind = |group: &&ServerGroup| {
        let arns = group.other["targetGroups"].as_array().into_iter().flatten();
        arns.filter_map(|arn| arn.as_str()).any(|arn| balancer.target_group_arns.iter().any(|own| own == arn))
    };
    let server_groups = groups.iter().filter(behind).map(|group| LoadBalancerServerGroup {
        name: group.name.clone(),
        account: account.to_owned(),
        region: region.to_owned(),
        cloud_provider: "aws".to_owned(),
        is_disabled: group.disabled,
        ..LoadBalancerServerGroup::default()
    });
    let other: Object = [
        ("loadBalancerType".to_owned(), json!("application")),
        ("targetGroups".to_owned(), json!(balancer.target_group_arns)),
        ("vpcId".to_owned(), json!(balancer.vpc_id)),
    ]
    .into_iter()
    .collect();
    LoadBalancer {
        name: balancer.load_balancer_name.clone(),
        account: account.to_owned(),
        region: region.to_owned(),
        kind: "aws".to_owned(),
        cloud_provider: "aws".to_owned(),
        moniker: Moniker::parse(&balancer.load_balancer_name),
        server_groups: server_groups.collect(),
        other,
    }
}

pub(super) fn image(account: &str, region: &str, ami: &Ami) -> Image {
    Image {
        id: ami.image_id.clone(),
        name: ami.name.clone(),
        account: account.to_owned(),
        region: region.to_owned(),
        cloud_provider: "aws".to_owned(),
        tags: ami.tags.iter().map(|tag| (tag.key.clone(), json!(tag.value))).collect(),
        ..Image::default()
    }
}

pub(super) fn activity(activity: &Activity) -> ScalingActivity {
    ScalingActivity {
        activity_id: activity.activity_id.clone(),
        description: activity.description.clone(),
        cause: activity.cause.clone(),
        status_code: activity.status_code.clone(),
        start_time: Some(Timestamp::from_millis(activity.start_time)),
        ..ScalingActivity::default()
    }
}
