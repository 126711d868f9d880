//! What GitHub, GitLab, Stash and Bitbucket send, as one event: `repoProject`, `slug`, `branch`, `hash` and `action`.
//!
//! Upstream: `GithubWebhookEventHandler`, `GitlabWebhookEventHandler`, `StashWebhookEventHandler`.

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{bitbucket, branch, text_at};
use crate::app::{Error, Event};

/// How the commit of a deleted branch begins.
const NO_COMMIT: &str = "000000000";

/// Reads it; says whether it is an event of which triggers are to know.
pub(super) fn read(event: &mut Event, source: &str) -> Result<bool, Error> {
    let posted = event.content.clone();
    match source {
        "github" if posted.contains_key("hook_id") => Ok(false),
        "github" => {
            let header = event.header("x-github-event").unwrap_or_default().to_owned();
            event.content.extend(github(&posted, &header));
            Ok(true)
        }
        "gitlab" => {
            event.content.extend(fields(
                text_at(&posted, &["project", "namespace"]),
                text_at(&posted, &["project", "name"]),
                text_at(&posted, &["after"]),
                branch(&text_at(&posted, &["ref"])),
                text_at(&posted, &["object_kind"]),
            ));
            Ok(true)
        }
        "stash" => {
            let changes = posted.get("refChanges").or_else(|| posted.get("changes"));
            let change = changes.and_then(|changes| changes.get(0)?.as_object());
            let change = change.ok_or_else(|| Error::invalid("refChanges has no change: it says what was pushed"))?;
            let hash = text_at(change, &["toHash"]);
            let is_event = !hash.starts_with(NO_COMMIT);
            event.content.extend(fields(
                text_at(&posted, &["repository", "project", "key"]),
                text_at(&posted, &["repository", "slug"]),
                hash,
                branch(&text_at(change, &["refId"])),
                String::new(),
            ));
            Ok(is_event)
        }
        "bitbucket" => {
            event.content.extend(bitbucket::read(&posted));
            let hash = event.content.text("hash").unwrap_or_default();
            Ok(!event.raw.is_empty() && !hash.starts_with(NO_COMMIT))
        }
        other => Err(Error::invalid(format!(
            "git webhooks come from github, gitlab, stash or bitbucket, not from {other:?}: correct the path"
        ))),
    }
}

/// The fields that a trigger is compared with.
pub(super) fn fields(project: String, slug: String, hash: String, branch: String, action: String) -> Object {
    let fields = [("repoProject", project), ("slug", slug), ("hash", hash), ("branch", branch), ("action", action)];
    fields.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// A pull request, a branch that was made or deleted, or a push.
fn github(posted: &Object, header: &str) -> Object {
    let slug = text_at(posted, &["repository", "name"]);
    if let Some(request) = posted.get("pull_request") {
        let empty = Object::new();
        let request = request.as_object().unwrap_or(&empty);
        let mut read = fields(
            text_at(posted, &["repository", "owner", "login"]),
            slug,
            text_at(request, &["head", "sha"]),
            text_at(request, &["head", "ref"]),
            format!("pull_request:{}", text_at(posted, &["action"])),
        );
        for name in ["number", "draft", "state", "title"] {
            if let Some(text) = request.text(name) {
                read.insert(name.to_owned(), text.into());
            }
        }
        return read;
    }
    if posted.get("ref_type").and_then(Value::as_str) == Some("branch") {
        let project = text_at(posted, &["repository", "owner", "login"]);
        return fields(project, slug, String::new(), text_at(posted, &["ref"]), format!("branch:{header}"));
    }
    fields(
        text_at(posted, &["repository", "owner", "name"]),
        slug,
        text_at(posted, &["after"]),
        branch(&text_at(posted, &["ref"])),
        "push:push".to_owned(),
    )
}
