//! Artifacts through the built program, of every kind that has a server here: fetched through gate, and deployed. Content larger
//! than what is kept in memory stays whole, and no secret is in an answer, a log or the agent's state.

use std::{fs, net::Ipv4Addr, path::Path, process::Command, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{any, get},
};
use gennaker_harness::{
    Delivery, Install, S3Server, Service,
    delivery::{Execution, Version, stages},
    eventually, git, s3,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

use crate::support::{DEADLINE, delivery, install_with, merge, start, succeeded};

const SECRET: &str = "s3cr3t-word";
/// `ann` and the secret, as `Authorization` has them.
const BASIC: &str = "Basic YW5uOnMzY3IzdC13b3Jk";
/// Rules that allow this machine.
const HERE: &str = "{rejectLocalhost: false, rejectVerbatimIps: false}";
const LARGE: usize = 5_000_000;
/// As talkative as it can be.
const TALKATIVE: &str = "gennaker.logging.filter: trace\n";
const BUCKET: &str = "builds";

/// What the servers of artifacts have.
struct Sources {
    folder: TempDir,
    address: String,
}

/// A program that says where it is from, and stays.
fn program(from: &str) -> String {
    format!("#!/bin/sh\necho \"I am from $FROM, {from}\"\nexec sleep 600\n")
}

/// An archive with the program `web/run`.
fn archive(folder: &Path, name: &str, from: &str) {
    let path = folder.join("web/run");
    fs::create_dir_all(folder.join("web")).expect("a folder");
    fs::write(&path, program(from)).expect("written");
    let modes = Command::new("chmod").arg("755").arg(&path).status().expect("it runs");
    let packed = Command::new("tar").current_dir(folder).args(["-czf", name, "web"]).status().expect("it runs");
    assert!(modes.success() && packed.success());
}

impl Sources {
    /// Serves files behind a user, a repository of charts behind a user, an API like GitHub's behind a token, one like Bitbucket's
    /// behind another form of it, and a git repository behind a user.
    async fn start(running: &mut JoinSet<()>) -> Sources {
        let folder = tempfile::tempdir().expect("a folder");
        archive(folder.path(), "chart.tgz", "a chart");
        let repository = folder.path().join("git/shop.git");
        fs::create_dir_all(&repository).expect("a folder");
        archive(&repository, "unused.tgz", "a repository");
        git::commit(&repository, "first").expect("a commit");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let root: Arc<Path> = folder.path().into();
        let chart = fs::read(folder.path().join("chart.tgz")).expect("an archive");
        let index = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}\n";
        let download = json!({ "download_url": format!("{address}/raw/run.sh") });
        let router = Router::new()
            .route("/files/run.sh", get(async |headers| answer(&headers, BASIC, program("a server"))))
            .route("/charts/index.yaml", get(async move |headers| answer(&headers, BASIC, index)))
            .route("/charts/web-1.0.0.tgz", get(async move |headers| answer(&headers, BASIC, chart)))
            .route("/repos/o/r/contents/run.sh", get(async move |headers| answer(&headers, &token(), Json(download))))
            .route("/raw/run.sh", get(async |headers| answer(&headers, &token(), program("GitHub"))))
            .route("/raw/large", get(async |headers| answer(&headers, &bearer(), vec![7_u8; LARGE])))
            .route("/git/{*path}", any(repositories))
            .with_state(root);
        running.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Sources { folder, address }
    }

    /// `clouddriver-local.yml`: an account of each kind.
    fn accounts(&self, bucket: Option<&S3Server>) -> String {
        let at = &self.address;
        let login = format!("username: ann, password: {SECRET}");
        let mut accounts = format!(
            "
artifacts:
  http:
    enabled: true
    accounts:
    - {{name: files, {login}, urlRestrictions: {HERE}}}
  helm:
    enabled: true
    accounts:
    - {{name: charts, repository: '{at}/charts', {login}}}
  github:
    enabled: true
    accounts:
    - {{name: hub, token: {SECRET}, urlRestrictions: {HERE}}}
  bitbucket:
    enabled: true
    accounts:
    - {{name: bucket, token: {SECRET}, urlRestrictions: {HERE}}}
    - {{name: wrong, token: not-{SECRET}, urlRestrictions: {HERE}}}
  git-repo:
    enabled: true
    accounts:
    - {{name: repositories, {login}, urlRestrictions: {HERE}}}
"
        );
        if let Some(server) = bucket {
            let keys = format!("awsAccessKeyId: {}, awsSecretAccessKey: {}", s3::KEY, s3::SECRET);
            let place = format!("apiEndpoint: '{}', apiRegion: {}", server.endpoint(), s3::REGION);
            accounts.push_str(&format!(
                "  s3:\n    enabled: true\n    accounts:\n    - {{name: builds, {place}, {keys}}}\n"
            ));
        }
        accounts
    }

    /// Artifacts of each kind, with the command to run of it, and what its program says.
    fn artifacts(&self, has_bucket: bool) -> Vec<(Value, &'static str, &'static str)> {
        let at = &self.address;
        let of = |kind: &str, account: &str, reference: String| json!({ "type": kind, "artifactAccount": account, "reference": reference });
        let chart = json!({ "type": "helm/chart", "artifactAccount": "charts", "name": "web", "version": "1.0.0" });
        // "#!/bin/sh\necho \"I am from $FROM, the artifact itself\"\nexec sleep 600\n"
        let embedded = "IyEvYmluL3NoCmVjaG8gIkkgYW0gZnJvbSAkRlJPTSwgdGhlIGFydGlmYWN0IGl0c2VsZiIKZXhlYyBzbGVlcCA2MDAK";
        let mut artifacts = vec![
            (of("http/file", "files", format!("{at}/files/run.sh")), "", "a server"),
            (chart, "web/run", "a chart"),
            (of("github/file", "hub", format!("{at}/repos/o/r/contents/run.sh")), "", "GitHub"),
            (of("git/repo", "repositories", format!("{at}/git/shop.git")), "web/run", "a repository"),
            (of("embedded/base64", "embedded-artifact", embedded.to_owned()), "", "the artifact itself"),
        ];
        if has_bucket {
            artifacts.push((of("s3/object", "builds", format!("s3://{BUCKET}/shop/web.tgz")), "web/run", "a bucket"));
        }
        artifacts
    }
}

