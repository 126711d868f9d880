//! Whom a judgment is announced to: the `notifications` of its context, and when each was last sent.
//!
//! Each has `type`, `address` and whatever its kind of message needs, `when` (the states that it is sent for; empty is all of
//! them), `notifyEveryMs` (again after so long; not again if 0 or less) and, written by the task,
//! `lastNotifiedByNotificationState` (epoch milliseconds by state). Upstream: `ManualJudgmentStage.Notification`.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

const LAST: &str = "lastNotifiedByNotificationState";
const EVERY: &str = "notifyEveryMs";

/// The list with the fields that clients of upstream find in each, whether they were given or not.
pub(super) fn completed(notifications: Option<&Value>) -> Value {
    match notifications {
        None | Some(Value::Null) => json!([]),
        Some(Value::Array(items)) => items.iter().map(completed_one).collect(),
        Some(other) => other.clone(),
    }
}

fn completed_one(notification: &Value) -> Value {
    let Value::Object(fields) = notification else { return notification.clone() };
    let mut fields: Object = fields.clone();
    fields.retain(|_, value| !value.is_null());
    fields.entry(LAST).or_insert_with(|| json!({}));
    fields.entry(EVERY).or_insert_with(|| json!(-1));
    Value::Object(fields)
}

/// How many are to be sent now for that state.
pub(super) fn due(notifications: &Value, state: &str, now: Timestamp) -> usize {
    let times = each(notifications).filter_map(|notification| next(notification, state));
    times.filter(|due| *due <= now).count()
}

/// When the next of them is to be sent again; `None` if none is. What was never sent is not waited for.
pub(super) fn next_repetition(notifications: &Value, state: &str) -> Option<Timestamp> {
    each(notifications).filter(|fields| last(fields, state).is_some()).filter_map(|fields| next(fields, state)).min()
}

fn each(notifications: &Value) -> impl Iterator<Item = &Object> {
    notifications.as_array().into_iter().flatten().filter_map(Value::as_object)
}

/// When it is to be sent for that state, the first time or again.
fn next(notification: &Object, state: &str) -> Option<Timestamp> {
    let wanted = notification.texts("when");
    if !wanted.is_empty() && !wanted.iter().any(|name| name == state) {
        return None;
    }
    let Some(last) = last(notification, state) else { return Some(Timestamp::ZERO) };
    let every = notification.integer(EVERY).and_then(|millis| u64::try_from(millis).ok()).filter(|millis| *millis > 0);
    Some(last.after(Duration::from_millis(every?)))
}

fn last(notification: &Object, state: &str) -> Option<Timestamp> {
    let millis = notification.object(LAST)?.integer(state).filter(|millis| *millis != 0)?;
    Some(Timestamp::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "manualJudgment";

    #[test]
    fn each_has_the_fields_that_clients_read() {
        let given = json!([{"type": "email", "address": "a@b.c", "cc": null, "colour": "red"}, "odd"]);
        let expected = json!([
            {"type": "email", "address": "a@b.c", "colour": "red", LAST: {}, EVERY: -1}, "odd",
        ]);
        assert_eq!(completed(Some(&given)), expected);
        assert_eq!(completed(Some(&expected)), expected);
        assert_eq!(completed(None), json!([]));
        assert_eq!(completed(Some(&Value::Null)), json!([]));
    }

    #[test]
    fn one_is_due_once_or_again_after_its_time() {
        let due_at = |notification: Value, now: i64| due(&json!([notification]), STATE, Timestamp::from_millis(now));
        assert_eq!(due_at(json!({}), 5), 1);
        assert_eq!(due_at(json!({"when": ["manualJudgmentStop"]}), 5), 0);
        assert_eq!(due_at(json!({"when": [STATE]}), 5), 1);
        let sent = |every: i64| json!({LAST: {STATE: 100}, EVERY: every});
        assert_eq!(due_at(sent(-1), 999), 0);
        assert_eq!(due_at(sent(50), 149), 0);
        assert_eq!(due_at(sent(50), 150), 1);
        assert_eq!(due_at(json!({LAST: {"manualJudgmentStop": 100}}), 999), 1, "sent for another state");
        assert_eq!(due(&json!("odd"), STATE, Timestamp::ZERO), 0);
    }

    #[test]
    fn the_next_look_is_at_the_first_repetition() {
        let sent = |at: i64, every: i64| json!({LAST: {STATE: at}, EVERY: every});
        let next = |list: Value| next_repetition(&list, STATE).map(Timestamp::millis);
        assert_eq!(next(json!([sent(100, 50), sent(100, 20), sent(1, -1), {}])), Some(120));
        assert_eq!(next(json!([{}, sent(100, 0)])), None);
    }
}
