//! A mutation from its arrival to its answer: fence, request id, record, work, record, answer.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::{Director, jobs::AtEnd};
use crate::{
    agent::{
        artifacts::Received,
        error::Refusal,
        requests::{Admission, Answer, RequestKey, Requests},
    },
    protocol::{
        Fence, JobSpec, LoadBalancerSpec, RegistrationRequest, ResizeRequest, ScalingPolicy, SecurityGroupSpec,
        ServerGroupSpec, TagRequest, TerminationRequest, TrafficRequest,
    },
};

/// The status of a refusal by a limit: it passes when a server group is deleted.
const LIMIT_REACHED: u16 = 429;

/// A mutation of more bytes is recorded by its digest.
const MOST_REMEMBERED: usize = 16 * 1024;

/// A change that somebody asks for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase", tag = "do")]
pub(in crate::agent) enum Mutation {
    PutServerGroup {
        spec: Box<ServerGroupSpec>,
        /// Of its artifact. What is recorded of the request is the spec.
        #[serde(skip)]
        content: Option<Received>,
    },
    PutLaunch {
        spec: Box<ServerGroupSpec>,
        #[serde(skip)]
        content: Option<Received>,
    },
    DeleteServerGroup {
        name: String,
        drain_timeout_ms: u64,
    },
    SetTraffic {
        name: String,
        enabled: bool,
        drain_timeout_ms: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        weight: Option<u32>,
    },
    Resize {
        name: String,
        resize: ResizeRequest,
    },
    PutPolicy {
        name: String,
        policy: ScalingPolicy,
    },
    DeletePolicy {
        name: String,
        policy: String,
    },
    Terminate {
        end: TerminationRequest,
    },
    Register {
        change: RegistrationRequest,
    },
    PutJob {
        spec: Box<JobSpec>,
        #[serde(skip)]
        content: Option<Received>,
    },
    CancelJob {
        name: String,
    },
    DeleteJob {
        name: String,
    },
    TagImage {
        id: String,
        request: TagRequest,
    },
    DeleteImage {
        id: String,
    },
    PutLoadBalancer {
        spec: Box<LoadBalancerSpec>,
    },
    DeleteLoadBalancer {
        name: String,
    },
    PutSecurityGroup {
        spec: Box<SecurityGroupSpec>,
    },
    DeleteSecurityGroup {
        name: String,
    },
}

/// A mutation with who asks for it and who waits for the answer.
pub(in crate::agent) struct Command {
    pub(in crate::agent) mutation: Mutation,
    pub(in crate::agent) request: Option<String>,
    pub(in crate::agent) fence: Option<Fence>,
    pub(in crate::agent) reply: oneshot::Sender<Answer>,
}

/// A mutation that is being carried out.
pub(super) struct RunningRequest {
    key: Option<RequestKey>,
    replies: Vec<oneshot::Sender<Answer>>,
}

/// The outcome of a mutation: status and body, or the refusal.
pub(super) type Outcome = Result<(u16, Value), Refusal>;

impl Answer {
    fn of(outcome: Outcome) -> Answer {
        match outcome {
            Ok((status, body)) => Answer { status, body },
            Err(refusal) => {
                Answer { status: refusal.status, body: serde_json::to_value(refusal.body()).unwrap_or_default() }
            }
        }
    }
}

