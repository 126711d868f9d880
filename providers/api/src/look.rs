//! What is asked of a cloud beside its inventory: a fresh look, images, and the output of what runs.

use std::collections::BTreeMap;

use gennaker_wire::{Image, ObjectExt};

/// What is to be looked at anew: at least this, so that a cloud with a budget of requests need not look at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefreshScope {
    /// The account.
    pub account: String,
    /// Only what is in this region.
    pub region: Option<String>,
    /// Only things of this kind, as upstream names them for on-demand refreshes: `ServerGroup`, `LoadBalancer`,
    /// `SecurityGroup`, `Job`.
    pub kind: Option<String>,
    /// Only the thing of this name.
    pub name: Option<String>,
}

impl RefreshScope {
    /// All of an account.
    pub fn account(name: &str) -> Self {
        RefreshScope { account: name.to_owned(), ..RefreshScope::default() }
    }
}

/// What came of a fresh look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// The inventory shows of the scope what the cloud said after the call began.
    Done,
    /// The provider keeps up by itself: once the inventory's freshness is later than the call, it is.
    Follows,
}

/// Which images are looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageQuery {
    /// Part of the name or the id, or a pattern of them with `*`; in any case. All if there is none.
    pub text: Option<String>,
    /// Only those of this account.
    pub account: Option<String>,
    /// Only those in this region.
    pub region: Option<String>,
    /// Only those with all these tags.
    pub tags: BTreeMap<String, String>,
}

impl ImageQuery {
    /// Whether it looks for `image`.
    pub fn matches(&self, image: &Image) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let named = |text: &String| text_matches(text, &image.name) || text_matches(text, &image.id);
        is(&self.account, &image.account)
            && is(&self.region, &image.region)
            && self.text.as_ref().is_none_or(named)
            && self.tags.iter().all(|(name, value)| image.tags.text(name).as_ref() == Some(value))
    }
}

/// Whether `value` contains `text`, or is as the pattern says.
fn text_matches(text: &str, value: &str) -> bool {
    let (text, value) = (text.to_lowercase(), value.to_lowercase());
    let mut parts = text.split('*');
    let first = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return value.contains(first) };
    let Some(mut rest) = value.strip_prefix(first) else { return false };
    for part in middle {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Which piece of an output is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFrom {
    /// The last bytes of what there is.
    End,
    /// What begins at [`LogPiece::next`] of the piece before; 0 is the beginning.
    Position(u64),
}

/// A piece of an output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPiece {
    /// The text; broken bytes are replaced.
    pub text: String,
    /// Where it begins: later than asked if what lay before is not kept any more. Positions grow, and only the provider
    /// knows their unit: bytes, or nanoseconds.
    pub start: u64,
    /// Where the next piece begins.
    pub next: u64,
    /// Whether nothing will follow, because what wrote it has ended.
    pub ended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::Object;
    use serde_json::json;

    #[test]
    fn images_are_found_by_parts_patterns_and_tags() {
        let tags: Object = json!({"stage": "qa"}).as_object().expect("an object").clone();
        let image = Image {
            id: "ami-1".into(),
            name: "Shop-2.0-x86".into(),
            account: "test".into(),
            region: "north".into(),
            tags,
            ..Image::default()
        };
        let text = |text: &str| ImageQuery { text: Some(text.into()), ..ImageQuery::default() };
        for (query, found) in [
            (ImageQuery::default(), true),
            (text("shop"), true),
            (text("ami-1"), true),
            (text("shop*x86"), true),
            (text("*2.0*"), true),
            (text("shop*arm"), false),
            (text("op*"), false),
            (ImageQuery { region: Some("south".into()), ..text("shop") }, false),
            (ImageQuery { tags: [("stage".into(), "qa".into())].into(), ..text("shop") }, true),
            (ImageQuery { tags: [("stage".into(), "live".into())].into(), ..text("shop") }, false),
        ] {
            assert_eq!(query.matches(&image), found, "{query:?}");
        }
    }
}
