//! What stands before a peer: it can be unreachable, and counts what is asked of it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::{Router, extract::Request, response::IntoResponse as _};
use gennaker_clients::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};
use gennaker_http::{Transport, TransportOptions};
use http::{Method, StatusCode};
use parking_lot::Mutex;
use tower::ServiceExt as _;

/// A way to a service, which may be there later.
#[derive(Clone, Default)]
pub(crate) struct Peer {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    behind: Mutex<Option<Router>>,
    is_down: AtomicBool,
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Peer {
    pub(crate) fn before(router: Router) -> Peer {
        let peer = Peer::default();
        peer.is(router);
        peer
    }

    pub(crate) fn is(&self, router: Router) {
        *self.inner.behind.lock() = Some(router);
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.inner.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How often something was read, whether it answered or not.
    pub(crate) fn reads(&self) -> usize {
        self.inner.reads.load(Ordering::SeqCst)
    }

    /// How often something was written, whether it answered or not.
    pub(crate) fn writes(&self) -> usize {
        self.inner.writes.load(Ordering::SeqCst)
    }

    pub(crate) fn router(&self) -> Router {
        let peer = self.clone();
        Router::new().fallback(move |request: Request| {
            let peer = peer.clone();
            async move {
                let counter = if request.method() == Method::GET { &peer.inner.reads } else { &peer.inner.writes };
                counter.fetch_add(1, Ordering::SeqCst);
                let behind = peer.inner.behind.lock().clone();
                match behind.filter(|_| !peer.inner.is_down.load(Ordering::SeqCst)) {
                    Some(router) => router.oneshot(request).await.expect("a router never fails"),
                    None => (StatusCode::SERVICE_UNAVAILABLE, "{}").into_response(),
                }
            }
        })
    }
}

/// Clients of these two, and of nobody else.
pub(crate) fn clients(front50: &Peer, orca: &Peer) -> Clients {
    let way = |name, peer: &Peer| Transport::in_process(name, peer.router(), TransportOptions::default());
    Clients {
        front50: Front50Client::new(way("front50", front50)),
        orca: OrcaClient::new(way("orca", orca)),
        clouddriver: ClouddriverClient::new(way("clouddriver", &Peer::default())),
        echo: EchoClient::new(way("echo", &Peer::default())),
    }
}
