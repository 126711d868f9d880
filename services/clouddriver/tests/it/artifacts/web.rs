//! Files behind addresses: HTTP, GitHub, GitLab, Bitbucket.

use std::time::Duration;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Query, Request},
    response::Redirect,
    routing::get,
};
use futures::stream;
use gennaker_base::Kind;
use gennaker_clouddriver::artifacts::{
    ArtifactOptions, BitbucketAccount, FetchOptions, GitHubAccount, GitLabAccount, HttpAccount,
};
use gennaker_http::outbound::UrlRuleOptions;
use http::StatusCode;
use serde_json::json;

use super::{Fixture, SECRET, artifact, enabled, here, limits, secret, site::Site, with};

/// `ann` and the secret, as `Authorization` has them.
const BASIC: &str = "Basic YW5uOnMzY3IzdC13b3Jk";

fn http(name: &str) -> HttpAccount {
    HttpAccount { name: name.to_owned(), url_restrictions: here(), ..HttpAccount::default() }
}

fn of_http(accounts: Vec<HttpAccount>, fetch: FetchOptions) -> Fixture {
    Fixture::of(ArtifactOptions { http: enabled(accounts), fetch, ..ArtifactOptions::default() })
}

#[tokio::test]
async fn a_file_is_fetched_with_the_user_of_the_account_and_the_word_that_its_file_has_now() {
    let site = Site::start(Router::new().route("/file", get(async || "content"))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("login");
    let user = HttpAccount { username: Some("ann".to_owned()), password: secret(), ..http("user") };
    let rotated = HttpAccount { username_password_file: Some(file.clone()), ..http("rotated") };
    let fixture = of_http(vec![http("plain"), user, rotated], FetchOptions::default());
    for (account, expected) in [("plain", ""), ("user", BASIC)] {
        assert_eq!(fixture.text(artifact("http/file", account, &site.url("/file"))).await, "content");
        assert_eq!(site.asked()[0].header("authorization"), expected);
    }
    for (text, expected) in [("ann:a\n", "Basic YW5uOmE="), ("ann:b", "Basic YW5uOmI=")] {
        std::fs::write(&file, text).expect("a file");
        fixture.text(artifact("http/file", "rotated", &site.url("/file"))).await;
        assert_eq!(site.asked()[0].header("authorization"), expected);
    }
    std::fs::remove_file(&file).expect("it is there");
    let (kind, text) = fixture.refusal(artifact("http/file", "rotated", &site.url("/file"))).await;
    assert_eq!(kind, Kind::Unavailable);
    assert!(text.contains("usernamePasswordFile") && text.contains("account rotated"), "{text}");
    assert!(site.asked().is_empty(), "without its user nothing is asked");
}

#[tokio::test]
async fn the_account_without_a_user_is_there_as_upstream_has_it() {
    let names = |accounts: Vec<HttpAccount>| {
        let all = of_http(accounts, FetchOptions::default()).artifacts.credentials();
        let of_http = all.into_iter().filter(|account| account.kind == "artifacts-http");
        of_http.map(|account| account.name).collect::<Vec<_>>()
    };
    assert_eq!(names(vec![]), ["no-auth-http-account"]);
    assert_eq!(names(vec![http("plain")]), ["plain", "no-auth-http-account"]);
    assert_eq!(names(vec![HttpAccount { username: Some("ann".to_owned()), ..http("user") }]), ["user"]);
    assert!(
        Fixture::of(ArtifactOptions::default()).artifacts.credentials().iter().all(|it| it.kind != "artifacts-http")
    );
}

#[tokio::test]
async fn a_refusal_says_which_account_and_what_to_do_and_no_secret() {
    let status = |status: u16| async move { (StatusCode::from_u16(status).expect("a status"), SECRET) };
    let router = Router::new()
        .route("/401", get(move || status(401)))
        .route("/403", get(move || status(403)))
        .route("/404", get(move || status(404)))
        .route("/400", get(move || status(400)))
        .route("/503", get(move || status(503)))
        .route("/limited", get(async || (StatusCode::FORBIDDEN, [("x-ratelimit-remaining", "0")], "")));
    let site = Site::start(router).await;
    let account = HttpAccount { username: Some("ann".to_owned()), password: secret(), ..http("files") };
    let fixture = of_http(vec![account], FetchOptions::default());
    for (path, kind, part) in [
        ("/401?token=s3cr3t-word", Kind::Denied, "its token or password is missing, wrong or has expired"),
        ("/403", Kind::Denied, "may not read this"),
        ("/404", Kind::NotFound, "check the reference and the version"),
        ("/400", Kind::Invalid, "400 Bad Request"),
        ("/503", Kind::Unavailable, "ask again later"),
        ("/limited", Kind::Unavailable, "ask again later"),
    ] {
        let (found, text) = fixture.refusal(artifact("http/file", "files", &site.url(path))).await;
        assert_eq!(found, kind, "{path}: {text}");
        assert!(text.contains(part) && text.contains("account files"), "{path}: {text}");
    }
}

#[tokio::test]
async fn addresses_that_may_not_be_called_are_not_also_after_a_redirect() {
    let router = Router::new()
        .route("/file", get(async || "content"))
        .route("/metadata", get(async || Redirect::temporary("http://169.254.169.254/latest")))
        .route("/local", get(async || Redirect::temporary("file:///etc/passwd")));
    let site = Site::start(router).await;
    let strict = HttpAccount { url_restrictions: UrlRuleOptions::default(), ..http("strict") };
    let domains = UrlRuleOptions { allowed_domains: vec!["files.example.com".to_owned()], ..here() };
    let narrow = HttpAccount { url_restrictions: domains, ..http("narrow") };
    let fixture = of_http(vec![http("here"), strict, narrow], FetchOptions::default());
    for (account, path, part) in [
        ("strict", "/file", "rejectVerbatimIps"),
        ("narrow", "/file", "allowedDomains"),
        ("here", "/metadata", "rejectLinkLocal"),
        ("here", "/local", "scheme"),
    ] {
        let (kind, text) = fixture.refusal(artifact("http/file", account, &site.url(path))).await;
        assert_eq!(kind, Kind::Denied, "{account} {path}: {text}");
        assert!(text.contains(part), "{account} {path}: {text}");
    }
    for reference in ["", "file:///etc/passwd", "content.txt", "ftp://example.com/a"] {
        let (kind, text) = fixture.refusal(artifact("http/file", "here", reference)).await;
        assert_eq!(kind, Kind::Invalid, "{reference}: {text}");
    }
}

#[tokio::test]
async fn what_is_too_large_or_does_not_end_is_not_fetched_and_leaves_nothing() {
    let endless =
        async || Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![0; 65_536]))));
    let router = Router::new()
        .route("/announced", get(async || vec![0_u8; 3_000_000]))
        .route("/endless", get(endless))
        .route("/silent", get(async || Body::from_stream(stream::pending::<std::io::Result<Bytes>>())));
    let site = Site::start(router).await;
    let fixture = of_http(vec![http("files")], limits(2_000_000));
    for path in ["/announced", "/endless"] {
        let (kind, text) = fixture.refusal(artifact("http/file", "files", &site.url(path))).await;
        assert_eq!(kind, Kind::TooLarge, "{text}");
        assert!(text.contains("more than 2000000 bytes") && text.contains("artifacts.fetch.sizeLimit"), "{text}");
    }
    assert_eq!(fixture.left(), [""; 0]);
    let exact = of_http(vec![http("files")], limits(3_000_000));
    assert_eq!(
        exact.fetch(artifact("http/file", "files", &site.url("/announced"))).await.expect("it fits").len(),
        3_000_000
    );

    let hasty = of_http(vec![http("files")], FetchOptions { deadline_ms: 50, ..FetchOptions::default() });
    let (kind, text) = hasty.refusal(artifact("http/file", "files", &site.url("/silent"))).await;
    assert_eq!(kind, Kind::Timeout, "{text}");
}

