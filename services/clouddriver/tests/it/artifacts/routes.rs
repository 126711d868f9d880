//! Artifacts through clouddriver's own API, and the accounts that are always there.

use axum::{Json, Router, extract::Query, routing::get};
use gennaker_base::Kind;
use gennaker_clouddriver::artifacts::ArtifactOptions;
use serde_json::{Value, json};

use super::{Fixture, artifact};
use crate::world::World;

#[tokio::test]
async fn the_api_lists_fetches_and_says_what_is_wrong() {
    let world = World::new();
    let node = world.node("n").await;
    let accounts = node.get("/artifacts/credentials").await;
    let expected = json!([
        { "name": "embedded-artifact", "type": "artifacts-embedded", "types": ["embedded/base64", "remote/base64"] },
        { "name": "docker-registry", "type": "artifacts-docker", "types": ["docker/image"] },
        { "name": "custom-artifact", "type": "artifacts-custom", "types": ["custom/object"] },
        {
            "name": "front50ArtifactCredentials",
            "type": "artifacts-front50",
            "types": ["front50/pipelineTemplate"]
        },
    ]);
    assert_eq!(accounts.body, expected);

    // The content happens to be JSON, which is how a node's answer is read here.
    let content = node
        .ask("PUT", "/artifacts/fetch", &[], &artifact("embedded/base64", "embedded-artifact", "eyJhIjoxfQ=="))
        .await;
    assert_eq!((content.status.as_u16(), content.body), (200, json!({ "a": 1 })));
    for (body, status, part) in [
        (json!([]), 400, "map"),
        (artifact("embedded/base64", "", ""), 400, "An artifact account must be supplied"),
        (
            artifact("http/file", "none", "x"),
            404,
            "Credentials 'none' supporting artifact type 'http/file' cannot be found",
        ),
        (artifact("http/file", "embedded-artifact", "x"), 404, "supporting artifact type 'http/file'"),
        (artifact("embedded/base64", "embedded-artifact", "?"), 400, "Base64"),
        (artifact("remote/base64", "embedded-artifact", "ref://shop/abc"), 501, "artifact-store"),
        (artifact("docker/image", "docker-registry", "nginx:1"), 501, "is pulled by the cloud"),
        (artifact("custom/object", "custom-artifact", "x"), 501, "passed on"),
    ] {
        let answer = node.ask("PUT", "/artifacts/fetch", &[], &body).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!(answer.status.as_u16(), status, "{body}: {message}");
        assert!(message.contains(part), "{body}: {message}");
    }
    for (path, status, part) in [
        ("/artifacts/account/custom-artifact/names", 400, "type is missing"),
        ("/artifacts/account/none/names?type=helm/chart", 404, "Credentials 'none'"),
        ("/artifacts/account/custom-artifact/names?type=custom/object", 501, "cannot list names"),
        ("/artifacts/account/custom-artifact/versions?type=custom/object", 400, "artifactName is missing"),
        ("/artifacts/account/custom-artifact/versions?type=custom/object&artifactName=x", 501, "cannot list versions"),
        ("/artifacts/content-address/shop/abc", 501, "artifact-store"),
    ] {
        let answer = node.get(path).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!(answer.status.as_u16(), status, "{path}: {message}");
        assert!(message.contains(part), "{path}: {message}");
    }
}

#[tokio::test]
async fn templates_come_from_front50() {
    type Asked = Query<Vec<(String, String)>>;
    let one = async |Query(query): Asked| Json(json!({ "id": "wait", "asked": query }));
    let all =
        async |Query(query): Asked| Json(json!([{ "id": "wait", "asked": query }, { "id": "run" }, { "id": "wait" }]));
    let front50 = Router::new().route("/v2/pipelineTemplates", get(all)).route("/v2/pipelineTemplates/wait", get(one));
    let fixture = Fixture::with_front50(ArtifactOptions::default(), front50);
    let of = |reference: &str| artifact("front50/pipelineTemplate", "front50ArtifactCredentials", reference);
    for (reference, asked) in [
        ("spinnaker://wait", json!([])),
        ("spinnaker://wait:stable", json!([["tag", "stable"]])),
        ("spinnaker://wait@sha256:abc", json!([["digest", "abc"]])),
    ] {
        let template: Value = serde_json::from_str(&fixture.text(of(reference)).await).expect("JSON");
        assert_eq!(template["asked"], asked, "{reference}");
    }
    assert_eq!(fixture.refusal(of("spinnaker://none")).await.0, Kind::NotFound);
    assert_eq!(fixture.refusal(of("https://wait")).await.0, Kind::Invalid);
    let names = fixture.artifacts.names("front50ArtifactCredentials", "front50/pipelineTemplate").await;
    assert_eq!(names.expect("names"), ["wait", "run"]);
}
