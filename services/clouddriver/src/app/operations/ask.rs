//! What somebody asks of a task, as a signal: any node records it, the task's owner does it.

use gennaker_store::Signal;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub(super) enum Ask {
    /// To take a failed task up again.
    Resume,
    /// To give a task up that is under way; `retry` says that it may be resumed afterwards.
    Fail { retry: bool },
}

impl Ask {
    /// The signal's body.
    pub(super) fn body(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// What a signal asks; one of a newer version asks nothing here.
    pub(super) fn of(signal: &Signal) -> Option<Ask> {
        serde_json::from_str(&signal.body).ok()
    }
}

/// A request to give up, with the signal that asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GiveUp {
    /// The signal's number.
    pub(super) signal: u64,
    /// Whether the task may be resumed afterwards.
    pub(super) retry: bool,
}

impl GiveUp {
    /// The first such request among these signals.
    pub(super) fn among(signals: &[Signal]) -> Option<GiveUp> {
        signals.iter().find_map(|signal| match Ask::of(signal)? {
            Ask::Fail { retry } => Some(GiveUp { signal: signal.sequence, retry }),
            Ask::Resume => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_base::Timestamp;

    #[test]
    fn signals_are_read_as_they_were_written() {
        let signal = |body: String| Signal { sequence: 7, at: Timestamp::ZERO, body };
        assert_eq!(Ask::Resume.body(), r#"{"do":"resume"}"#);
        for ask in [Ask::Resume, Ask::Fail { retry: true }] {
            assert_eq!(Ask::of(&signal(ask.body())), Some(ask));
        }
        assert_eq!(Ask::of(&signal(r#"{"do":"fly"}"#.to_owned())), None);
        let both = [signal(Ask::Resume.body()), signal(Ask::Fail { retry: false }.body())];
        assert_eq!(GiveUp::among(&both), Some(GiveUp { signal: 7, retry: false }));
    }
}
