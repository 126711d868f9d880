//! Where somebody is in the feed, as the id of an event: `MILLIS.SEQUENCE.EXECUTION`, or only `MILLIS`.

use std::{fmt, str::FromStr};

use gennaker_base::Timestamp;
use gennaker_store::Change;

use super::News;

/// A place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// What was not told yet has changed at this time or later.
    pub(super) from: Timestamp,
    /// The number of the last event of the execution that was told last, and its id: it is not told again.
    pub(super) told: Option<(u64, String)>,
}

impl Cursor {
    /// The place after nothing was told, with what changed at `from` or later to come.
    pub(super) fn at(from: Timestamp) -> Self {
        Cursor { from, told: None }
    }

    /// The place after `news`.
    pub(crate) fn after(news: &News) -> Self {
        let id = &news.change.id;
        // Others could not be sent back as a header.
        let plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic());
        Cursor { from: news.from, told: plain.then(|| (news.change.sequence, id.clone())) }
    }

    /// Whether the cursor stands after this change.
    pub(super) fn is_of(&self, change: &Change) -> bool {
        let told = self.told.as_ref().is_some_and(|(sequence, id)| (sequence, id) == (&change.sequence, &change.id));
        told && change.changed <= self.from
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.from.millis())?;
        match &self.told {
            Some((sequence, id)) => write!(formatter, ".{sequence}.{id}"),
            None => Ok(()),
        }
    }
}

/// What is no cursor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl FromStr for Cursor {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut parts = text.splitn(3, '.');
        let from = parts.next().and_then(|part| part.parse().ok()).filter(|millis| *millis >= 0);
        let from = Timestamp::from_millis(from.ok_or(Malformed)?);
        let told = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(sequence), Some(id)) if !id.is_empty() => {
                Some((sequence.parse().map_err(|_| Malformed)?, id.to_owned()))
            }
            _ => return Err(Malformed),
        };
        Ok(Cursor { from, told })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_is_written() {
        for text in ["0", "1767225600000", "1767225600000.7.01KDEXAMPLE", "5.1.a.b/c"] {
            assert_eq!(text.parse::<Cursor>().map(|cursor| cursor.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "x", "-1", "1.", "1.2", "1.2.", "1.x.id", "99999999999999999999"] {
            assert_eq!(text.parse::<Cursor>(), Err(Malformed), "{text}");
        }
    }
}
