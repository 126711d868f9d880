//! Tables of who is answered.

use super::*;

fn access(bound: &str) -> Access {
    let hosts = ["".to_owned(), "Gate.example.com".to_owned(), "orca".to_owned()];
    let origins = ["".to_owned(), "https://deck.example.com/".to_owned(), "http://ui.example.com:9000".to_owned()];
    Access::new(bound.parse().expect("an address"), &hosts, &origins.to_vec().into()).expect("valid entries")
}

fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.clone(), value.parse().expect("a header"))).collect()
}

#[test]
fn hosts() {
    let (loopback, all, one) = (access("127.0.0.1:8084"), access("0.0.0.0:8084"), access("10.0.0.5:8084"));
    // The host, then whether a service answers that is bound to loopback, to all addresses, to 10.0.0.5.
    for (host, expected) in [
        ("localhost", [true, true, true]),
        ("LOCALHOST:8084", [true, true, true]),
        ("localhost.:1", [true, true, true]),
        ("127.0.0.1:8084", [true, true, true]),
        ("127.9.9.9", [true, true, true]),
        ("[::1]:8084", [true, true, true]),
        ("gate.example.com", [true, true, true]),
        ("gate.example.com:443", [true, true, true]),
        ("orca:8083", [true, true, true]),
        ("10.0.0.5:8084", [false, true, true]),
        ("10.0.0.6", [false, true, false]),
        ("[fe80::1]:8084", [false, true, false]),
        ("0.0.0.0:8084", [false, true, false]),
        ("evil.example.com", [false, false, false]),
        ("gate.example.com.evil.com", [false, false, false]),
        ("localhost.evil.com", [false, false, false]),
        ("127.0.0.1.evil.com", [false, false, false]),
        ("evil.com@localhost", [false, false, false]),
        ("localhost:port", [false, false, false]),
        ("localhost:", [false, false, false]),
        (":8084", [false, false, false]),
        ("", [false, false, false]),
    ] {
        let headers = headers(&[(header::HOST, host)]);
        let found =
            [&loopback, &all, &one].map(|access| access.check(&Method::GET, &"/".parse().expect("a path"), &headers));
        let expected = expected.map(|answered| if answered { Ok(()) } else { Err(Refusal::Host(host.to_owned())) });
        assert_eq!(found, expected, "{host}");
    }
}

#[test]
fn every_name_of_a_request_counts() {
    let access = access("127.0.0.1:8084");
    let two = headers(&[(header::HOST, "localhost"), (header::HOST, "evil.com")]);
    assert_eq!(access.check(&Method::GET, &"/".parse().expect("a path"), &two), Err(Refusal::Host("evil.com".into())));

    let local = headers(&[(header::HOST, "localhost")]);
    let absolute: Uri = "http://evil.com/".parse().expect("a URI");
    assert_eq!(access.check(&Method::GET, &absolute, &local), Err(Refusal::Host("evil.com".into())));
    // Browsers always send a host; simple health checks over HTTP/1.0 do not.
    assert_eq!(access.check(&Method::GET, &"/".parse().expect("a path"), &HeaderMap::new()), Ok(()));
}

#[test]
fn origins() {
    let access = access("0.0.0.0:8084");
    for (origin, allowed) in [
        ("http://localhost:9000", true),
        ("https://localhost", true),
        ("http://127.0.0.1:3000", true),
        ("http://[::1]:9000", true),
        ("https://deck.example.com", true),
        ("https://deck.example.com:443", true),
        ("http://ui.example.com:9000", true),
        ("http://10.0.0.5:8084", true),
        ("http://deck.example.com", false),
        ("https://deck.example.com:8443", false),
        ("http://ui.example.com", false),
        ("http://10.0.0.5:9000", false),
        ("http://localhost.evil.com", false),
        ("http://evil.com", false),
        ("https://evil.com/https://deck.example.com", false),
        ("http://localhost@evil.com", false),
        ("file://localhost", false),
        ("null", false),
        ("*", false),
        ("", false),
    ] {
        let headers = headers(&[(header::HOST, "10.0.0.5:8084"), (header::ORIGIN, origin)]);
        let uri = "/".parse().expect("a path");
        assert_eq!(access.origin(&uri, &headers).is_some(), allowed, "{origin}");
        let expected = if allowed { Ok(()) } else { Err(Refusal::Origin(origin.to_owned())) };
        assert_eq!(access.check(&Method::POST, &uri, &headers), expected, "POST from {origin}");
        assert_eq!(
            access.check(&Method::GET, &uri, &headers),
            Ok(()),
            "a page cannot read the answer of {origin}'s GET"
        );
    }
}

#[test]
fn writes() {
    let access = access("127.0.0.1:8084");
    let uri = "/".parse().expect("a path");
    let foreign = [(header::HOST, "localhost"), (header::ORIGIN, "http://evil.com")];
    let cross = [(header::HOST, "localhost"), (SEC_FETCH_SITE, "cross-site")];
    let deck =
        [(header::HOST, "localhost"), (header::ORIGIN, "https://deck.example.com"), (SEC_FETCH_SITE, "cross-site")];
    let socket = [(header::HOST, "localhost"), (header::ORIGIN, "http://evil.com"), (header::UPGRADE, "websocket")];
    let script = [(header::HOST, "localhost")];
    let origin = || Err(Refusal::Origin("http://evil.com".into()));
    for (fields, get, post) in [
        (&foreign[..], Ok(()), origin()),
        (&cross[..], Ok(()), Err(Refusal::CrossSite)),
        (&deck[..], Ok(()), Ok(())),
        (&socket[..], origin(), origin()),
        (&script[..], Ok(()), Ok(())),
    ] {
        let headers = headers(fields);
        assert_eq!(access.check(&Method::GET, &uri, &headers), get, "GET {fields:?}");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(access.check(&method, &uri, &headers), post, "{method} {fields:?}");
        }
    }
}

#[test]
fn wrong_entries_are_named() {
    let bound: SocketAddr = "127.0.0.1:1".parse().expect("an address");
    for entry in ["*", "deck.example.com", "https://deck.example.com/path", "null"] {
        let error = Access::new(bound, &[], &vec![entry.to_owned()].into()).expect_err(entry);
        assert!(error.to_string().contains("server.allowed-origins"), "{error}");
    }
    let error = Access::new(bound, &["http://gate".to_owned()], &Origins::default()).expect_err("a URL is no host");
    assert!(error.to_string().contains("server.allowed-hosts"), "{error}");
}
