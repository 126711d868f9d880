//! What an operation would do now: the changes that it would make by what the agent runs, and what speaks against it. Pure.
//!
//! It says what can be known before anything is tried: not whether a program starts, or an artifact is there.

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Result};
use gennaker_wire::{
    Object, Plan, Planned, Severity,
    naming::{Moniker, frigga::ServerGroupName},
};
use serde_json::{Value, json};

use super::{description::OnServerGroup, operations};
use crate::protocol::{Need, ServerGroup, Snapshot};

/// The changes of an operation that was read; `before` are those that are done before it.
///
/// # Errors
/// If no name can be found for a new server group.
pub(super) fn of(parsed: &operations::Parsed, before: &[operations::Parsed], agent: &Snapshot) -> Result<Plan> {
    use operations::Parsed;
    let mut plan = Planner { agent, before, plan: Plan { of: Planned::Operation, ..Plan::default() } };
    match parsed {
        Parsed::Create(create) => {
            let capacity = create.capacity_of.as_ref().and_then(|source| plan.server_group(source));
            let capacity = capacity.map_or(create.spec.capacity, |source| source.capacity);
            let settings = json!({
                "capacity": capacity, "enabled": create.spec.enabled, "loadBalancers": create.spec.load_balancers,
            });
            plan.create(&create.name, settings)?;
            plan.room(&Need::of(capacity.desired.into(), &create.spec.limits));
            plan.balancers(&create.spec.load_balancers);
        }
        Parsed::Clone(clone) => {
            if let Some(source) = plan.server_group(&clone.source) {
                let settings = json!({ "capacity": source.capacity, "loadBalancers": source.spec.load_balancers });
                plan.create(&clone.name, settings)?;
                let spec = clone.named(source, &clone.source).map_err(wrong)?;
                plan.room(&Need::of(spec.capacity.desired.into(), &spec.limits));
            }
        }
        Parsed::UpdateLaunch(update) => {
            if let Some(group) = plan.server_group(&update.name) {
                let spec = update.of(group).map_err(wrong)?;
                let settings = json!({ "command": spec.command, "arguments": spec.args, "artifact": spec.artifact,
                    "imageId": spec.image, "version": group.launch_version + 1 });
                plan.change("change", format!("launch configuration of server group {}", update.name), settings);
                let old = group.instances.len();
                plan.remark(
                    Severity::Note,
                    format!("its {old} instance(s) keep what they run until they are replaced"),
                );
            }
        }
        Parsed::Resize(resize) => {
            if let Some(group) = plan.server_group(&resize.name) {
                let change = &resize.resize.capacity;
                let now = group.capacity;
                let capacity = json!({
                    "min": change.min.unwrap_or(now.min),
                    "max": change.max.unwrap_or(now.max),
                    "desired": change.desired.unwrap_or(now.desired),
                });
                let more = change.desired.unwrap_or(now.desired).saturating_sub(now.desired);
                plan.room(&Need::of(more.into(), &group.spec.limits));
                plan.change("resize", format!("server group {}", resize.name), json!({ "from": now, "to": capacity }));
            }
        }
        Parsed::Terminate(terminate) => {
            let what = if terminate.end.decrement { "remove" } else { "replace" };
            for instance in &terminate.end.instances {
                plan.instance(instance);
                plan.change(what, format!("instance {instance}"), json!({}));
            }
        }
        Parsed::Register(register) => {
            let request = &register.change;
            let what = if request.registered { "register" } else { "deregister" };
            let settings = json!({ "loadBalancers": request.load_balancers, "percentage": request.percentage });
            for instance in &request.instances {
                plan.instance(instance);
                plan.change(what, format!("instance {instance}"), settings.clone());
            }
            if let Some(group) = &request.server_group
                && plan.server_group(group).is_some()
            {
                plan.change(what, format!("instances of server group {group}"), settings);
            }
        }
        Parsed::UpsertPolicy(upsert) => {
            if let Some(group) = plan.server_group(&upsert.name) {
                let known = group.policies.iter().any(|policy| policy.name == upsert.policy.name);
                let name = format!("scaling policy {} of server group {}", upsert.policy.name, upsert.name);
                plan.change(created(known), name, json!(upsert.policy));
            }
        }
        Parsed::DeletePolicy(delete) => {
            if let Some(group) = plan.server_group(&delete.name) {
                match group.policies.iter().any(|policy| policy.name == delete.policy) {
                    true => {
                        let name = format!("scaling policy {} of server group {}", delete.policy, delete.name);
                        plan.change("remove", name, json!({}));
                    }
                    false => plan.problem(format!("{} has no scaling policy {}", delete.name, delete.policy)),
                }
            }
        }
        Parsed::TagImage(on) | Parsed::DeleteImage(on) => {
            if !agent.images.iter().any(|image| image.id == on.image) {
                plan.problem(format!("there is no image {}", on.image));
            }
            let what = if matches!(parsed, Parsed::TagImage(_)) { "tag" } else { "remove" };
            plan.change(what, format!("image {}", on.image), json!({}));
        }
        Parsed::RunJob(run) => {
            plan.room(&Need::of_job(&run.limits()));
            plan.change("create", "job".to_owned(), json!({}));
        }
        Parsed::CancelJob(on) | Parsed::DestroyJob(on) => {
            if !agent.jobs.iter().any(|job| job.spec.name == on.name) {
                plan.problem(format!("there is no job {}", on.name));
            }
            let what = if matches!(parsed, Parsed::CancelJob(_)) { "cancel" } else { "remove" };
            plan.change(what, format!("job {}", on.name), json!({}));
        }
        Parsed::Enable(on) => plan.traffic(on, true),
        Parsed::Disable(on) => plan.traffic(on, false),
        Parsed::Destroy(on) => {
            if let Some(group) = plan.server_group(&on.name) {
                plan.change(
                    "remove",
                    format!("server group {}", on.name),
                    json!({ "instances": group.instances.len() }),
                );
                plan.last_of_its_cluster(group);
            }
        }
        Parsed::UpsertBalancer(upsert) => {
            let name = &upsert.spec.name;
            let known = agent.load_balancers.iter().any(|balancer| balancer.spec.name == *name);
            plan.change(created(known), format!("load balancer {name}"), json!({}));
        }
        Parsed::DeleteBalancer(delete) => {
            let name = &delete.name;
            match agent.load_balancers.iter().any(|balancer| balancer.spec.name == *name) {
                true => plan.change("remove", format!("load balancer {name}"), json!({})),
                false => plan.problem(format!("there is no load balancer {name}")),
            }
            let behind = agent.server_groups.iter().filter(|group| group.spec.load_balancers.contains(name));
            let behind: Vec<&str> = behind.map(|group| group.spec.name.as_str()).collect();
            if !behind.is_empty() {
                plan.remark(Severity::Doubt, format!("server groups are behind it: {}", behind.join(", ")));
            }
        }
        Parsed::UpsertSecurityGroup(upsert) => {
            let name = &upsert.spec.name;
            let known = agent.security_groups.iter().any(|group| group.spec.name == *name);
            plan.change(created(known), format!("security group {name}"), json!({}));
        }
        Parsed::DeleteSecurityGroup(delete) => {
            let name = &delete.name;
            match agent.security_groups.iter().find(|group| group.spec.name == *name) {
                None => plan.problem(format!("there is no security group {name}")),
                Some(known) => {
                    plan.change("remove", format!("security group {name}"), json!({}));
                    if !known.load_balancers.is_empty() {
                        let named = known.load_balancers.join(", ");
                        plan.remark(Severity::Doubt, format!("load balancers name it: {named}"));
                    }
                }
            }
        }
    }
    Ok(plan.plan)
}

