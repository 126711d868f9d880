//! Calls to servers that users name.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::http::{HeaderValue, Method, StatusCode};
use bytes::Bytes;
use gennaker_http::outbound::{Error, Options, Outbound, Redirects, Request, Resolve, Sink, UrlRuleOptions, UrlRules};
use url::Url;

use crate::peer::{Peer, answer, local};

fn get(address: SocketAddr, path: &str) -> Request {
    Request::new(Method::GET, Url::parse(&format!("http://{address}{path}")).expect("a URL"))
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made_and_names_come_back_as_they_were_written() {
    let peer = Peer::start(|_| {
        let head = "X-Build-Id: 7\r\nSet-Cookie: a\r\nset-cookie: b\r\n";
        format!("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n{}", answer("201 Made", head, "{\"a\": 1}"))
    })
    .await;
    let mut request = Request { method: Method::POST, ..get(peer.address, "/hook?a=b%20c#part") };
    request.body = Bytes::from_static(b"{}");
    request.headers.insert("x-a", HeaderValue::from_static("b"));
    request.headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
    let answer = local(|_| {}).send(request).await.expect("an answer");

    assert_eq!((answer.status, answer.reason.as_str()), (StatusCode::CREATED, "Made"));
    assert_eq!(&answer.body[..], b"{\"a\": 1}");
    assert_eq!(answer.header("X-BUILD-ID"), Some("7"));
    let names: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["X-Build-Id", "Set-Cookie", "Set-Cookie", "Content-Length"]);

    let requests = peer.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("POST /hook?a=b%20c HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("host: {}\r\n", peer.address)), "{head}");
    assert!(head.contains("x-a: b") && head.contains("content-length: 2") && !head.contains("chunked"), "{head}");
    assert_eq!(body, "{}");
}

#[tokio::test]
async fn a_failure_of_the_server_is_an_answer() {
    let peer = Peer::start(|_| answer("503 Busy", "", "later")).await;
    let answer = local(|_| {}).send(get(peer.address, "/")).await.expect("an answer");
    assert_eq!((answer.status, &answer.body[..]), (StatusCode::SERVICE_UNAVAILABLE, &b"later"[..]));
}

#[tokio::test]
async fn a_silent_server_does_not_hold_the_call() {
    let silent = Peer::start(|_| String::new()).await;
    let stalled = Peer::start(|_| "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc".to_owned()).await;
    for address in [silent.address, stalled.address] {
        let short = |options: &mut Options| options.read_timeout = Duration::from_millis(50);
        let late = local(short).send(get(address, "/")).await;
        assert!(matches!(late, Err(Error::TimedOut { .. })), "{late:?}");
        let short = |options: &mut Options| options.deadline = Duration::from_millis(50);
        let late = local(short).send(get(address, "/")).await;
        assert!(matches!(late, Err(Error::TimedOut { .. })), "{late:?}");
    }
}

#[tokio::test]
async fn sizes_are_limited_on_both_ways() {
    let peer = Peer::start(|_| answer("200 OK", "", &"x".repeat(1000))).await;
    let endless = Peer::start(|_| format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(5000))).await;
    let small = |options: &mut Options| options.answer_limit = 500;
    for address in [peer.address, endless.address] {
        let refused = local(small).send(get(address, "/")).await;
        assert!(matches!(refused, Err(Error::AnswerTooLarge { limit: 500, .. })), "{refused:?}");
    }
    let mut request = Request { method: Method::POST, ..get(peer.address, "/") };
    request.body = Bytes::from(vec![b'x'; 1000]);
    let small = |options: &mut Options| options.request_limit = Some(500);
    let refused = local(small).send(request).await;
    assert!(matches!(refused, Err(Error::RequestTooLarge { size: 1000, limit: 500, .. })), "{refused:?}");
    assert_eq!(peer.requests().len(), 1, "the large request was not sent");
}

#[tokio::test]
async fn redirects_are_followed_checked_or_refused_as_the_options_say() {
    let target = Peer::start(|_| answer("200 OK", "", "there")).await;
    let location = format!("Location: http://{}/there\r\n", target.address);
    let peer = Peer::start(move |request| match request.split(' ').nth(1) {
        Some("/loop") => answer("302 Found", "Location: /loop\r\n", ""),
        Some("/nowhere") => answer("302 Found", "", "no location"),
        Some("/keep") => answer("307 Temporary Redirect", &location, ""),
        Some("/cloud") => answer("302 Found", "Location: http://169.254.169.254/latest\r\n", ""),
        Some("/file") => answer("302 Found", "Location: file:///etc/passwd\r\n", ""),
        _ => answer("302 Found", &location, ""),
    })
    .await;
    let outbound = local(|_| {});
    let post = |path: &str| {
        let mut request = Request { method: Method::POST, ..get(peer.address, path) };
        request.body = Bytes::from_static(b"{}");
        request
    };

    let answer = outbound.send(post("/found")).await.expect("an answer");
    assert_eq!((&answer.body[..], answer.url.path()), (&b"there"[..], "/there"));
    outbound.send(post("/keep")).await.expect("an answer");
    let methods: Vec<String> = target.requests().iter().map(|request| request[..4].to_owned()).collect();
    assert_eq!(methods, ["GET ", "POST"]);
    assert!(target.requests()[1].ends_with("{}"));

    let answer = outbound.send(get(peer.address, "/nowhere")).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::FOUND);
    let circle = outbound.send(get(peer.address, "/loop")).await;
    assert!(matches!(circle, Err(Error::TooManyRedirects { .. })), "{circle:?}");

    for path in ["/cloud", "/file"] {
        let refused = outbound.send(get(peer.address, path)).await;
        assert!(matches!(refused, Err(Error::Refused { redirected: true, .. })), "{refused:?}");
    }
    let off = local(|options| options.redirects = Redirects::Refuse).send(get(peer.address, "/found")).await;
    assert!(matches!(off, Err(Error::RedirectsOff { .. })), "{off:?}");
}

