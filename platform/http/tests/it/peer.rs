//! Servers that answer as a test tells them to, byte by byte, over TCP or TLS.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use gennaker_http::outbound::{Options, Outbound, UrlRuleOptions, UrlRules};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// A running server; it ends when it is dropped.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    _running: JoinSet<()>,
}

impl Peer {
    /// Answers each request with what `answer` makes of its text. What does not end with an empty line stays open.
    pub(crate) async fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Peer {
        Peer::over(None, answer).await
    }

    /// The same behind TLS.
    pub(crate) async fn over(
        tls: Option<ServerConfig>,
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let (seen, answer) = (requests.clone(), Arc::new(answer));
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(connection(stream, acceptor.clone(), seen.clone(), answer.clone()));
            }
        });
        Peer { address, requests, _running: running }
    }

    /// The requests so far, each with its body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a lock").clone()
    }
}

async fn connection(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    seen: Arc<Mutex<Vec<String>>>,
    answer: Arc<impl Fn(&str) -> String>,
) {
    match acceptor {
        None => serve(stream, seen, answer).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, seen, answer).await;
            }
        }
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: Arc<Mutex<Vec<String>>>,
    answer: Arc<impl Fn(&str) -> String>,
) {
    let Some(request) = read(&mut stream).await else { return };
    let text = answer(&request);
    seen.lock().expect("a lock").push(request);
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.flush().await;
    // Until the caller is done with it.
    while stream.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        text.push_str(std::str::from_utf8(&buffer[..read]).ok()?);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

/// An answer of that status line and body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A caller that may call this machine.
pub(crate) fn local(change: impl FnOnce(&mut Options)) -> Outbound {
    let rules = UrlRuleOptions {
        reject_localhost: false,
        reject_verbatim_ips: false,
        allowed_hostnames_regex: ".*".into(),
        ..UrlRuleOptions::default()
    };
    let mut options = Options { rules: UrlRules::new(&rules).expect("rules"), ..Options::default() };
    change(&mut options);
    Outbound::new(options).expect("a caller")
}
