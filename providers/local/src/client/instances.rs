//! Calls about single instances, and about what they and jobs write.

use std::time::Duration;

use http::Method;

use super::{Call, Client, DEADLINE, Error, START_DEADLINE, encoded};
use crate::protocol::{OutputPiece, Registered, RegistrationRequest, Terminated, TerminationRequest};

impl Client {
    /// Ends instances. Returns when they are on their way out and their replacements, if any, are started.
    pub async fn terminate_instances(&self, end: &TerminationRequest, call: &Call) -> Result<Terminated, Error> {
        self.post("/instances/terminate", end, call, START_DEADLINE).await
    }

    /// Puts instances into traffic or takes them out; then it returns when their requests have ended or were cut.
    pub async fn register_instances(&self, change: &RegistrationRequest, call: &Call) -> Result<Registered, Error> {
        let deadline = DEADLINE + Duration::from_millis(change.drain_timeout_ms);
        self.post("/instances/registration", change, call, deadline).await
    }

    /// The last `tail_bytes` of an instance's or a job's log, at most 1 MiB. Logs outlive their instance by a week.
    pub async fn instance_log(&self, id: &str, tail_bytes: u64) -> Result<String, Error> {
        let path = format!("/instances/{}/log?tailBytes={tail_bytes}", encoded(id));
        let answer = self.call(Method::GET, &path, None, None, DEADLINE).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// At most `bytes` of what an instance or a job has written, from `from` on, or else the last of it.
    pub async fn output(&self, id: &str, from: Option<u64>, bytes: u64) -> Result<OutputPiece, Error> {
        let from = from.map(|from| format!("&from={from}")).unwrap_or_default();
        self.get(&format!("/instances/{}/output?bytes={bytes}{from}", encoded(id)), DEADLINE).await
    }
}
