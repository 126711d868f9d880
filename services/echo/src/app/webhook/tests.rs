use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn headers(named: &[(&'static str, &str)]) -> HeaderMap {
    named.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().expect("a value"))).collect()
}

fn webhook(kind: &str, source: &str, named: &[(&'static str, &str)], body: Value) -> Option<Event> {
    of_source(kind, source, headers(named), body.to_string().as_bytes(), NOW, None).expect("a webhook")
}

/// Project, repository, commit, branch and action.
fn read(source: &str, named: &[(&'static str, &str)], body: Value) -> Option<[String; 5]> {
    let event = webhook("git", source, named, body)?;
    Some(["repoProject", "slug", "hash", "branch", "action"].map(|name| event.content.text(name).unwrap_or_default()))
}

fn expect(read: Option<[String; 5]>, expected: [&str; 5]) {
    assert_eq!(read.expect("an event"), expected);
}

#[test]
fn a_webhook_has_its_payload_as_it_was_sent() {
    let event = webhook("webhook", "s", &[("x-event-key", "k")], json!({"a": 1})).expect("an event");
    assert_eq!(event.payload, json!({"a": 1}).as_object().cloned());
    assert_eq!(Value::Object(event.content), json!({"a": 1, "event_type": "k", "artifacts": []}));
    assert_eq!((event.source.as_deref(), event.raw.as_slice()), (Some("s"), &br#"{"a":1}"#[..]));
    assert!(of_source("webhook", "s", HeaderMap::new(), b"null", NOW, None).expect("a webhook").is_some());
    for wrong in [&b""[..], b"[]", b"{", b"text"] {
        assert!(of_source("webhook", "s", HeaderMap::new(), wrong, NOW, None).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_webhook_without_a_source_in_its_path_names_it() {
    let event =
        of_type("webhook", HeaderMap::new(), br#"{"source": "s", "parameters": {"p": 1}}"#, NOW).expect("an event");
    assert_eq!((event.source.as_deref(), event.payload), (Some("s"), None));
}

#[test]
fn github_tells_of_pushes_pull_requests_and_branches() {
    let repository = json!({"name": "r", "owner": {"name": "p", "login": "l"}, "full_name": "p/r"});
    let push = json!({"ref": "refs/heads/main", "after": "abc", "repository": repository});
    expect(read("github", &[], push), ["p", "r", "abc", "main", "push:push"]);
    let request = json!({
        "action": "opened", "repository": repository,
        "pull_request": {"head": {"ref": "f/x", "sha": "def"}, "number": 4, "draft": true, "state": "open", "title": "t"},
    });
    expect(read("github", &[], request.clone()), ["l", "r", "def", "f/x", "pull_request:opened"]);
    let event = webhook("git", "github", &[], request).expect("an event");
    assert_eq!((&event.content["number"], &event.content["draft"]), (&json!("4"), &json!("true")));
    let made = json!({"ref_type": "branch", "ref": "b", "repository": repository});
    expect(read("github", &[("x-github-event", "create")], made), ["l", "r", "", "b", "branch:create"]);
    assert!(read("github", &[], json!({"hook_id": 1, "repository": repository})).is_none(), "a ping");
}

#[test]
fn gitlab_and_stash_tell_of_pushes() {
    let gitlab = json!({"object_kind": "push", "after": "abc", "ref": "refs/heads/main", "project": {"name": "r", "namespace": "n"}});
    expect(read("gitlab", &[], gitlab), ["n", "r", "abc", "main", "push"]);
    let stash = |hash: &str| {
        json!({
            "refChanges": [{"toHash": hash, "refId": "refs/heads/main"}], "repository": {"slug": "r", "project": {"key": "P"}},
        })
    };
    expect(read("stash", &[], stash("abc")), ["P", "r", "abc", "main", ""]);
    assert!(read("stash", &[], stash("0000000000")).is_none(), "a branch is gone");
    assert!(of_source("git", "stash", HeaderMap::new(), b"{}", NOW, None).is_err());
    assert!(of_source("git", "pigeon", HeaderMap::new(), b"{}", NOW, None).is_err());
}

#[test]
fn bitbucket_tells_of_much() {
    let cloud = json!({
        "repository": {"full_name": "o/r", "owner": {"username": "o"}},
        "push": {"changes": [{"new": {"name": "main"}, "commits": [{"hash": "abc"}]}]},
    });
    expect(read("bitbucket", &[("x-event-key", "repo:push")], cloud), ["o", "o/r", "abc", "main", "repo:push"]);
    let merged = json!({"pullRequest": {
        "toRef": {"id": "refs/heads/main", "repository": {"slug": "r", "project": {"key": "P"}}},
        "properties": {"mergeCommit": {"id": "def"}},
    }});
    expect(read("bitbucket", &[("x-event-key", "pr:merged")], merged), ["P", "r", "def", "main", "pr:merged"]);
    let refs = json!({
        "repository": {"slug": "r", "project": {"key": "P"}}, "changes": [{"toHash": "abc", "ref": {"id": "refs/heads/x"}}],
    });
    expect(
        read("bitbucket", &[("x-event-key", "repo:refs_changed")], refs),
        ["P", "r", "abc", "x", "repo:refs_changed"],
    );
    let opened = json!({"pullRequest": {"fromRef": {"id": "refs/heads/f", "latestCommit": "c", "repository": {"slug": "r", "project": {"key": "P"}}}}});
    expect(read("bitbucket", &[("x-event-key", "pr:opened")], opened), ["P", "r", "c", "f", "pr:opened"]);
    assert!(of_source("git", "bitbucket", HeaderMap::new(), b"", NOW, None).expect("a ping").is_none());
    expect(read("bitbucket", &[], json!({"test": true})), ["", "", "", "", ""]);
}

#[test]
fn registries_and_repositories_bring_artifacts() {
    let artifacts = |kind: &str, source: &str, body: Value| {
        webhook(kind, source, &[], body).expect("an event").content["artifacts"].clone()
    };
    let hub =
        json!({"callback_url": "cb", "push_data": {"tag": "1", "pusher": "ann"}, "repository": {"repo_name": "o/r"}});
    let image = json!([{
        "customKind": false, "type": "docker/image", "name": "index.docker.io/o/r", "version": "1",
        "reference": "index.docker.io/o/r:1", "provenance": "cb", "metadata": {"pusher": "ann"},
    }]);
    assert_eq!(artifacts("webhook", "dockerhub", hub), image);
    let registry = json!({"events": [
        {"action": "push", "target": {"mediaType": MANIFEST, "repository": "r", "tag": "1"}, "request": {"host": "h"}},
        {"action": "push", "target": {"mediaType": MANIFEST, "repository": "r", "digest": "sha256:1"}},
        {"action": "pull", "target": {"mediaType": MANIFEST, "repository": "r", "tag": "1"}},
        {"action": "push", "target": {"mediaType": "other", "repository": "r", "tag": "1"}},
    ]});
    let found = artifacts("webhook", "dockerregistry", registry);
    assert_eq!(
        (&found[0]["reference"], &found[1]["reference"], found.get(2)),
        (&json!("h/r:1"), &json!("r@sha256:1"), None)
    );
    let quay =
        json!({"repository": "o/r", "docker_url": "quay.io/o/r", "updated_tags": ["1", "2"], "homepage": "home"});
    assert_eq!(artifacts("webhook", "quay", quay)[1]["reference"], "quay.io/o/r:2");
    let nexus = json!({"repositoryName": "releases", "component": {"group": "g", "name": "a", "version": "1"}});
    assert_eq!(artifacts("webhook", "Nexus", nexus)[0]["reference"], "g:a:1");
    let github = json!({
        "after": "abc", "repository": {"name": "r", "contents_url": "https://api/contents/{+path}"},
        "commits": [{"added": ["a.txt"], "modified": ["b/c.yml"]}, {"modified": ["a.txt"]}],
    });
    let found = artifacts("git", "github", github);
    assert_eq!(
        (&found[1]["reference"], &found[1]["version"], found.get(2)),
        (&json!("https://api/contents/b/c.yml"), &json!("abc"), None)
    );
    let gitlab = json!({
        "after": "abc", "project": {"homepage": "https://lab/g/r", "path_with_namespace": "g/r"}, "commits": [{"added": ["d/e f"]}],
    });
    assert_eq!(
        artifacts("git", "gitlab", gitlab)[0]["reference"],
        "https://lab/api/v4/projects/g%2Fr/repository/files/d%2Fe+f/raw"
    );
    let own = json!({"artifacts": [{"name": "x"}], "push_data": {}, "repository": {}});
    assert_eq!(artifacts("webhook", "dockerhub", own), json!([{"name": "x"}]), "those that it names go first");
}

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

#[test]
fn a_cdevent_is_in_the_body_or_in_a_header() {
    let data = json!({"context": {"id": "1"}, "subject": {"id": "Größe"}, "customData": {"parameters": {"p": 1}}});
    let whole =
        json!({"specversion": "1.0", "id": "1", "type": "dev.cdevents.x", "source": "s", "data": data}).to_string();
    let in_header = headers(&[("ce-data", &data.to_string())]);
    for (headers, body) in [(HeaderMap::new(), whole.as_str()), (in_header, "{}")] {
        let event = cd_event("s", headers, body.as_bytes(), NOW).expect("an event");
        assert_eq!((event.kind.as_str(), event.source.as_deref()), ("cdevents", Some("s")));
        assert_eq!((event.payload, &event.content["parameters"]), (data.as_object().cloned(), &json!({"p": 1})));
    }
    for wrong in [r#"{"context": {"id": 1}, "subject": {"id": 2}}"#, "[]", "x"] {
        assert!(cd_event("s", headers(&[("ce-data", wrong)]), b"", NOW).is_err(), "{wrong}");
    }
    assert!(cd_event("s", HeaderMap::new(), b"{}", NOW).is_err());
}

#[test]
fn a_template_brings_its_artifacts_beside_those_that_are_known_unless_the_webhook_names_its_own() {
    let names = |source: &str, body: Value| {
        let template = Some(r#"[{"name": "{{ job }}"}]"#);
        let event = of_source("webhook", source, HeaderMap::new(), body.to_string().as_bytes(), NOW, template);
        let artifacts = event.expect("a webhook").expect("an event").content["artifacts"].clone();
        artifacts.as_array().expect("a list").iter().map(|found| found["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("ci", json!({"job": "build"})), ["build"]);
    let hub = json!({"job": "build", "repository": {"repo_name": "a/b"}, "push_data": {"tag": "1"}});
    assert_eq!(names("dockerhub", hub), ["index.docker.io/a/b", "build"]);
    assert_eq!(names("ci", json!({"job": "build", "artifacts": [{"name": "own"}]})), ["own"]);
}
