//! Who asks for a start, and what the request says besides its body.

use gennaker_base::Timestamp;
use gennaker_clients::Caller;
use gennaker_store::Fence;
use gennaker_wire::{Authentication, Object};
use serde_json::Value;

use super::Refusal;

/// The user of a trigger whose request names nobody.
const NOBODY: &str = "[anonymous]";

/// A request for a start.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Who.
    pub(crate) caller: Caller,
    /// Whether the request names its user.
    pub(crate) is_named: bool,
    /// Where it comes from, for example `deck`: the header `X-SPINNAKER-USER-ORIGIN`.
    pub(crate) origin: Option<String>,
    /// When the event happened that is started for.
    pub(crate) event_time: Option<Timestamp>,
}

impl Asked {
    /// Who the execution acts for.
    pub(super) fn authentication(&self) -> Authentication {
        let user = self.is_named.then(|| self.caller.user.clone());
        Authentication { user, allowed_accounts: self.caller.accounts.clone() }
    }

    /// The user of a trigger that names none.
    pub(super) fn user(&self) -> String {
        if self.is_named { self.caller.user.clone() } else { NOBODY.to_owned() }
    }

    /// Who asks other services about it.
    pub(crate) fn onward(&self) -> Caller {
        self.caller.onward()
    }

    /// When the event happened: the request says so, or its trigger.
    pub(super) fn event_time(&self, trigger: Option<&Value>) -> Option<Timestamp> {
        let of_trigger = || {
            let time =
                trigger?.as_object().and_then(|trigger| gennaker_wire::ObjectExt::integer(trigger, "eventTime"))?;
            (time >= 0).then(|| Timestamp::from_millis(time))
        };
        self.event_time.or_else(of_trigger)
    }

    /// Under which epoch it is asked, if an execution asks.
    pub(super) fn fence(&self) -> Result<Option<Fence>, Refusal> {
        self.caller.fence.as_deref().map(fence).transpose()
    }
}

/// The fence that a header holds, `<execution>/<epoch>`.
fn fence(text: &str) -> Result<Fence, Refusal> {
    let wrong = || Refusal::invalid(format!("the fence {text:?} is not <execution>/<epoch>, for example 01J8ZQ/7"));
    Fence::read(text).ok_or_else(wrong)
}

/// The key under which a pipeline's event is known: what an execution's id is derived from.
pub(super) fn event_identity<'a>(key: &'a str, config: &'a Object) -> [&'a str; 2] {
    [key, config.get("id").and_then(Value::as_str).unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked() -> Asked {
        Asked { caller: Caller::service("ann"), is_named: true, origin: None, event_time: None }
    }

    #[test]
    fn a_request_without_a_user_is_nobodys() {
        let unnamed = Asked { is_named: false, ..asked() };
        assert_eq!((unnamed.user().as_str(), unnamed.authentication().user), ("[anonymous]", None));
        assert_eq!((asked().user().as_str(), asked().authentication().user.as_deref()), ("ann", Some("ann")));
    }

    #[test]
    fn the_time_of_the_event_is_the_requests_or_the_triggers() {
        let time = |asked: &Asked, trigger: Value| asked.event_time(Some(&trigger)).map(Timestamp::millis);
        assert_eq!(time(&asked(), json!({"eventTime": 7})), Some(7));
        assert_eq!(time(&asked(), json!({"eventTime": "7"})), Some(7));
        assert_eq!(time(&asked(), json!({"eventTime": -7})), None);
        assert_eq!(time(&asked(), json!({})), None);
        let said = Asked { event_time: Some(Timestamp::from_millis(9)), ..asked() };
        assert_eq!(time(&said, json!({"eventTime": 7})), Some(9));
    }

    #[test]
    fn fences_are_read_and_malformed_ones_are_refused() {
        let of = |text: &str| fence(text).map(|fence| (fence.execution, fence.epoch.0));
        assert_eq!(of("01E/7"), Ok(("01E".to_owned(), 7)));
        for wrong in ["", "7", "/7", "01E/", "01E/-1", "01E/x", "0 1E/7"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
