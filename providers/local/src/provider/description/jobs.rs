//! The descriptions of jobs.

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt, naming::Moniker};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Reader, artifact::fetched};
use crate::protocol::{JobSpec, ResourceLimits};

/// `runJob`: one process that ends by itself. `application`, `stack`, `freeFormDetails` (or those of `moniker`) make the name;
/// `command` (or the file that `artifact` is) runs with `arguments` and `environment` in `workingDirectory`, for `timeoutMs` at
/// most.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct RunJob {
    pub(in crate::provider) account: String,
    cluster: String,
    spec: JobSpec,
    /// The artifact that is fetched for it.
    pub(in crate::provider) fetched: Option<Object>,
}

/// `cancelJob` and `destroyJob`: the job `jobId`, `jobName` or `name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct OnJob {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
}

impl RunJob {
    pub(in crate::provider) fn read(fields: &Object) -> Result<RunJob> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let cluster = reader.name(Moniker::default()).cluster().unwrap_or_default();
        let command = fields.text("command").unwrap_or_default();
        let mut given = reader.launch();
        // What only a server group has.
        if given.remove("user").is_some() {
            reader.problem("a job has no `runAsUser`: it runs as the agent's user".to_owned());
        }
        for field in ["image", "healthCheck", "loadBalancers", "restart", "enabled"] {
            given.remove(field);
        }
        if command.is_empty() && !given.contains_key("artifact") {
            reader.problem("command is missing".to_owned());
        }
        given.insert("name".to_owned(), "unnamed".into());
        given.insert("command".to_owned(), command.into());
        if let Some(time) = reader.optional::<u64>("timeoutMs") {
            given.insert("timeoutMs".to_owned(), time.into());
        }
        match serde_json::from_value(Value::Object(given)) {
            Ok(spec) => reader.finish(RunJob { account, cluster, spec, fetched: fetched(fields).cloned() }),
            Err(error) => {
                reader.problem(error.to_string());
                Err(reader.error())
            }
        }
    }

    /// What it may use.
    pub(in crate::provider) fn limits(&self) -> ResourceLimits {
        self.spec.limits
    }

    /// The job of a request: the same request is the same job.
    pub(in crate::provider) fn of_request(&self, request: &str) -> JobSpec {
        let name = format!("{}-{:.10x}", self.cluster, Sha256::digest(request));
        let mut metadata = Object::new();
        let moniker = Moniker { sequence: None, ..Moniker::parse(&self.cluster) };
        metadata.insert("moniker".to_owned(), serde_json::to_value(moniker).unwrap_or_default());
        JobSpec { name, metadata, ..self.spec.clone() }
    }
}

impl OnJob {
    pub(in crate::provider) fn read(fields: &Object) -> Result<OnJob> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let named = ["jobId", "jobName", "name"].iter().find_map(|field| fields.text(field)).unwrap_or_default();
        if named.is_empty() {
            reader.problem("jobId is missing: name the job".to_owned());
        }
        reader.finish(OnJob { account, name: named })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_is_named_by_its_request() {
        let fields = json!({
            "credentials": "local", "application": "shop", "stack": "db", "command": "/opt/migrate", "arguments": ["--all"],
            "environment": {"LEVEL": 3}, "timeoutMs": 5000,
        });
        let run = RunJob::read(fields.as_object().expect("an object")).expect("it is right");
        let spec = run.of_request("task-1");
        assert_eq!(spec, run.of_request("task-1"));
        assert_ne!(spec.name, run.of_request("task-2").name);
        assert!(spec.name.starts_with("shop-db-") && spec.name.len() == "shop-db-".len() + 10, "{}", spec.name);
        assert_eq!((spec.env["LEVEL"].as_str(), spec.timeout_ms), ("3", 5_000));
        assert_eq!(spec.metadata["moniker"]["app"], "shop");
        let error =
            RunJob::read(json!({"timeoutMs": "long"}).as_object().expect("an object")).expect_err("it is wrong");
        for finding in ["credentials", "application", "command", "timeoutMs"] {
            assert!(error.message.contains(finding), "{finding}: {}", error.message);
        }
    }
}
