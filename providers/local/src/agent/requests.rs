//! Which requests were carried out, for whom, and what they were answered: pure, the director writes it to disk.
//!
//! Per execution one record holds the highest epoch seen and the request ids with their answers, so that one write
//! stores both. A request is recorded before it is carried out and answered after; one that a crash left without an
//! answer is carried out again, which every mutation allows.

use std::collections::HashMap;

use gennaker_base::Timestamp;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Refusal;
use crate::protocol::Fence;

const KEEP_MILLIS: i64 = 7 * 24 * 3_600 * 1_000;
const MOST_REQUESTS: usize = 2_000;
/// Of one execution, so that a runaway one does not push out the others.
const MOST_PER_EXECUTION: usize = 200;
const UNFENCED: &str = "unfenced";

/// A recorded answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// What becomes of a request.
#[derive(Debug, PartialEq)]
pub(super) enum Admission {
    /// Write the record `file`, then carry it out. `again`: an earlier attempt may have been cut short.
    Run { again: bool },
    /// It was carried out: this is the answer.
    Answered(Answer),
    /// It is being carried out.
    Running,
}

/// Names a recorded request: the record's name and the request id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RequestKey {
    pub(super) record: String,
    pub(super) request: String,
}

/// The requests of one execution, or those without a fence.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    format: u32,
    name: String,
    epoch: u64,
    used_at: Timestamp,
    requests: IndexMap<String, Request>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Request {
    mutation: Value,
    answer: Option<Answer>,
    #[serde(skip)]
    running: bool,
}

/// All records.
#[derive(Debug, Default)]
pub(super) struct Requests {
    records: HashMap<String, Record>,
}

impl Requests {
    pub(super) fn new(records: Vec<Record>) -> Self {
        Requests { records: records.into_iter().map(|record| (record.name.clone(), record)).collect() }
    }

    /// The name of the record that a request belongs to; also its file's name.
    pub(super) fn record_name(fence: Option<&Fence>) -> String {
        fence.map_or_else(|| UNFENCED.to_owned(), |fence| format!("execution-{}", fence.execution))
    }

    /// The record to write.
    pub(super) fn record(&self, name: &str) -> Option<&Record> {
        self.records.get(name)
    }

    /// Decides about a request; a new one is recorded as running.
    ///
    /// # Errors
    /// `fenced` if a higher epoch of the execution was seen; `conflict` if the id was used for another mutation.
    pub(super) fn admit(
        &mut self,
        fence: Option<&Fence>,
        request: Option<&str>,
        mutation: &Value,
        now: Timestamp,
    ) -> Result<Admission, Refusal> {
        let name = Requests::record_name(fence);
        let record = self.records.entry(name.clone()).or_insert_with(|| Record {
            format: 1,
            name,
            epoch: 0,
            used_at: now,
            requests: IndexMap::new(),
        });
        if let Some(fence) = fence {
            if fence.epoch < record.epoch {
                return Err(Refusal::fenced(format!(
                    "execution {} is owned with epoch {} by now; the caller's epoch {} is over, it must stop",
                    fence.execution, record.epoch, fence.epoch
                )));
            }
            record.epoch = fence.epoch;
        }
        record.used_at = now;
        let Some(request) = request else { return Ok(Admission::Run { again: false }) };
        if let Some(known) = record.requests.get_mut(request) {
            if known.mutation != *mutation {
                return Err(Refusal::conflict(format!(
                    "request id {request} was used for another request; take a new id for a new request"
                )));
            }
            return Ok(match &known.answer {
                Some(answer) => Admission::Answered(answer.clone()),
                None if known.running => Admission::Running,
                None => {
                    known.running = true;
                    Admission::Run { again: true }
                }
            });
        }
        while record.requests.len() >= MOST_PER_EXECUTION {
            record.requests.shift_remove_index(0);
        }
        let known = Request { mutation: mutation.clone(), answer: None, running: true };
        record.requests.insert(request.to_owned(), known);
        Ok(Admission::Run { again: false })
    }

    /// Records what a request was answered.
    pub(super) fn answer(&mut self, key: &RequestKey, answer: Answer) {
        if let Some(request) = self.request(key) {
            request.running = false;
            request.answer = Some(answer);
        }
    }

    /// The request came to nothing: it may be sent again under the same id.
    pub(super) fn forget(&mut self, key: &RequestKey) {
        if let Some(record) = self.records.get_mut(&key.record) {
            record.requests.shift_remove(&key.request);
        }
    }

