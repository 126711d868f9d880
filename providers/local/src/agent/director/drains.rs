//! Drains: what leaves traffic may finish its requests, here and in the agent before this one.

use std::{sync::Arc, time::Duration};

use futures::future::OptionFuture;

use super::{Director, groups::json};
use crate::{
    agent::balancer::{self, Upstream},
    protocol::{Registered, TrafficChange},
};

/// A drain that is over.
pub(super) struct Drained {
    cut: usize,
    purpose: Purpose,
}

/// What a drain is for.
pub(super) enum Purpose {
    /// Answer the request that disabled a server group.
    Disable { group: String, ticket: u64 },
    /// Stop the processes of a server group.
    Delete { group: String },
    /// Stop these instances of a server group for good.
    Leave { group: String, instances: Vec<String> },
    /// Answer the request that took instances out of balancers.
    Deregister { ticket: u64, instances: Vec<String> },
}

impl Director {
    /// Waits for `upstreams` to empty, here and in the agent before this one, at most `limit`, then cuts them. What is put into
    /// traffic again meanwhile is left alone.
    pub(super) fn drain(&mut self, upstreams: Vec<Arc<Upstream>>, limit: Duration, purpose: Purpose) {
        let instances = self.instances_of(&purpose);
        let before = self.predecessor.as_ref().map(|predecessor| predecessor.drain(instances, limit));
        let own = balancer::drain(upstreams, limit);
        self.drains.spawn(async move {
            let before = async { OptionFuture::from(before).await.unwrap_or(0) };
            let (cut, cut_before) = tokio::join!(own, before);
            Drained { cut: cut + cut_before, purpose }
        });
    }

    pub(super) async fn after_drain(&mut self, drained: Drained) {
        let Drained { cut, purpose } = drained;
        match purpose {
            Purpose::Disable { group: name, ticket } => {
                let change = TrafficChange { name, enabled: false, cut };
                self.finish(ticket, json(200, &change)).await;
            }
            Purpose::Leave { group, instances } => self.stop_leaving(&group, &instances),
            Purpose::Deregister { ticket, instances } => {
                self.finish(ticket, json(200, &Registered { instances, cut })).await;
            }
            Purpose::Delete { group: name } => {
                if let Some(group) = self.groups.get_mut(&name) {
                    group.cut = cut;
                    for instance in &group.instances {
                        instance.stop(Duration::MAX);
                    }
                }
                self.forget_if_stopped(&name).await;
            }
        }
    }
}