fn wrong(error: serde_json::Error) -> Error {
    Error::new(Kind::Bug, format!("the new spec is wrong: {error}"))
}

/// What is done to something that may be there already.
fn created(known: bool) -> &'static str {
    if known { "change" } else { "create" }
}

/// A plan in the making.
struct Planner<'a> {
    agent: &'a Snapshot,
    before: &'a [operations::Parsed],
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn remark(&mut self, severity: Severity, message: String) {
        self.plan.remark(severity, message);
    }

    fn problem(&mut self, message: String) {
        self.remark(Severity::Problem, message);
    }

    fn change(&mut self, what: &str, name: String, settings: Value) {
        let settings: Object = settings.as_object().cloned().unwrap_or_default();
        let (kind, name) = (Some(what.to_owned()), Some(name));
        self.plan.steps.push(Plan { of: Planned::Change, kind, name, settings, ..Plan::default() });
    }

    /// The server group of that name; a problem if there is none.
    fn server_group(&mut self, name: &str) -> Option<&'a ServerGroup> {
        let found = self.agent.server_groups.iter().find(|group| group.spec.name == name);
        if found.is_none() {
            self.problem(format!("there is no server group {name}"));
        }
        found
    }

    /// Whether the account's limits leave room for it.
    fn room(&mut self, need: &Need) {
        if let Some(refusal) = self.agent.account_use.refusal(need) {
            self.problem(refusal);
        }
    }

    fn instance(&mut self, id: &str) {
        let mut instances = self.agent.server_groups.iter().flat_map(|group| &group.instances);
        if !instances.any(|instance| instance.id == id) {
            self.problem(format!("there is no instance {id}"));
        }
    }

    fn create(&mut self, name: &ServerGroupName, settings: Value) -> Result<()> {
        let name = operations::next_name(name, &self.agent.server_groups)?;
        self.change("create", format!("server group {name}"), settings);
        Ok(())
    }

    fn balancers(&mut self, names: &[String]) {
        for name in names {
            if !self.agent.load_balancers.iter().any(|balancer| balancer.spec.name == *name) {
                self.problem(format!("there is no load balancer {name}"));
            }
        }
    }

    fn traffic(&mut self, on: &OnServerGroup, enabled: bool) {
        let Some(group) = self.server_group(&on.name) else { return };
        let what = if enabled { "enable" } else { "disable" };
        if group.enabled == enabled && on.percentage.is_none() {
            self.remark(Severity::Note, format!("{} is {what}d already", on.name));
        }
        let settings = json!({ "percentage": on.percentage.unwrap_or(100), "weight": on.weight });
        self.change(what, format!("server group {}", on.name), settings);
        if !enabled && on.percentage.is_none() {
            self.last_of_its_cluster(group);
        }
    }

    /// Says so if nothing of the cluster would serve any more.
    fn last_of_its_cluster(&mut self, group: &ServerGroup) {
        let cluster = |group: &ServerGroup| Moniker::parse(&group.spec.name).cluster;
        let serves = |other: &&ServerGroup| self.is_in_traffic(other) && !other.deleting && !other.instances.is_empty();
        let others = self.agent.server_groups.iter().filter(|other| other.spec.name != group.spec.name);
        if serves(&group) && !others.filter(serves).any(|other| cluster(other) == cluster(group)) {
            let name = &group.spec.name;
            self.remark(Severity::Doubt, format!("nothing else of the cluster of {name} takes requests"));
        }
    }

    /// Whether it is enabled once everything before is done.
    fn is_in_traffic(&self, group: &ServerGroup) -> bool {
        use operations::Parsed;
        let last = self.before.iter().rev().find_map(|earlier| match earlier {
            Parsed::Enable(on) if on.name == group.spec.name => Some(true),
            Parsed::Disable(on) if on.name == group.spec.name && on.percentage.is_none() => Some(false),
            Parsed::Destroy(on) if on.name == group.spec.name => Some(false),
            _ => None,
        });
        last.unwrap_or(group.enabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::{Operation, Outcome};

    fn agent() -> Snapshot {
        let instance = |id: &str| json!({"id": id, "state": "up", "since": 6, "port": 21000, "restarts": 0});
        serde_json::from_value(json!({
            "version": 7, "account": "local",
            "serverGroups": [{
                "spec": {"name": "shop-v003", "command": "/bin/true", "loadBalancers": ["front"], "capacity": 1},
                "capacity": {"min": 1, "max": 1, "desired": 1},
                "enabled": true, "deleting": false, "createdAt": 5, "instances": [instance("i-1")],
            }],
            "loadBalancers": [{
                "spec": {"name": "front"}, "address": "127.0.0.1", "port": 21001, "listening": true,
                "serverGroups": ["shop-v003"],
            }],
        }))
        .expect("a snapshot")
    }

    fn parsed(name: &str, description: Value) -> operations::Parsed {
        let mut description = description.as_object().expect("an object").clone();
        description.insert("account".to_owned(), "local".into());
        operations::Parsed::read(&Operation { name: name.to_owned(), description }).expect("it is right")
    }

    fn plan(name: &str, description: Value) -> Plan {
        of(&parsed(name, description), &[], &agent()).expect("a plan")
    }

    fn steps(plan: &Plan) -> Vec<String> {
        let text =
            |step: &Plan| [step.kind.clone().unwrap_or_default(), step.name.clone().unwrap_or_default()].join(" ");
        plan.steps.iter().map(text).collect()
    }

    #[test]
    fn a_new_server_group_has_its_next_name_and_needs_its_balancers() {
        let made = json!({"application": "shop", "command": "/bin/true", "loadBalancers": ["front", "back"]});
        let plan = plan("createServerGroup", made);
        assert_eq!(steps(&plan), ["create server group shop-v004"]);
        assert_eq!(
            (plan.outcome, plan.remarks[0].message.as_str()),
            (Outcome::Fails, "there is no load balancer back")
        );
    }

    #[test]
    fn what_takes_the_last_one_out_of_traffic_is_doubted() {
        for (operation, step) in [("disableServerGroup", "disable"), ("destroyServerGroup", "remove")] {
            let plan = plan(operation, json!({"serverGroupName": "shop-v003"}));
            assert_eq!(steps(&plan), [format!("{step} server group shop-v003")]);
            assert_eq!(plan.remarks[0].severity, Severity::Doubt, "{operation}");
        }
        let enabled = plan("enableServerGroup", json!({"serverGroupName": "shop-v003"}));
        assert_eq!(enabled.remarks[0].message, "shop-v003 is enabled already");
    }

    #[test]
    fn what_is_enabled_before_takes_requests() {
        let mut agent = agent();
        let mut other = agent.server_groups[0].clone();
        other.spec.name = "shop-v002".to_owned();
        other.enabled = false;
        agent.server_groups.push(other);
        let on = |name: &str| json!({ "serverGroupName": name });
        let [enable, disable] = [("enableServerGroup", "shop-v002"), ("disableServerGroup", "shop-v003")]
            .map(|(operation, name)| parsed(operation, on(name)));
        let rolled_back = of(&disable, &[enable], &agent).expect("a plan");
        assert!(rolled_back.remarks.is_empty(), "{:?}", rolled_back.remarks);
        let enable = parsed("enableServerGroup", on("shop-v002"));
        let taken_back = of(&disable, &[enable, parsed("disableServerGroup", on("shop-v002"))], &agent);
        assert_eq!(taken_back.expect("a plan").remarks.len(), 1);
    }

    #[test]
    fn what_is_not_there_is_a_problem() {
        for (operation, fields) in [
            ("destroyServerGroup", json!({"serverGroupName": "none"})),
            ("resizeServerGroup", json!({"serverGroupName": "none", "capacity": {"desired": 2}})),
            ("deleteLoadBalancer", json!({"name": "none"})),
            ("cancelJob", json!({"jobId": "none"})),
        ] {
            assert_eq!(plan(operation, fields).outcome, Outcome::Fails, "{operation}");
        }
        let deleted = plan("deleteLoadBalancer", json!({"name": "front"}));
        assert_eq!(deleted.remarks[0].message, "server groups are behind it: shop-v003");
    }
}
