//! Calls about server groups.

use std::time::Duration;

use http::Method;

use super::{Call, Client, DEADLINE, Error, START_DEADLINE, encoded, fetch_time, parsed};
use crate::protocol::{
    Deleted, MOST_GRACE_MS, ResizeRequest, ScalingPolicy, ServerGroup, ServerGroupSpec, TrafficChange, TrafficRequest,
};

impl Client {
    /// All server groups, as who wants to change some has to know them: an agent that is away is waited for.
    pub async fn server_groups(&self) -> Result<Vec<ServerGroup>, Error> {
        parsed(&self.patient(Method::GET, "/serverGroups", None, None, DEADLINE).await?)
    }

    /// One server group; [`Kind::NotFound`] if there is none.
    pub async fn server_group(&self, name: &str) -> Result<ServerGroup, Error> {
        self.get(&format!("/serverGroups/{}", encoded(name)), DEADLINE).await
    }

    /// Creates a server group. Returns when its artifact is fetched and its processes are started, before they are healthy. An equal one that is
    /// there already is returned; another one of that name is a [`Kind::Conflict`].
    pub async fn create_server_group(&self, spec: &ServerGroupSpec, call: &Call) -> Result<ServerGroup, Error> {
        let path = format!("/serverGroups/{}", encoded(&spec.name));
        self.put(&path, spec, call, START_DEADLINE + fetch_time(spec.artifact.as_ref())).await
    }

    /// Changes what the instances of a server group run that are started from now on. Returns when its artifact is fetched.
    pub async fn change_launch(&self, spec: &ServerGroupSpec, call: &Call) -> Result<ServerGroup, Error> {
        let path = format!("/serverGroups/{}/launchConfiguration", encoded(&spec.name));
        self.put(&path, spec, call, START_DEADLINE + fetch_time(spec.artifact.as_ref())).await
    }

    /// Turns traffic on, or off; then it returns when the running requests have ended or were cut.
    pub async fn set_traffic(&self, name: &str, traffic: &TrafficRequest, call: &Call) -> Result<TrafficChange, Error> {
        let path = format!("/serverGroups/{}/traffic", encoded(name));
        let deadline = DEADLINE + Duration::from_millis(traffic.drain_timeout_ms);
        self.post(&path, traffic, call, deadline).await
    }

    /// Gives a server group another capacity. Returns when more processes are started, or fewer are on their way out.
    pub async fn resize_server_group(
        &self,
        name: &str,
        resize: &ResizeRequest,
        call: &Call,
    ) -> Result<ServerGroup, Error> {
        let path = format!("/serverGroups/{}/capacity", encoded(name));
        self.post(&path, resize, call, START_DEADLINE).await
    }

    /// Adds a scaling policy to a server group, or replaces the one of its name.
    pub async fn put_scaling_policy(
        &self,
        group: &str,
        policy: &ScalingPolicy,
        call: &Call,
    ) -> Result<ServerGroup, Error> {
        let path = format!("/serverGroups/{}/scalingPolicies/{}", encoded(group), encoded(&policy.name));
        self.put(&path, policy, call, DEADLINE).await
    }

    /// Deletes a scaling policy of a server group, which stays as large as it is.
    pub async fn delete_scaling_policy(&self, group: &str, policy: &str, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/serverGroups/{}/scalingPolicies/{}", encoded(group), encoded(policy));
        self.delete(&path, call, DEADLINE).await
    }

    /// Deletes a server group: drains it for at most `drain_timeout_ms`, stops its processes, returns when they have
    /// ended.
    pub async fn delete_server_group(&self, name: &str, drain_timeout_ms: u64, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/serverGroups/{}?drainTimeoutMs={drain_timeout_ms}", encoded(name));
        let deadline = DEADLINE + Duration::from_millis(drain_timeout_ms.saturating_add(MOST_GRACE_MS));
        self.delete(&path, call, deadline).await
    }
}
