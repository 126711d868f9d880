//! Reading from a bucket: objects, listings and histories.

use bytes::Bytes;
use gennaker_base::Timestamp;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

use super::{ANSWER_LIMIT, Bucket, Call, Failure, Problem, UNTAGGED, is_absent, xml::Element};
use crate::{Entry, Key, Listing, Object, Result, Revision, Version};

/// The id of the one revision of an object in a bucket without history, S3's own word.
pub(super) const PRESENT: &str = "null";

/// What an object was.
pub(super) struct Versions {
    /// Newest first, without the markers of deletions.
    pub(super) kept: Vec<Kept>,
    /// Whether its newest version is the marker of a deletion.
    pub(super) is_deleted: bool,
}

/// A past or present content of an object.
pub(super) struct Kept {
    pub(super) revision: Revision,
    /// Its entity tag in quotes, as the server tells it.
    pub(super) tag: Option<String>,
}

impl Bucket {
    /// An object as it is, or as it was in a revision.
    pub(super) async fn get(&self, key: &Key, revision: Option<&str>) -> Result<Option<Object>> {
        const DOING: &str = "the reading of an object";
        let query: Vec<_> = revision.map(|id| ("versionId", id)).into_iter().collect();
        let answer = self.send(key, Method::GET, &query, &[], Bytes::new()).await?;
        if answer.status.is_success() {
            let version = match answer.etag() {
                Some(tag) => tag.to_owned(),
                None => format!("{UNTAGGED}{:x}", Sha256::digest(&answer.body)),
            };
            let modified = answer.modified().unwrap_or(Timestamp::ZERO);
            return Ok(Some(Object { bytes: answer.body, version: Version(version), modified }));
        }
        let absent = match answer.status {
            StatusCode::NOT_FOUND => is_absent(&answer),
            // No such id, or that of a deletion.
            StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED => revision.is_some(),
            _ => false,
        };
        if absent { Ok(None) } else { Err(self.refused(&answer, DOING)) }
    }

    pub(super) async fn list(&self, prefix: &Key) -> Result<Listing> {
        const DOING: &str = "the listing of objects";
        let (prefix, page) = (format!("{prefix}/"), self.page());
        let mut listing = Listing::default();
        let mut token: Option<String> = None;
        loop {
            let mut query =
                vec![("encoding-type", "url"), ("list-type", "2"), ("max-keys", &page), ("prefix", &prefix)];
            query.extend(token.as_deref().map(|token| ("continuation-token", token)));
            let document = self.ask(DOING, &query).await?;
            for object in document.all("Contents") {
                let Some(key) = key_of(&document, object).and_then(|key| Key::new(key).ok()) else { continue };
                let time = object.text("LastModified").unwrap_or_default();
                let Some(modified) = timestamp(time) else {
                    return Err(self.fail(Problem::Unreadable { doing: DOING }));
                };
                let stamp = format!("{}/{time}", object.text("ETag").unwrap_or_default());
                listing.entries.push(Entry { key, stamp, modified });
            }
            if document.text("IsTruncated") != Some("true") {
                break;
            }
            let next = document.text("NextContinuationToken").map(str::to_owned);
            if next.is_none() || next == token {
                return Err(self.fail(Problem::Unreadable { doing: DOING }));
            }
            token = next;
        }
        // Servers list in this order; who compares listings relies on it.
        listing.entries.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(listing)
    }

    pub(super) async fn history(&self, key: &Key, limit: usize) -> Result<Vec<Revision>> {
        if !self.server.has_history {
            let present = self.get(key, None).await?;
            let revision = present.map(|object| Revision { id: PRESENT.to_owned(), modified: object.modified });
            return Ok(revision.into_iter().take(limit).collect());
        }
        Ok(self.versions(key, limit).await?.kept.into_iter().map(|kept| kept.revision).collect())
    }

