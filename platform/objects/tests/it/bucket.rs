//! What the trait promises, on a bucket of a real S3 server; and what goes wrong with buckets.

use std::{collections::HashMap, sync::Arc};

use gennaker_base::{Kind, Redacted, SystemClock};
use gennaker_harness::{S3Server, s3};
use gennaker_objects::{BucketObjects, BucketOptions, Condition, Encryption, Error, Objects, Problem};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{Stores, contract::contract, key};

const BUCKET: &str = "front50";

contract!(stores);

async fn stores() -> Option<Stores> {
    let server = server(true).await?;
    let one = Arc::new(open(options(&server)).await.expect("a bucket"));
    let other = Arc::new(open(options(&server)).await.expect("a bucket"));
    assert!(one.notices().is_empty(), "{:?}", one.notices());
    Some(Stores { one, other, _place: Box::new(server) })
}

/// A server with the bucket.
pub(super) async fn server(versioned: bool) -> Option<S3Server> {
    let server = S3Server::start().await.expect("a server")?;
    server.make_bucket(BUCKET, versioned).await.expect("a bucket");
    Some(server)
}

pub(super) fn options(server: &S3Server) -> BucketOptions {
    at(server.endpoint())
}

pub(super) fn at(endpoint: &str) -> BucketOptions {
    BucketOptions {
        endpoint: Some(endpoint.to_owned()),
        keys: Some((s3::KEY.to_owned(), Redacted::new(s3::SECRET.to_owned()))),
        ..BucketOptions::new(BUCKET, key("scratch/conditions"))
    }
}

pub(super) async fn open(options: BucketOptions) -> gennaker_objects::Result<BucketObjects> {
    BucketObjects::open(options, Arc::new(SystemClock)).await
}

