//! The example program as an application of an install: what the demo, the system tests and the benches deliver.
//!
//! ```no_run
//! # async fn example(install: &gennaker_harness::Install) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use gennaker_harness::{Delivery, delivery::{Version, stages}};
//!
//! let greeter = Delivery::prepare(install, "/opt/greeter".as_ref(), 8090).await?;
//! let deploy = greeter.deploy(&Version::new("1"));
//! greeter.save("deploy", stages([stages::wait(1), deploy])).await?;
//! let id = greeter.start("deploy").await?;
//! greeter.until_succeeded(&id, Duration::from_secs(60)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! All of it goes over the services' HTTP APIs, as upstream has them. A control plane that is away is waited for where a
//! state is waited for; everything else is asked once.

mod execution;
pub mod stages;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use gennaker_base::Kind;
use serde_json::{Value, json};

pub use self::{
    execution::Execution,
    stages::{Version, stages},
};
use crate::{Client, Install, Service, eventually, gate, wait};

/// The application, its cluster and its load balancer all have this name.
pub const APPLICATION: &str = "greeter";
/// The local provider's one region.
pub const REGION: &str = "local";

/// How long an application or a load balancer may take to be there.
const PREPARATION: Duration = Duration::from_secs(20);

/// What went wrong on the way to a delivery.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A service said no, or nothing.
    #[error(transparent)]
    Asked(#[from] gate::Error),
    /// An answer is not what the API promises.
    #[error("{request} was answered without {missing}: {body}")]
    Answer {
        /// What was asked.
        request: String,
        /// What is missing.
        missing: &'static str,
        /// The answer.
        body: Value,
    },
    /// An execution ended as it should not, or an operation failed.
    #[error("{what} failed: {reason}")]
    Failed {
        /// What it was.
        what: String,
        /// Its own words.
        reason: String,
    },
    /// It took too long.
    #[error(transparent)]
    TimedOut(#[from] wait::TimedOut),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Asked(error) => error.kind(),
            Error::Answer { .. } => Kind::Bug,
            Error::Failed { .. } => Kind::Invalid,
            Error::TimedOut(error) => error.kind(),
        }
    }
}

/// The example program in one install. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Delivery {
    gate: Client,
    clouddriver: Client,
    account: String,
    command: PathBuf,
    address: SocketAddr,
}

