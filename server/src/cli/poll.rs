//! Looking at something again and again until it is as it should be.
//!
//! Waits between two looks are short after a change and grow while nothing happens. A gate that is away (no connection,
//! 5xx, lost answers), for example while it starts again, is asked again for [`AWAY`] before that is an error. The time to
//! wait in all is up to the caller.

use std::time::Duration;

use gennaker_base::Kind;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::gate::{Error, Gate, Request};

/// How long a gate may be away.
pub(super) const AWAY: Duration = Duration::from_secs(60);

/// How patient a series of looks is.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// With a gate that is away.
    away: Duration,
    /// With something that was just made and is unknown: upstream answers with its id before it is stored.
    new: Duration,
    /// The wait after a change.
    first: Duration,
    /// The longest wait.
    longest: Duration,
}

const PATIENCE: Patience = Patience {
    away: AWAY,
    new: Duration::from_secs(10),
    first: Duration::from_millis(100),
    longest: Duration::from_secs(1),
};

/// What a look came to.
#[derive(Debug)]
pub(super) enum Look {
    /// Gate's answer.
    Answer(Value),
    /// Gate is away, told once each time; the next look waits for it.
    Away(Error),
    /// The time to wait is over.
    TimeUp,
}

/// A series of looks at one path.
pub(super) struct Poll<'call> {
    segments: &'call [&'call str],
    patience: Patience,
    until: Option<Instant>,
    known_by: Option<Instant>,
    away_since: Option<Instant>,
    wait: Duration,
}

impl<'call> Poll<'call> {
    /// Looks at `segments` for `limit` at most, or forever. What was `just_made` may be unknown at first.
    pub(super) fn new(segments: &'call [&'call str], limit: Option<Duration>, just_made: bool) -> Self {
        Poll::with(PATIENCE, segments, limit, just_made)
    }

    fn with(patience: Patience, segments: &'call [&'call str], limit: Option<Duration>, just_made: bool) -> Self {
        let now = Instant::now();
        Poll {
            segments,
            patience,
            until: limit.map(|limit| now + limit),
            known_by: just_made.then(|| now + patience.new),
            away_since: None,
            wait: patience.first,
        }
    }

    /// Looks until there is something to tell.
    ///
    /// # Errors
    /// Those that do not pass by themselves, or have lasted for [`AWAY`].
    pub(super) async fn look(&mut self, gate: &Gate) -> Result<Look, Error> {
        loop {
            let Some(left) = self.left() else { return Ok(Look::TimeUp) };
            let error = match gate.send(Request::get(self.segments).within(left)).await {
                Ok(answer) => {
                    (self.away_since, self.known_by) = (None, None);
                    return Ok(Look::Answer(answer));
                }
                Err(error) => error,
            };
            let now = Instant::now();
            let is_new = error.kind() == Kind::NotFound && self.known_by.is_some_and(|by| now < by);
            if is_new {
                self.pause(false).await;
                continue;
            }
            let first = self.away_since.is_none();
            let since = *self.away_since.get_or_insert(now);
            if !error.is_passing() || now - since >= self.patience.away {
                return Err(error);
            }
            if first && self.left().is_some() {
                return Ok(Look::Away(error));
            }
            self.pause(false).await;
        }
    }

    /// Waits before the next look, for a short time if something `changed`.
    pub(super) async fn pause(&mut self, changed: bool) {
        self.wait = if changed { self.patience.first } else { (self.wait * 3 / 2).min(self.patience.longest) };
        sleep(self.left().unwrap_or_default().min(self.wait)).await;
    }

    /// The time that is left; `None` once it is over.
    fn left(&self) -> Option<Duration> {
        match self.until {
            None => Some(Duration::MAX),
            Some(until) => Some(until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::access::Access;
    use url::Url;

    /// A gate at an address at which nothing listens.
    fn nobody() -> Gate {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
        Gate::new(&Access::new(Url::parse(&format!("http://{port}")).expect("a URL"))).expect("a gate")
    }

    const SHORT: Patience = Patience {
        away: Duration::from_millis(20),
        new: Duration::from_millis(20),
        first: Duration::from_millis(1),
        longest: Duration::from_millis(4),
    };

    #[tokio::test]
    async fn a_gate_that_is_away_is_told_once_and_given_up_later() {
        let gate = nobody();
        let mut poll = Poll::with(SHORT, &["pipelines", "1"], None, false);
        assert!(matches!(poll.look(&gate).await, Ok(Look::Away(Error::Unreachable { .. }))));
        assert!(matches!(poll.look(&gate).await, Err(Error::Unreachable { .. })));
    }

    #[tokio::test]
    async fn the_time_to_wait_ends_before_the_patience() {
        let gate = nobody();
        let patience = Patience { away: Duration::from_secs(3600), ..SHORT };
        let mut poll = Poll::with(patience, &["pipelines", "1"], Some(Duration::from_millis(50)), false);
        assert!(matches!(poll.look(&gate).await, Ok(Look::Away(_))));
        assert!(matches!(poll.look(&gate).await, Ok(Look::TimeUp)));
    }

    #[tokio::test]
    async fn waits_grow_while_nothing_changes() {
        let mut poll = Poll::with(SHORT, &[], None, false);
        let mut waits = Vec::new();
        for changed in [true, false, false, true] {
            poll.pause(changed).await;
            waits.push(poll.wait);
        }
        assert!(waits[0] < waits[1] && waits[1] < waits[2] && waits[3] == waits[0], "{waits:?}");
        for _ in 0..20 {
            poll.pause(false).await;
        }
        assert_eq!(poll.wait, SHORT.longest);
    }
}
