//! Artifacts: fetched, shared, removed; and what is refused leaves nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use axum::{Router, response::Redirect, routing::get};
use gennaker_base::Kind;
use gennaker_provider_local::{
    client::Call,
    protocol::{ServerGroup, ServerGroupSpec},
};
use serde_json::{Value, json};

use crate::agent::{Agent, call, script, until};

const SCRIPT: &str = "#!/bin/sh\necho \"$(basename \"$PWD\") is $ARTIFACT\"\nexec sleep 600\n";

/// A server group of an artifact, healthy while it runs.
fn with(name: &str, command: &str, artifact: Value) -> ServerGroupSpec {
    script(name, "", json!({"command": command, "args": [], "artifact": artifact}))
}

/// The folders of artifacts that the agent has, those of fetches included.
fn folders(agent: &Agent) -> Vec<PathBuf> {
    let entries = fs::read_dir(agent.folder().join("artifacts")).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it runs");
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// An archive with `bin/run`.
fn archive(folder: &Path) -> PathBuf {
    fs::create_dir_all(folder.join("tree/bin")).expect("a folder");
    fs::write(folder.join("tree/bin/run"), SCRIPT).expect("written");
    run(folder, "chmod", &["755", "tree/bin/run"]);
    run(folder, "tar", &["-czf", "shop.tgz", "-C", "tree", "bin"]);
    folder.join("shop.tgz")
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn folder_of(group: &ServerGroup) -> PathBuf {
    group.artifact.clone().expect("an artifact").folder
}

#[tokio::test]
async fn an_archive_is_shared_by_its_content_kept_over_a_restart_and_removed_when_unused() {
    let mut agent = Agent::start().await;
    let sources = tempfile::tempdir().expect("a folder");
    let file = archive(sources.path());
    let bytes = fs::read(&file).expect("read");
    let router = Router::new()
        .route("/shop.tgz", get(move || async move { bytes }))
        .route("/moved.tgz", get(|| async { Redirect::temporary("/shop.tgz") }));
    let server = serve(router).await;

    let first = agent.group(&with("shop-v000", "bin/run", json!({"type": "file", "path": file}))).await;
    let second = json!({"type": "http", "url": format!("{server}/moved.tgz?signature=secret")});
    let second = agent.group(&with("shop-v001", "bin/run", second)).await;
    assert_eq!(first.artifact, second.artifact, "the same content is there once");
    assert_eq!(folders(&agent), [folder_of(&first)]);
    let log = || async { agent.client.instance_log(&first.instances[0].id, 1_000).await.expect("a log") };
    let folder = folder_of(&first).display().to_string();
    until("it runs in the artifact", || async { log().await.trim().ends_with(&format!("is {folder}")) }).await;

    agent.kill();
    agent.start_again(&[]).await;
    agent.client.delete_server_group("shop-v000", 0, &call()).await.expect("deleted");
    assert_eq!(folders(&agent).len(), 1, "the other one still uses it");
    // With its digest it is not fetched again, and so it may be gone where it came from.
    let digest = first.artifact.expect("an artifact").digest;
    fs::remove_file(&file).expect("removed");
    let known = json!({"type": "file", "path": file, "digest": digest});
    agent.group(&with("shop-v002", "bin/run", known)).await;
    agent.client.delete_server_group("shop-v001", 0, &call()).await.expect("deleted");
    agent.client.delete_server_group("shop-v002", 0, &call()).await.expect("deleted");
    until("it is removed", || async { folders(&agent).is_empty() }).await;
}

#[tokio::test]
async fn a_single_file_is_run_and_an_embedded_one_is_not_kept_with_the_specification() {
    let agent = Agent::start().await;
    // "#!/bin/sh\nexec sleep 600\n"
    let base64 = "IyEvYmluL3NoCmV4ZWMgc2xlZXAgNjAwCg==";
    let spec = with("job-v000", "", json!({"type": "embedded", "base64": base64, "name": "run.sh"}));
    let create = Call::fenced("create", "E", 1);
    let group = agent.client.create_server_group(&spec, &create).await.expect("created");
    agent.until_up("job-v000").await;
    let shown = serde_json::to_value(&group.spec.artifact).expect("JSON");
    assert_eq!((shown.get("base64"), &shown["name"]), (None, &json!("run.sh")));
    assert!(folder_of(&group).join("run.sh").is_file());
    let again = agent.client.create_server_group(&spec, &call()).await.expect("an equal spec");
    assert_eq!(again.instances[0].id, group.instances[0].id);
}

#[tokio::test]
async fn a_commit_is_fetched_with_git() {
    let agent = Agent::start().await;
    let sources = tempfile::tempdir().expect("a folder");
    let tree = archive(sources.path()).with_file_name("tree");
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
        run(&tree, "git", &[&who, arguments].concat())
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "first"]);
    let commit = git(&["rev-parse", "HEAD"]);
    let artifact = json!({"type": "git", "url": tree, "reference": "main", "folder": "bin"});
    let group = agent.group(&with("shop-v000", "./run", artifact)).await;
    assert_eq!(group.artifact.as_ref().expect("an artifact").digest, commit);
    let files: Vec<_> =
        fs::read_dir(folder_of(&group)).expect("a folder").flatten().map(|file| file.file_name()).collect();
    assert_eq!(files, ["run"]);

    for (artifact, words) in [
        (json!({"type": "git", "url": tree, "reference": "gone"}), "git cannot fetch the artifact"),
        (json!({"type": "git", "url": tree, "folder": "nothing"}), "git cannot fetch the artifact"),
        (json!({"type": "git", "url": "/nowhere"}), "/nowhere"),
    ] {
        let error = agent.client.create_server_group(&with("bad-v000", "./run", artifact), &call()).await;
        let error = error.expect_err("it is not there");
        assert!(error.kind() == Kind::Invalid && error.to_string().contains(words), "{error}");
    }
    assert_eq!(folders(&agent).len(), 1);
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_and_leaves_nothing() {
    let mut agent = Agent::start().await;
    agent.terminate();
    agent.start_again(&["small-artifacts"]).await;
    let sources = tempfile::tempdir().expect("a folder");
    let path = |name: &str| sources.path().join(name);
    archive(sources.path());
    fs::write(path("large"), vec![0; 20_001]).expect("written");
    fs::write(path("broken.tar"), "no archive").expect("written");
    run(sources.path(), "tar", &["-cPf", "up.tar", "--transform", "s,.*,../evil,", "large"]);
    run(sources.path(), "ln", &["-s", "/etc/passwd", "evil"]);
    run(sources.path(), "tar", &["-cf", "link.tar", "evil"]);
    run(sources.path(), "mkfifo", &["pipe"]);
    run(sources.path(), "tar", &["-cf", "pipe.tar", "pipe"]);
    let truncated = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort";
    let cut = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let cut_address = format!("http://{}/a", cut.local_addr().expect("an address"));
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut stream, _)) = cut.accept().await {
            let mut request = [0; 1_024];
            let _request = stream.read(&mut request).await;
            let _answer = stream.write_all(truncated.as_bytes()).await;
        }
    });
    let endless = || async { vec![0; 30_000] };
    let server =
        serve(Router::new().route("/large", get(endless)).route("/loop", get(|| async { Redirect::to("/loop") })))
            .await;
    let digest = "0".repeat(64);
    for (artifact, kind, words) in [
        (json!({"type": "file", "path": path("gone")}), Kind::Invalid, "does not exist on the agent's machine"),
        (json!({"type": "file", "path": sources.path()}), Kind::Invalid, "is not a file"),
        (json!({"type": "file", "path": path("pipe")}), Kind::Invalid, "is not a file"),
        (json!({"type": "file", "path": path("large")}), Kind::TooLarge, "larger than 20000 bytes"),
        (json!({"type": "file", "path": path("broken.tar")}), Kind::Invalid, "no tar archive"),
        (json!({"type": "file", "path": path("up.tar")}), Kind::TooLarge, "larger"),
        (json!({"type": "file", "path": path("link.tar")}), Kind::Invalid, "the link evil leads to /etc/passwd"),
        (json!({"type": "file", "path": path("pipe.tar")}), Kind::Invalid, "a pipe"),
        (json!({"type": "file", "path": path("shop.tgz"), "digest": digest}), Kind::Invalid, "has the digest"),
        (json!({"type": "file", "path": path("shop.tgz"), "format": "file"}), Kind::Invalid, "bin/run was not found"),
        (json!({"type": "http", "url": format!("{server}/large")}), Kind::TooLarge, "larger than 20000 bytes"),
        (json!({"type": "http", "url": format!("{server}/gone?key=secret")}), Kind::Invalid, "404"),
        (json!({"type": "http", "url": format!("{server}/loop")}), Kind::Invalid, "redirects"),
        (json!({"type": "http", "url": cut_address}), Kind::Unavailable, "cannot fetch"),
        (json!({"type": "http", "url": "http://127.0.0.1:1/a"}), Kind::Unavailable, "cannot fetch"),
        (json!({"type": "embedded", "base64": "?"}), Kind::Invalid, "base64"),
    ] {
        let spec = with("bad-v000", "bin/run", artifact.clone());
        let error = agent.client.create_server_group(&spec, &call()).await.expect_err("it is refused");
        assert!(error.kind() == kind && error.to_string().contains(words), "{artifact}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let snapshot = agent.client.state().await.expect("the state");
    assert!(snapshot.server_groups.is_empty());
    until("nothing is left", || async { folders(&agent).is_empty() }).await;
    for folder in ["server-groups", "logs"] {
        assert_eq!(fs::read_dir(agent.folder().join(folder)).expect("a folder").count(), 0, "{folder}");
    }
    assert!(!agent.folder().join("evil").exists());
}
