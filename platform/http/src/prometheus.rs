//! `GET /prometheus`: the process's metrics in Prometheus' text format.

use http::header;

use crate::{Api, Permission, get};

/// The route, to be merged into a service's; `render` gives the text (`gennaker-telemetry` has it).
pub fn prometheus<S, F>(service: &'static str, render: F) -> Api<S>
where
    S: Clone + Send + Sync + 'static,
    F: Fn() -> String + Clone + Send + Sync + 'static,
{
    let answer = move || {
        let text = render();
        async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
    };
    Api::new(service).route(get("/prometheus", answer).needs(Permission::Public).always())
}
