//! The end of a server group: out of traffic, drained, stopped, forgotten.

use std::time::Duration;

use super::{
    Director, Purpose,
    groups::{Group, gone, json, missing},
    mutation::Outcome,
};
use crate::{
    agent::{error::Refusal, validate},
    protocol::Deleted,
};

impl Director {
    pub(super) async fn delete_server_group(
        &mut self,
        ticket: u64,
        name: &str,
        drain: u64,
        again: bool,
    ) -> Option<Outcome> {
        if let Err(refusal) = validate::drain(drain) {
            return Some(Err(refusal));
        }
        let Some(group) = self.groups.get_mut(name) else {
            return Some(if again { json(200, &gone(name)) } else { Err(missing(name)) });
        };
        if !group.deleting {
            let enabled = std::mem::replace(&mut group.enabled, false);
            group.deleting = true;
            let written = self.group_files.write_to_make_room(name, &group.record(), &self.reserve).await;
            if let Err(error) = written {
                (group.enabled, group.deleting) = (enabled, false);
                return Some(Err(Refusal::storage(&error)));
            }
            self.go_on_deleting(name, Duration::from_millis(drain));
        }
        self.groups.get_mut(name)?.deletions.push(ticket);
        None
    }

    /// Takes a server group that is marked as being deleted out of traffic and drains it; its processes are stopped
    /// after that.
    pub(super) fn go_on_deleting(&mut self, name: &str, drain: Duration) {
        self.publish();
        let upstreams = self.groups.get_mut(name).map(Group::close).unwrap_or_default();
        self.drain(upstreams, drain, Purpose::Delete { group: name.to_owned() });
    }

    /// Ends the deletion of a server group whose processes have all ended.
    pub(super) async fn forget_if_stopped(&mut self, name: &str) {
        let stopped = |group: &Group| group.deleting && group.instances.iter().all(|instance| instance.stopped);
        if !self.groups.get(name).is_some_and(stopped) {
            return;
        }
        let Some(group) = self.groups.remove(name) else { return };
        if let Err(error) = self.group_files.remove(name).await {
            tracing::error!(%error, name, "cannot remove a server group's record; the next agent tries again");
        }
        self.publish();
        if group.configurations().any(|configuration| configuration.artifact.is_some()) {
            self.drop_unused_artifacts();
        }
        for ticket in group.deletions {
            self.finish(ticket, json(200, &Deleted { name: name.to_owned(), cut: group.cut })).await;
        }
    }
}
