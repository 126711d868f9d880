//! One request and its answer over a fresh connection.

use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Version, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
    ext::ReasonPhrase,
    rt::Executor,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
    time::timeout,
};
use url::{Position, Url};

use super::{
    Answer, Error, Request,
    error::chain,
    names::{Heads, Kept},
    sink::Content,
};

/// Headers that say how a connection is used, which is decided here.
const OF_THE_CONNECTION: [HeaderName; 8] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What an exchange is held to.
pub(super) struct Limits<'a> {
    /// Where, for messages.
    pub(super) at: &'a str,
    /// How long the server may be silent.
    pub(super) read_timeout: Duration,
    /// The largest answer.
    pub(super) answer: u64,
}

/// The size of headers and a body, as OkHttp counts: a line for each header.
pub(super) fn size(headers: &HeaderMap, body: usize) -> u64 {
    let lines: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    u64::try_from(lines + body).unwrap_or(u64::MAX)
}

/// Over HTTP/1.1.
pub(super) async fn http1<T>(
    stream: T,
    request: &Request,
    limits: &Limits<'_>,
    content: Content<'_>,
) -> Result<Answer, Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (stream, heads) = Kept::new(stream);
    let broken = |error: hyper::Error| limits.broken(&error);
    let (mut sender, connection) =
        http1::Builder::new().handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.map_err(broken)?;
    let message = message(request, Version::HTTP_11, limits)?;
    let work = async { limits.answer(&request.url, sender.send_request(message), Some(heads), content).await };
    beside(connection, work).await
}

/// Over HTTP/2.
pub(super) async fn http2<T>(
    stream: T,
    request: &Request,
    limits: &Limits<'_>,
    content: Content<'_>,
) -> Result<Answer, Error>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| limits.broken(&error);
    let tasks = OwnTasks::default();
    let (mut sender, connection) =
        http2::Builder::new(tasks.0.clone()).handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await.map_err(broken)?;
    let message = message(request, Version::HTTP_2, limits)?;
    let work = async { limits.answer(&request.url, sender.send_request(message), None, content).await };
    beside(connection, work).await
}

/// Does the work while the connection is driven.
async fn beside<T>(connection: impl Future, work: impl Future<Output = T>) -> T {
    let (mut connection, mut work) = (pin!(connection), pin!(work));
    tokio::select! {
        biased;
        done = &mut work => done,
        // What it has read is there still.
        _ = &mut connection => work.await,
    }
}

/// The tasks of an HTTP/2 connection, where it starts them.
#[derive(Clone, Default)]
struct Tasks {
    running: Arc<Mutex<JoinSet<()>>>,
}

/// Ends them with the call, also with one that is dropped.
#[derive(Default)]
struct OwnTasks(Tasks);

impl Drop for OwnTasks {
    fn drop(&mut self) {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }
}

/// The request as it is sent.
fn message(request: &Request, version: Version, limits: &Limits<'_>) -> Result<http::Request<Full<Bytes>>, Error> {
    let url = &request.url;
    let target = match version {
        Version::HTTP_2 => &url[..Position::AfterQuery],
        _ => &url[Position::BeforePath..Position::AfterQuery],
    };
    let invalid =
        |error: http::Error| Error::Broken { at: limits.at.to_owned(), cause: format!("no request: {error}") };
    let message = http::Request::builder().method(request.method.clone()).uri(target).version(version);
    let mut message = message.body(Full::new(request.body.clone())).map_err(invalid)?;
    let headers = message.headers_mut();
    *headers = request.headers.clone();
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    if version == Version::HTTP_2 {
        headers.remove(header::HOST);
    } else if !headers.contains_key(header::HOST) {
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        headers.insert(header::HOST, HeaderValue::from_str(authority).map_err(|error| invalid(error.into()))?);
    }
    let name = HeaderValue::from_static(concat!("gennaker/", env!("CARGO_PKG_VERSION")));
    headers.entry(header::USER_AGENT).or_insert(name);
    if !request.body.is_empty() || !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE") {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(request.body.len()));
    }
    Ok(message)
}

impl Limits<'_> {
    async fn answer(
        &self,
        url: &Url,
        sent: impl Future<Output = hyper::Result<Response<Incoming>>>,
        heads: Option<Heads>,
        mut content: Content<'_>,
    ) -> Result<Answer, Error> {
        let response = self.in_time(sent).await?.map_err(|error| self.broken(&error))?;
        let names = heads.map(|heads| heads.names()).unwrap_or_default();
        let (parts, mut incoming) = response.into_parts();
        let mut size = size(&parts.headers, 0);
        let mut body = BytesMut::new();
        loop {
            if size > self.answer {
                return Err(Error::AnswerTooLarge { at: self.at.to_owned(), limit: self.answer });
            }
            let Some(frame) = self.in_time(incoming.frame()).await? else { break };
            if let Ok(data) = frame.map_err(|error| self.broken(&error))?.into_data() {
                size += u64::try_from(data.len()).unwrap_or(u64::MAX);
                let fits = size <= self.answer;
                if fits && !content.take(self.at, parts.status, &mut body, data).await? {
                    break;
                }
            }
        }
        Ok(Answer {
            url: url.clone(),
            status: parts.status,
            reason: reason(parts.status, parts.version, parts.extensions.get::<ReasonPhrase>()),
            headers: spelled(&parts.headers, &names),
            body: body.freeze(),
        })
    }

    async fn in_time<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        let late = |_| Error::TimedOut { at: self.at.to_owned(), limit: self.read_timeout };
        timeout(self.read_timeout, work).await.map_err(late)
    }

    fn broken(&self, error: &hyper::Error) -> Error {
        Error::Broken { at: self.at.to_owned(), cause: chain(error) }
    }
}

/// The words beside the status: what the server wrote, which hyper keeps only if they are not the usual ones.
fn reason(status: StatusCode, version: Version, written: Option<&ReasonPhrase>) -> String {
    match written {
        Some(written) => String::from_utf8_lossy(written.as_bytes()).into_owned(),
        None if version == Version::HTTP_2 => String::new(),
        None => status.canonical_reason().unwrap_or_default().to_owned(),
    }
}

fn spelled(headers: &HeaderMap, names: &HashMap<String, String>) -> Vec<(String, String)> {
    let spelled = headers.iter().map(|(name, value)| {
        let name = names.get(name.as_str()).cloned().unwrap_or_else(|| name.as_str().to_owned());
        (name, String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    spelled.collect()
}
