//! Artifacts from real servers on loopback.

mod git;
mod helm;
mod routes;
mod s3;
mod site;
mod web;

use std::path::Path;

use axum::Router;
use futures::TryStreamExt as _;
use gennaker_artifacts::Artifact;
use gennaker_base::{Kind, Redacted};
use gennaker_clouddriver::artifacts::{Accounts, ArtifactOptions, Artifacts, Error, FetchOptions};
use gennaker_http::outbound::UrlRuleOptions;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world;

/// What must stand in no error.
const SECRET: &str = "s3cr3t-word";

/// Accounts under test.
struct Fixture {
    folder: TempDir,
    artifacts: Artifacts,
}

impl Fixture {
    fn of(options: ArtifactOptions) -> Self {
        Fixture::with_front50(options, Router::new())
    }

    fn with_front50(options: ArtifactOptions, front50: Router) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let artifacts = world::artifacts(&folder.path().join("artifacts"), &options, front50);
        Fixture { folder, artifacts }
    }

    async fn fetch(&self, artifact: Value) -> Result<Vec<u8>, Error> {
        let artifact = Artifact::from_value(&artifact).expect("an artifact");
        let content = self.artifacts.fetch(&artifact).await?;
        let length = content.length();
        let bytes = content.into_stream().try_collect::<Vec<_>>().await.expect("content").concat();
        assert_eq!(bytes.len() as u64, length);
        Ok(bytes)
    }

    /// The text of an artifact.
    async fn text(&self, artifact: Value) -> String {
        let bytes = self.fetch(artifact.clone()).await.unwrap_or_else(|error| panic!("{artifact}: {error}"));
        String::from_utf8(bytes).expect("text")
    }

    /// Why an artifact is not fetched; the sentence has no secret.
    async fn refusal(&self, artifact: Value) -> (Kind, String) {
        let error = self.fetch(artifact.clone()).await.expect_err("it is not fetched");
        let (text, shown) = (error.to_string(), format!("{error:?}"));
        assert!(!text.contains(SECRET) && !shown.contains(SECRET), "{shown}");
        (error.kind(), text)
    }

    /// What lies in the folder of what is being fetched.
    fn left(&self) -> Vec<String> {
        names_in(&self.folder.path().join("artifacts"))
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn enabled<T>(accounts: Vec<T>) -> Accounts<T> {
    Accounts { enabled: true, accounts }
}

fn secret() -> Option<Redacted<String>> {
    Some(Redacted::new(SECRET.to_owned()))
}

/// Rules that allow this machine.
fn here() -> UrlRuleOptions {
    UrlRuleOptions { reject_localhost: false, reject_verbatim_ips: false, ..UrlRuleOptions::default() }
}

fn limits(size_limit: u64) -> FetchOptions {
    FetchOptions { size_limit, ..FetchOptions::default() }
}

fn artifact(kind: &str, account: &str, reference: &str) -> Value {
    json!({ "type": kind, "artifactAccount": account, "reference": reference })
}

fn with(mut artifact: Value, field: &str, value: &str) -> Value {
    artifact[field] = value.into();
    artifact
}