#[tokio::test]
async fn one_fetch_that_waits_keeps_others_waiting_only_where_there_is_room_for_one() {
    let router = Router::new()
        .route("/file", get(async || "content"))
        .route("/silent", get(async || Body::from_stream(stream::pending::<std::io::Result<Bytes>>())));
    let site = Site::start(router).await;
    let fixture = of_http(vec![http("files")], FetchOptions { concurrency: 1, ..FetchOptions::default() });
    let silent = fixture.fetch(artifact("http/file", "files", &site.url("/silent")));
    let waiting = async {
        while site.asked().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    // The first one is given up: its place is free again.
    tokio::select! {
        _ = silent => panic!("it does not end"),
        () = waiting => {}
    }
    let file = fixture.text(artifact("http/file", "files", &site.url("/file")));
    assert_eq!(tokio::time::timeout(Duration::from_secs(60), file).await.expect("there is room"), "content");
}

#[tokio::test]
async fn github_says_where_a_file_is_or_gives_it_itself() {
    let api = async |request: Request| {
        let host = request.headers()["host"].to_str().expect("a host").to_owned();
        let raw = request.headers().get("accept").is_some_and(|accept| accept == "application/vnd.github.v3.raw");
        let query = request.uri().query().unwrap_or_default();
        if raw { query.to_owned() } else { json!({ "download_url": format!("http://{host}/raw/{query}") }).to_string() }
    };
    let router = Router::new()
        .route("/repos/o/r/contents/f.yml", get(api))
        .route("/repos/o/r/contents/folder", get(async || Json(json!([{ "name": "f.yml" }]))))
        .route("/raw/{version}", get(async || "content"));
    let site = Site::start(router).await;
    let token =
        GitHubAccount { name: "token".to_owned(), token: secret(), url_restrictions: here(), ..Default::default() };
    let content = GitHubAccount { name: "content".to_owned(), use_content_api: true, ..token.clone() };
    let user = GitHubAccount {
        name: "user".to_owned(),
        username: Some("ann".to_owned()),
        password: secret(),
        token: None,
        ..token.clone()
    };
    let github = enabled(vec![token, content, user]);
    let fixture = Fixture::of(ArtifactOptions { github, ..ArtifactOptions::default() });
    let file = |account: &str| artifact("github/file", account, &site.url("/repos/o/r/contents/f.yml"));

    assert_eq!(fixture.text(with(file("token"), "version", "v1")).await, "content");
    let asked = site.asked();
    let targets: Vec<&str> = asked.iter().map(|asked| asked.target.as_str()).collect();
    assert_eq!(targets, ["/repos/o/r/contents/f.yml?ref=v1", "/raw/ref=v1"]);
    assert!(asked.iter().all(|asked| asked.header("authorization") == format!("token {SECRET}")));

    assert_eq!(fixture.text(file("content")).await, "ref=master");
    assert_eq!(fixture.text(file("user")).await, "content");
    assert_eq!(site.asked().last().expect("a request").header("authorization"), BASIC);

    let folder = artifact("github/file", "token", &site.url("/repos/o/r/contents/folder"));
    let (kind, text) = fixture.refusal(folder).await;
    assert_eq!(kind, Kind::Invalid);
    assert!(text.contains("without a download_url") && text.contains("account token"), "{text}");
}

#[tokio::test]
async fn gitlabs_token_goes_to_gitlab_and_to_nobody_else() {
    let other = Site::start(Router::new().route("/file", get(async || "elsewhere"))).await;
    let target = other.url("/file");
    let raw = async move |Query(query): Query<Vec<(String, String)>>| match query[0].1.as_str() {
        "moved" => Err(Redirect::temporary(&target)),
        version => Ok(version.to_owned()),
    };
    let site = Site::start(Router::new().route("/api/v4/projects/1/repository/files/f/raw", get(raw))).await;
    let account =
        GitLabAccount { name: "lab".to_owned(), token: secret(), url_restrictions: here(), ..Default::default() };
    let fixture = Fixture::of(ArtifactOptions { gitlab: enabled(vec![account]), ..ArtifactOptions::default() });
    let file = artifact("gitlab/file", "lab", &site.url("/api/v4/projects/1/repository/files/f/raw"));
    assert_eq!(fixture.text(file.clone()).await, "master");
    assert_eq!(fixture.text(with(file, "version", "moved")).await, "elsewhere");
    assert!(site.asked().iter().all(|asked| asked.header("private-token") == SECRET));
    assert_eq!(other.asked()[0].header("private-token"), "");
}

#[tokio::test]
async fn bitbucket_takes_a_token_or_a_user() {
    let site = Site::start(Router::new().route("/raw/f", get(async || "content"))).await;
    let user = BitbucketAccount {
        name: "user".to_owned(),
        username: Some("ann".to_owned()),
        password: secret(),
        url_restrictions: here(),
        ..Default::default()
    };
    let token = BitbucketAccount { name: "token".to_owned(), token: secret(), ..user.clone() };
    let fixture = Fixture::of(ArtifactOptions { bitbucket: enabled(vec![user, token]), ..ArtifactOptions::default() });
    for (account, expected, accept) in
        [("user", BASIC.to_owned(), ""), ("token", format!("Bearer {SECRET}"), "application/json")]
    {
        assert_eq!(fixture.text(artifact("bitbucket/file", account, &site.url("/raw/f"))).await, "content");
        let asked = site.asked();
        assert_eq!((asked[0].header("authorization"), asked[0].header("accept")), (expected.as_str(), accept));
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_used_says_why_and_disturbs_no_other() {
    let site = Site::start(Router::new().route("/file", get(async || "content"))).await;
    let rules = UrlRuleOptions { allowed_hostnames_regex: "(".to_owned(), ..here() };
    let broken = HttpAccount { url_restrictions: rules, ..http("broken") };
    let fixture = of_http(vec![broken, http("files")], FetchOptions::default());
    assert_eq!(fixture.text(artifact("http/file", "files", &site.url("/file"))).await, "content");
    let (kind, text) = fixture.refusal(artifact("http/file", "broken", &site.url("/file"))).await;
    assert_eq!(kind, Kind::Invalid);
    assert!(text.starts_with("the artifact account broken cannot be used: the rule \"(\""), "{text}");
}