    /// What an object was, at most `limit` contents.
    pub(super) async fn versions(&self, key: &Key, limit: usize) -> Result<Versions> {
        const DOING: &str = "the listing of an object's versions";
        let page = self.page();
        let mut kept = Vec::new();
        let mut is_deleted = false;
        let mut marker: Option<(String, String)> = None;
        while kept.len() < limit {
            let mut query = vec![("max-keys", page.as_str()), ("prefix", key.as_str()), ("versions", "")];
            if let Some((key, version)) = &marker {
                query.push(("key-marker", key));
                query.extend((!version.is_empty()).then_some(("version-id-marker", version.as_str())));
            }
            let document = self.ask(DOING, &query).await?;
            is_deleted |= document.all("DeleteMarker").any(|deletion| {
                deletion.text("IsLatest") == Some("true")
                    && key_of(&document, deletion).as_deref() == Some(key.as_str())
            });
            let mut beyond = false;
            for version in document.all("Version") {
                // Keys that go on after this one have its prefix too, and come after it.
                if key_of(&document, version).as_deref() != Some(key.as_str()) {
                    beyond = true;
                    continue;
                }
                let modified = version.text("LastModified").and_then(timestamp);
                let (Some(id), Some(modified)) = (version.text("VersionId"), modified) else {
                    return Err(self.fail(Problem::Unreadable { doing: DOING }));
                };
                let revision = Revision { id: id.to_owned(), modified };
                kept.push(Kept { revision, tag: version.text("ETag").map(str::to_owned) });
            }
            let next = document.text("NextKeyMarker").map(|key| {
                let version = document.text("NextVersionIdMarker").unwrap_or_default();
                (key.to_owned(), version.to_owned())
            });
            if beyond || document.text("IsTruncated") != Some("true") {
                break;
            }
            if next.is_none() || next == marker {
                return Err(self.fail(Problem::Unreadable { doing: DOING }));
            }
            marker = next;
        }
        kept.truncate(limit);
        Ok(Versions { kept, is_deleted })
    }

    fn page(&self) -> String {
        self.options.page.clamp(1, 1000).to_string()
    }

    /// Asks the bucket something that is answered in XML.
    async fn ask(&self, doing: &'static str, query: &[(&str, &str)]) -> Result<Element> {
        let (method, body) = (Method::GET, Bytes::new());
        let call = Call { method, key: None, query, headers: &[], body, limit: ANSWER_LIMIT, open: false };
        let answer = match self.client.send(&call).await {
            Ok(answer) if answer.status.is_success() => answer,
            Ok(answer) => return Err(self.refused(&answer, doing)),
            Err(Failure::Problem(problem)) => return Err(self.fail(problem)),
            Err(Failure::TooLarge(_)) => return Err(self.fail(Problem::Unreadable { doing })),
        };
        Element::parse(&answer.body).ok_or_else(|| self.fail(Problem::Unreadable { doing }))
    }
}

/// The key of an element of a listing, which may be encoded as in a URL.
fn key_of(document: &Element, element: &Element) -> Option<String> {
    let key = element.text("Key")?;
    if document.text("EncodingType") != Some("url") {
        return Some(key.to_owned());
    }
    let key = key.replace('+', " ");
    percent_decode_str(&key).decode_utf8().ok().map(|key| key.into_owned())
}

/// A time in whole seconds, as `Last-Modified` tells it.
fn timestamp(text: &str) -> Option<Timestamp> {
    let seconds = text.parse::<jiff::Timestamp>().ok()?.as_second();
    Some(Timestamp::from_millis(seconds.checked_mul(1000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_only_where_they_are_encoded() {
        let key = |encoding: &str| {
            let text = format!("<L><EncodingType>{encoding}</EncodingType><C><Key>a+b%2Bc%20d%C3%BC</Key></C></L>");
            let document = Element::parse(text.as_bytes()).expect("a document");
            let first = document.all("C").next().and_then(|element| key_of(&document, element));
            first.expect("a key")
        };
        assert_eq!((key("url").as_str(), key("").as_str()), ("a b+c dü", "a+b%2Bc%20d%C3%BC"));
    }

    #[test]
    fn times_have_whole_seconds() {
        for text in ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20.417399032Z"] {
            assert_eq!(timestamp(text), Some(Timestamp::from_millis(1_700_000_000_000)), "{text}");
        }
        assert_eq!(timestamp("yesterday"), None);
    }
}
