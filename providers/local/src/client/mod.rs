//! The control plane's side of [`protocol`](crate::protocol): typed calls to an agent, each with a deadline.
//!
//! ```no_run
//! # async fn example() -> Result<(), gennaker_provider_local::client::Error> {
//! use gennaker_provider_local::client::{Call, Client};
//!
//! let agent = Client::new("/var/lib/gennaker/local/my-account/agent.sock");
//! let call = Call::fenced("request-1", "01J8Z", 7);
//! agent.delete_server_group("greeter-v000", 30_000, &call).await?;
//! # Ok(())
//! # }
//! ```
//!
//! A call that ended with [`Error::Unreachable`] or [`Error::Timeout`] may have been carried out: send it again with
//! the same request id and it is answered as the first one was. The client itself repeats nothing. Each call has a
//! connection of its own.

mod content;
mod images;
mod instances;
mod jobs;
mod load_balancers;
mod security_groups;
mod server_groups;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use gennaker_base::Kind;
use http::{Method, Request, StatusCode, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    net::UnixStream,
    time::{Instant, sleep, timeout},
};

use crate::protocol::{
    Artifact, CODE_FENCED, ErrorBody, FENCE_HEADER, Fence, Health, LONG_POLL_MS, MOST_FETCH_MS, Snapshot, Traffic,
};

/// How long an agent may be away, while it is started again, before a change fails.
const AWAY: Duration = Duration::from_secs(10);
/// How often it is looked for then.
const LOOK: Duration = Duration::from_millis(100);
/// The deadline of a call that waits for nothing.
const DEADLINE: Duration = Duration::from_secs(10);
/// The deadline of a call that starts processes.
const START_DEADLINE: Duration = Duration::from_secs(30);
const MOST_ANSWER: usize = 64 * 1024 * 1024;

/// Who asks for a mutation, and under which id it is carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// At most 200 characters; the same for every repetition.
    pub request_id: String,
    /// None only for a human: nothing protects against an owner that lost its execution.
    pub fence: Option<Fence>,
}

impl Call {
    /// A call of the owner of `execution` with `epoch`.
    pub fn fenced(request_id: impl Into<String>, execution: impl Into<String>, epoch: u64) -> Self {
        Call { request_id: request_id.into(), fence: Some(Fence { execution: execution.into(), epoch }) }
    }

    /// A call for a human.
    pub fn unfenced(request_id: impl Into<String>) -> Self {
        Call { request_id: request_id.into(), fence: None }
    }
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The agent refused it.
    #[error("the local agent refused: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// One of the protocol's codes.
        code: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// The content that was to be sent with the request cannot be read.
    #[error("the content of the artifact cannot be read to its end; try again")]
    Content(#[source] io::Error),
    /// The agent cannot be reached, or went away before it answered.
    #[error("the local agent at {} does not answer; start `gennaker local-agent` for this account", socket.display())]
    Unreachable {
        /// Its socket.
        socket: PathBuf,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There was no answer in time.
    #[error("the local agent did not answer within {} s; send the request again", .0.as_secs())]
    Timeout(Duration),
    /// The answer is not what this program understands.
    #[error("the local agent answered something this program cannot read ({0}); run the same version of both")]
    Malformed(String),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Refused { code, .. } if code == CODE_FENCED => Kind::Fenced,
            Error::Refused { status, .. } => match status {
                404 => Kind::NotFound,
                408 => Kind::Timeout,
                409 => Kind::Conflict,
                413 => Kind::TooLarge,
                // The limit of processes or ports: it passes when a server group is destroyed.
                429 | 503 => Kind::Unavailable,
                400..500 => Kind::Invalid,
                _ => Kind::Bug,
            },
            Error::Content(_) | Error::Unreachable { .. } => Kind::Unavailable,
            Error::Timeout(_) => Kind::Timeout,
            Error::Malformed(_) => Kind::Bug,
        }
    }
}

