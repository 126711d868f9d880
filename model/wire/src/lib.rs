//! Spinnaker's JSON types, as its services and clients exchange them.
//!
//! The structs are passive: public fields, and a map `other` that keeps what a client sent and we do not know.
//! Provider payloads and stage contexts stay JSON ([`Object`]) with typed accessors where they are read.
//!
//! ```
//! use gennaker_wire::Pipeline;
//!
//! let sent = r#"{"name":"deploy","application":"shop","stages":[],"colour":"blue"}"#;
//! let pipeline: Pipeline = serde_json::from_str(sent)?;
//! assert_eq!(serde_json::to_value(&pipeline)?["colour"], "blue");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod application;
pub mod diagnosis;
mod execution;
mod infrastructure;
mod job;
mod last_good;
mod launch;
mod live;
mod network;
mod object;
mod operation;
mod pipeline;
mod plan;
mod replayed;
mod status;

pub use self::{
    application::Application,
    diagnosis::Diagnosis,
    execution::{Authentication, Execution, ExecutionKind, Paused, Stage, SyntheticOwner, Task},
    infrastructure::{
        Account, Capacity, Health, HealthState, Instance, InstanceCounts, LoadBalancer, LoadBalancerInstance,
        LoadBalancerServerGroup, ServerGroup,
    },
    job::{Job, JobState, ScalingActivity},
    last_good::{GoodCandidate, LastGood},
    launch::{Image, InstanceType, KeyPair},
    live::ExecutionChange,
    network::{Network, SecurityGroup, Subnet},
    object::{Object, ObjectExt},
    operation::{Operation, OperationRef, OperationStatus, OperationTask, ResultObject},
    pipeline::Pipeline,
    plan::{Outcome, Plan, Planned, PlannedWait, Remark, Severity, Unresolved, WaitsFor},
    replayed::{Difference, IgnoredEvent, Replayed},
    status::Status,
};
pub use gennaker_naming as naming;
