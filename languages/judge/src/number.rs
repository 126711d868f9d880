//! Numbers in upstream's JSON: what is not finite is a text, `"NaN"` or `"Infinity"`, and `null` is read as 0.
//!
//! Source: Jackson 2.15, as it reads and writes `Double`; Scala's unboxing of `null`.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// For `serde(with)`.
pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(*value)
    } else if value.is_nan() {
        serializer.serialize_str("NaN")
    } else {
        serializer.serialize_str(if *value > 0.0 { "Infinity" } else { "-Infinity" })
    }
}

/// For `serde(with)`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    deserializer.deserialize_any(Visitor)
}

/// A number of a text; nothing if it is none.
fn parse(text: &str) -> Option<f64> {
    match text.trim() {
        "" => Some(0.0),
        "NaN" => Some(f64::NAN),
        "Infinity" | "+Infinity" | "INF" | "+INF" => Some(f64::INFINITY),
        "-Infinity" | "-INF" => Some(f64::NEG_INFINITY),
        // Rust's own words for these are not Java's.
        text => text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b)).then(|| text.parse().ok())?,
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }

    fn visit_f64<E>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_i64<E>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_u64<E>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_unit<E>(self) -> Result<f64, E> {
        Ok(0.0)
    }
}

struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize(deserializer).map(Number)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(&self.0, serializer)
    }
}

/// Numbers by name; `null` is none.
pub(crate) mod map {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(map: &BTreeMap<String, f64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(map.iter().map(|(name, &value)| (name, Number(value))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
        let map = Option::<BTreeMap<String, Number>>::deserialize(deserializer)?;
        Ok(map.into_iter().flatten().map(|(name, Number(value))| (name, value)).collect())
    }
}

/// Lists of numbers by name.
pub(crate) mod lists {
    use super::*;

    type Lists = BTreeMap<String, Vec<f64>>;

    struct List<'a>(&'a [f64]);

    impl Serialize for List<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.0.iter().map(|&value| Number(value)))
        }
    }

    pub(crate) fn serialize<S: Serializer>(lists: &Lists, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(lists.iter().map(|(name, values)| (name, List(values))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lists, D::Error> {
        let lists = BTreeMap::<String, Vec<Number>>::deserialize(deserializer)?;
        let plain = |values: Vec<Number>| values.into_iter().map(|Number(value)| value).collect();
        Ok(lists.into_iter().map(|(name, values)| (name, plain(values))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbers_as_java_writes_them() {
        let read: Vec<Number> =
            serde_json::from_str(r#"[1, -2, 2.5, null, "", " 3 ", "1e3", "Infinity", "-INF", "NaN"]"#).unwrap();
        let read: Vec<String> = read.iter().map(|Number(value)| value.to_string()).collect();
        assert_eq!(read, ["1", "-2", "2.5", "0", "0", "3", "1000", "inf", "-inf", "NaN"]);
        for wrong in [r#""inf""#, r#""nan""#, "true", "[]", r#""x""#] {
            assert!(serde_json::from_str::<Number>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_finite_is_written_as_text() {
        let numbers = [1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Number);
        assert_eq!(serde_json::to_string(&numbers).unwrap(), r#"[1.0,"NaN","Infinity","-Infinity"]"#);
    }
}