/// Calls one agent. Cheap to clone; connects when it is used.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// A client of the agent that listens on `socket`.
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Client { socket: socket.into() }
    }

    /// The agent's socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The agent itself.
    pub async fn health(&self) -> Result<Health, Error> {
        self.get("/health", DEADLINE).await
    }

    /// Everything as it is now.
    pub async fn state(&self) -> Result<Snapshot, Error> {
        self.get("/state", DEADLINE).await
    }

    /// Everything, as soon as its version is another one than `after`, or after 25 s as it is.
    pub async fn follow(&self, after: u64) -> Result<Snapshot, Error> {
        self.get(&format!("/state?after={after}"), Duration::from_millis(LONG_POLL_MS) + DEADLINE).await
    }

    /// What went through the load balancers so far.
    pub async fn traffic(&self) -> Result<Traffic, Error> {
        self.get("/traffic", DEADLINE).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, deadline: Duration) -> Result<T, Error> {
        parsed(&self.call(Method::GET, path, None, None, deadline).await?)
    }

    async fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        call: &Call,
        deadline: Duration,
    ) -> Result<T, Error> {
        self.mutate(Method::PUT, path, Some(written(body)?), call, deadline).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        call: &Call,
        deadline: Duration,
    ) -> Result<T, Error> {
        self.mutate(Method::POST, path, Some(written(body)?), call, deadline).await
    }

    async fn delete<T: DeserializeOwned>(&self, path: &str, call: &Call, deadline: Duration) -> Result<T, Error> {
        self.mutate(Method::DELETE, path, None, call, deadline).await
    }

    async fn mutate<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        call: &Call,
        deadline: Duration,
    ) -> Result<T, Error> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{sign}requestId={}", encoded(&call.request_id));
        // What an agent that was killed had begun, the next one finishes: the request id is the same.
        parsed(&self.patient(method, &path, body, call.fence.as_ref(), deadline).await?)
    }

    /// The call, made again until an agent that is away is back.
    async fn patient(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        fence: Option<&Fence>,
        deadline: Duration,
    ) -> Result<Bytes, Error> {
        let until = Instant::now() + AWAY;
        loop {
            match self.call(method.clone(), path, body.clone(), fence, deadline).await {
                Err(Error::Unreachable { .. }) if Instant::now() < until => sleep(LOOK).await,
                answer => return answer,
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        fence: Option<&Fence>,
        deadline: Duration,
    ) -> Result<Bytes, Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "agent")
            .header(header::CONNECTION, "close");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(fence) = fence {
            request = request.header(FENCE_HEADER, fence.to_string());
        }
        let request = request
            .body(Full::new(Bytes::from(body.unwrap_or_default())))
            .map_err(|error| Error::Malformed(format!("the request cannot be written: {error}")))?;
        self.answer(request, deadline).await
    }

    async fn answer<B>(&self, request: Request<B>, deadline: Duration) -> Result<Bytes, Error>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        let (status, answer) = timeout(deadline, exchange(&self.socket, request))
            .await
            .map_err(|_| Error::Timeout(deadline))?
            .map_err(|source| Error::Unreachable { socket: self.socket.clone(), source })?;
        if status.is_success() {
            return Ok(answer);
        }
        let ErrorBody { status, code, message } = parsed(&answer)?;
        Err(Error::Refused { status, code, message })
    }
}

/// One request on a connection of its own.
pub(crate) async fn exchange<B>(
    socket: &Path,
    request: Request<B>,
) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let stream = UnixStream::connect(socket).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let answered = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST_ANSWER).collect().await?.to_bytes();
        Ok((status, body))
    };
    // The connection is driven here, so that dropping the call drops all of it.
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        answer = answered.as_mut() => answer,
        ended = connection => {
            ended?;
            // What it had received may still be read.
            timeout(Duration::from_secs(1), answered)
                .await
                .map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?
        }
    }
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(|error| Error::Malformed(format!("the request cannot be written: {error}")))
}

fn parsed<T: DeserializeOwned>(answer: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(answer).map_err(|error| Error::Malformed(error.to_string()))
}

/// How much longer a call takes that fetches this.
fn fetch_time(artifact: Option<&Artifact>) -> Duration {
    artifact.map_or(Duration::ZERO, |_| Duration::from_millis(MOST_FETCH_MS))
}

fn encoded(segment: &str) -> String {
    url::form_urlencoded::byte_serialize(segment.as_bytes()).collect::<String>().replace('+', "%20")
}
