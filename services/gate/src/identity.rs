//! Who asks, before anybody is asked: whether the caller is believed who he says he is, where he asks from, and which
//! application it is about. As upstream's filters do (`AuthenticatedRequestFilter`, `RequestContextInterceptor`).

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use gennaker_http::{ACCOUNTS, APPLICATION, ORIGIN, USER};
use http::HeaderValue;

use crate::HeaderOptions;

/// How the web UI names itself.
const APP: &str = "x-ratelimit-app";

/// Forgets the user and the accounts that the caller names, unless they are believed. Names the origin, `deck` or `api`,
/// whatever the caller says of it; and the application, if the path has one.
pub(crate) async fn complete(State(options): State<HeaderOptions>, mut request: Request, next: Next) -> Response {
    if !options.enabled {
        request.headers_mut().remove(USER);
        request.headers_mut().remove(ACCOUNTS);
    }
    let headers = request.headers();
    let is_deck = headers.get(APP).is_some_and(|app| app.as_bytes().eq_ignore_ascii_case(b"deck"));
    let application = application(request.uri().path()).and_then(|name| HeaderValue::from_str(name).ok());
    let headers = request.headers_mut();
    headers.insert(ORIGIN, HeaderValue::from_static(if is_deck { "deck" } else { "api" }));
    if let Some(application) = application {
        headers.insert(APPLICATION, application);
    }
    next.run(request).await
}

/// The application in a path, as it stands there.
fn application(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/applications/")?;
    rest.split('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_stands_in_the_path() {
        assert_eq!(application("/applications/shop/tasks"), Some("shop"));
        assert_eq!(application("/applications/a%20b"), Some("a%20b"));
        assert_eq!(application("/applications"), None);
        assert_eq!(application("/tasks"), None);
    }
}
