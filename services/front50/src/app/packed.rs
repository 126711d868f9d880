//! An item as it is kept in memory: as it is, or packed into its JSON text.
//!
//! A decoded pipeline of 2 kB takes about six times its text, and an install has tens of thousands of which hardly one is looked
//! at. So those are kept as their compressed texts: a list of all is written from the texts, and one is decoded when it is
//! asked for (some 15 us). What is small or looked at in every call stays decoded.

use std::sync::Arc;

use gennaker_base::CompressedText;
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::Error as _};
use serde_json::value::RawValue;

/// The JSON text of a whole item. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Packed(CompressedText);

/// An item as it is kept. Clones share it.
#[derive(Debug)]
pub(crate) enum Kept<T> {
    /// As it is.
    Whole(Arc<T>),
    /// As its text.
    Packed(Packed),
}

/// What can be kept.
pub(crate) trait Keep: Sized {
    /// The item as it is to be kept: as it is, unless it says otherwise.
    fn keep(self: &Arc<Self>) -> Kept<Self> {
        Kept::Whole(self.clone())
    }

    /// The item of its text: `None` if it is none. To be given by what is packed.
    fn unpack(_packed: &Packed) -> Option<Self> {
        None
    }
}

impl Packed {
    /// The text of an item; `None` if it cannot be written as JSON.
    pub(crate) fn of<T: Serialize>(item: &T) -> Option<Packed> {
        serde_json::to_string(item).ok().map(|text| Packed(CompressedText::of(&text)))
    }

    /// The JSON text.
    pub(crate) fn text(&self) -> String {
        self.0.text()
    }

    /// The item, or a part of it. What cannot be decoded is in the log, and `None`.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        let decoded = serde_json::from_str(&self.text());
        decoded.inspect_err(|error| tracing::error!(%error, "an item in memory cannot be decoded and is left out")).ok()
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.text()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        match self {
            Kept::Whole(item) => Kept::Whole(item.clone()),
            Kept::Packed(packed) => Kept::Packed(packed.clone()),
        }
    }
}

impl<T> Kept<T> {
    /// How many bytes its text has; 0 if it is not kept as a text.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Kept::Whole(_) => 0,
            Kept::Packed(packed) => packed.0.len(),
        }
    }
}

impl<T: Keep> Kept<T> {
    /// The item; `None` if its text cannot be decoded, which the log says.
    pub(crate) fn item(&self) -> Option<Arc<T>> {
        match self {
            Kept::Whole(item) => Some(item.clone()),
            Kept::Packed(packed) => T::unpack(packed).map(Arc::new),
        }
    }
}

impl<T: Serialize> Kept<T> {
    /// Some of the item's fields, without the rest.
    pub(crate) fn part<P: for<'de> Deserialize<'de>>(&self) -> Option<P> {
        match self {
            Kept::Whole(item) => Packed::of(item.as_ref())?.decode(),
            Kept::Packed(packed) => packed.decode(),
        }
    }
}

impl<T: Serialize> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Kept::Whole(item) => item.serialize(serializer),
            Kept::Packed(packed) => packed.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use gennaker_wire::Pipeline;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_is_packed_is_the_same_again() {
        let sent = json!({
            "id": "1", "name": "é\n", "application": "shop", "index": -3, "stages": [{"a": 1.10, "b": u64::MAX, "c": null}],
            "triggers": [], "foo": null, "deep": {"z": 1, "a": [{}]}
        });
        let pipeline: Pipeline = serde_json::from_value(sent.clone()).expect("a pipeline");
        let kept = Arc::new(pipeline.clone()).keep();
        assert!(matches!(kept, Kept::Packed(_)));
        assert_eq!(kept.item().as_deref(), Some(&pipeline));
        assert_eq!(json!(kept), sent);
        let part: Option<Value> = kept.part();
        assert_eq!(part, Some(sent));
    }
}