impl Delivery {
    /// Makes the application, by a task as the web UI does, and its load balancer on `port` of 127.0.0.1. `greeter` is the
    /// program.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn prepare(install: &Install, greeter: &Path, port: u16) -> Result<Self, Error> {
        let delivery = Delivery {
            gate: install.client(Service::Gate),
            clouddriver: install.client(Service::Clouddriver),
            account: install.account().to_owned(),
            command: greeter.to_owned(),
            address: (Ipv4Addr::LOCALHOST, port).into(),
        };
        let application = json!({ "name": APPLICATION, "email": "demo@example.com", "cloudProviders": "local" });
        let job = json!({ "type": "createApplication", "application": application, "user": "demo" });
        let id = delivery.task("Create the application", &job).await?;
        delivery.until_task_succeeded(&id, PREPARATION).await?;
        let balancer = json!({
            "credentials": delivery.account,
            "account": delivery.account,
            "region": REGION,
            "name": APPLICATION,
            "port": port,
        });
        delivery.operate("upsertLoadBalancer", balancer).await?;
        Ok(delivery)
    }

    /// Where the load balancer listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client of gate.
    pub fn gate(&self) -> &Client {
        &self.gate
    }

    /// The stage that deploys `version`, red/black, behind the load balancer.
    pub fn deploy(&self, version: &Version) -> Value {
        stages::deploy(&self.account, &self.command, version)
    }

    /// The stage that destroys the oldest server group, for which there must be another one.
    pub fn destroy_oldest(&self) -> Value {
        stages::destroy_oldest(&self.account)
    }

    /// Saves the pipeline `name` with these stages; an earlier one of that name is replaced.
    ///
    /// # Errors
    /// [`Error::Asked`].
    pub async fn save(&self, name: &str, stages: Vec<Value>) -> Result<(), Error> {
        let mut pipeline = json!({ "application": APPLICATION, "name": name, "stages": stages, "triggers": [] });
        let known = self.gate.get(&format!("/applications/{APPLICATION}/pipelineConfigs")).await?.ok()?;
        let known = known.as_array().into_iter().flatten().find(|known| known["name"] == name);
        if let Some(id) = known.and_then(|known| known["id"].as_str()) {
            pipeline["id"] = id.into();
        }
        self.gate.post("/pipelines", &pipeline).await?.ok()?;
        Ok(())
    }

    /// Starts the pipeline `name` and returns the execution's id.
    ///
    /// # Errors
    /// [`Error::Asked`], [`Error::Answer`].
    pub async fn start(&self, name: &str) -> Result<String, Error> {
        let trigger = json!({ "type": "manual", "user": "demo" });
        let answer = self.gate.post(&format!("/pipelines/{APPLICATION}/{name}"), &trigger).await?;
        reference(answer, "/pipelines/")
    }

    /// Starts one job and returns the execution's id.
    ///
    /// # Errors
    /// [`Error::Asked`], [`Error::Answer`].
    pub async fn task(&self, description: &str, job: &Value) -> Result<String, Error> {
        let task = json!({ "application": APPLICATION, "description": description, "job": [job] });
        reference(self.gate.post("/tasks", &task).await?, "/tasks/")
    }

    /// The execution of a pipeline as it is now.
    ///
    /// # Errors
    /// [`Error::Asked`].
    pub async fn execution(&self, id: &str) -> Result<Execution, Error> {
        Ok(Execution(self.gate.get(&format!("/pipelines/{id}")).await?.ok()?))
    }

    /// Answers the judgment that the execution waits for, `continue` or `stop`.
    ///
    /// # Errors
    /// [`Error::Asked`]; [`Error::Failed`] if it waits for none.
    pub async fn judge(&self, execution: &Execution, answer: &str) -> Result<(), Error> {
        let Some(stage) = execution.waiting_judgment() else {
            let reason = format!("no judgment is waited for: {execution}");
            return Err(Error::Failed { what: format!("the judgment of {}", execution.id()), reason });
        };
        let path = format!("/pipelines/{}/stages/{}", execution.id(), stage["id"].as_str().unwrap_or_default());
        self.gate.patch(&path, &json!({ "judgmentStatus": answer })).await?.ok()?;
        Ok(())
    }

    /// Waits until the execution is as `wanted`. One that is over and not so is not waited for.
    ///
    /// # Errors
    /// [`Error::Failed`] if it is over, [`Error::TimedOut`].
    pub async fn until(
        &self,
        id: &str,
        deadline: Duration,
        what: &str,
        mut wanted: impl FnMut(&Execution) -> bool,
    ) -> Result<Execution, Error> {
        let reached = eventually(deadline, what, async || match self.execution(id).await {
            Ok(execution) if wanted(&execution) => Ok(Ok(execution)),
            Ok(execution) if execution.is_over() => {
                Ok(Err(Error::Failed { what: format!("waiting for {what}"), reason: execution.to_string() }))
            }
            Ok(execution) => Err(execution.to_string()),
            // The control plane may be away for a while.
            Err(error) => Err(error.to_string()),
        });
        reached.await?
    }

    /// Waits until the execution has succeeded.
    ///
    /// # Errors
    /// [`Error::Failed`] with the reason if it ends otherwise, [`Error::TimedOut`].
    pub async fn until_succeeded(&self, id: &str, deadline: Duration) -> Result<Execution, Error> {
        self.until(id, deadline, "the success of the pipeline", |execution| execution.status() == "SUCCEEDED").await
    }

    /// Waits until a task that [`Delivery::task`] has started has succeeded.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::TimedOut`].
    pub async fn until_task_succeeded(&self, id: &str, deadline: Duration) -> Result<Value, Error> {
        let path = format!("/tasks/{id}");
        let ended = eventually(deadline, "the end of a task", async || match self.gate.get(&path).await {
            Ok(answer) => match answer.body["status"].as_str() {
                Some("SUCCEEDED") => Ok(Ok(answer.body)),
                Some("NOT_STARTED" | "RUNNING") => Err(answer.body.to_string()),
                _ => Ok(Err(Error::Failed { what: format!("task {id}"), reason: answer.body.to_string() })),
            },
            Err(error) => Err(error.to_string()),
        });
        ended.await?
    }

    /// Has clouddriver carry out one operation and waits for it.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn operate(&self, name: &str, description: Value) -> Result<Value, Error> {
        let submitted = self.clouddriver.post("/local/ops", &json!([{ name: description }])).await?;
        let request = submitted.request.clone();
        let body = submitted.ok()?;
        let Some(id) = body["id"].as_str() else {
            return Err(Error::Answer { request, missing: "id", body });
        };
        let path = format!("/task/{id}");
        let ended = eventually(PREPARATION, name, async || match self.clouddriver.get(&path).await {
            Ok(answer) if answer.body["status"]["failed"] == true => {
                Ok(Err(Error::Failed { what: name.to_owned(), reason: answer.body.to_string() }))
            }
            Ok(answer) if answer.body["status"]["completed"] == true => Ok(Ok(answer.body)),
            Ok(answer) => Err(answer.body.to_string()),
            Err(error) => Err(error.to_string()),
        });
        ended.await?
    }

    /// The server groups, the oldest first.
    ///
    /// # Errors
    /// [`Error::Asked`].
    pub async fn server_groups(&self) -> Result<Vec<Value>, Error> {
        let path = format!("/applications/{APPLICATION}/serverGroups");
        let Value::Array(mut groups) = self.gate.get(&path).await?.ok()? else { return Ok(Vec::new()) };
        groups.sort_by_key(|group| group["createdTime"].as_i64());
        Ok(groups)
    }

    /// The names of the server groups, the oldest first.
    ///
    /// # Errors
    /// [`Error::Asked`].
    pub async fn server_group_names(&self) -> Result<Vec<String>, Error> {
        let groups = self.server_groups().await?;
        Ok(groups.iter().filter_map(|group| group["name"].as_str()).map(str::to_owned).collect())
    }
}

/// The id in `{"ref": "/pipelines/ID"}`.
fn reference(answer: gate::Answer, prefix: &str) -> Result<String, Error> {
    let request = answer.request.clone();
    let body = answer.ok()?;
    match body["ref"].as_str().and_then(|reference| reference.strip_prefix(prefix)) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => Err(Error::Answer { request, missing: "ref", body }),
    }
}
