//! One WebSocket that stays open: a text each 100 ms, which must come back behind the version, as `1: text`.
//!
//! A server may close it in the protocol's way, and it is opened again. A connection that just ends is a failure.

use std::{net::SocketAddr, time::Duration};

use futures::{SinkExt as _, StreamExt as _};
use tokio::{
    net::TcpStream,
    select,
    time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use super::tally::Tally;

/// Between a failure and the next try, so that a dead server is not flooded.
const PAUSE: Duration = Duration::from_millis(100);

/// A WebSocket that is held open.
#[derive(Debug, Clone)]
pub struct WebSocketOptions {
    /// Where it is opened; `/ws` by default.
    pub path: String,
    /// How often a text is sent; each 100 ms by default.
    pub every: Duration,
    /// How long opening, an echo and closing may take each; 5 s by default.
    pub deadline: Duration,
}

impl Default for WebSocketOptions {
    fn default() -> Self {
        WebSocketOptions { path: "/ws".to_owned(), every: Duration::from_millis(100), deadline: Duration::from_secs(5) }
    }
}

/// How a WebSocket ended without a failure.
enum Ended {
    ByStop,
    ByServer,
}

/// Holds a WebSocket open until the load stops.
pub(super) async fn hold(target: SocketAddr, options: &WebSocketOptions, tally: &Tally, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let session = async {
            let socket = open(target, options).await?;
            tally.web_socket_opened();
            converse(socket, options, tally, stop).await
        };
        match session.await {
            Ok(Ended::ByStop) => return,
            Ok(Ended::ByServer) => tally.web_socket_closed_by_server(),
            Err(reason) => {
                tally.web_socket_failed(&format!("WebSocket {}: {reason}", options.path));
                select! {
                    () = stop.cancelled() => {}
                    () = sleep(PAUSE) => {}
                }
            }
        }
    }
}

async fn open(target: SocketAddr, options: &WebSocketOptions) -> Result<WebSocketStream<TcpStream>, String> {
    let opening = async {
        let stream = TcpStream::connect(target).await.map_err(|error| error.to_string())?;
        let opened = client_async(format!("ws://{target}{}", options.path), stream).await;
        opened.map(|(socket, _)| socket).map_err(|error| error.to_string())
    };
    let opened = timeout(options.deadline, opening).await.unwrap_or_else(|_| Err(late(options)));
    opened.map_err(|reason| format!("cannot be opened: {reason}"))
}

/// Sends and compares until somebody closes.
async fn converse(
    mut socket: WebSocketStream<TcpStream>,
    options: &WebSocketOptions,
    tally: &Tally,
    stop: &CancellationToken,
) -> Result<Ended, String> {
    let mut ticks = interval(options.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number = 0u64;
    // What was sent and not echoed yet, and until when it may take.
    let mut expected: Option<(String, Instant)> = None;
    loop {
        let echo_due = expected.as_ref().map(|(_, due)| *due);
        select! {
            () = stop.cancelled() => {
                let closing = close(&mut socket);
                return timeout(options.deadline, closing).await.unwrap_or_else(|_| Err(late(options)));
            }
            () = sleep_until(echo_due.unwrap_or_else(Instant::now)), if echo_due.is_some() => {
                return Err(format!("no echo within {:?}", options.deadline));
            }
            _ = ticks.tick(), if expected.is_none() => {
                number += 1;
                let text = format!("message {number}");
                if let Err(error) = socket.send(Message::text(text.clone())).await {
                    // The server's close may stand in front of the error.
                    let reading = read_to_end(&mut socket);
                    let closed = timeout(options.deadline, reading).await.unwrap_or_else(|_| Err(late(options)));
                    return closed.map(|()| Ended::ByServer).map_err(|_| format!("cut: {error}"));
                }
                expected = Some((text, Instant::now() + options.deadline));
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(echo))) => match &expected {
                    Some((sent, _)) if echo.ends_with(sent.as_str()) => {
                        let prefix = &echo[..echo.len() - sent.len()];
                        tally.web_socket_echoed(prefix.trim_end_matches(": "));
                        expected = None;
                    }
                    _ => return Err(format!("unexpected text: {echo}")),
                },
                Some(Ok(Message::Close(_))) => {
                    // The library answers it while what is left is read. However that ends, the server had closed.
                    let _ = timeout(options.deadline, read_to_end(&mut socket)).await;
                    return Ok(Ended::ByServer);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(format!("cut: {error}")),
                None => return Err("cut: the connection ended".to_owned()),
            }
        }
    }
}

/// Closes from this side; the server must answer it.
async fn close(socket: &mut WebSocketStream<TcpStream>) -> Result<Ended, String> {
    socket.send(Message::Close(None)).await.map_err(|error| format!("cut while closing: {error}"))?;
    read_to_end(socket).await.map_err(|error| format!("cut while closing: {error}"))?;
    Ok(Ended::ByStop)
}

/// Reads until the WebSocket is closed; an error if the connection ends without that.
async fn read_to_end(socket: &mut WebSocketStream<TcpStream>) -> Result<(), String> {
    let mut closed = false;
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Close(_)) => closed = true,
            Ok(_) => {}
            Err(_) if closed => return Ok(()),
            Err(error) => return Err(error.to_string()),
        }
    }
    if closed { Ok(()) } else { Err("the connection ended".to_owned()) }
}

fn late(options: &WebSocketOptions) -> String {
    format!("no answer within {:?}", options.deadline)
}
