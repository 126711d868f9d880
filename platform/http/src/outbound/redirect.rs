//! What is asked next after a redirect.
//!
//! As OkHttp follows them: 307 and 308 keep method and body; after the others what may carry a body becomes a `GET`.
//! What tells who one is stays with the server that it was meant for: `Authorization`, `Cookie`, and whatever is marked
//! as sensitive.

use bytes::Bytes;
use http::{Method, StatusCode, header};
use url::Url;

use super::Request;

/// Whether a status sends the caller elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 300 | 301 | 302 | 303 | 307 | 308)
}

/// The request for the redirect's target.
pub(super) fn next(mut request: Request, status: StatusCode, mut target: Url) -> Request {
    let keeps = matches!(status.as_u16(), 307 | 308);
    if !keeps && !matches!(request.method, Method::GET | Method::HEAD) {
        request.method = Method::GET;
        request.body = Bytes::new();
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING, header::CONTENT_LANGUAGE] {
            request.headers.remove(name);
        }
    }
    if target.origin() != request.url.origin() {
        for name in [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION, header::HOST] {
            request.headers.remove(name);
        }
        let secrets = request.headers.iter().filter(|(_, value)| value.is_sensitive());
        let secrets: Vec<_> = secrets.map(|(name, _)| name.clone()).collect();
        for name in secrets {
            request.headers.remove(name);
        }
    }
    target.set_fragment(None);
    request.url = target;
    request
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn after(method: Method, status: u16, target: &str) -> Request {
        let mut request = Request::new(method, Url::parse("https://a.example/hook").expect("a URL"));
        request.body = Bytes::from_static(b"{}");
        for name in ["content-type", "authorization", "x-a"] {
            request.headers.insert(name, HeaderValue::from_static("v"));
        }
        let mut secret = HeaderValue::from_static("v");
        secret.set_sensitive(true);
        request.headers.insert("private-token", secret);
        let target = Url::parse(target).expect("a URL");
        next(request, StatusCode::from_u16(status).expect("a status"), target)
    }

    #[test]
    fn what_carries_a_body_becomes_a_get_unless_the_server_says_otherwise() {
        let request = after(Method::POST, 302, "https://a.example/other#part");
        assert_eq!((request.method, request.url.as_str()), (Method::GET, "https://a.example/other"));
        assert!(request.body.is_empty() && !request.headers.contains_key("content-type"));
        assert!(request.headers.contains_key("authorization") && request.headers.contains_key("private-token"));

        let request = after(Method::PUT, 308, "https://a.example/other");
        assert_eq!((request.method, &request.body[..]), (Method::PUT, &b"{}"[..]));
        assert!(request.headers.contains_key("content-type"));
    }

    #[test]
    fn credentials_stay_with_the_server_they_were_meant_for() {
        for target in ["https://b.example/", "http://a.example/", "https://a.example:8443/"] {
            let request = after(Method::POST, 307, target);
            assert!(!request.headers.contains_key("authorization"), "{target}");
            assert!(!request.headers.contains_key("private-token"), "{target}");
            assert!(request.headers.contains_key("x-a"), "{target}");
        }
    }
}
