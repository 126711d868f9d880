//! A WebSocket that is cut is a failure; one that is closed is not.

use futures::{SinkExt as _, StreamExt as _};
use gennaker_harness::{
    Process, eventually,
    load::{Leave, Load, Options, Report, WebSocketOptions},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};
use tokio_util::task::AbortOnDropHandle;

use crate::greeter::{DEADLINE, Greeter};

/// Holds a WebSocket, and nothing else, until the report is as wanted.
async fn held(options: Options, what: &str, enough: impl Fn(&Report) -> bool) -> Report {
    let options = Options { rate: 0.0, web_socket: Some(WebSocketOptions::default()), ..options };
    let load = Load::start(options).expect("a load");
    let looking = eventually(DEADLINE, what, async || {
        let report = load.report_so_far();
        if enough(&report) { Ok(()) } else { Err(report) }
    });
    looking.await.expect("the load goes on");
    load.stop().await
}

/// A server that echoes three texts on each WebSocket and then ends it in the given way.
async fn server<F: Future<Output = ()> + Send>(
    end: impl Fn(WebSocketStream<TcpStream>) -> F + Send + 'static,
) -> (Options, AbortOnDropHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut socket) = accept_async(stream).await else { continue };
            let mut echoes = 0;
            while echoes < 3
                && let Some(Ok(message)) = socket.next().await
            {
                if let Message::Text(text) = message {
                    socket.send(Message::text(format!("1: {text}"))).await.expect("the peer is there");
                    echoes += 1;
                }
            }
            // Otherwise the peer has closed it before.
            if echoes == 3 {
                end(socket).await;
            }
        }
    });
    (Options::new(address), AbortOnDropHandle::new(server))
}

#[tokio::test]
async fn a_cut_is_a_failure() {
    let (options, _server) = server(|socket| async move { drop(socket) }).await;
    let report = held(options, "two cuts", |report| report.web_socket.failed >= 2).await;
    assert!(report.failed >= 2, "{report}");
    assert!(report.reasons[0].contains("WebSocket /ws: cut"), "{report}");
    assert_eq!(report.web_socket.closed_by_server, 0, "{report}");
}

#[tokio::test]
async fn a_close_is_not_and_is_followed_by_a_new_one() {
    let (options, _server) = server(|mut socket| async move {
        socket.close(None).await.expect("the peer is there");
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    let report = held(options, "two closes", |report| report.web_socket.closed_by_server >= 2).await;
    assert_eq!(report.failed, 0, "{report}");
    assert!(report.web_socket.opened >= 2, "{report}");
}

#[tokio::test]
async fn it_can_leave_by_itself_and_come_back() {
    let greeter = Greeter::start("7", &[]).await;
    let web_socket = WebSocketOptions { leave: Leave::After(2), ..WebSocketOptions::default() };
    let options = Options { rate: 0.0, web_socket: Some(web_socket), ..Options::new(greeter.address) };
    let load = Load::start(options).expect("a load");
    let returned = eventually(DEADLINE, "its return", async || {
        let report = load.report_so_far();
        if report.web_socket.opened >= 3 { Ok(()) } else { Err(report) }
    });
    returned.await.expect("it comes back");
    let report = load.stop().await;
    assert_eq!((report.failed, report.web_socket.closed_by_server), (0, 0), "{report}");
    assert!(report.web_socket.echoes >= 4, "{report}");
}

#[tokio::test]
async fn a_wrong_echo_is_a_failure() {
    let (options, _server) = server(|mut socket| async move {
        let _ = socket.send(Message::text("something else")).await;
    })
    .await;
    let report = held(options, "a wrong echo", |report| report.failed >= 1).await;
    assert!(report.reasons[0].contains("unexpected text: something else"), "{report}");
}

#[tokio::test]
async fn the_greeter_closes_it_cleanly_after_sigterm() {
    let mut greeter = Greeter::start("7", &[]).await;
    let process = Process::of(greeter.program.pid()).expect("it runs");
    let report = held(Options::new(greeter.address), "a close by the server", |report| {
        if report.web_socket.echoes == 3 {
            process.terminate();
        }
        report.web_socket.closed_by_server == 1
    })
    .await;
    // It stays open for a while; nothing can be opened afterwards, which is a failure of another kind.
    assert!(report.web_socket.echoes > 3, "{report}");
    assert!(!report.reasons.iter().any(|reason| reason.contains("cut")), "{report}");
    assert!(greeter.program.wait_exit(DEADLINE).await.expect("it ends").success());
}
