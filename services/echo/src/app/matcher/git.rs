//! Pushes and pull requests. Upstream: `GitEventHandler`.

use gennaker_artifacts::Artifact;
use gennaker_javaregex::Regex;
use gennaker_wire::{Object, ObjectExt};
use ring::hmac;
use serde_json::Value;

use super::{Matcher, is_whatever_case, with};
use crate::app::{Error, Event};

/// The header that has a webhook's signature.
const SIGNATURE: &str = "x-hub-signature";
/// The header that has the number of GitHub's delivery.
const DELIVERY: &str = "x-github-delivery";

/// Something that happened in a repository.
pub(super) struct Git {
    id: String,
    source: Option<String>,
    project: Option<String>,
    slug: Option<String>,
    branch: Option<String>,
    hash: Option<String>,
    action: Option<String>,
    /// What a pull request has besides.
    properties: Vec<(&'static str, Value)>,
    artifacts: Vec<Artifact>,
    signature: Option<String>,
    delivery: Option<String>,
    raw: Vec<u8>,
    shared_secret: String,
}

impl Git {
    pub(super) fn read(event: &Event, shared_secret: &str) -> Result<Git, Error> {
        let content = &event.content;
        let properties = [
            ("number", content.integer("number").map(Value::from)),
            ("draft", content.boolean("draft").map(Value::from)),
            ("state", content.text("state").map(Value::from)),
            ("title", content.text("title").map(Value::from)),
        ];
        Ok(Git {
            id: event.id.clone(),
            source: event.source.clone(),
            project: content.text("repoProject"),
            slug: content.text("slug"),
            branch: content.text("branch"),
            hash: content.text("hash"),
            action: content.text("action"),
            properties: properties.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
            artifacts: Event::artifacts_in(content, "artifacts")?,
            signature: event.header(SIGNATURE).map(str::to_owned),
            delivery: event.header(DELIVERY).map(str::to_owned),
            raw: event.raw.clone(),
            shared_secret: shared_secret.to_owned(),
        })
    }

    /// Whether the trigger takes this branch: all if it names none.
    fn is_branch(&self, trigger: &Object) -> bool {
        let Some(pattern) = trigger.text("branch").filter(|pattern| !pattern.is_empty()) else { return true };
        let Some(branch) = &self.branch else { return false };
        let matches = Regex::new(&pattern).and_then(|pattern| pattern.matches(branch));
        matches.unwrap_or_else(|error| {
            tracing::warn!(%error, pattern, "the branch of a git trigger cannot be judged: it does not fire");
            false
        })
    }

    /// Whether a trigger that asks for no signature gets none, and one that does the right one.
    fn is_signed(&self, trigger: &Object) -> bool {
        let own = trigger.text("secret").filter(|secret| !secret.is_empty());
        let shared = Some(self.shared_secret.clone()).filter(|secret| !secret.is_empty());
        match (own.or(shared), &self.signature) {
            (None, None) => true,
            (Some(secret), Some(signature)) => is_signature(signature, &secret, &self.raw),
            (secret, _) => {
                let has_secret = secret.is_some();
                tracing::warn!(has_secret, "a git trigger does not fire: either both have to be signed, or neither");
                false
            }
        }
    }

    fn is_event(&self, trigger: &Object) -> bool {
        let events = trigger.texts("events");
        events.is_empty() || self.action.as_ref().is_some_and(|action| events.contains(action))
    }
}

/// Whether it is the secret's signature of that text, in constant time.
fn is_signature(signature: &str, secret: &str, text: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let hex = signature.strip_prefix("sha1=").unwrap_or(signature);
    let digits: Option<Vec<u8>> = hex.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect();
    let bytes: Option<Vec<u8>> = digits
        .map(|digits| digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect());
    bytes.is_some_and(|bytes| hex.len().is_multiple_of(2) && hmac::verify(&key, text, &bytes).is_ok())
}

impl Matcher for Git {
    fn types(&self) -> &'static [&'static str] {
        &["git"]
    }

    fn fire(&self, trigger: &Object) -> Option<Object> {
        let is_repository = is_whatever_case(trigger, "source", self.source.as_deref())
            && is_whatever_case(trigger, "project", self.project.as_deref())
            && is_whatever_case(trigger, "slug", self.slug.as_deref());
        if !(is_repository && self.is_branch(trigger) && self.is_signed(trigger) && self.is_event(trigger)) {
            return None;
        }
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::from);
        let mut properties = trigger.object("properties").cloned().unwrap_or_default();
        properties.extend(self.properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Some(with(
            trigger,
            [
                ("hash", text(&self.hash)),
                ("branch", text(&self.branch)),
                ("action", text(&self.action)),
                ("eventId", self.id.clone().into()),
                ("buildNumber", Value::Null),
                ("tag", Value::Null),
                ("properties", Value::Object(properties)),
            ],
        ))
    }

    fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }

    fn identity(&self) -> Option<(String, Option<i64>)> {
        self.delivery.as_ref().map(|delivery| (format!("delivery/{delivery}"), None))
    }
}
