//! Security groups: put, delete, and what they let into the balancers that name them.

use super::{
    Director,
    groups::{gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        balancer::Sources,
        error::Refusal,
        record::{FORMAT, SecurityGroupRecord},
        validate,
    },
    protocol::{LoadBalancerSpec, SecurityGroup, SecurityGroupSpec},
};

impl Director {
    /// Creates or changes a security group; balancers that name it let in by it from the next connection on.
    pub(super) async fn put_security_group(&mut self, spec: SecurityGroupSpec) -> Outcome {
        validate::security_group(&spec)?;
        let name = spec.name.clone();
        let record = SecurityGroupRecord { format: FORMAT, spec: spec.clone() };
        self.security_group_files.write(&name, &record).await.map_err(|error| Refusal::storage(&error))?;
        let status = if self.security_groups.insert(name.clone(), spec.clone()).is_some() { 200 } else { 201 };
        for state in self.balancers.values().filter(|state| state.spec.security_groups.contains(&name)) {
            state.balancer.admit(self.sources_of(&state.spec));
        }
        self.publish();
        json(status, &self.view_of_security_group(&spec))
    }

    /// Deletes a security group that no balancer names.
    pub(super) async fn delete_security_group(&mut self, name: &str, again: bool) -> Outcome {
        let Some(spec) = self.security_groups.get(name) else {
            let missing = || Refusal::not_found(format!("security group {name} does not exist"));
            return if again { json(200, &gone(name)) } else { Err(missing()) };
        };
        let users = self.view_of_security_group(spec).load_balancers;
        if !users.is_empty() {
            return Err(Refusal::conflict(format!(
                "security group {name} is used by {}; take it out of these load balancers first",
                users.join(", ")
            )));
        }
        self.security_group_files.remove(name).await.map_err(|error| Refusal::storage(&error))?;
        self.security_groups.remove(name);
        self.publish();
        json(200, &gone(name))
    }

    pub(super) fn know_security_groups(&self, spec: &LoadBalancerSpec) -> Result<(), Refusal> {
        match spec.security_groups.iter().find(|name| !self.security_groups.contains_key(*name)) {
            Some(missing) => Err(Refusal::invalid(format!("security group {missing} does not exist; create it first"))),
            None => Ok(()),
        }
    }

    /// Whom a balancer lets in; None is everybody.
    pub(super) fn sources_of(&self, spec: &LoadBalancerSpec) -> Option<Sources> {
        let groups = spec.security_groups.iter().filter_map(|name| self.security_groups.get(name));
        (!spec.security_groups.is_empty()).then(|| Sources::of(groups))
    }

    pub(super) fn view_of_security_group(&self, spec: &SecurityGroupSpec) -> SecurityGroup {
        let users = self.balancers.values().filter(|state| state.spec.security_groups.contains(&spec.name));
        SecurityGroup { spec: spec.clone(), load_balancers: users.map(|state| state.spec.name.clone()).collect() }
    }
}
