//! A service on a socket.
//!
//! What only a socket needs is here: the checks of `Host` and origin and the answers to browsers' preflights (a call in
//! this process passes none of them), limits for slow clients and on the number of connections, and the graceful stop.
//!
//! Settings that its messages name: `server.allowed-hosts` ([`ServeOptions::hosts`]), `server.allowed-origins`,
//! `cors.allowed-origins-pattern` and `services.deck.redirect-host-pattern` ([`ServeOptions::origins`]).
//!
//! It does not wait for upgraded connections (WebSockets): their handlers own them.

mod access;
mod connection;
mod cors;
mod front;
mod origins;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use http::StatusCode;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use rustix::net::sockopt;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::origins::Origins;
use self::{
    access::Access,
    connection::{Answer, Socket, Watch},
    front::Front,
};

/// How a service is bound and whom it answers.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The service's name, for logs.
    pub service: &'static str,
    /// Where it listens; loopback unless configured otherwise.
    pub address: SocketAddr,
    /// The `Host` names that are answered besides loopback's and the bound address; empty entries are ignored. A
    /// service that is bound to all addresses answers every IP address as its `Host`.
    pub hosts: Vec<String>,
    /// The pages that may call besides loopback's and the service's own.
    pub origins: Origins,
}

/// The limits of a server's connections.
#[derive(Debug, Clone)]
pub struct ServeLimits {
    /// How long a connection may take to send the headers of a request once it began, 10 s by default; then it is closed.
    pub headers: Duration,
    /// How long a connection is kept without a request, 75 s by default: longer than balancers keep theirs (60 s), which
    /// must not meet one that is being closed.
    pub idle: Duration,
    /// The largest headers of a request in bytes, 64 KiB by default and at least 8 KiB; larger ones get 431.
    pub header_bytes: usize,
    /// How many connections are open at a time, 1,024 by default; more wait in the system's backlog.
    pub connections: usize,
    /// How long requests may take to finish once the server stops, 8 s by default.
    pub grace: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        ServeLimits {
            headers: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            header_bytes: 64 << 10,
            connections: 1024,
            grace: Duration::from_secs(8),
        }
    }
}

/// A listening service.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    limits: ServeLimits,
    front: Arc<Front>,
}

impl Server {
    /// Binds the socket; requests are answered once [`Server::run`] runs.
    ///
    /// # Errors
    /// If the address cannot be bound, or an entry of `hosts` or `origins` is none; the message says what to change.
    pub async fn bind(options: ServeOptions, router: Router) -> io::Result<Server> {
        let ServeOptions { service, address, hosts, origins } = options;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| io::Error::new(error.kind(), bind_message(service, address, &error)))?;
        let address = listener.local_addr()?;
        let access = Access::new(address, &hosts, &origins)?;
        let front = Arc::new(Front { service, access, router });
        Ok(Server { listener, address, limits: ServeLimits::default(), front })
    }

    /// Sets limits other than the default ones.
    pub fn with_limits(mut self, limits: ServeLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Where it listens, with the port that port 0 became.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown`; then takes no new connections, lets requests finish for up to 8 s, and returns.
    ///
    /// A connection that is cut then does not cut its handler: see [`crate::RequestTasks::stop`].
    pub async fn run(self, shutdown: CancellationToken) {
        let Server { listener, address, limits, front } = self;
        let service = front.service;
        let places = Arc::new(Semaphore::new(limits.connections));
        let streams = Streams::default();
        let builder = Arc::new(builder(&limits, streams.clone()));
        let mut connections = JoinSet::new();
        tracing::info!(service, %address, "listening");
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(_) = connections.join_next() => {}
                accepted = accept(&listener, &places) => {
                    let connection = Connection { front: front.clone(), builder: builder.clone(), headers: limits.headers };
                    connections.spawn(connection.serve(accepted.0, accepted.1, shutdown.clone()));
                }
            }
        }
        drop(listener);
        let finish = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(limits.grace, finish).await.is_err() {
            tracing::warn!(service, connections = connections.len(), grace = ?limits.grace, "cut connections that were not done");
            connections.shutdown().await;
        }
        streams.end().await;
        tracing::info!(service, %address, "stopped listening");
    }
}

fn bind_message(service: &str, address: SocketAddr, error: &io::Error) -> String {
    let port = address.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} is in use: stop the other program or set server.port in {service}.yml")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("{} is no address of this machine: set server.address in {service}.yml", address.ip())
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "port {port} needs more rights than this program has: set server.port in {service}.yml to 1024 or more"
            )
        }
        _ => format!("{address} cannot be bound: {error}; set server.address and server.port in {service}.yml"),
    }
}

fn builder(limits: &ServeLimits, streams: Streams) -> Builder<Streams> {
    let mut builder = Builder::new(streams);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_buf_size(limits.header_bytes.max(8 << 10));
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.headers)
        .max_concurrent_streams(256)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
    builder
}

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so that a place always comes.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                // Out of file descriptors, mostly: those that end make room.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

struct Connection {
    front: Arc<Front>,
    builder: Arc<Builder<Streams>>,
    headers: Duration,
}

impl Connection {
    async fn serve(self, stream: TcpStream, _place: Option<OwnedSemaphorePermit>, shutdown: CancellationToken) {
        if let Err(error) = tune(&stream) {
            tracing::debug!(%error, "a connection could not be tuned");
        }
        let watch = Watch::default();
        let socket = TokioIo::new(Socket::new(stream, watch.clone(), self.headers));
        let front = self.front;
        let service = service_fn(move |request: http::Request<Incoming>| {
            let (front, watch) = (front.clone(), watch.clone());
            let working = watch.start(request.version());
            async move {
                let response = front.answer(request).await;
                if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                    watch.upgraded();
                }
                Ok::<_, std::convert::Infallible>(response.map(|body| Answer::new(body, working)))
            }
        });
        let connection = self.builder.serve_connection_with_upgrades(socket, service);
        tokio::pin!(connection);
        let result = tokio::select! {
            result = connection.as_mut() => result,
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = result {
            tracing::debug!(error, "a connection broke off");
        }
    }
}

/// Sends small answers at once, and notices peers that are gone or take nothing for a minute.
fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, Duration::from_secs(60))?;
    #[cfg(target_os = "linux")]
    sockopt::set_tcp_user_timeout(stream, 60_000)?;
    Ok(())
}

/// Owns the tasks in which HTTP/2's streams are answered.
#[derive(Debug, Clone, Default)]
struct Streams {
    tracker: TaskTracker,
    cut: CancellationToken,
}

impl Streams {
    async fn end(&self) {
        self.cut.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl<F> hyper::rt::Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.tracker.spawn(self.cut.clone().run_until_cancelled_owned(stream));
    }
}
