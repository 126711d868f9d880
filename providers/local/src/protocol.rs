//! What agent and control plane say to each other: HTTP/1.1 with JSON over a Unix socket.
//!
//! | request | answer |
//! |---|---|
//! | `GET /health` | [`Health`] |
//! | `GET /state`, `GET /state?after=VERSION` | [`Snapshot`]; with `after`, once the version differs or after 25 s |
//! | `GET /traffic` | [`Traffic`] |
//! | `GET /metrics` | the same in Prometheus' text format |
//! | `GET /serverGroups`, `GET /serverGroups/{name}` | [`ServerGroup`]s |
//! | `PUT /serverGroups/{name}` with a [`ServerGroupSpec`] | [`ServerGroup`], 201 if it is new |
//! | `POST /serverGroups/{name}/traffic` with a [`TrafficRequest`] | [`TrafficChange`] |
//! | `PUT /serverGroups/{name}/launchConfiguration` with a [`ServerGroupSpec`] | [`ServerGroup`]; only what it runs is taken |
//! | `PUT /serverGroups/{name}/scalingPolicies/{policy}` with a [`ScalingPolicy`] | [`ServerGroup`] |
//! | `DELETE /serverGroups/{name}/scalingPolicies/{policy}` | [`Deleted`] |
//! | `POST /serverGroups/{name}/capacity` with a [`ResizeRequest`] | [`ServerGroup`] |
//! | `DELETE /serverGroups/{name}?drainTimeoutMs=` | [`Deleted`] |
//! | `GET /jobs`, `GET /jobs/{name}` | [`Job`]s |
//! | `PUT /jobs/{name}` with a [`JobSpec`] | [`Job`], 201 if it is new |
//! | `POST /jobs/{name}/cancel` | [`Job`], when it is over |
//! | `DELETE /jobs/{name}` | [`Deleted`]; one that runs is cancelled first |
//! | `GET /loadBalancers`, `GET /loadBalancers/{name}` | [`LoadBalancer`]s |
//! | `PUT /loadBalancers/{name}` with a [`LoadBalancerSpec`] | [`LoadBalancer`], 201 if it is new |
//! | `DELETE /loadBalancers/{name}` | [`Deleted`] |
//! | `GET /securityGroups`, `GET /securityGroups/{name}` | [`SecurityGroup`]s |
//! | `PUT /securityGroups/{name}` with a [`SecurityGroupSpec`] | [`SecurityGroup`], 201 if it is new |
//! | `DELETE /securityGroups/{name}` | [`Deleted`] |
//! | `GET /images` | [`Image`]s |
//! | `POST /images/{id}/tags` with a [`TagRequest`] | [`Image`] |
//! | `DELETE /images/{id}` | [`Deleted`] |
//! | `POST /instances/terminate` with a [`TerminationRequest`] | [`Terminated`] |
//! | `POST /instances/registration` with a [`RegistrationRequest`] | [`Registered`] |
//! | `GET /instances/{id}/log?tailBytes=`, `GET /jobs/{name}/log?tailBytes=` | text |
//! | `GET /instances/{id}/output?from=&bytes=` | [`OutputPiece`]; the last one without `from` |
//!
//! Every mutation takes the query parameter `requestId` and the header `X-Gennaker-Fence: <execution>/<epoch>`. Both
//! may be left out by a human with curl. A repeated request id gets the recorded answer, and waits for it if the first
//! request is still being carried out; an epoch lower than one seen before gets 409 with code `fenced`. Records are
//! kept for 7 days, and no longer than the newest 2,000 of them. Errors are an [`ErrorBody`].

