//! Objects of a bucket of a real S3 server.

use gennaker_base::{Kind, Redacted};
use gennaker_clouddriver::artifacts::{ArtifactOptions, S3Account};
use gennaker_harness::{S3Server, s3};

use super::{Fixture, artifact, enabled, limits};

fn put(server: &S3Server, key: &str, content: &[u8]) {
    let path = server.file("builds", key);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("an object");
}

#[tokio::test]
async fn objects_are_fetched_whatever_their_size_and_what_is_wrong_is_named() {
    let Some(server) = S3Server::start().await.expect("a server") else { return };
    server.make_bucket("builds", false).await.expect("a bucket");
    let large: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    put(&server, "shop/1.0/a b+c.txt", b"small");
    put(&server, "large.bin", &large);
    let account = |name: &str, secret: &str| S3Account {
        name: name.to_owned(),
        api_endpoint: Some(server.endpoint().to_owned()),
        api_region: Some(s3::REGION.to_owned()),
        aws_access_key_id: Some(s3::KEY.to_owned()),
        aws_secret_access_key: Some(Redacted::new(secret.to_owned())).filter(|secret| !secret.expose().is_empty()),
        ..S3Account::default()
    };
    let accounts = vec![account("builds", s3::SECRET), account("wrong", "s3cr3t-word"), account("half", "")];
    let options = ArtifactOptions { s3: enabled(accounts), fetch: limits(3_000_000), ..ArtifactOptions::default() };
    let fixture = Fixture::of(options.clone());
    let object = |account: &str, reference: &str| artifact("s3/object", account, reference);

    for reference in ["s3://builds/shop/1.0/a b+c.txt", "builds/shop/1.0/a b+c.txt"] {
        assert_eq!(fixture.text(object("builds", reference)).await, "small");
    }
    assert!(fixture.fetch(object("builds", "s3://builds/large.bin")).await.expect("content") == large);
    assert_eq!(fixture.left(), [""; 0]);

    for (account, reference, kind, part) in [
        ("builds", "s3://builds/none", Kind::NotFound, "s3://builds/none is not there"),
        ("builds", "s3://builds", Kind::Invalid, "s3://BUCKET/KEY"),
        ("builds", "s3://builds/", Kind::Invalid, "s3://BUCKET/KEY"),
        ("builds", "s3://bui:lds/a", Kind::Invalid, "s3://BUCKET/KEY"),
        ("wrong", "s3://builds/large.bin", Kind::Denied, "does not accept the access key"),
        ("half", "s3://builds/large.bin", Kind::Invalid, "only one of awsAccessKeyId"),
    ] {
        let (found, text) = fixture.refusal(object(account, reference)).await;
        assert!(text.contains(part), "{reference}: {text}");
        assert_eq!(found, kind, "{reference}: {text}");
    }

    let small = Fixture::of(ArtifactOptions { fetch: limits(1_000), ..options });
    assert_eq!(small.refusal(object("builds", "s3://builds/large.bin")).await.0, Kind::TooLarge);
}