fn token() -> String {
    format!("token {SECRET}")
}

fn bearer() -> String {
    format!("Bearer {SECRET}")
}

/// Answers whoever has the login.
fn answer(headers: &HeaderMap, login: &str, content: impl axum::response::IntoResponse) -> Response {
    let is_known = headers.get("authorization").is_some_and(|value| value == login);
    if is_known { content.into_response() } else { StatusCode::UNAUTHORIZED.into_response() }
}

async fn repositories(State(root): State<Arc<Path>>, request: Request) -> Response {
    if request.headers().get("authorization").is_none_or(|value| value != BASIC) {
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"git\"")]).into_response();
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let answer = git::http_backend(&root, Request::from_parts(head, body)).await;
    answer.expect("git answers").map(Body::from)
}

async fn fetch(install: &Install, artifact: &Value) -> (u16, Vec<u8>) {
    let url = format!("{}/artifacts/fetch/", install.base_url(Service::Gate));
    let request = reqwest::Client::new().put(url).header("content-type", "application/json");
    let answer = request.body(artifact.to_string()).send().await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("content").to_vec())
}

/// Deploys an artifact as the newest server group, and waits until its program has said where it is from.
async fn deploy(install: &Install, delivery: &Delivery, artifact: &Value, command: &str, says: &str) {
    let mut stage = delivery.deploy(&Version::new("1"));
    merge(
        &mut stage["clusters"][0],
        json!({
            "strategy": "none", "command": command, "environment": { "FROM": "here" }, "loadBalancers": [],
            "artifact": artifact,
        }),
    );
    stage["clusters"][0]["healthCheck"] = json!({ "type": "process" });
    let id = start(delivery, stages([stage])).await;
    succeeded(delivery, &id).await;
    let groups = delivery.server_groups().await.expect("server groups");
    let newest = groups.last().expect("a server group");
    let instance = newest["instances"][0]["name"].as_str().expect("an instance");
    let log = install.folder().join("agent/logs").join(format!("{instance}.log"));
    let said = eventually(DEADLINE, "the program's words", async || {
        let log = fs::read_to_string(&log).unwrap_or_default();
        if log.contains(&format!("I am from here, {says}")) { Ok(()) } else { Err(log) }
    });
    said.await.expect("it runs");
}

