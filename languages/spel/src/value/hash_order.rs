//! The order of a `java.util.HashMap`.
//!
//! A `HashMap` goes through its buckets, and through those of one bucket as they came. Where its order can be seen, keys
//! are put in this one. Buckets of more than eight keys, which Java makes trees of, stay as they came.

use super::Value;
use crate::classes::hash::hash_code;

/// What a table has before it was told otherwise (`HashMap.DEFAULT_INITIAL_CAPACITY`).
pub(crate) const DEFAULT_CAPACITY: usize = 16;

/// The keys' places, in the order that a `HashMap` made with this capacity goes through them, if they were put into it as
/// they are given. They differ from each other.
///
/// The table grows as Java's does, so only a capacity above the default makes a difference.
pub(crate) fn hash_order(keys: &[Value<'_>], capacity: usize) -> Vec<usize> {
    let mut buckets = capacity.clamp(1, 1 << 30).next_power_of_two();
    // A table is at most three quarters full.
    while keys.len() > buckets / 4 * 3 + buckets % 4 * 3 / 4 {
        buckets *= 2;
    }
    let bucket = |key: &Value<'_>| {
        let hash = hash_code(key) as u32;
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    };
    let mut places: Vec<usize> = (0..keys.len()).collect();
    places.sort_by_cached_key(|place| bucket(&keys[*place]));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(keys: &[Value<'static>], capacity: usize) -> Vec<String> {
        hash_order(keys, capacity).into_iter().map(|place| super::super::display(&keys[place])).collect()
    }

    #[test]
    fn keys_come_as_java_gives_them() {
        let names = "parameters execution trigger scmInfo region account cluster deploy.server.groups ami Aa BB \
                     stageTimeoutMs capacity";
        let keys: Vec<Value<'static>> = names.split_whitespace().map(Value::from).collect();
        let expected = "Aa BB execution cluster trigger capacity scmInfo stageTimeoutMs deploy.server.groups region ami \
                        parameters account";
        assert_eq!(ordered(&keys, DEFAULT_CAPACITY).join(" "), expected);
        assert_eq!(ordered(&keys, 1).join(" "), expected);
        let wider = "Aa BB cluster capacity scmInfo stageTimeoutMs deploy.server.groups execution trigger region ami \
                     parameters account";
        assert_eq!(ordered(&keys, 64).join(" "), wider);
    }

    #[test]
    fn keys_of_other_classes_have_their_own_hashes() {
        let keys = [
            Value::Integer(100),
            Value::Integer(-1),
            Value::Integer(17),
            Value::Integer(1),
            Value::Boolean(true),
            Value::from("1"),
            Value::Double(2.5),
            Value::Null,
            Value::Long(33),
        ];
        assert_eq!(ordered(&keys, 16), ["-1", "null", "17", "1", "1", "33", "100", "2.5", "true"]);
    }
}