    /// Drops what is over 7 days old and, beyond 2,000 requests, what was not used for longest. Returns the names of
    /// the dropped records.
    pub(super) fn expire(&mut self, now: Timestamp) -> Vec<String> {
        let mut by_age: Vec<(Timestamp, String, usize)> = self
            .records
            .values()
            .filter(|record| !record.requests.values().any(|request| request.running))
            .map(|record| (record.used_at, record.name.clone(), record.requests.len().max(1)))
            .collect();
        by_age.sort();
        let mut total: usize = self.records.values().map(|record| record.requests.len().max(1)).sum();
        let mut dropped = Vec::new();
        for (used_at, name, count) in by_age {
            if now.millis() - used_at.millis() > KEEP_MILLIS || total > MOST_REQUESTS {
                total -= count;
                self.records.remove(&name);
                dropped.push(name);
            }
        }
        dropped
    }

    fn request(&mut self, key: &RequestKey) -> Option<&mut Request> {
        self.records.get_mut(&key.record)?.requests.get_mut(&key.request)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000_000);

    fn fence(epoch: u64) -> Fence {
        Fence { execution: "E".into(), epoch }
    }

    fn key(request: &str) -> RequestKey {
        RequestKey { record: "execution-E".into(), request: request.into() }
    }

    #[test]
    fn a_lower_epoch_is_refused_even_for_an_answered_request() {
        let mut requests = Requests::default();
        let answer = Answer { status: 200, body: json!({}) };
        assert_eq!(requests.admit(Some(&fence(2)), Some("a"), &json!(1), NOW), Ok(Admission::Run { again: false }));
        requests.answer(&key("a"), answer.clone());
        assert_eq!(requests.admit(Some(&fence(3)), Some("a"), &json!(1), NOW), Ok(Admission::Answered(answer)));
        let refused = requests.admit(Some(&fence(2)), Some("a"), &json!(1), NOW).unwrap_err();
        assert_eq!((refused.status, refused.code), (409, "fenced"));
        let other = Fence { execution: "F".into(), epoch: 1 };
        assert_eq!(requests.admit(Some(&other), None, &json!(1), NOW), Ok(Admission::Run { again: false }));
    }

    #[test]
    fn a_request_cut_short_by_a_crash_is_carried_out_again() {
        let mut requests = Requests::default();
        requests.admit(Some(&fence(1)), Some("a"), &json!(1), NOW).unwrap();
        assert_eq!(requests.admit(Some(&fence(1)), Some("a"), &json!(1), NOW), Ok(Admission::Running));
        let written = serde_json::to_string(requests.record("execution-E").unwrap()).unwrap();
        let mut requests = Requests::new(vec![serde_json::from_str(&written).unwrap()]);
        assert_eq!(requests.admit(Some(&fence(0)), None, &json!(1), NOW).unwrap_err().code, "fenced");
        assert_eq!(requests.admit(Some(&fence(1)), Some("a"), &json!(1), NOW), Ok(Admission::Run { again: true }));
        assert_eq!(requests.admit(Some(&fence(1)), Some("a"), &json!(2), NOW).unwrap_err().code, "conflict");
    }

    #[test]
    fn records_are_kept_for_seven_days_and_up_to_a_number() {
        let mut requests = Requests::default();
        requests.admit(Some(&fence(1)), Some("a"), &json!(1), NOW).unwrap();
        let later = Timestamp::from_millis(NOW.millis() + KEEP_MILLIS + 1);
        assert!(requests.expire(later).is_empty(), "a running request is kept");
        requests.answer(&key("a"), Answer { status: 200, body: json!({}) });
        assert!(requests.expire(NOW).is_empty());
        assert_eq!(requests.expire(later), ["execution-E"]);
        for execution in 0..MOST_REQUESTS + 5 {
            let fence = Fence { execution: execution.to_string(), epoch: 1 };
            let at = Timestamp::from_millis(NOW.millis() + execution as i64);
            requests.admit(Some(&fence), None, &json!(1), at).unwrap();
        }
        let dropped = requests.expire(NOW);
        assert_eq!(dropped.len(), 5);
        assert_eq!(dropped[0], "execution-0");
    }

    #[test]
    fn one_execution_keeps_its_newest_requests() {
        let mut requests = Requests::default();
        for number in 0..=MOST_PER_EXECUTION {
            requests.admit(None, Some(&number.to_string()), &json!(1), NOW).unwrap();
        }
        let record = requests.record("unfenced").unwrap();
        assert_eq!(record.requests.len(), MOST_PER_EXECUTION);
        assert!(!record.requests.contains_key("0"));
    }
}
