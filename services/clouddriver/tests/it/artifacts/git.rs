//! Repositories behind git's own server, over HTTP of loopback.

use std::{
    io::Write as _,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Redirect, Response},
};
use gennaker_base::{Kind, Redacted};
use gennaker_clouddriver::artifacts::{ArtifactOptions, GitAccount, GitAccounts};
use gennaker_http::outbound::UrlRuleOptions;
use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use super::{Fixture, SECRET, artifact, here, limits, secret, site::Site, with};

/// `ann` and the secret, as `Authorization` has them.
const BASIC: &str = "Basic YW5uOnMzY3IzdC13b3Jk";

/// A folder with repositories, and its server.
struct Forge {
    folder: TempDir,
    site: Site,
}

impl Forge {
    /// What lies below `private` wants a user.
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().to_owned();
        let site = Site::start(Router::new().fallback(move |request: Request| serve(root.clone(), request))).await;
        Forge { folder, site }
    }

    fn url(&self, repository: &str) -> String {
        self.site.url(&format!("/{repository}"))
    }

    /// A repository with one commit of what `fill` makes; its branch is `master`.
    fn repository(&self, name: &str, fill: impl FnOnce(&Path)) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        fill(&path);
        commit(&path, "first");
        path
    }
}

fn git(at: &Path, arguments: &[&str]) -> String {
    gennaker_harness::git::git(at, arguments).expect("git succeeds")
}

fn commit(at: &Path, message: &str) -> String {
    gennaker_harness::git::commit(at, message).expect("git succeeds")
}

fn write(at: &Path, name: &str, content: &str) {
    let path = at.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

/// Git's own server, with a login for what is private.
async fn serve(root: PathBuf, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    if let Some(rest) = path.strip_prefix("/moved/") {
        return Redirect::permanent(&format!("/{rest}?{query}")).into_response();
    }
    let is_known = parts.headers.get("authorization").is_some_and(|value| value == BASIC);
    if path.starts_with("/private/") && !is_known {
        return (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"git\"")]).into_response();
    }
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let answer = gennaker_harness::git::http_backend(&root, Request::from_parts(parts, body)).await;
    answer.expect("git answers").map(Body::from)
}

fn account(name: &str) -> GitAccount {
    GitAccount { name: name.to_owned(), url_restrictions: here(), ..GitAccount::default() }
}

fn options(accounts: Vec<GitAccount>) -> ArtifactOptions {
    let git_repo = GitAccounts { enabled: true, accounts, ..GitAccounts::default() };
    ArtifactOptions { git_repo, ..ArtifactOptions::default() }
}

fn repository(account: &str, url: &str, version: &str) -> Value {
    with(artifact("git/repo", account, url), "version", version)
}

