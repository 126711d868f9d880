//! Ids: sortable by time (ULID), random, or derived from an event so that the same event gives the same id.
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