impl Director {
    /// Takes a mutation; its answer comes at once, or after what it started has ended.
    pub(super) async fn take(&mut self, command: Command) {
        let Command { mutation, request, fence, reply } = command;
        let text = remembered(&mutation);
        let now = self.now();
        let admission = match self.requests.admit(fence.as_ref(), request.as_deref(), &text, now) {
            Ok(admission) => admission,
            Err(refusal) => return answer(reply, Err(refusal)),
        };
        let record = Requests::record_name(fence.as_ref());
        let key = request.map(|request| RequestKey { record: record.clone(), request });
        // Nothing to remember of a human's curl.
        if (fence.is_some() || key.is_some())
            && let Err(error) = self.write_requests(&record, mutation.makes_room()).await
        {
            if let (Admission::Run { .. }, Some(key)) = (&admission, &key) {
                self.requests.forget(key);
            }
            return answer(reply, Err(Refusal::storage(&error)));
        }
        match admission {
            Admission::Answered(recorded) => {
                let _unless_nobody_waits = reply.send(recorded);
            }
            Admission::Running => {
                let running = self.running.values_mut().find(|running| running.key == key);
                match running {
                    Some(running) => running.replies.push(reply),
                    None => answer(reply, Err(Refusal::unavailable("the request is just ending; send it again"))),
                }
            }
            Admission::Run { again } => {
                let ticket = self.next_ticket;
                self.next_ticket += 1;
                self.running.insert(ticket, RunningRequest { key, replies: vec![reply] });
                tracing::info!(mutation = mutation.in_words(), again, "carrying out a request");
                if let Some(outcome) = self.carry_out(ticket, mutation, again).await {
                    self.finish(ticket, outcome).await;
                }
            }
        }
    }

    /// None: [`Director::finish`] is called with `ticket` later.
    async fn carry_out(&mut self, ticket: u64, mutation: Mutation, again: bool) -> Option<Outcome> {
        match mutation {
            Mutation::PutServerGroup { spec, content } => self.put_server_group(ticket, *spec, content).await,
            Mutation::PutLaunch { spec, content } => self.put_launch(ticket, *spec, content).await,
            Mutation::DeleteServerGroup { name, drain_timeout_ms } => {
                self.delete_server_group(ticket, &name, drain_timeout_ms, again).await
            }
            Mutation::SetTraffic { name, enabled, drain_timeout_ms, weight } => {
                self.set_traffic(ticket, &name, TrafficRequest { enabled, drain_timeout_ms, weight }).await
            }
            Mutation::Resize { name, resize } => Some(self.resize(&name, &resize, again).await),
            Mutation::PutPolicy { name, policy } => Some(self.put_policy(&name, policy).await),
            Mutation::DeletePolicy { name, policy } => Some(self.delete_policy(&name, &policy, again).await),
            Mutation::Terminate { end } => Some(self.terminate(&end, again).await),
            Mutation::Register { change } => self.register(ticket, &change).await,
            Mutation::PutJob { spec, content } => self.put_job(ticket, *spec, content).await,
            Mutation::CancelJob { name } => self.end_job(ticket, &name, AtEnd::Show, again).await,
            Mutation::DeleteJob { name } => self.end_job(ticket, &name, AtEnd::Forget, again).await,
            Mutation::TagImage { id, request } => Some(self.tag_image(&id, request).await),
            Mutation::DeleteImage { id } => Some(self.delete_image(&id, again).await),
            Mutation::PutLoadBalancer { spec } => Some(self.put_load_balancer(*spec).await),
            Mutation::DeleteLoadBalancer { name } => Some(self.delete_load_balancer(&name, again).await),
            Mutation::PutSecurityGroup { spec } => Some(self.put_security_group(*spec).await),
            Mutation::DeleteSecurityGroup { name } => Some(self.delete_security_group(&name, again).await),
        }
    }

    /// Records and sends the answer. A failure of this machine, or a limit that is reached now, is not recorded: the request
    /// may be sent again.
    pub(super) async fn finish(&mut self, ticket: u64, outcome: Outcome) {
        let Some(RunningRequest { key, replies }) = self.running.remove(&ticket) else { return };
        if let Err(refusal) = &outcome {
            tracing::warn!(status = refusal.status, message = refusal.message, "refused a request");
        }
        let answer = Answer::of(outcome);
        if let Some(key) = key {
            if answer.status >= 500 || answer.status == LIMIT_REACHED {
                self.requests.forget(&key);
            } else {
                self.requests.answer(&key, answer.clone());
            }
            // Without the record a repetition is carried out again, which every mutation allows.
            if let Err(error) = self.write_requests(&key.record, false).await {
                tracing::error!(%error, "cannot record an answer");
            }
        }
        for reply in replies {
            let _unless_nobody_waits = reply.send(answer.clone());
        }
    }