#[tokio::test]
async fn what_cannot_be_called_is_told_apart() {
    let outbound = local(|_| {});
    // Nobody listens on this address, whatever the port.
    let closed = SocketAddr::from(([127, 0, 0, 3], 9));
    let unreachable = outbound.send(get(closed, "/")).await;
    assert!(matches!(unreachable, Err(Error::Unreachable { .. })), "{unreachable:?}");

    let no_http = Peer::start(|_| "220 mail.example.com ESMTP\r\n\r\n".to_owned()).await;
    let broken = outbound.send(get(no_http.address, "/")).await;
    assert!(matches!(broken, Err(Error::Broken { .. })), "{broken:?}");

    let names = Names(|| Err(io::Error::other("no such name")));
    let unknown = local(|options| options.resolver = Arc::new(names));
    let unknown = unknown.send(Request::new(Method::GET, Url::parse("http://a.example.com/").expect("a URL"))).await;
    assert!(matches!(unknown, Err(Error::UnknownHost { .. })), "{unknown:?}");
}

/// Names as a test has them.
struct Names<F>(F);

#[async_trait]
impl<F: Fn() -> io::Result<Vec<IpAddr>> + Send + Sync + 'static> Resolve for Names<F> {
    async fn resolve(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        (self.0)()
    }
}

#[tokio::test]
async fn a_name_is_connected_to_at_the_address_that_was_checked() {
    let peer = Peer::start(|_| answer("200 OK", "", "inside")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // Harmless at first, then where the rules forbid to go.
    let rebinding = Names(move || {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if first { "127.0.0.2" } else { "127.0.0.1" }.parse().expect("an address")])
    });
    let rules =
        UrlRuleOptions { reject_localhost: false, rejected_ips: vec!["127.0.0.1".into()], ..UrlRuleOptions::default() };
    let options =
        Options { rules: UrlRules::new(&rules).expect("rules"), resolver: Arc::new(rebinding), ..Options::default() };
    let outbound = Outbound::new(options).expect("a caller");
    let url = Url::parse(&format!("http://rebind.example.com:{}/", peer.address.port())).expect("a URL");
    // Nobody listens there, and the connection is not made to what the name means by then.
    let first = outbound.send(Request::new(Method::GET, url.clone())).await;
    assert!(matches!(first, Err(Error::Unreachable { .. })), "{first:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "a call resolves its name once");
    let second = outbound.send(Request::new(Method::GET, url)).await;
    assert!(matches!(second, Err(Error::Refused { redirected: false, .. })), "{second:?}");
    assert!(peer.requests().is_empty());
}

/// Takes so many bytes.
struct Shelf {
    taken: Vec<u8>,
    room: usize,
}

#[async_trait]
impl Sink for Shelf {
    async fn take(&mut self, part: Bytes) -> io::Result<()> {
        if self.taken.len() + part.len() > self.room {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the shelf is full"));
        }
        self.taken.extend_from_slice(&part);
        Ok(())
    }
}

#[tokio::test]
async fn what_is_saved_is_the_last_answer_if_it_is_one_of_success() {
    let peer = Peer::start(|request| match request.split(' ').nth(1) {
        Some("/moved") => answer("302 Found", "Location: /file\r\n", "not this"),
        Some("/file") => answer("200 OK", "", "content"),
        _ => answer("404 Not Found", "", &"x".repeat(100_000)),
    })
    .await;
    let outbound = local(|_| {});
    let mut shelf = Shelf { taken: Vec::new(), room: 100 };
    let saved = outbound.save(get(peer.address, "/moved"), &mut shelf).await.expect("an answer");
    assert_eq!((&shelf.taken[..], saved.body.len()), (&b"content"[..], 0));

    let refused = outbound.save(get(peer.address, "/none"), &mut shelf).await.expect("an answer");
    assert_eq!((refused.status, refused.body.len(), shelf.taken.len()), (StatusCode::NOT_FOUND, 65_536, 7));

    shelf.room = 10;
    let error = outbound.save(get(peer.address, "/file"), &mut shelf).await.expect_err("no room");
    assert!(matches!(&error, Error::NotTaken { source, .. } if source.kind() == io::ErrorKind::StorageFull), "{error}");

    let small = local(|options| options.answer_limit = 20);
    let error = small.save(get(peer.address, "/file"), &mut shelf).await.expect_err("too large");
    assert!(matches!(error, Error::AnswerTooLarge { limit: 20, .. }), "{error}");
}
