//! Load balancers and security groups of an agent's state.

use gennaker_wire::{
    HealthState, LoadBalancer, LoadBalancerInstance, LoadBalancerServerGroup, ObjectExt as _, SecurityGroup,
    ServerGroup,
};
use serde_json::json;

use super::{BALANCER, DEREGISTERED, moniker, object};
use crate::{
    protocol,
    provider::{NAME, REGION},
};

pub(super) fn load_balancer(account: &str, balancer: &protocol::LoadBalancer, groups: &[ServerGroup]) -> LoadBalancer {
    let behind = groups.iter().filter(|group| group.load_balancers.contains(&balancer.spec.name));
    LoadBalancer {
        name: balancer.spec.name.clone(),
        account: account.to_owned(),
        region: REGION.to_owned(),
        kind: NAME.to_owned(),
        cloud_provider: NAME.to_owned(),
        moniker: moniker(&balancer.spec.name, &balancer.spec.metadata),
        server_groups: behind.map(|group| seen_by_balancer(group, &balancer.spec.name)).collect(),
        other: object(json!({
            "address": balancer.address,
            "port": balancer.port,
            "listening": balancer.listening,
            "problem": balancer.message,
            "listeners": balancer.listeners,
            "securityGroups": balancer.spec.security_groups,
        })),
    }
}

/// A security group: its sources as upstream's inbound rules.
pub(in crate::provider) fn security_group(account: &str, group: &protocol::SecurityGroup) -> SecurityGroup {
    let spec = &group.spec;
    let rules = spec.ip_ingress.iter().map(|source| {
        let (ip, cidr) = source.cidr.split_once('/').map_or((source.cidr.as_str(), ""), |(ip, bits)| (ip, bits));
        let cidr = if cidr.is_empty() { String::new() } else { format!("/{cidr}") };
        object(json!({
            "protocol": "tcp",
            "portRanges": [{ "startPort": source.start_port, "endPort": source.end_port }],
            "range": { "ip": ip, "cidr": cidr },
        }))
    });
    let moniker = moniker(&spec.name, &spec.metadata);
    SecurityGroup {
        id: spec.name.clone(),
        name: spec.name.clone(),
        account_name: account.to_owned(),
        region: REGION.to_owned(),
        kind: NAME.to_owned(),
        cloud_provider: NAME.to_owned(),
        application: moniker.app.clone(),
        moniker,
        inbound_rules: rules.collect(),
        other: object(json!({ "description": spec.description, "loadBalancers": group.load_balancers })),
        ..SecurityGroup::default()
    }
}

fn seen_by_balancer(group: &ServerGroup, balancer: &str) -> LoadBalancerServerGroup {
    let instances = group.instances.iter().map(|instance| {
        let health = instance.health.iter().find(|health| health.kind == BALANCER);
        let mut health = health.cloned().unwrap_or_default();
        if instance.other.texts(DEREGISTERED).iter().any(|out_of| out_of == balancer) {
            health.state = HealthState::OutOfService;
        }
        LoadBalancerInstance { id: instance.id.clone(), name: instance.name.clone(), health }
    });
    LoadBalancerServerGroup {
        name: group.name.clone(),
        account: group.account.clone(),
        region: group.region.clone(),
        cloud_provider: NAME.to_owned(),
        is_disabled: group.disabled,
        instances: instances.collect(),
        detached_instances: Vec::new(),
    }
}
