//! Saves of what somebody else has saved since it was read.

use super::{Error, layout::shorten};

/// What becomes of a save whose time of change is not the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// It is written over what was saved since.
    Accepted,
    /// It is refused if `front50.refuseStale` is set: what `staleCheck` asks for, which upstream does not look at.
    AsConfigured,
    /// It is refused.
    Refused,
}

impl Stale {
    /// Refuses what was read before the stored one was saved. One without a time is taken.
    ///
    /// `what` is how the message calls it, `configured` is `front50.refuseStale`.
    pub(super) fn check(
        self,
        what: &'static str,
        configured: bool,
        submitted: Option<&str>,
        stored: Option<&str>,
    ) -> Result<(), Error> {
        let is_refused = match self {
            Stale::Accepted => false,
            Stale::AsConfigured => configured,
            Stale::Refused => true,
        };
        match (submitted, stored) {
            (Some(submitted), Some(stored)) if is_refused && submitted != stored => {
                Err(Error::Stale { what, submitted: shorten(submitted), stored: stored.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_is_what_has_another_time() {
        assert!(Stale::Refused.check("pipeline", false, Some("1"), Some("2")).is_err());
        for (submitted, stored) in [(Some("1"), Some("1")), (None, Some("1")), (Some("1"), None)] {
            assert!(Stale::Refused.check("pipeline", false, submitted, stored).is_ok());
        }
    }

    #[test]
    fn whether_it_is_refused_is_asked_for_and_configured() {
        let is_refused = |stale: Stale, configured| stale.check("strategy", configured, Some("1"), Some("2")).is_err();
        assert_eq!([false, true].map(|configured| is_refused(Stale::Accepted, configured)), [false, false]);
        assert_eq!([false, true].map(|configured| is_refused(Stale::AsConfigured, configured)), [false, true]);
    }
}
