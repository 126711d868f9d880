//! The name of a cluster's next server group.
//!
//! Source: clouddriver-core `AbstractServerGroupNameResolver`.

use super::{
    Error, Names, ServerGroupName,
    characters::split_push,
    validate::{check_name, check_name_with_hyphen, not_empty},
};

/// How many numbers there are: after 999 comes 0.
pub const SEQUENCES: i32 = 1000;

/// A server group that exists in the cluster.
///
/// Source: `AbstractServerGroupNameResolver.TakenSlot`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TakenSlot {
    /// Its name.
    pub server_group_name: String,
    /// Its number; `None` if its name has none.
    pub sequence: Option<i32>,
    /// When it was created, in milliseconds of the epoch; unknown is before all others.
    pub created_time: Option<i64>,
}

/// The server group that was created last; of several at the same time, the first one listed.
///
/// Source: `resolveLatestServerGroupName`.
pub fn latest(taken: &[TakenSlot]) -> Option<&TakenSlot> {
    // Of equal keys `max_by_key` takes the last.
    taken.iter().rev().max_by_key(|slot| slot.created_time)
}

impl ServerGroupName {
    /// These parts with the number of the cluster's next server group; `compose` is its name, `cluster` its name where
    /// numbers are not wanted.
    ///
    /// That number is one more than the latest server group's (which counts as 0 if it has none), or 0 in an empty
    /// cluster, and from there the first that is free; 999 is followed by 0. Fails if all are taken, without an
    /// application and with a character that a part cannot hold. A stack or detail that looks like a push is let
    /// through, because such clusters exist.
    ///
    /// Source: `resolveNextServerGroupName`, `generateServerGroupName`.
    pub fn next(&self, taken: &[TakenSlot]) -> Result<ServerGroupName, Error> {
        let cluster = self.cluster()?;
        let latest = latest(taken).map(|latest| &latest.server_group_name);
        // The first of that name, which need not be the latest itself.
        let ancestor = latest.and_then(|name| taken.iter().find(|slot| slot.server_group_name == *name));
        let first = ancestor.map_or(0, |slot| (i64::from(slot.sequence.unwrap_or(0)) + 1) % i64::from(SEQUENCES));
        let sequence = (0..i64::from(SEQUENCES))
            .map(|step| (first + step) % i64::from(SEQUENCES))
            .filter_map(|sequence| i32::try_from(sequence).ok())
            .find(|sequence| taken.iter().all(|slot| slot.sequence != Some(*sequence)))
            .ok_or(Error::AllTaken(cluster))?;
        self.numbered(sequence)
    }

    /// These parts with that number, 0 to 999; fails as `next` does. Source: `generateServerGroupName`.
    pub fn numbered(&self, sequence: i32) -> Result<ServerGroupName, Error> {
        if !(0..SEQUENCES).contains(&sequence) {
            return Err(Error::Sequence(sequence));
        }
        let app = not_empty(self.app.as_deref(), "application")?;
        if !check_name(app) {
            return Err(Error::App(app.to_owned()));
        }
        let present = |part: &Option<String>| part.clone().filter(|part| !part.is_empty());
        if let Some(stack) = present(&self.stack).filter(|stack| !check_name(stack)) {
            return Err(Error::Stack(stack));
        }
        if let Some(detail) = present(&self.detail).filter(|detail| !check_name_with_hyphen(detail)) {
            return Err(Error::Detail(detail));
        }
        Ok(ServerGroupName { sequence: Some(sequence), ..self.clone() })
    }
}

/// The name with the next number, whether or not it is taken; a name without a number gets 0, and 999 or more is followed
/// by 0. `None` for a text that is no name.
///
/// Source: Frigga `AutoScalingGroupNameBuilder.buildNextGroupName`.
pub fn next_group_name(name: &str) -> Option<String> {
    let cluster = Names::parse(name).cluster?;
    let next = split_push(name).map_or(0, |(.., sequence)| sequence + 1);
    Some(format!("{cluster}-v{:03}", if next >= SEQUENCES { 0 } else { next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(server_group_name: &str, created_time: i64) -> TakenSlot {
        TakenSlot {
            server_group_name: server_group_name.into(),
            sequence: Names::parse(server_group_name).sequence,
            created_time: Some(created_time),
        }
    }

    fn dev() -> ServerGroupName {
        ServerGroupName { stack: Some("dev".into()), ..ServerGroupName::new("app") }
    }

    #[track_caller]
    fn next(taken: &[TakenSlot]) -> String {
        dev().next(taken).unwrap().compose().unwrap()
    }

    #[test]
    fn one_more_than_the_latest_and_free() {
        assert_eq!(next(&[]), "app-dev-v000");
        assert_eq!(next(&[slot("app-dev-v009", 0)]), "app-dev-v010");
        let taken =
            [slot("app-dev-v997", 997), slot("app-dev-v998", 998), slot("app-dev-v999", 999), slot("app-dev-v000", 0)];
        assert_eq!(next(&taken), "app-dev-v001");
        assert_eq!(next(&[slot("app-dev-v997", 997), slot("app-dev", 998)]), "app-dev-v001");
    }

    #[test]
    fn of_two_created_at_once_the_first_listed_is_the_latest() {
        let taken = [slot("app-dev-v003", 5), slot("app-dev-v007", 5)];
        assert_eq!(latest(&taken).unwrap().server_group_name, "app-dev-v003");
        let unknown = TakenSlot { created_time: None, ..slot("app-dev-v009", 0) };
        assert_eq!(latest(&[unknown, slot("app-dev-v001", -1)]).unwrap().sequence, Some(1));
    }

    #[test]
    fn numbers_end_at_999() {
        let mut taken: Vec<_> = (0..SEQUENCES).map(|n| slot(&format!("app-dev-v{n:03}"), n.into())).collect();
        assert_eq!(dev().next(&taken), Err(Error::AllTaken("app-dev".into())));
        taken.remove(500);
        assert_eq!(next(&taken), "app-dev-v500");
        assert_eq!(dev().numbered(-1), Err(Error::Sequence(-1)));
        assert_eq!(dev().numbered(1000), Err(Error::Sequence(1000)));
        assert_eq!(next(&[slot("app-dev-v123456", 0)]), "app-dev-v457");
    }

    #[test]
    fn parts_are_checked_and_the_message_says_what_may_stand_there() {
        let detail = ServerGroupName { detail: Some("east!".into()), ..dev() };
        let error = detail.next(&[]).unwrap_err();
        assert_eq!(error.to_string(), r"Invalid detail east!, detail may only contain -a-zA-Z0-9._~\^");
        assert_eq!(ServerGroupName::new("ap-p").next(&[]), Err(Error::App("ap-p".into())));
        let pushed = ServerGroupName { detail: Some("v001".into()), ..dev() };
        assert_eq!(pushed.next(&[]).unwrap().compose().unwrap(), "app-dev-v001-v000");
    }

    #[test]
    fn the_next_name_without_looking_at_others() {
        let next = |name| next_group_name(name).unwrap();
        assert_eq!(
            [next("a"), next("a-b-v007"), next("a-v999"), next("a-v5000")],
            ["a-v000", "a-b-v008", "a-v000", "a-v000"]
        );
        assert_eq!(next_group_name("a b"), None);
    }
}