/// The names in a packed tar, or a file of it.
fn unpacked(packed: &[u8], arguments: &[&str]) -> String {
    let mut tar = Command::new("tar");
    let mut child = tar.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tar runs");
    child.stdin.take().expect("a pipe").write_all(packed).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

fn names(packed: &[u8]) -> Vec<String> {
    let listed = unpacked(packed, &["-tzf", "-"]);
    listed.lines().filter(|name| !name.ends_with('/')).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_repository_is_packed_at_a_branch_a_tag_or_a_commit_and_the_same_commit_is_the_same_bytes() {
    let forge = Forge::start().await;
    let path = forge.repository("shop.git", |at| {
        write(at, "README", "one");
        write(at, "deploy/base/a.yml", "a: 1");
        symlink("base/a.yml", at.join("deploy/link")).expect("a link");
        symlink("../README", at.join("deploy/up")).expect("a link");
    });
    let first = git(&path, &["rev-parse", "HEAD"]);
    git(&path, &["tag", "--annotate", "v1", "--message", "v1"]);
    write(&path, "README", "two");
    let second = commit(&path, "second");
    git(&path, &["branch", "release/1.x", &first]);
    let fixture = Fixture::of(options(vec![account("git")]));
    let url = forge.url("shop.git");

    for (version, expected) in [
        ("", "two"),
        ("master", "two"),
        ("v1", "one"),
        ("release/1.x", "one"),
        ("refs/tags/v1", "one"),
        (&first, "one"),
        (&first[..10], "one"),
        (&second[..7], "two"),
    ] {
        let packed = fixture.fetch(repository("git", &url, version)).await;
        let packed = packed.unwrap_or_else(|error| panic!("{version}: {error}"));
        assert_eq!(unpacked(&packed, &["-xzOf", "-", "README"]), expected, "{version}");
    }
    let packed = fixture.fetch(repository("git", &url, &first)).await.expect("content");
    assert_eq!(names(&packed), ["README", "deploy/base/a.yml", "deploy/link", "deploy/up"]);
    assert!(packed == fixture.fetch(repository("git", &url, &first)).await.expect("content"));

    let folder = with(repository("git", &url, "v1"), "location", "deploy/base/");
    assert_eq!(names(&fixture.fetch(folder).await.expect("content")), ["deploy/base/a.yml"]);
    let mut folder = repository("git", &url, "v1");
    folder["metadata"] = serde_json::json!({ "subPath": "deploy" });
    assert_eq!(
        names(&fixture.fetch(folder).await.expect("content")),
        ["deploy/base/a.yml", "deploy/link", "deploy/up"]
    );
    assert_eq!(fixture.left(), [""; 0], "clones are deleted");
}

#[tokio::test]
async fn a_link_out_of_the_repository_is_refused_and_nothing_is_left() {
    let forge = Forge::start().await;
    for (name, target) in [("absolute.git", "/etc/passwd"), ("up.git", "../../secret")] {
        forge.repository(name, |at| {
            write(at, "safe/a", "a");
            write(at, "bad/a", "a");
            symlink(target, at.join("bad/link")).expect("a link");
        });
        let fixture = Fixture::of(options(vec![account("git")]));
        let (kind, text) = fixture.refusal(repository("git", &forge.url(name), "")).await;
        assert_eq!(kind, Kind::Invalid);
        assert!(text.contains("bad/link") && text.contains(target), "{text}");
        let safe = with(repository("git", &forge.url(name), ""), "location", "safe");
        assert_eq!(names(&fixture.fetch(safe).await.expect("the folder has no link")), ["safe/a"]);
        assert_eq!(fixture.left(), [""; 0]);
    }
}

#[tokio::test]
async fn a_private_repository_wants_the_accounts_word_and_git_is_asked_for_none() {
    let forge = Forge::start().await;
    forge.repository("private/shop.git", |at| write(at, "a", "a"));
    let user = || Some("ann".to_owned());
    let accounts = vec![
        account("nobody"),
        GitAccount { username: user(), password: secret(), ..account("password") },
        GitAccount { username: user(), token: secret(), ..account("token") },
        GitAccount { token: secret(), ..account("other") },
        GitAccount { username: user(), password: Some(Redacted::new("wrong".to_owned())), ..account("wrong") },
        GitAccount { ssh_private_key_file_path: Some("/keys/id".into()), ..account("key") },
    ];
    let fixture = Fixture::of(options(accounts));
    let url = forge.url("private/shop.git");
    for name in ["password", "token"] {
        assert_eq!(names(&fixture.fetch(repository(name, &url, "")).await.expect("content")), ["a"], "{name}");
    }
    for name in ["nobody", "other", "wrong"] {
        let (kind, text) = fixture.refusal(repository(name, &url, "")).await;
        assert_eq!(kind, Kind::Denied, "{name}: {text}");
        assert!(text.contains(&format!("account {name}")) && text.contains("renew it"), "{text}");
    }
    let (kind, text) = fixture.refusal(repository("key", &url, "")).await;
    assert_eq!(kind, Kind::Invalid);
    assert!(text.contains("write ssh://"), "{text}");
    let in_address = url.replace("http://", &format!("http://ann:{SECRET}@"));
    let error = fixture.fetch(repository("nobody", &in_address, "")).await.expect_err("it is refused");
    assert!(error.to_string().contains("belong into the account"), "{error}");
}

#[tokio::test]
async fn what_is_not_there_too_large_or_elsewhere_is_told_apart() {
    let forge = Forge::start().await;
    forge.repository("shop.git", |at| write(at, "a", "a"));
    forge.repository("large.git", |at| {
        // Nothing that could be packed well.
        let mut number = 1_u64;
        let mut bytes = Vec::new();
        while bytes.len() < 1_000_000 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(&number.to_be_bytes()[..4]);
        }
        std::fs::write(at.join("large"), bytes).expect("a file");
    });
    let strict = GitAccount { url_restrictions: UrlRuleOptions::default(), ..account("strict") };
    let hosts = GitAccount { allowed_hosts: vec!["github.com".to_owned()], ..account("hosts") };
    let options = options(vec![account("git"), strict, hosts]);
    let fixture = Fixture::of(ArtifactOptions { fetch: limits(100_000), ..options.clone() });
    let shop = forge.url("shop.git");
    for (artifact, kind, part) in [
        (repository("git", &forge.url("none.git"), ""), Kind::NotFound, "is not there"),
        (repository("git", &shop, "none"), Kind::NotFound, "(none)"),
        (repository("git", &shop, "0123456789"), Kind::NotFound, "(0123456789)"),
        (repository("git", &shop, "0123456789012345678901234567890123456789"), Kind::NotFound, "is not there"),
        (with(repository("git", &shop, ""), "location", "b"), Kind::NotFound, "(master, b)"),
        (repository("git", &shop, "--upload-pack=x"), Kind::Invalid, "version"),
        (with(repository("git", &shop, ""), "location", "../b"), Kind::Invalid, "location"),
        (repository("git", &forge.url("large.git"), ""), Kind::TooLarge, "more than 100000 bytes"),
        (repository("git", &forge.url("moved/shop.git"), ""), Kind::Invalid, "follows no redirects"),
        (repository("git", "file:///etc", ""), Kind::Invalid, "validGitUrlRegex"),
        (repository("git", "git://127.0.0.1/shop.git", ""), Kind::Invalid, "git is not spoken here"),
        (repository("strict", &shop, ""), Kind::Denied, "rejectVerbatimIps"),
        (repository("hosts", &shop, ""), Kind::Denied, "allowedHosts: github.com"),
        (repository("git", "http://127.0.0.1:1/shop.git", ""), Kind::Unavailable, "git could not fetch"),
    ] {
        let (found, text) = fixture.refusal(artifact.clone()).await;
        assert!(text.contains(part), "{artifact}: {text}");
        assert_eq!(found, kind, "{artifact}: {text}");
    }
    assert_eq!(fixture.left(), [""; 0]);

    let git_repo = GitAccounts { git_executable: "no-such-git".to_owned(), ..options.git_repo };
    let without = Fixture::of(ArtifactOptions { git_repo, ..ArtifactOptions::default() });
    let (kind, text) = without.refusal(repository("git", &shop, "")).await;
    assert_eq!(kind, Kind::Invalid);
    assert!(text.contains("install it, or set gitExecutable"), "{text}");
}
