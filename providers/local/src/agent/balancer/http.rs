//! One client connection of an HTTP listener.

use std::{convert::Infallible, sync::Arc};

use http::{HeaderValue, Version, header};
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::{
    net::TcpStream,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{
    client::Client,
    forward::forward,
    pace::{Judge, Paced, Verdict},
    pool::Pool,
};

/// The largest head of a request in bytes; a larger one is answered with 431.
const MOST_HEAD: usize = 64 * 1024;
/// The most header fields of a request; more are answered with 431.
const MOST_FIELDS: usize = 100;
/// Requests at once on one HTTP/2 connection, and what each may have buffered for a client that does not read.
const MOST_STREAMS: u32 = 128;
const MOST_BUFFERED: usize = 64 * 1024;

/// Serves a client until it ends, is stopped, or does not keep pace.
pub(super) async fn serve(stream: TcpStream, client: Client, pool: Arc<Pool>) {
    let mut builder = Builder::new(TokioExecutor::new());
    let limits = pool.limits();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(limits.header_timeout))
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(MOST_HEAD as u32)
        .max_send_buf_size(MOST_BUFFERED);
    let client = Arc::new(client);
    let shared = (pool.clone(), client.clone());
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let (pool, client) = shared.clone();
        let version = request.version();
        async move {
            let mut response = forward(&pool, &client, request).await;
            // The client learns it with the response, so it sends nothing into a connection that is just closing.
            if pool.retiring.is_cancelled()
                && version != Version::HTTP_2
                && response.status() != http::StatusCode::SWITCHING_PROTOCOLS
            {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let io = TokioIo::new(Paced::new(stream, client.pace.clone()));
    let mut connection = std::pin::pin!(builder.serve_connection_with_upgrades(io, service));
    let (mut judge, pause) = (Judge::new(Instant::now()), Judge::pause(limits.header_timeout, limits.send_timeout));
    let mut ticks = interval_at(Instant::now() + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a client connection ended");
                }
                return;
            }
            () = client.owner.stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = client.owner.abort.cancelled() => return,
            _ = ticks.tick() => {
                match judge.judge(&client.pace, Instant::now(), limits.header_timeout, limits.send_timeout) {
                    Verdict::GoOn => {}
                    Verdict::EndGently => connection.as_mut().graceful_shutdown(),
                    Verdict::Cut => return,
                }
                // HTTP/2 says for itself which requests it will still take, so this is safe at any moment.
                if !stopping && pool.retiring.is_cancelled() && client.pace.is_http2() {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}