/// Checks that no file below a folder has the secret of an account in it.
fn check_no_secret(folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let kind = path.symlink_metadata().expect("it is there").file_type();
        if kind.is_dir() {
            check_no_secret(&path);
        } else if kind.is_file() {
            let content = fs::read(&path).expect("content");
            for secret in [SECRET, s3::SECRET, BASIC] {
                let has_it = content.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!has_it, "{} has a secret", path.display());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn artifacts_of_every_kind_are_fetched_and_deployed_and_the_agent_learns_no_secret() {
    let mut running = JoinSet::new();
    let sources = Sources::start(&mut running).await;
    let bucket = S3Server::start().await.expect("a server");
    if let Some(server) = &bucket {
        server.make_bucket(BUCKET, false).await.expect("a bucket");
        archive(sources.folder.path(), "web.tgz", "a bucket");
        let object = server.file(BUCKET, "shop/web.tgz");
        fs::create_dir_all(object.parent().expect("a folder")).expect("a folder");
        fs::copy(sources.folder.path().join("web.tgz"), object).expect("an object");
    }
    let accounts = sources.accounts(bucket.as_ref());
    let install = install_with([("clouddriver-local.yml", &accounts), ("spinnaker-local.yml", TALKATIVE)]).await;
    let delivery = delivery(&install).await;
    for (artifact, command, says) in sources.artifacts(bucket.is_some()) {
        let (status, content) = fetch(&install, &artifact).await;
        assert_eq!(status, 200, "{artifact}: {}", String::from_utf8_lossy(&content));
        deploy(&install, &delivery, &artifact, command, says).await;
    }
    let groups = Value::from(delivery.server_groups().await.expect("server groups")).to_string();
    assert!(!groups.contains(SECRET));
    check_no_secret(&install.folder().join("agent"));
    check_no_secret(&install.folder().join("logs"));
    install.stop().await.expect("both programs end by themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_account_may_not_read_fails_the_stage_in_its_words_and_leaves_nothing() {
    let mut running = JoinSet::new();
    let sources = Sources::start(&mut running).await;
    let accounts = sources.accounts(None);
    let install = install_with([("clouddriver-local.yml", &accounts), ("spinnaker-local.yml", TALKATIVE)]).await;
    let delivery = delivery(&install).await;
    let artifact = |account: &str, path: &str| {
        let reference = format!("{}/raw{path}", sources.address);
        json!({ "type": "bitbucket/file", "artifactAccount": account, "reference": reference })
    };
    let (status, content) = fetch(&install, &artifact("bucket", "/large")).await;
    assert_eq!((status, content.len()), (200, LARGE));
    assert!(content.iter().all(|byte| *byte == 7));
    for (account, path, expected, part) in [
        ("bucket", "/none", 404, "is not there, or the artifact account bucket may not see it"),
        ("wrong", "/large", 403, "answered 401 Unauthorized to the artifact account wrong"),
        ("none", "/large", 404, "Credentials 'none' supporting artifact type 'bitbucket/file' cannot be found"),
    ] {
        let artifact = artifact(account, path);
        let (status, answer) = fetch(&install, &artifact).await;
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(status, expected, "{answer}");
        assert!(answer.contains(part) && !answer.contains(SECRET), "{answer}");

        let mut stage = delivery.deploy(&Version::new("1"));
        merge(&mut stage["clusters"][0], json!({ "artifact": artifact, "command": "" }));
        let id = start(&delivery, stages([stage])).await;
        let over = delivery.until(&id, DEADLINE, "the end", Execution::is_over).await;
        let over = over.expect("it ends");
        let said = over.failed_stage()["context"].to_string();
        assert!(over.status() == "TERMINAL" && said.contains(part) && !said.contains(SECRET), "{over}");
        assert_eq!(delivery.server_group_names().await.expect("server groups"), [""; 0]);
    }
    let agent = install.folder().join("agent");
    assert_eq!(fs::read_dir(agent.join("artifacts")).expect("a folder").count(), 0);
    let accounts = install.client(Service::Gate).get("/artifacts/credentials").await.expect("an answer").body;
    assert!(accounts.to_string().contains("bucket") && !accounts.to_string().contains(SECRET));
    let logs = fs::read_to_string(install.folder().join("logs/control-plane.log")).expect("a log");
    assert!(logs.contains("clouddriver"), "the log is talkative");
    check_no_secret(&agent);
    check_no_secret(&install.folder().join("logs"));
    install.stop().await.expect("both programs end by themselves");
}
