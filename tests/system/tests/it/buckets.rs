//! The built program on a bucket: what it says of it, where it gets its keys, and that it shows no secret.

use std::fs;

use gennaker_harness::{Install, InstallOptions, S3Server, Service, s3};
use serde_json::json;

use crate::support::{install_with, programs};

const BUCKET: &str = "spinnaker";
/// What signs requests and looks for keys, as talkative as it can be.
const TALKATIVE: &str = "gennaker.logging.filter: info,gennaker_objects=trace,reqsign_core=trace,reqsign_aws_core=trace,reqsign_aws_v4=trace\n";

/// `front50.yml` for a bucket; without a secret there is no key either.
pub(crate) fn settings(server: &S3Server, bucket: &str, secret: &str) -> String {
    let keys = match secret {
        "" => String::new(),
        secret => format!("  accessKey: {}\n  secretKey: {secret}\n", s3::KEY),
    };
    let endpoint = server.endpoint();
    format!("spinnaker.s3:\n  enabled: true\n  bucket: {bucket}\n  endpoint: {endpoint}\n{keys}")
}

async fn server(versioned: bool) -> Option<S3Server> {
    let server = S3Server::start().await.expect("a server")?;
    server.make_bucket(BUCKET, versioned).await.expect("a bucket");
    Some(server)
}

fn logs(install: &Install) -> String {
    fs::read_to_string(install.folder().join("logs/control-plane.log")).expect("a log")
}

#[tokio::test]
async fn a_bucket_without_versions_is_named_and_no_secret_is() {
    let Some(server) = server(false).await else { return };
    let front50 = settings(&server, BUCKET, s3::SECRET);
    let files = [("front50-local.yml", front50.as_str()), ("spinnaker-local.yml", TALKATIVE)];
    let install = install_with(files).await;
    let client = install.client(Service::Front50);
    let health = client.get("/health").await.expect("an answer").body;
    let objects = &health["components"]["objects"];
    assert_eq!(objects["status"], "UP");
    assert_eq!(objects["details"]["bucket"], format!("{}/{BUCKET}", server.endpoint()));
    let notice = objects["details"]["notices"][0].as_str().expect("a notice");
    assert!(notice.starts_with("the bucket spinnaker is not versioned"), "{notice}");

    let pipeline = json!({ "application": "shop", "name": "a", "id": "1" });
    client.post("/pipelines", &pipeline).await.and_then(|answer| answer.ok()).expect("it is saved");
    assert!(server.file(BUCKET, "front50/pipelines/1/pipeline-metadata.json").is_file());
    let logs = logs(&install);
    assert!(logs.contains("is not versioned"), "it is in the log");
    assert!(logs.contains("reqsign_aws_v4"), "the log is talkative");
    assert!(!logs.contains(s3::SECRET), "and shows no secret");
    install.stop().await.expect("both programs end by themselves");
}

#[tokio::test]
async fn keys_are_found_where_aws_has_them() {
    let Some(server) = server(true).await else { return };
    let files = [("front50-local.yml", settings(&server, BUCKET, "")), ("spinnaker-local.yml", TALKATIVE.to_owned())];
    let variables = [("AWS_ACCESS_KEY_ID", s3::KEY), ("AWS_SECRET_ACCESS_KEY", s3::SECRET)];
    let files = files.map(|(name, content)| (name.to_owned(), content)).to_vec();
    let mut options = InstallOptions { files, ..InstallOptions::default() };
    options.environment.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let install = Install::start(programs().await, options).await.expect("an install");
    let health = install.client(Service::Front50).get("/health").await.expect("an answer").body;
    assert_eq!(health["components"]["objects"]["details"].get("notices"), None);
    let logs = logs(&install);
    assert!(logs.contains("reqsign_core") && !logs.contains(s3::SECRET));
    install.stop().await.expect("both programs end by themselves");
}

#[tokio::test]
async fn a_wrong_secret_ends_the_start_with_what_to_do() {
    let Some(server) = server(true).await else { return };
    let front50 = settings(&server, BUCKET, "another-secret");
    let files = vec![("front50-local.yml".to_owned(), front50)];
    let options = InstallOptions { files, ..InstallOptions::default() };
    let error = Install::start(programs().await, options).await.expect_err("it cannot start").to_string();
    let said =
        "the bucket spinnaker does not accept the access key or its secret (SignatureDoesNotMatch): correct them";
    assert!(error.contains(said), "{error}");
    assert!(!error.contains("another-secret"), "{error}");
}
