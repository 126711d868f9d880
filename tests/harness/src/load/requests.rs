//! The schedule: the n-th request is due at `n / rate`, however the earlier ones fare.
//!
//! A thread lets one request after the other go when it is due, and as many workers as requests may be in flight take them.
//! While all are busy the schedule waits for nobody: its times are due all the same, and whoever is free next sends late, which
//! is counted.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use http::StatusCode;
use serde_json::Value;
use tokio::{
    select,
    sync::Semaphore,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Options,
    connection::{Answer, Connection, Failure},
    tally::Tally,
};

/// How soon the schedule sees that the load has stopped.
const LOOK: Duration = Duration::from_millis(50);

/// What the workers share.
pub(super) struct Schedule {
    pub(super) options: Options,
    pub(super) start: Instant,
    /// How many are due and not taken.
    pub(super) due: Semaphore,
    /// The number of the next that is taken.
    pub(super) next: AtomicU64,
    pub(super) tally: Arc<Tally>,
    pub(super) stop: CancellationToken,
}

impl Schedule {
    fn due(&self, number: u64) -> Instant {
        self.start + Duration::from_secs_f64(number as f64 / self.options.rate)
    }
}

/// Lets the requests go when they are due, until the load stops or nobody is left to send. It sleeps as a thread: tokio's timers
/// end at whole milliseconds, where several requests would go at once.
pub(super) fn pace(schedule: &Weak<Schedule>) {
    let mut number = 0;
    while let Some(schedule) = schedule.upgrade().filter(|schedule| !schedule.stop.is_cancelled()) {
        let left = schedule.due(number).saturating_duration_since(Instant::now());
        thread::sleep(left.min(LOOK));
        if left <= LOOK {
            schedule.due.add_permits(1);
            number += 1;
        }
    }
}

/// Sends one due request after the other until the load stops.
pub(super) async fn work(schedule: Arc<Schedule>) {
    let Schedule { options, next, tally, stop, .. } = &*schedule;
    let mut kept = None;
    loop {
        select! {
            biased;
            () = stop.cancelled() => return,
            taken = schedule.due.acquire() => match taken {
                Ok(permit) => permit.forget(),
                Err(_) => return,
            },
        }
        let number = next.fetch_add(1, Ordering::Relaxed);
        let due = schedule.due(number);
        let own = has_own_connection(number, options.new_connections);
        tally.sent(due.elapsed(), own);
        let answer = async {
            if own { once(options.target, &options.path).await } else { again(&mut kept, options, tally).await }
        };
        let answer = match timeout(options.deadline, answer).await {
            Ok(answer) => answer,
            Err(_) => {
                kept = None;
                Err(format!("no answer within {:?}", options.deadline))
            }
        };
        match answer.and_then(|answer| version(&answer, options.version_field.as_deref())) {
            Ok(version) => tally.answered(version, due.elapsed()),
            Err(reason) => {
                let kind = if own { "a new" } else { "a kept" };
                tally.failed(&format!("GET {} on {kind} connection: {reason}", options.path));
            }
        }
    }
}

/// `GET` on a connection of its own.
pub(super) async fn once(target: SocketAddr, path: &str) -> Result<Answer, String> {
    let mut connection = Connection::open(target).await?;
    connection.get(target, path, true).await.map_err(told)
}

/// `GET` on the kept connection, or on a new one if there is none or the server has closed it in the meantime.
async fn again(kept: &mut Option<Connection>, options: &Options, tally: &Tally) -> Result<Answer, String> {
    if let Some(mut connection) = kept.take() {
        match connection.get(options.target, &options.path, false).await {
            Ok(answer) => {
                *kept = Some(connection);
                return Ok(answer);
            }
            Err(Failure::Unsent) => tally.reconnected(),
            Err(failure) => return Err(told(failure)),
        }
    }
    let mut connection = Connection::open(options.target).await?;
    let answer = connection.get(options.target, &options.path, false).await.map_err(told)?;
    *kept = Some(connection);
    Ok(answer)
}

fn told(failure: Failure) -> String {
    match failure {
        Failure::Unsent => "the connection was closed before the request was sent".to_owned(),
        Failure::Other(reason) => reason,
    }
}

/// The version that a right answer names, or `""` if none is looked for.
pub(super) fn version(answer: &Answer, field: Option<&str>) -> Result<String, String> {
    let Answer { status, body } = answer;
    if *status != StatusCode::OK {
        let text = String::from_utf8_lossy(&body[..body.len().min(200)]);
        return Err(format!("status {}: {text}", status.as_u16()));
    }
    let parsed: Value = serde_json::from_slice(body).map_err(|error| format!("the answer is not JSON: {error}"))?;
    match field {
        None => Ok(String::new()),
        Some(field) => match parsed[field].as_str() {
            Some(version) => Ok(version.to_owned()),
            None => Err(format!("the answer has no text `{field}`: {parsed}")),
        },
    }
}

/// Spreads the given share evenly over the numbers.
fn has_own_connection(number: u64, share: f64) -> bool {
    let until = |number: u64| (number as f64 * share).floor();
    until(number + 1) > until(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_connections_are_spread_evenly() {
        let count = |share| (0..1000).filter(|number| has_own_connection(*number, share)).count();
        assert_eq!([count(0.0), count(0.2), count(1.0)], [0, 200, 1000]);
        assert_eq!((0..5).filter(|number| has_own_connection(*number, 0.2)).count(), 1);
    }

    #[test]
    fn an_answer_must_be_200_and_json_with_its_version() {
        let version = |status, body: &'static str, field| version(&Answer { status, body: body.into() }, field);
        assert_eq!(version(StatusCode::OK, r#"{"version":"2"}"#, Some("version")), Ok("2".to_owned()));
        assert_eq!(version(StatusCode::OK, "[]", None), Ok(String::new()));
        let refused = version(StatusCode::BAD_GATEWAY, "no server", None).expect_err("it is not 200");
        assert_eq!(refused, "status 502: no server");
        let no_version = version(StatusCode::OK, r#"{"version":2}"#, Some("version")).expect_err("it is a number");
        assert_eq!(no_version, r#"the answer has no text `version`: {"version":2}"#);
        assert!(version(StatusCode::OK, "{", None).expect_err("it is cut").starts_with("the answer is not JSON"));
    }
}
