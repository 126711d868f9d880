//! Types for options structs that need more than a plain string or number.
//!
//! ```
//! use gennaker_config::{DataSize, DurationSetting};
//! use std::time::Duration;
//!
//! assert_eq!("10s".parse::<DurationSetting>().unwrap().0, Duration::from_secs(10));
//! assert_eq!("PT1M".parse::<DurationSetting>().unwrap().0, Duration::from_secs(60));
//! assert_eq!("250".parse::<DurationSetting>().unwrap().0, Duration::from_millis(250));
//! assert_eq!("10MB".parse::<DataSize>().unwrap().bytes(), 10 * 1024 * 1024);
//! ```

use std::{collections::BTreeMap, fmt, marker::PhantomData, str::FromStr, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

/// The newtype name under which the binder leaves a default in place of nothing.
pub(crate) const SETTING: &str = "$gennaker_config::Setting";
/// The newtype name under which the binder keeps placeholders that are set nowhere.
pub(crate) const LENIENT: &str = "$gennaker_config::Lenient";
/// The newtype name under which the binder gives whole paths as map keys.
pub(crate) const DOTTED: &str = "$gennaker_config::DottedMap";

/// A length of time: `10s`, `5m`, `PT10S`, or a number of milliseconds.
///
/// Units: `ns us ms s m h d`, in any case, as Spring Boot's `DurationStyle`; ISO 8601 as Java's `Duration.parse`
/// (days to fractions of a second). Not negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DurationSetting(pub Duration);

/// A number of bytes: `10MB`, `512KB`, or a plain number.
///
/// Units: `B KB MB GB TB`, in any case, each 1024 of the one before, as Spring's `DataSize`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataSize(pub u64);

/// A value whose text may hold `${...}` for later: a placeholder that is set nowhere stays as it is written.
///
/// For parts of the configuration that carry expressions, such as the payload of a preconfigured webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Lenient<T>(pub T);

/// A map whose keys may have dots, such as `logging.level`: `com.netflix.spinnaker: DEBUG`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DottedMap(pub BTreeMap<String, String>);

/// A text that is not a setting of the wanted kind; it does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {expected}")]
pub struct NotASetting {
    /// What was expected.
    pub expected: &'static str,
}

/// A kind of setting that is written as text or as a number.
trait Setting: FromStr<Err = NotASetting> {
    const EXPECTED: &'static str;
}

impl Setting for DurationSetting {
    const EXPECTED: &'static str = "a duration such as 10s, PT10S or a number of milliseconds";
}

impl Setting for DataSize {
    const EXPECTED: &'static str = "a size such as 10MB or a number of bytes";
}

impl DataSize {
    /// The number of bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

/// A whole number and the letters after it.
fn number_and_unit(text: &str) -> Option<(u64, String)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.to_ascii_lowercase()))
}

impl FromStr for DurationSetting {
    type Err = NotASetting;

    fn from_str(text: &str) -> Result<Self, NotASetting> {
        let text = text.trim();
        let text = text.strip_prefix('+').unwrap_or(text);
        let simple = || {
            let (number, unit) = number_and_unit(text)?;
            match unit.as_str() {
                "ns" => Some(Duration::from_nanos(number)),
                "us" => Some(Duration::from_micros(number)),
                "" | "ms" => Some(Duration::from_millis(number)),
                "s" => Some(Duration::from_secs(number)),
                "m" => number.checked_mul(60).map(Duration::from_secs),
                "h" => number.checked_mul(3600).map(Duration::from_secs),
                "d" => number.checked_mul(86_400).map(Duration::from_secs),
                _ => None,
            }
        };
        let duration = if text.starts_with(['P', 'p']) { iso_8601(text) } else { simple() };
        duration.map(DurationSetting).ok_or(NotASetting { expected: Self::EXPECTED })
    }
}

/// `P1DT2H3M4.5S` in any case; at least one part, in this order.
fn iso_8601(text: &str) -> Option<Duration> {
    let upper = text.to_ascii_uppercase();
    let rest = upper.strip_prefix('P')?;
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None if rest.is_empty() => return None,
        None => (rest, ""),
    };
    let mut total = Duration::ZERO;
    for (part, units) in [(days, &[('D', 86_400)][..]), (clock, &[('H', 3600), ('M', 60), ('S', 1)][..])] {
        let mut part = part;
        for (unit, seconds) in units {
            let Some((number, after)) = part.split_once(*unit) else { continue };
            let one = match number.split_once('.') {
                Some((whole, fraction)) if *unit == 'S' => with_fraction(whole, fraction)?,
                Some(_) => return None,
                None => Duration::from_secs(digits(number)?.checked_mul(*seconds)?),
            };
            total = total.checked_add(one)?;
            part = after;
        }
        if !part.is_empty() {
            return None;
        }
    }
    Some(total)
}

fn digits(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn with_fraction(whole: &str, fraction: &str) -> Option<Duration> {
    let nanoseconds = if fraction.len() > 9 { None } else { digits(&format!("{fraction:0<9}")) }?;
    Some(Duration::new(digits(whole)?, u32::try_from(nanoseconds).ok()?))
}

impl FromStr for DataSize {
    type Err = NotASetting;

    fn from_str(text: &str) -> Result<Self, NotASetting> {
        let parsed = number_and_unit(text.trim()).and_then(|(number, unit)| {
            let power = ["b", "kb", "mb", "gb", "tb"].iter().position(|known| *known == unit);
            let power = if unit.is_empty() { 0 } else { u32::try_from(power?).ok()? };
            number.checked_mul(1024_u64.pow(power))
        });
        parsed.map(DataSize).ok_or(NotASetting { expected: Self::EXPECTED })
    }
}

impl fmt::Display for DurationSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0.as_nanos();
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "us"), (1, "ns")];
        let (size, unit) = units.into_iter().find(|(size, _)| nanoseconds.is_multiple_of(*size)).unwrap_or((1, "ns"));
        write!(formatter, "{}{unit}", nanoseconds / size)
    }
}

impl fmt::Display for DataSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(30, "GB"), (20, "MB"), (10, "KB"), (0, "B")];
        let fits = |(shift, _): &(u32, &str)| self.0 != 0 && self.0.trailing_zeros() >= *shift;
        let (shift, unit) = units.into_iter().find(fits).unwrap_or((0, "B"));
        write!(formatter, "{}{unit}", self.0 >> shift)
    }
}

struct SettingVisitor<T>(PhantomData<T>);

impl<'de, T: Setting> Visitor<'de> for SettingVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Other("another text"), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }
}

macro_rules! serde_as_text {
    ($($type:ty)*) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_newtype_struct(SETTING, SettingVisitor(PhantomData))
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

serde_as_text!(DurationSetting DataSize);

/// Reads what is inside a newtype, whatever it is.
struct Inside<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Inside<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(LENIENT, Inside(PhantomData)).map(Lenient)
    }
}

impl<'de> Deserialize<'de> for DottedMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(DOTTED, Inside(PhantomData)).map(DottedMap)
    }
}

#[cfg(test)]
mod tests;
