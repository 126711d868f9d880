//! Which router a request goes to: the one of its method.
//!
//! A single router picks the path with the most words of its own before it looks at the method, so that
//! `PUT /pipelines/{id}/cancel` would make `POST /pipelines/{application}/{name}` unreachable for what is called
//! `cancel`. Here each method has a router; what none of its paths takes gets 405 if another method's does, else 404. A
//! slash at the end of a path says nothing, as upstream has it (kork's `UrlHandlerFilter`): its older clients send some.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
    routing::future::RouteFuture,
};
use http::{Method, StatusCode, Uri, header};
use tower::Service;

use crate::Error;

/// The routers of a service.
#[derive(Clone)]
struct ByMethod {
    routers: Arc<[(Method, Router)]>,
    /// For methods that no route has.
    others: Router,
}

/// The same request without a slash at the end of its path.
fn without_slash(mut request: Request) -> Request {
    let uri = request.uri();
    let Some(path) = uri.path().strip_suffix('/').filter(|path| !path.is_empty()) else { return request };
    let target = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = target.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// One router of those of the methods; `others` answers what has another method.
pub(crate) fn by_method(routers: Vec<(Method, Router)>, others: Router) -> Router {
    Router::new().fallback_service(ByMethod { routers: routers.into(), others })
}

impl Service<Request> for ByMethod {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    /// Routers are always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let request = without_slash(request);
        // A HEAD is answered by the GET's handler.
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let router = self.routers.iter().find(|(known, _)| known == method).map_or(&self.others, |(_, router)| router);
        router.clone().call(request)
    }
}

/// The answers to what is not declared: 405 where the path has other methods, else 404.
pub(crate) fn not_declared<'a>(
    service: &'static str,
    declared: impl Iterator<Item = &'a (Method, &'static str)>,
) -> Router {
    let mut declared: Vec<(Method, &'static str)> = declared.cloned().collect();
    declared.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
    let declared: Arc<[_]> = declared.into();
    Router::new().fallback(async move |request: Request| {
        let path = request.uri().path();
        let mut allowed: Vec<&str> =
            declared.iter().filter(|(_, pattern)| takes(pattern, path)).map(|(method, _)| method.as_str()).collect();
        allowed.dedup();
        if allowed.is_empty() {
            let detail = format!("No static resource {}.", path.trim_start_matches('/'));
            return problem(Error::not_found(format!("{service} has no path {path}")), path, detail).into_response();
        }
        let method = request.method();
        let error = Error::invalid(format!("{method} is not a method of {path}"));
        let detail = format!("Method '{method}' is not supported.");
        let error = problem(error.with_status(StatusCode::METHOD_NOT_ALLOWED), path, detail);
        ([(header::ALLOW, allowed.join(","))], error).into_response()
    })
}

/// Whether a declared path takes one that is asked for.
fn takes(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(rest), Some(_)) if rest.starts_with("{*") => return true,
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {}
            (Some(word), Some(same)) if word == same => {}
            _ => return false,
        }
    }
}

/// The same error with the fields that upstream's clients know from Spring's problem details.
fn problem(error: Error, path: &str, detail: String) -> Error {
    let title = error.status().canonical_reason().unwrap_or_default();
    error
        .with_field("type", "about:blank")
        .with_field("title", title)
        .with_field("detail", detail)
        .with_field("instance", path)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use crate::{Api, GuardOptions, Path, delete, get, post, put};

    async fn two(Path((one, other)): Path<(String, String)>) -> String {
        format!("{one} and {other}")
    }

    async fn one(Path(one): Path<String>) -> String {
        format!("only {one}")
    }

    #[test]
    fn declared_paths_take_what_the_router_takes() {
        for (pattern, path, expected) in [
            ("/a/{x}", "/a/b", true),
            ("/a/{x}", "/a/", false),
            ("/a/{x}", "/a", false),
            ("/a/{*rest}", "/a/b/c", true),
            ("/a/b", "/a/b/c", false),
            ("/", "/", true),
        ] {
            assert_eq!(super::takes(pattern, path), expected, "{pattern} and {path}");
        }
    }

    async fn ask(method: &str, path: &str) -> (u16, String, Option<String>) {
        let api = Api::new("example")
            .route(put("/things/{id}/cancel", one))
            .route(get("/things/{id}/history", one))
            .route(post("/things/{group}/{name}", two))
            .route(delete("/things/{owner}/{name}", two))
            .route(post("/things/start/{id}", one))
            .route(get("/tags/{*id}", one))
            .route(delete("/tags/{id}/{tag}", two));
        let request =
            axum::extract::Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        let Ok(answer) = api.into_service((), GuardOptions::default()).oneshot(request).await;
        let allowed = answer.headers().get("allow").map(|allowed| allowed.to_str().expect("text").to_owned());
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"), allowed)
    }

    #[tokio::test]
    async fn a_word_of_another_methods_path_is_a_name_like_others() {
        for (method, path, expected) in [
            ("PUT", "/things/7/cancel", "only 7"),
            ("POST", "/things/shop/cancel", "shop and cancel"),
            ("DELETE", "/things/shop/history", "shop and history"),
            ("GET", "/things/7/history", "only 7"),
            ("POST", "/things/start/7", "only 7"),
            ("DELETE", "/things/start/7", "start and 7"),
            ("GET", "/tags/a/b", "only a/b"),
            ("DELETE", "/tags/a/b", "a and b"),
        ] {
            let (status, body, _) = ask(method, path).await;
            assert_eq!((status, body.as_str()), (200, expected), "{method} {path}");
        }
        assert_eq!(ask("HEAD", "/things/7/history").await.0, 200);
        assert_eq!(ask("GET", "/things/7/history/?q=/").await.1, "only 7", "a slash at the end says nothing");
        assert_eq!(ask("GET", "/things/7/history//").await.0, 404);
    }

    #[tokio::test]
    async fn what_no_method_takes_is_told_apart() {
        let (status, body, allowed) = ask("PATCH", "/things/7/cancel").await;
        assert_eq!((status, allowed.as_deref()), (405, Some("DELETE,POST,PUT")));
        assert!(body.contains("PATCH is not a method of /things/7/cancel"), "{body}");
        assert_eq!(ask("GET", "/things/a/b").await.2.as_deref(), Some("DELETE,POST"));
        assert_eq!(ask("GET", "/things").await.0, 404);
        assert_eq!(ask("PATCH", "/nothing").await.0, 404);
    }
}