async fn problem(options: BucketOptions) -> Problem {
    match open(options).await {
        Err(Error::Bucket { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[tokio::test]
async fn a_bucket_that_cannot_be_used_is_named() {
    let Some(server) = server(true).await else { return };
    let keys = |key: &str, secret: &str| Some((key.to_owned(), Redacted::new(secret.to_owned())));
    let wrong = BucketOptions { keys: keys(s3::KEY, "another-secret"), ..options(&server) };
    assert!(!format!("{wrong:?}").contains("another-secret"), "a secret is not shown");
    let error = problem(wrong).await;
    assert!(matches!(&error, Problem::Keys { code } if code == "SignatureDoesNotMatch"), "{error}");
    let error = problem(BucketOptions { keys: keys("nobody", s3::SECRET), ..options(&server) }).await;
    assert!(matches!(&error, Problem::Keys { .. }), "{error}");

    let error = problem(BucketOptions { bucket: "another-bucket".to_owned(), ..options(&server) }).await;
    assert_eq!(error, Problem::Missing { address: format!("{}/another-bucket", server.endpoint()) });
    let error = problem(BucketOptions { region: "eu-west-1".to_owned(), ..options(&server) }).await;
    assert_eq!(error, Problem::Region { ours: "eu-west-1".to_owned(), theirs: s3::REGION.to_owned() });

    // A 404 that is not S3's says nothing about an object.
    let lost = stand_in(Answers::from([("get", "404 Not Here"), ("put if-none-match", "403 No")])).await;
    let objects = open(at(&lost)).await.expect("it may be that only this question is refused");
    let error = objects.get(&key("a")).await.expect_err("this is no answer of S3's");
    assert_eq!(error.kind(), Kind::Unavailable);

    let nowhere = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let error = problem(at(&format!("http://{nowhere}"))).await;
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().contains("Connection refused"), "{error}");
}

#[tokio::test]
async fn without_versioning_there_is_only_what_is_and_that_is_said() {
    let Some(server) = server(false).await else { return };
    let objects = open(options(&server)).await.expect("a bucket");
    let notices = objects.notices();
    assert!(matches!(notices, [notice] if notice.contains("is not versioned")), "{notices:?}");
    let name = key("group/a");
    assert_eq!(objects.history(&name, 10).await.expect("a history"), []);
    for content in ["1", "2"] {
        objects.put(&name, content.into(), Condition::Any).await.expect("a write");
    }
    let history = objects.history(&name, 10).await.expect("a history");
    assert_eq!(history.len(), 1);
    let present = objects.get_version(&name, &history[0].id).await.expect("a read").expect("an object");
    assert_eq!((&present.bytes[..], present.modified), (&b"2"[..], history[0].modified));
    assert_eq!(objects.get_version(&name, "1").await.expect("a read"), None);
    assert!(objects.delete(&name, Condition::Any).await.expect("a delete"));
    assert_eq!(objects.history(&name, 10).await.expect("a history"), []);
    objects.put(&name, "3".into(), Condition::IfAbsent).await.expect("nothing is there");
}

#[tokio::test]
async fn small_pages_hold_all() {
    let Some(server) = server(true).await else { return };
    let encryption = Some(Encryption::Aes256);
    let objects = open(BucketOptions { page: 2, encryption, ..options(&server) }).await.expect("a bucket");
    let names: Vec<_> = (0..7).map(|number| key(&format!("group/{number}"))).collect();
    for name in &names {
        objects.put(name, "1".into(), Condition::Any).await.expect("a write");
    }
    let listed = objects.list(&key("group")).await.expect("a listing").entries;
    assert_eq!(listed.into_iter().map(|entry| entry.key).collect::<Vec<_>>(), names);
    for content in 0..9 {
        if content % 3 == 2 {
            objects.delete(&names[0], Condition::Any).await.expect("a delete");
        }
        objects.put(&names[0], format!("{content}").into(), Condition::Any).await.expect("a write");
    }
    assert_eq!(objects.history(&names[0], 100).await.expect("a history").len(), 10);
    assert_eq!(objects.history(&names[0], 3).await.expect("a history").len(), 3);
}

#[tokio::test]
async fn a_copy_for_a_fail_over_is_only_read() {
    let Some(server) = server(true).await else { return };
    let objects = open(BucketOptions { read_only: true, ..options(&server) }).await.expect("a bucket");
    assert!(matches!(objects.notices(), [notice] if notice.contains("read-only")), "{:?}", objects.notices());
    assert!(!server.file(BUCKET, "scratch").exists(), "nothing was tried on it");
    let name = key("group/a");
    assert_eq!(objects.get(&name).await.expect("a read"), None);
    let error = objects.put(&name, "1".into(), Condition::Any).await.expect_err("read-only");
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(objects.delete(&name, Condition::Any).await.is_err());
}

#[tokio::test]
async fn foreign_files_are_objects_and_can_be_replaced() {
    let Some(server) = server(true).await else { return };
    let objects = open(BucketOptions { object_limit: 100, ..options(&server) }).await.expect("a bucket");
    std::fs::create_dir_all(server.file(BUCKET, "group/deeper")).expect("folders");
    for (name, content) in [("by-hand", "old"), (".hidden", "x"), ("large", &"x".repeat(101))] {
        std::fs::write(server.file(BUCKET, &format!("group/{name}")), content).expect("a file");
    }
    let listing = objects.list(&key("group")).await.expect("a listing");
    let names: Vec<_> = listing.entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(names, ["group/by-hand", "group/large"]);
    assert_eq!(objects.get(&key("group/large")).await.expect_err("too large").kind(), Kind::TooLarge);

    // The server tells no entity tag of a file that it did not write.
    let name = key("group/by-hand");
    let found = objects.get(&name).await.expect("a read").expect("an object");
    std::fs::write(server.file(BUCKET, "group/by-hand"), "new").expect("a file");
    let stale = Condition::IfVersion(found.version);
    assert_eq!(objects.put(&name, "1".into(), stale).await.expect_err("it changed").kind(), Kind::Conflict);
    let found = objects.get(&name).await.expect("a read").expect("an object");
    let written = objects.put(&name, "1".into(), Condition::IfVersion(found.version)).await.expect("it is as read");
    objects.put(&name, "2".into(), Condition::IfVersion(written)).await.expect("it has a tag now");
}

/// What a server answers to a method, and to a method under a condition.
type Answers = HashMap<&'static str, &'static str>;

/// A server that does what it wants with conditions.
async fn stand_in(answers: Answers) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.windows(4).any(|window| window == b"\r\n\r\n") && stream.read_buf(&mut head).await.is_ok() {}
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let method = head.split_whitespace().next().unwrap_or_default();
            let condition = ["if-none-match", "if-match"].into_iter().find(|name| head.contains(name));
            let asked = format!("{method} {}", condition.unwrap_or_default());
            let status = answers.get(asked.trim()).copied().unwrap_or("200 OK");
            let body = "<Answer/>";
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    endpoint
}

#[tokio::test]
async fn a_server_that_keeps_no_conditions_is_refused() {
    let careless = stand_in(Answers::new()).await;
    assert_eq!(problem(at(&careless)).await, Problem::NoConditions("If-None-Match"));
    let half = stand_in(Answers::from([("put if-none-match", "412 No")])).await;
    let error = problem(at(&half)).await;
    assert_eq!((&error, error.kind()), (&Problem::NoConditions("If-Match"), Kind::Unsupported));
    assert!(error.to_string().contains("of two writers one would be lost"), "{error}");
    let ignorant = stand_in(Answers::from([("put if-none-match", "501 What")])).await;
    assert_eq!(problem(at(&ignorant)).await, Problem::NoConditions("If-None-Match"));

    // Without the right to write it cannot be found out, and reading goes on.
    let denied = stand_in(Answers::from([("put if-none-match", "403 No")])).await;
    let objects = open(at(&denied)).await.expect("a bucket");
    assert!(
        objects.notices().iter().any(|notice| notice.contains("denies a conditional write")),
        "{:?}",
        objects.notices()
    );

    // Deletions under a condition are younger than writes under one.
    let young = [("put if-none-match", "412 No"), ("put if-match", "412 No")];
    let objects = open(at(&stand_in(Answers::from(young)).await)).await.expect("a bucket");
    let name = key("a");
    let version = objects.get(&name).await.expect("a read").expect("an object").version;
    assert!(objects.delete(&name, Condition::Any).await.expect("a delete"));
    assert!(version.0.starts_with("content:"), "the server tells no tag");
}
