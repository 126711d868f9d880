//! What the balancer changes in a head: hop-by-hop fields end here, forwarded fields are added.

use std::net::SocketAddr;

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{
        CONNECTION, EXPECT, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
    },
    request,
    uri::{Authority, PathAndQuery},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");

/// The protocol that a client wants to change to, if it does. Not HTTP/2: within the tunnel nobody would look at its requests, and
/// a server may always go on as if the change had not been asked for (RFC 9113 has dropped it).
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wanted = tokens(headers).any(|token| token.eq_ignore_ascii_case("upgrade"));
    headers.get(UPGRADE).filter(|protocol| wanted && !is_http(protocol)).cloned()
}

fn is_http(protocol: &HeaderValue) -> bool {
    let begins = |token: &str, with: &str| token.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    let names = |text: &str| text.split(',').map(str::trim).any(|token| begins(token, "h2c") || begins(token, "http/"));
    protocol.to_str().map_or(true, names)
}

/// Removes what is meant for the next hop only (RFC 9110, section 7.6.1).
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers).filter_map(|token| token.parse().ok()).collect();
    for name in named {
        headers.remove(name);
    }
    let fixed = [
        CONNECTION,
        KEEP_ALIVE,
        PROXY_CONNECTION,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ];
    for name in fixed {
        headers.remove(name);
    }
}

/// Makes a client's head into the one that an instance gets. `X-Forwarded-For` grows by the client; `-Proto` and
/// `-Host` are kept if a proxy before this one has set them. A host in the URI goes before `Host`.
pub(super) fn forward(head: &mut request::Parts, client: SocketAddr, upgrade: Option<&HeaderValue>) {
    if head.headers.get_all(TE).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"trailers")) {
        head.extensions.insert(TakesTrailers);
    }
    remove_hop_by_hop(&mut head.headers);
    // The server side answers it itself.
    head.headers.remove(EXPECT);
    // A target in absolute form or HTTP/2's authority goes before a Host field.
    let authority = head.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    if let Some(authority) = authority {
        head.headers.insert(HOST, authority);
    }
    let path = head.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    head.uri = Uri::from(path);
    head.version = http::Version::HTTP_11;

    let mut chain: Vec<String> =
        head.headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
    chain.push(client.ip().to_string());
    if let Ok(chain) = HeaderValue::from_str(&chain.join(", ")) {
        head.headers.insert(FORWARDED_FOR, chain);
    }
    head.headers.entry(FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
    if let Some(host) = head.headers.get(HOST).cloned() {
        head.headers.entry(FORWARDED_HOST).or_insert(host);
    }
    if let Some(upgrade) = upgrade {
        head.headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        head.headers.insert(UPGRADE, upgrade.clone());
    }
}

/// Makes a head for HTTP/1.1 into one for HTTP/2: the host goes into the target, and a client that takes trailers says so,
/// which gRPC asks for.
pub(super) fn for_http2(head: &mut request::Parts, instance: SocketAddr) {
    let host = head.headers.remove(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let authority = host.map_or_else(|| instance.to_string(), |host| host.to_string());
    let path = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    if let Ok(uri) = Uri::builder().scheme("http").authority(authority).path_and_query(path).build() {
        head.uri = uri;
    }
    head.version = http::Version::HTTP_2;
    if head.extensions.get::<TakesTrailers>().is_some() {
        head.headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Marks the head of a client that takes trailers.
#[derive(Debug, Clone, Copy)]
struct TakesTrailers;

fn tokens(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn forwarded(request: request::Builder) -> request::Parts {
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        let wanted = upgrade(&head.headers);
        forward(&mut head, "10.1.2.3:4".parse().unwrap(), wanted.as_ref());
        head
    }

    #[test]
    fn hop_by_hop_fields_end_and_forwarded_fields_begin() {
        let head = forwarded(
            Request::get("http://shop.test/a?b=c")
                .header(HOST, "other.test")
                .header(CONNECTION, "keep-alive, X-Secret")
                .header("x-secret", "1")
                .header(TE, "trailers")
                .header(EXPECT, "100-continue")
                .header(FORWARDED_FOR, "1.1.1.1")
                .header("accept", "*/*"),
        );
        let mut names: Vec<_> = head.headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]);
        assert_eq!(head.uri, "/a?b=c");
        assert_eq!(head.headers[HOST], "shop.test");
        assert_eq!(head.headers[FORWARDED_FOR], "1.1.1.1, 10.1.2.3");
    }

    #[test]
    fn a_head_for_http2_names_its_host_in_the_target() {
        let mut head = forwarded(Request::post("/a?b").header(HOST, "shop.test:80").header(TE, "trailers"));
        for_http2(&mut head, "127.0.0.1:9".parse().unwrap());
        assert_eq!((head.uri.to_string().as_str(), head.version), ("http://shop.test:80/a?b", http::Version::HTTP_2));
        assert!(!head.headers.contains_key(HOST) && head.headers[TE] == "trailers");
        let mut hostless = forwarded(Request::get("/"));
        for_http2(&mut hostless, "127.0.0.1:9".parse().unwrap());
        assert_eq!(hostless.uri, "http://127.0.0.1:9/");
        assert!(!hostless.headers.contains_key(TE));
    }

    #[test]
    fn an_upgrade_is_passed_on_only_if_it_is_asked_for() {
        let asked = forwarded(Request::get("/ws").header(CONNECTION, "Upgrade").header(UPGRADE, "websocket"));
        assert_eq!(
            (&asked.headers[CONNECTION], &asked.headers[UPGRADE]),
            (&HeaderValue::from_static("upgrade"), &HeaderValue::from_static("websocket"))
        );
        let only_named = forwarded(Request::get("/ws").header(UPGRADE, "websocket"));
        assert!(!only_named.headers.contains_key(UPGRADE));
        for protocol in ["h2c", "H2C", "websocket, h2c", "HTTP/2.0"] {
            let hidden = Request::get("/").header(CONNECTION, "Upgrade, HTTP2-Settings").header(UPGRADE, protocol);
            let hidden = forwarded(hidden.header("http2-settings", "AAMAAABk")).headers;
            let left =
                [UPGRADE, CONNECTION, HeaderName::from_static("http2-settings")].map(|name| hidden.contains_key(name));
            assert_eq!(left, [false; 3], "{protocol}");
        }
    }
}
