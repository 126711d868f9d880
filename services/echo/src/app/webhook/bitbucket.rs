//! What Bitbucket sends, its cloud and its server: they differ in everything but the header that says what it is.
//!
//! Upstream: `BitbucketWebhookEventHandler`, `BitbucketServerEventHandler`.

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::{branch, git::fields, text_at};

/// The fields that a trigger is compared with; none for what it does not know.
pub(super) fn read(posted: &Object) -> Object {
    let kind = posted.text("event_type").unwrap_or_default();
    match kind.as_str() {
        "repo:push" | "pullrequest:fulfilled" => cloud(posted, kind),
        "repo:refs_changed" => {
            let change = first(posted, &["changes"]);
            fields(
                text_at(posted, &["repository", "project", "key"]),
                text_at(posted, &["repository", "slug"]),
                text_at(&change, &["toHash"]),
                branch(&text_at(&change, &["ref", "id"])),
                kind,
            )
        }
        "pr:opened" | "pr:from_ref_updated" | "pr:declined" | "pr:deleted" => server_request(posted, "fromRef", kind),
        "pr:merged" => server_request(posted, "toRef", kind),
        _ => Object::new(),
    }
}

fn server_request(posted: &Object, side: &str, kind: String) -> Object {
    let at = |path: &[&str]| text_at(posted, &[&["pullRequest"], path].concat());
    let hash = match side {
        "toRef" => at(&["properties", "mergeCommit", "id"]),
        _ => at(&[side, "latestCommit"]),
    };
    fields(
        at(&[side, "repository", "project", "key"]),
        at(&[side, "repository", "slug"]),
        hash,
        branch(&at(&[side, "id"])),
        kind,
    )
}

fn cloud(posted: &Object, kind: String) -> Object {
    let owner = text_at(posted, &["repository", "owner", "username"]);
    let project = if owner.is_empty() { text_at(posted, &["repository", "project", "key"]) } else { owner };
    let slug = text_at(posted, &["repository", "full_name"]);
    if posted.get("pullrequest").is_some_and(Value::is_object) {
        let hash = text_at(posted, &["pullrequest", "merge_commit", "hash"]);
        return fields(project, slug, hash, text_at(posted, &["pullrequest", "destination", "branch", "name"]), kind);
    }
    let change = first(posted, &["push", "changes"]);
    let hash = text_at(&first(&change, &["commits"]), &["hash"]);
    fields(project, slug, hash, text_at(&change, &["new", "name"]), kind)
}

/// The first object of a list; an empty one if there is none.
fn first(of: &Object, path: &[&str]) -> Object {
    let Some((list, before)) = path.split_last() else { return Object::new() };
    let parent = before.iter().try_fold(of, |object, name| object.get(*name)?.as_object());
    let first = parent.and_then(|parent| parent.get(*list)?.get(0)?.as_object());
    first.cloned().unwrap_or_default()
}