mod account;
mod artifact;
mod balancer;
mod capacity;
mod image;
mod job;
mod scaling;
mod spec;
mod state;
mod traffic;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub(crate) use self::artifact::without_secrets;
pub use self::{
    account::{AccountUse, Need, Share},
    artifact::{Artifact, ArtifactFormat, ArtifactSource, FetchedArtifact},
    balancer::{InstanceProtocol, IpIngress, ListenerSpec, LoadBalancerSpec, Protocol, SecurityGroupSpec},
    capacity::{
        Capacity, CapacityChange, Registered, RegistrationRequest, ResizeRequest, Terminated, TerminationRequest,
    },
    image::{Image, TagRequest},
    job::{Job, JobEnd, JobEndReason, JobSpec, JobState, MOST_JOB_MS},
    scaling::{MOST_POLICIES, ScalingActivity, ScalingMetric, ScalingPolicy},
    spec::{HealthCheck, Probe, ResourceLimits, RestartMode, RestartPolicy, ServerGroupSpec, TrafficRequest},
    state::{
        Deleted, Exit, Health, Instance, InstanceState, Listener, LoadBalancer, OutputPiece, SecurityGroup,
        ServerGroup, Snapshot, TrafficChange,
    },
    traffic::{InstanceTraffic, LoadBalancerTraffic, ServerGroupTraffic, Traffic, TrafficCounts},
};

/// The header that carries a [`Fence`].
pub const FENCE_HEADER: &str = "x-gennaker-fence";

/// The header of a request that brings the content of its artifact: the body begins with so many bytes of JSON, and all that
/// follows them is the content.
pub const JSON_BYTES_HEADER: &str = "x-gennaker-json-bytes";

/// The longest that `GET /state?after=` waits for a change, in milliseconds.
pub const LONG_POLL_MS: u64 = 25_000;

/// The longest drain that a request may ask for, in milliseconds.
pub const MOST_DRAIN_MS: u64 = 600_000;

/// The weight of a server group that was given none.
pub const DEFAULT_WEIGHT: u32 = 100;

/// The largest weight of a server group.
pub const MOST_WEIGHT: u32 = 1_000;

/// The longest that an agent may allow an artifact to take, in milliseconds.
pub const MOST_FETCH_MS: u64 = 3_600_000;

/// The longest grace between SIGTERM and SIGKILL, in milliseconds.
pub const MOST_GRACE_MS: u64 = 120_000;

/// Code of an error: the caller's epoch is lower than one seen before; it lost its execution and must stop.
pub const CODE_FENCED: &str = "fenced";
/// Code of an error: the name or request id is taken by something else.
pub const CODE_CONFLICT: &str = "conflict";
/// Code of an error: the request can never succeed as it is.
pub const CODE_INVALID: &str = "invalid";
/// Code of an error: the named thing does not exist.
pub const CODE_NOT_FOUND: &str = "notFound";
/// Code of an error: a limit of this agent is reached.
pub const CODE_LIMIT: &str = "limit";
/// Code of an error: the agent cannot do it now; nothing was changed.
pub const CODE_UNAVAILABLE: &str = "unavailable";

/// Who asks for a mutation: an execution and the epoch of its owner. `<execution>/<epoch>` on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The execution's id: letters, digits, `_`, `-`, `.` and `:`, at most 128 of them.
    pub execution: String,
    /// The epoch of the execution's owner; only grows.
    pub epoch: u64,
}

impl fmt::Display for Fence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.execution, self.epoch)
    }
}

impl FromStr for Fence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("the fence `{text}` is not `<execution>/<epoch>`, for example `01J8.../7`");
        let (execution, epoch) = text.rsplit_once('/').ok_or_else(wrong)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
        if execution.is_empty() || execution.len() > 128 || !execution.bytes().all(allowed) {
            return Err(wrong());
        }
        Ok(Fence { execution: execution.to_owned(), epoch: epoch.parse().map_err(|_| wrong())? })
    }
}

/// Every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// The HTTP status.
    pub status: u16,
    /// One of the `CODE_` constants.
    pub code: String,
    /// What is wrong and what to do next.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_an_execution_and_an_epoch() {
        let fence = "01E/7".parse::<Fence>().expect("a fence");
        assert_eq!(fence, Fence { execution: "01E".into(), epoch: 7 });
        assert_eq!(fence.to_string(), "01E/7");
        for wrong in ["", "/", "01E", "01E/", "/7", "01E/-1", "01E/x", "../../etc/7", "a b/1"] {
            assert!(wrong.parse::<Fence>().is_err(), "{wrong}");
        }
    }
}
