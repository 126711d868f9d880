//! A server of loopback that writes down what it is asked.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use http::HeaderMap;
use parking_lot::Mutex;
use tokio::{net::TcpListener, task::JoinSet};

/// A running server; it ends when it is dropped.
pub(super) struct Site {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    _running: JoinSet<()>,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The path with the query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
}

impl Asked {
    /// A header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

impl Site {
    pub(super) async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        let router = router.layer(from_fn(move |request: Request, next: Next| {
            seen.lock().push(Asked { target: request.uri().to_string(), headers: request.headers().clone() });
            next.run(request)
        }));
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Site { address, asked, _running: running }
    }

    /// An address of the server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests since this was asked last.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock())
    }
}
