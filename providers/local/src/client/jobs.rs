//! Calls about jobs.

use std::time::Duration;

use http::Method;

use super::{Call, Client, DEADLINE, Error, START_DEADLINE, encoded, fetch_time, parsed};
use crate::protocol::{Deleted, Job, JobSpec, MOST_GRACE_MS};

impl Client {
    /// All jobs that are known; an agent that is away is waited for.
    pub async fn jobs(&self) -> Result<Vec<Job>, Error> {
        parsed(&self.patient(Method::GET, "/jobs", None, None, DEADLINE).await?)
    }

    /// One job; [`Kind::NotFound`] if there is none, or it was over long ago.
    pub async fn job(&self, name: &str) -> Result<Job, Error> {
        self.get(&format!("/jobs/{}", encoded(name)), DEADLINE).await
    }

    /// Runs a job. Returns when its artifact is fetched and its process is started. An equal one that is there already is
    /// returned, over or not; another one of that name is a [`Kind::Conflict`].
    pub async fn run_job(&self, spec: &JobSpec, call: &Call) -> Result<Job, Error> {
        let path = format!("/jobs/{}", encoded(&spec.name));
        self.put(&path, spec, call, START_DEADLINE + fetch_time(spec.artifact.as_ref())).await
    }

    /// Ends a job. Returns when its process has ended; one that is over stays as it is.
    pub async fn cancel_job(&self, name: &str, call: &Call) -> Result<Job, Error> {
        let path = format!("/jobs/{}/cancel", encoded(name));
        let deadline = DEADLINE + Duration::from_millis(MOST_GRACE_MS);
        self.mutate(Method::POST, &path, None, call, deadline).await
    }

    /// Forgets a job; one that runs is ended first.
    pub async fn delete_job(&self, name: &str, call: &Call) -> Result<Deleted, Error> {
        let path = format!("/jobs/{}", encoded(name));
        let deadline = DEADLINE + Duration::from_millis(MOST_GRACE_MS);
        self.delete(&path, call, deadline).await
    }
}
