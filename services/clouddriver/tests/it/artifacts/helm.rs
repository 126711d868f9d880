//! Charts of a repository that is a folder of files.

use axum::{Router, routing::get};
use gennaker_base::Kind;
use gennaker_clouddriver::artifacts::{ArtifactOptions, HelmAccount};

use super::{Fixture, artifact, enabled, secret, site::Site, with};

async fn repository(other: &Site) -> Site {
    let index = format!(
        "
apiVersion: v1
entries:
  web:
  - {{name: web, version: 1.9.0, urls: [web-1.9.0.tgz]}}
  - {{name: web, version: 1.10.0, urls: [charts/web-1.10.0.tgz]}}
  - {{name: web, version: 0.1.0, urls: ['{}', web-0.1.0.tgz]}}
  far:
  - {{name: far, version: 1.0.0, urls: ['{}']}}
",
        other.url("/none"),
        other.url("/far.tgz")
    );
    let router = Router::new()
        .route("/stable/index.yaml", get(async move || index))
        .route("/stable/web-1.9.0.tgz", get(async || "web 1.9"))
        .route("/stable/charts/web-1.10.0.tgz", get(async || "web 1.10"))
        .route("/stable/web-0.1.0.tgz", get(async || "web 0.1"))
        .route("/page/index.yaml", get(async || "<html>"));
    Site::start(router).await
}

fn account(name: &str, repository: String) -> HelmAccount {
    let (name, username) = (name.to_owned(), Some("ann".to_owned()));
    HelmAccount { name, repository, username, password: secret(), ..HelmAccount::default() }
}

#[tokio::test]
async fn charts_are_fetched_by_name_and_version_and_the_user_stays_with_the_repository() {
    let other = Site::start(Router::new().route("/far.tgz", get(async || "far"))).await;
    let site = repository(&other).await;
    let accounts = vec![
        account("stable", site.url("/stable/")),
        account("page", site.url("/page")),
        account("broken", "stable".to_owned()),
    ];
    let fixture = Fixture::of(ArtifactOptions { helm: enabled(accounts), ..ArtifactOptions::default() });
    let chart =
        |name: &str, version: &str| with(with(artifact("helm/chart", "stable", ""), "name", name), "version", version);
    for (name, version, expected) in [
        ("web", "1.9.0", "web 1.9"),
        ("web", "", "web 1.10"),
        // The first address of it has nothing.
        ("web", "0.1.0", "web 0.1"),
        ("far", "1.0.0", "far"),
    ] {
        assert_eq!(fixture.text(chart(name, version)).await, expected);
    }
    assert!(site.asked().iter().all(|asked| !asked.header("authorization").is_empty()));
    let elsewhere = other.asked();
    assert!(elsewhere.len() == 2 && elsewhere.iter().all(|asked| asked.header("authorization").is_empty()));
    assert!(fixture.text(artifact("helm/index", "stable", "")).await.contains("apiVersion: v1"));

    for (chart, kind, part) in [
        (chart("none", ""), Kind::NotFound, "the chart none of the repository http://"),
        (chart("web", "3.0.0"), Kind::NotFound, "the version \"3.0.0\" of the chart web"),
        (chart("", ""), Kind::Invalid, "name"),
        (with(artifact("helm/chart", "page", ""), "name", "web"), Kind::Invalid, "index.yaml of a Helm repository"),
        (with(artifact("helm/chart", "broken", ""), "name", "web"), Kind::Invalid, "its repository is no address"),
    ] {
        let (found, text) = fixture.refusal(chart).await;
        assert_eq!(found, kind, "{text}");
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn names_and_versions_are_those_of_the_index() {
    let other = Site::start(Router::new()).await;
    let site = repository(&other).await;
    let accounts = enabled(vec![account("stable", site.url("/stable"))]);
    let fixture = Fixture::of(ArtifactOptions { helm: accounts, ..ArtifactOptions::default() });
    let artifacts = &fixture.artifacts;
    assert_eq!(artifacts.names("stable", "helm/chart").await.expect("names"), ["web", "far"]);
    let versions = artifacts.versions("stable", "helm/chart", "web").await.expect("versions");
    assert_eq!(versions, ["1.9.0", "1.10.0", "0.1.0"]);
    let error = artifacts.versions("stable", "helm/chart", "none").await.expect_err("there is none");
    assert_eq!(error.kind(), Kind::NotFound);
}
