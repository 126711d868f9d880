//! Ids: sortable by time (ULID or UUID), random, or derived from an event so that the same event gives the same id.
//!
//! A derived id is what makes a start idempotent: create-if-absent on it is the whole de-duplication.

use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};
use ulid::Ulid;

use crate::Timestamp;

/// A new id, unique and sortable by `now`: 26 characters of Crockford's base 32.
pub fn generate(now: Timestamp) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    Ulid::from_datetime(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

/// A new id in lower case, unique and sortable by `now`: a UUID of version 7 (RFC 9562), for what upstream gives a UUID.
pub fn uuid(now: Timestamp) -> String {
    const VERSION: u128 = 0x7 << 76;
    const VARIANT: u128 = 0b10 << 62;
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let bits = u128::from(Ulid::from_datetime(UNIX_EPOCH + Duration::from_millis(millis)));
    let bits = bits & !(0xF << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The id that `parts` have at `event_time`: equal input gives an equal id, on every node.
///
/// The parts are hashed with their lengths, so that `["ab", "c"]` and `["a", "bc"]` differ.
pub fn derive(event_time: Timestamp, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut random = [0u8; 16];
    random.copy_from_slice(&digest[..16]);
    let millis = u64::try_from(event_time.millis()).unwrap_or(0);
    Ulid::from_parts(millis, u128::from_be_bytes(random)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_their_form_and_are_in_order() {
        let ids = [1, 2, 1_700_000_000_000].map(|millis| uuid(Timestamp::from_millis(millis)));
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids[2].starts_with("018bcfe5-6800-7"), "{ids:?}");
        for id in &ids {
            assert_eq!(id.len(), 36, "{id}");
            assert!(id[19..20].contains(['8', '9', 'a', 'b']), "{id}");
            assert!(id.char_indices().all(|(at, c)| (c == '-') == [8, 13, 18, 23].contains(&at)), "{id}");
        }
        assert_ne!(uuid(Timestamp::from_millis(1)), uuid(Timestamp::from_millis(1)));
    }

    #[test]
    fn derived_ids_depend_on_every_part_and_on_the_time() {
        let time = Timestamp::from_millis(1_700_000_000_000);
        let id = derive(time, &["build-7", "pipeline"]);
        assert_eq!(id.len(), 26);
        assert_eq!(id, derive(time, &["build-7", "pipeline"]));
        assert_ne!(id, derive(time, &["build-", "7pipeline"]));
        assert_ne!(id, derive(Timestamp::from_millis(1), &["build-7", "pipeline"]));
        assert!(generate(Timestamp::from_millis(2)) > generate(Timestamp::from_millis(1)));
    }
}
