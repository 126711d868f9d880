//! The artifacts that registries and repositories say they have, in their own words.
//!
//! Upstream: `DockerHubArtifactExtractor`, `DockerRegistryArtifactExtractor`, `QuayArtifactExtractor`, `NexusArtifactExtractor`,
//! `GitHubArtifactExtractor`, `GitlabV4ArtifactExtractor`.

use std::collections::BTreeSet;

use gennaker_artifacts::Artifact;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use super::text_at;

const IMAGE: &str = "docker/image";
/// What a registry pushes, of all that it tells.
const MANIFESTS: [&str; 2] =
    ["application/vnd.docker.distribution.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

/// The artifacts of a webhook.
pub(super) fn of(kind: &str, source: &str, payload: &Object) -> Vec<Artifact> {
    match (kind, source) {
        (_, "dockerhub") => docker_hub(payload),
        (_, "dockerregistry") => docker_registry(payload),
        (_, "quay") => quay(payload),
        (_, source) if source.eq_ignore_ascii_case("nexus") => nexus(payload),
        ("git", "github") => github(payload),
        ("git", "gitlab") => gitlab(payload),
        _ => Vec::new(),
    }
}

fn artifact(kind: &str, name: &str, version: &str, reference: String) -> Artifact {
    Artifact {
        kind: Some(kind.to_owned()),
        name: Some(name.to_owned()),
        version: Some(version.to_owned()),
        reference: Some(reference),
        ..Artifact::default()
    }
}

fn docker_hub(payload: &Object) -> Vec<Artifact> {
    let (Some(repository), Some(push)) = (payload.object("repository"), payload.object("push_data")) else {
        tracing::warn!("a webhook of dockerhub has no repository or no push_data: it brings no artifact");
        return Vec::new();
    };
    let name = format!("index.docker.io/{}", repository.text("repo_name").unwrap_or_default());
    let tag = push.text("tag").unwrap_or_default();
    let pusher = push.text("pusher").unwrap_or_default();
    vec![Artifact {
        provenance: payload.text("callback_url"),
        metadata: Object::from_iter([("pusher".to_owned(), json!(pusher))]),
        ..artifact(IMAGE, &name, &tag, format!("{name}:{tag}"))
    }]
}

fn docker_registry(payload: &Object) -> Vec<Artifact> {
    let events = payload.get("events").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let pushed = events.filter(|event| event.text("action").as_deref() == Some("push"));
    let image = |event: &Object| {
        let target = event.object("target")?;
        let kind = target.text("mediaType")?;
        let repository = target.text("repository").filter(|_| MANIFESTS.contains(&kind.as_str()))?;
        let (separator, version) = match target.text("tag") {
            Some(tag) => (':', tag),
            None => ('@', target.text("digest")?),
        };
        let host = event.object("request").and_then(|request| request.text("host"));
        let name = host.map_or_else(|| repository.clone(), |host| format!("{host}/{repository}"));
        Some(artifact(IMAGE, &name, &version, format!("{name}{separator}{version}")))
    };
    pushed.filter_map(image).collect()
}

fn quay(payload: &Object) -> Vec<Artifact> {
    let url = payload.text("docker_url").unwrap_or_default();
    let tags = if payload.contains_key("repository") { payload.texts("updated_tags") } else { Vec::new() };
    let image = |tag: &String| Artifact {
        provenance: payload.text("homepage"),
        ..artifact(IMAGE, &url, tag, format!("{url}:{tag}"))
    };
    tags.iter().map(image).collect()
}

fn nexus(payload: &Object) -> Vec<Artifact> {
    let Some(component) = payload.object("component") else { return Vec::new() };
    let text = |name: &str| component.text(name).unwrap_or_else(|| "null".to_owned());
    let (name, version) = (format!("{}:{}", text("group"), text("name")), text("version"));
    vec![Artifact {
        provenance: payload.text("repositoryName"),
        ..artifact("maven/file", &name, &version, format!("{name}:{version}"))
    }]
}

fn github(payload: &Object) -> Vec<Artifact> {
    let (commit, url) = (text_at(payload, &["after"]), text_at(payload, &["repository", "contents_url"]));
    let file = |path: &String| artifact("github/file", path, &commit, url.replace("{+path}", path));
    changed_files(payload).iter().map(file).collect()
}

fn gitlab(payload: &Object) -> Vec<Artifact> {
    let commit = text_at(payload, &["after"]);
    let (homepage, project) =
        (text_at(payload, &["project", "homepage"]), text_at(payload, &["project", "path_with_namespace"]));
    let server = homepage.replace(&format!("/{project}"), "");
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let files = format!("{server}/api/v4/projects/{}/repository/files", encoded(&project));
    let file = |path: &String| artifact("gitlab/file", path, &commit, format!("{files}/{}/raw", encoded(path)));
    changed_files(payload).iter().map(file).collect()
}

/// The files that the commits of a push added or changed, each once.
fn changed_files(payload: &Object) -> BTreeSet<String> {
    let commits = payload.get("commits").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    commits.flat_map(|commit| [commit.texts("added"), commit.texts("modified")]).flatten().collect()
}
