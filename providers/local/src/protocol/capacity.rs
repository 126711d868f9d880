//! How many instances a server group has, and how that is changed.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::spec::thirty_seconds;

/// How many instances a server group may have and has. Read from a number too, which stands for all three.
///
/// ```
/// use gennaker_provider_local::protocol::Capacity;
///
/// let fixed: Capacity = serde_json::from_str("2").unwrap();
/// assert_eq!(fixed, Capacity { min: 2, max: 2, desired: 2 });
/// let scaled: Capacity = serde_json::from_str(r#"{"min": 1, "max": 5, "desired": 3}"#).unwrap();
/// assert_eq!(scaled.desired, 3);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Capacity {
    /// The least that scaling may leave.
    pub min: u32,
    /// The most that scaling may make.
    pub max: u32,
    /// How many there are to be.
    pub desired: u32,
}

impl Capacity {
    /// As many, and never more or fewer.
    pub const fn fixed(instances: u32) -> Self {
        Capacity { min: instances, max: instances, desired: instances }
    }

    /// Whether `min <= desired <= max`.
    pub fn is_ordered(&self) -> bool {
        self.min <= self.desired && self.desired <= self.max
    }

    /// This capacity with what `change` gives. Without a new `desired` the old one is moved into the new bounds.
    pub fn changed(&self, change: &CapacityChange) -> Capacity {
        let (min, max) = (change.min.unwrap_or(self.min), change.max.unwrap_or(self.max));
        let desired = change.desired.unwrap_or_else(|| self.desired.min(max).max(min));
        Capacity { min, max, desired }
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "min {}, desired {}, max {}", self.min, self.desired, self.max)
    }
}

/// Any of a [`Capacity`]'s numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CapacityChange {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
}

impl CapacityChange {
    /// Whether it gives no number at all.
    pub fn is_empty(&self) -> bool {
        *self == CapacityChange::default()
    }
}

/// Another capacity for a server group.
///
/// More instances are started before it is answered; if one cannot be started, none of them is left and nothing has
/// changed. Fewer are taken out of traffic at once, the unhealthy ones first and among equals the oldest; they are drained
/// and stopped after the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResizeRequest {
    /// What changes.
    pub capacity: CapacityChange,
    /// Refused with `conflict` if the capacity is another one than this says; by default it says nothing.
    #[serde(default, skip_serializing_if = "CapacityChange::is_empty")]
    pub expected: CapacityChange,
    /// Milliseconds in which requests to instances that go may end by themselves. 30,000 by default, at most 600,000.
    #[serde(default = "thirty_seconds")]
    pub drain_timeout_ms: u64,
}

/// The end of some instances. Each is taken out of traffic at once, and drained and stopped after the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminationRequest {
    /// Their ids, of any server groups.
    pub instances: Vec<String>,
    /// Whether the server group shall have fewer instances then; otherwise each is replaced at once by one of a new id.
    #[serde(default)]
    pub decrement: bool,
    /// With `decrement`: whether the capacity's minimum gives way. Otherwise going below it is refused.
    #[serde(default)]
    pub adjust_min: bool,
    /// With `decrement`: whether the capacity's maximum becomes the new number of instances.
    #[serde(default)]
    pub set_max_to_desired: bool,
    /// Milliseconds in which their requests may end by themselves. 30,000 by default, at most 600,000.
    #[serde(default = "thirty_seconds")]
    pub drain_timeout_ms: u64,
}

/// The answer to a termination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terminated {
    /// The instances that end.
    pub instances: Vec<String>,
    /// Those that were started in their place.
    pub replacements: Vec<String>,
}

/// Whether some instances get requests of load balancers of their server group, while that is enabled. Instances are
/// registered from the start, and all of them again when their server group is enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationRequest {
    /// Their ids; or leave it out and give `serverGroup` and `percentage`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<String>,
    /// A server group of which some instances are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_group: Option<String>,
    /// How much of `serverGroup` is to be so afterwards, rounded up to whole instances; what is so already counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u32>,
    /// The balancers; by default all of the server group's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_balancers: Vec<String>,
    /// Whether they get requests.
    pub registered: bool,
    /// When taking them out: milliseconds in which their requests may end by themselves; what is left then is cut. 30,000
    /// by default, at most 600,000.
    #[serde(default = "thirty_seconds")]
    pub drain_timeout_ms: u64,
}

/// The answer to a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The instances of which it was asked, or that were chosen.
    pub instances: Vec<String>,
    /// How many requests and upgraded connections were still running at the end of the drain time and were cut.
    pub cut: usize,
}

impl<'de> Deserialize<'de> for Capacity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CapacityVisitor)
    }
}

struct CapacityVisitor;

impl<'de> Visitor<'de> for CapacityVisitor {
    type Value = Capacity;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number of instances, or an object with min, max and desired")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Capacity, E> {
        let wrong = || E::invalid_value(serde::de::Unexpected::Unsigned(number), &self);
        u32::try_from(number).map(Capacity::fixed).map_err(|_| wrong())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Capacity, A::Error> {
        let given = CapacityChange::deserialize(MapAccessDeserializer::new(map))?;
        let desired = given.desired.ok_or_else(|| serde::de::Error::missing_field("desired"))?;
        Ok(Capacity { min: given.min.unwrap_or(desired), max: given.max.unwrap_or(desired), desired })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_give_and_moves_the_number_into_the_bounds() {
        let capacity = Capacity { min: 1, max: 5, desired: 3 };
        let change = |min, max, desired| capacity.changed(&CapacityChange { min, max, desired });
        assert_eq!(change(None, None, Some(4)), Capacity { min: 1, max: 5, desired: 4 });
        assert_eq!(change(Some(4), None, None), Capacity { min: 4, max: 5, desired: 4 });
        assert_eq!(change(None, Some(2), None), Capacity { min: 1, max: 2, desired: 2 });
        assert!(!change(None, Some(2), Some(3)).is_ordered());
    }

    #[test]
    fn what_is_no_capacity_is_named() {
        for (text, word) in
            [("-1", "-1"), ("\"two\"", "two"), (r#"{"min": 1}"#, "desired"), ("5000000000", "5000000000")]
        {
            let message = serde_json::from_str::<Capacity>(text).expect_err("it is wrong").to_string();
            assert!(message.contains(word), "{text}: {message}");
        }
    }
}
