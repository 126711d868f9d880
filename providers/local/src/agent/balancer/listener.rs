//! The listening port of a balancer and its client connections.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Connections, Upstream, forward::Forwarder};

const BACKLOG: u32 = 1_024;

/// The limits of a balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct Limits {
    pub(in crate::agent) connect_timeout: Duration,
    pub(in crate::agent) response_timeout: Duration,
    pub(in crate::agent) header_timeout: Duration,
    pub(in crate::agent) connections: usize,
}

/// A listening balancer. It must be ended with [`Balancer::stop`].
#[derive(Debug)]
pub(in crate::agent) struct Balancer {
    address: SocketAddr,
    routes: watch::Sender<Arc<[Arc<Upstream>]>>,
    limits: watch::Sender<Limits>,
    room: Arc<Semaphore>,
    stop: CancellationToken,
    abort: CancellationToken,
    tasks: TaskTracker,
    accepting: JoinHandle<()>,
}

impl Balancer {
    /// Listens on `address`.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub(in crate::agent) fn bind(
        name: &str,
        address: SocketAddr,
        limits: Limits,
        connections: Connections,
    ) -> std::io::Result<Balancer> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A restarted agent takes the port although old connections on it have not timed out.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let (routes, receiver) = watch::channel(Arc::from([]));
        let room = Arc::new(Semaphore::new(limits.connections));
        let (limits, limits_receiver) = watch::channel(limits);
        let (stop, abort, tasks) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
        let forwarder = Arc::new(Forwarder {
            name: name.to_owned(),
            limits: limits_receiver,
            routes: receiver,
            turn: AtomicUsize::new(0),
            connections,
            tasks: tasks.clone(),
            abort: abort.clone(),
        });
        let accepting = tokio::spawn(accept(listener, forwarder, room.clone(), stop.clone()));
        Ok(Balancer { address, routes, limits, room, stop, abort, tasks, accepting })
    }

    pub(in crate::agent) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends the next requests to `upstreams`.
    pub(in crate::agent) fn route(&self, upstreams: Vec<Arc<Upstream>>) {
        self.routes.send_if_modified(|routes| {
            let same = routes.len() == upstreams.len()
                && routes.iter().zip(&upstreams).all(|(old, new)| Arc::ptr_eq(old, new));
            if !same {
                *routes = upstreams.into();
            }
            !same
        });
    }

    /// Applies other limits to the next requests. Fewer connections: as far as they are free now.
    pub(in crate::agent) fn limit(&self, limits: Limits) {
        let before = self.limits.send_replace(limits).connections;
        if limits.connections > before {
            self.room.add_permits(limits.connections - before);
        } else {
            self.room.forget_permits(before - limits.connections);
        }
    }

    /// Frees the port, lets requests finish for `patience`, then breaks off what is left.
    pub(in crate::agent) async fn stop(self, patience: Duration) {
        self.stop.cancel();
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "a balancer's listening task failed");
        }
        self.tasks.close();
        if timeout(patience, self.tasks.wait()).await.is_err() {
            self.abort.cancel();
            self.tasks.wait().await;
        }
    }
}

async fn accept(listener: TcpListener, forwarder: Arc<Forwarder>, room: Arc<Semaphore>, stop: CancellationToken) {
    loop {
        // Without room the next client waits in the kernel's queue.
        let accepted = async {
            let permit = room.clone().acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => return,
        };
        match (permit, accepted) {
            (Some(permit), Ok((stream, client))) => {
                forwarder.tasks.spawn(serve(stream, client, forwarder.clone(), stop.clone(), permit));
            }
            (_, Err(error)) => {
                // Mostly out of file descriptors: give the running connections a moment to end.
                tracing::warn!(balancer = forwarder.name, %error, "cannot accept a connection");
                sleep(Duration::from_millis(50)).await;
            }
            (None, _) => return,
        }
    }
}

async fn serve(
    stream: TcpStream,
    client: SocketAddr,
    forwarder: Arc<Forwarder>,
    stop: CancellationToken,
    _room: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a client was gone before it was served");
        return;
    }
    let asked = Arc::new(AtomicBool::new(false));
    let mut builder = Builder::new(TokioExecutor::new());
    let limit = forwarder.limits.borrow().header_timeout;
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limit);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(limit)).max_concurrent_streams(250);
    let service = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        let forwarder = forwarder.clone();
        async move { Ok::<_, Infallible>(forwarder.forward(request, client).await) }
    });
    let mut connection = std::pin::pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // The header time-out begins when the protocol is known; this one bounds a client that sends nothing at all.
    let mut silence = std::pin::pin!(sleep(limit));
    let (mut stopping, mut spoken) = (false, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a client connection ended");
                }
                return;
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = forwarder.abort.cancelled() => return,
            () = silence.as_mut(), if !spoken => {
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
                spoken = true;
            }
        }
    }
}