    /// `makes_room`: also on a full disk.
    async fn write_requests(&self, record: &str, makes_room: bool) -> std::io::Result<()> {
        match self.requests.record(record) {
            Some(content) if makes_room => self.request_files.write_to_make_room(record, content, &self.reserve).await,
            Some(content) => self.request_files.write(record, content).await,
            None => Ok(()),
        }
    }
}

impl Mutation {
    /// Whether it is for taking something away, which has to be possible on a full disk.
    fn makes_room(&self) -> bool {
        match self {
            Mutation::DeleteServerGroup { .. }
            | Mutation::SetTraffic { enabled: false, .. }
            | Mutation::CancelJob { .. }
            | Mutation::DeleteJob { .. }
            | Mutation::DeleteImage { .. }
            | Mutation::DeleteLoadBalancer { .. }
            | Mutation::DeleteSecurityGroup { .. } => true,
            Mutation::PutServerGroup { .. }
            | Mutation::PutLaunch { .. }
            | Mutation::SetTraffic { .. }
            | Mutation::Resize { .. }
            | Mutation::PutPolicy { .. }
            | Mutation::DeletePolicy { .. }
            | Mutation::Terminate { .. }
            | Mutation::Register { .. }
            | Mutation::PutJob { .. }
            | Mutation::TagImage { .. }
            | Mutation::PutLoadBalancer { .. }
            | Mutation::PutSecurityGroup { .. } => false,
        }
    }

    fn in_words(&self) -> String {
        match self {
            Mutation::PutServerGroup { spec, .. } => format!("create server group {}", spec.name),
            Mutation::PutLaunch { spec, .. } => {
                format!("change the launch configuration of server group {}", spec.name)
            }
            Mutation::DeleteServerGroup { name, .. } => format!("delete server group {name}"),
            Mutation::SetTraffic { name, enabled: true, .. } => format!("enable server group {name}"),
            Mutation::SetTraffic { name, enabled: false, .. } => format!("disable server group {name}"),
            Mutation::Resize { name, .. } => format!("resize server group {name}"),
            Mutation::PutPolicy { name, policy } => format!("put scaling policy {} of {name}", policy.name),
            Mutation::DeletePolicy { name, policy } => format!("delete scaling policy {policy} of {name}"),
            Mutation::Terminate { end } => format!("terminate {}", end.instances.join(", ")),
            Mutation::Register { change } => {
                format!("{} instances", if change.registered { "register" } else { "deregister" })
            }
            Mutation::PutJob { spec, .. } => format!("run job {}", spec.name),
            Mutation::CancelJob { name } => format!("cancel job {name}"),
            Mutation::DeleteJob { name } => format!("delete job {name}"),
            Mutation::TagImage { id, .. } => format!("tag image {id}"),
            Mutation::DeleteImage { id } => format!("delete image {id}"),
            Mutation::PutLoadBalancer { spec } => format!("put load balancer {}", spec.name),
            Mutation::DeleteLoadBalancer { name } => format!("delete load balancer {name}"),
            Mutation::PutSecurityGroup { spec } => format!("put security group {}", spec.name),
            Mutation::DeleteSecurityGroup { name } => format!("delete security group {name}"),
        }
    }
}

/// What is recorded of a mutation, to recognise it: all of it, or the digest of a large one.
fn remembered(mutation: &Mutation) -> Value {
    let text = serde_json::to_string(mutation).unwrap_or_default();
    if text.len() > MOST_REMEMBERED {
        return Value::from(format!("sha256:{:x}", Sha256::digest(&text)));
    }
    serde_json::from_str(&text).unwrap_or_default()
}

fn answer(reply: oneshot::Sender<Answer>, outcome: Outcome) {
    let _unless_nobody_waits = reply.send(Answer::of(outcome));
}
