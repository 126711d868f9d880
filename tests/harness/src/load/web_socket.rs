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
    /// When it is closed from this side and opened anew; never by default.
    pub leave: Leave,
}

/// When a WebSocket is closed by who opened it: one that is held for ever is cut at the end of a drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Only the server closes it.
    Never,
    /// After so many echoes.
    After(u64),
    /// After so many echoes of an earlier version, given when a later one had answered requests already: it is held across
    /// the switch, and then makes room.
    AfterAcross(u64),
}

impl Default for WebSocketOptions {
    fn default() -> Self {
        let (every, deadline) = (Duration::from_millis(100), Duration::from_secs(5));
        WebSocketOptions { path: "/ws".to_owned(), every, deadline, leave: Leave::Never }
    }
}

/// How a WebSocket ended without a failure.
enum Ended {
    Stopped,
    ClosedByServer,
    Left,
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
            Ok(Ended::Stopped) => return,
            Ok(Ended::ClosedByServer) => tally.web_socket_closed_by_server(),
            Ok(Ended::Left) => {}
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
    let (mut echoes, mut echoes_across) = (0, 0);
    loop {
        let echo_due = expected.as_ref().map(|(_, due)| *due);
        select! {
            () = stop.cancelled() => {
                return close(&mut socket, options).await.map(|()| Ended::Stopped);
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
                    return closed.map(|()| Ended::ClosedByServer).map_err(|_| format!("cut: {error}"));
                }
                expected = Some((text, Instant::now() + options.deadline));
            }
            message = socket.next() => match message {
                Some(Ok(Message::Text(echo))) => match &expected {
                    Some((sent, _)) if echo.ends_with(sent.as_str()) => {
                        let prefix = &echo[..echo.len() - sent.len()];
                        echoes += 1;
                        echoes_across += u64::from(tally.web_socket_echoed(prefix.trim_end_matches(": ")));
                        let leaves = match options.leave {
                            Leave::Never => false,
                            Leave::After(most) => echoes >= most,
                            Leave::AfterAcross(most) => echoes_across >= most,
                        };
                        if leaves {
                            return close(&mut socket, options).await.map(|()| Ended::Left);
                        }
                        expected = None;
                    }
                    _ => return Err(format!("unexpected text: {echo}")),
                },
                Some(Ok(Message::Close(_))) => {
                    // The library answers it while what is left is read. However that ends, the server had closed.
                    let _ = timeout(options.deadline, read_to_end(&mut socket)).await;
                    return Ok(Ended::ClosedByServer);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(format!("cut: {error}")),
                None => return Err("cut: the connection ended".to_owned()),
            }
        }
    }
}

/// Closes from this side; the server must answer it.
async fn close(socket: &mut WebSocketStream<TcpStream>, options: &WebSocketOptions) -> Result<(), String> {
    let closing = async {
        socket.send(Message::Close(None)).await.map_err(|error| error.to_string())?;
        read_to_end(socket).await
    };
    let closed = timeout(options.deadline, closing).await.unwrap_or_else(|_| Err(late(options)));
    closed.map_err(|error| format!("cut while closing: {error}"))
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
