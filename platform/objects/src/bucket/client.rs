//! One signed request to a bucket's server, sent again while that may help.
//!
//! Each try has a deadline, and so has the whole. A request that failed after it was sent may have been carried out:
//! [`Answer::repeated`] says so to whoever wrote under a condition.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gennaker_base::{Backoff, SharedClock, Timestamp};
use http::{HeaderMap, Method, StatusCode, header};
use reqsign_aws_v4::{Credential, DefaultCredentialProvider, RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context, HttpSend, OsEnv, Signer};
use reqsign_file_read_tokio::TokioFileRead;
use reqwest::{Proxy, redirect::Policy};
use sha2::{Digest as _, Sha256};

use super::{
    BucketOptions,
    address::Address,
    problem::{Asked, Problem, is_transient},
    xml::Element,
};

/// How long one try may take.
const TRY: Duration = Duration::from_secs(8);
/// How long a request may take with all its tries.
const DEADLINE: Duration = Duration::from_secs(25);
/// How often a request is sent at most.
const TRIES: u32 = 5;
/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// And to what stands beside this machine: a machine that is no instance has no metadata service.
const CONNECT_NEAR: Duration = Duration::from_secs(1);

/// Sends requests to one bucket.
pub(super) struct Client {
    http: reqwest::Client,
    signer: Signer<Credential>,
    address: Address,
    region: String,
    clock: SharedClock,
}

/// A request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// The object; none is the bucket.
    pub(super) key: Option<&'a str>,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) headers: &'a [(&'static str, &'a str)],
    pub(super) body: Bytes,
    /// How many bytes the answer may have.
    pub(super) limit: u64,
    /// Whether the body of an answer of success is left to be read: [`Answer::rest`].
    pub(super) open: bool,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The body that is not read yet, of an open call.
    pub(super) rest: Option<reqwest::Response>,
    /// Whether the request was sent before, and may have been carried out then.
    pub(super) repeated: bool,
}

/// Why there is no answer.
pub(super) enum Failure {
    Problem(Problem),
    /// The answer is larger than its limit: at least so many bytes.
    TooLarge(u64),
}

/// A try that gave no answer.
struct Missed {
    failure: Failure,
    /// Whether the server may have got it.
    sent: bool,
    /// Whether another try may help.
    again: bool,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The entity tag, if the server tells one.
    pub(super) fn etag(&self) -> Option<&str> {
        self.header("etag").map(|tag| tag.trim_matches('"')).filter(|tag| !tag.is_empty())
    }

    /// The code of an error; empty if it has none.
    pub(super) fn code(&self) -> String {
        let error = Element::parse(&self.body);
        error.as_ref().and_then(|error| error.text("Code")).unwrap_or_default().to_owned()
    }

    /// The server's time.
    pub(super) fn date(&self) -> Option<Timestamp> {
        self.time("date")
    }

    /// When the object was written.
    pub(super) fn modified(&self) -> Option<Timestamp> {
        self.time("last-modified")
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        let time = httpdate::parse_http_date(self.header(name)?).ok()?;
        Some(Timestamp::ZERO.after(time.duration_since(std::time::UNIX_EPOCH).ok()?))
    }
}

impl Client {
    /// A client of the bucket that the options say.
    pub(super) fn new(options: &BucketOptions, clock: SharedClock) -> Result<Client, Problem> {
        // Whoever comes first sets it; a second call finds it set, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = Address::new(options).map_err(Problem::Options)?;
        let http = http_client(options, &address)?;
        let near = reqwest::Client::builder()
            .connect_timeout(CONNECT_NEAR)
            .no_proxy()
            .redirect(Policy::none())
            .tls_certs_only([])
            .build()
            .map_err(|error| Problem::Options(cause(&error)))?;
        let context = Context::new()
            .with_file_read(TokioFileRead)
            .with_http_send(Credentials { http: http.clone(), near })
            .with_env(OsEnv);
        let signing = RequestSigner::new("s3", &options.region);
        // A fixed key is not put into a chain of providers: that writes each provider to the log, its secret too.
        let signer = match &options.keys {
            Some((key, secret)) => Signer::new(context, StaticCredentialProvider::new(key, secret.expose()), signing),
            None => Signer::new(context, DefaultCredentialProvider::new(), signing),
        };
        Ok(Client { http, signer, address, region: options.region.clone(), clock })
    }

    /// Sends the request until it is answered with what another try will not change.
    pub(super) async fn send(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let mut repeated = false;
        let slow = || Failure::Problem(self.slow(DEADLINE));
        let tries = async {
            let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
            let mut tries = 1;
            loop {
                let tried = tokio::time::timeout(TRY, self.attempt(call)).await;
                let missed = match tried {
                    Ok(Ok(answer)) => {
                        let again = is_transient(answer.status, &error_code(&answer));
                        if !again || tries == TRIES {
                            return Ok(Answer { repeated, ..answer });
                        }
                        None
                    }
                    Ok(Err(missed)) => Some(missed),
                    Err(_) => Some(Missed { failure: Failure::Problem(self.slow(TRY)), sent: true, again: true }),
                };
                if let Some(missed) = missed {
                    if !missed.again || tries == TRIES {
                        return Err(missed.failure);
                    }
                    repeated |= missed.sent;
                } else {
                    repeated = true;
                }
                tries += 1;
                tokio::time::sleep(backoff.next_wait()).await;
            }
        };
        tokio::time::timeout(DEADLINE, tries).await.unwrap_or_else(|_| Err(slow()))
    }

    /// What a refusal means.
    pub(super) fn problem(&self, answer: &Answer, doing: &'static str) -> Problem {
        let asked = Asked { address: self.address.text(), region: &self.region, now: self.clock.now() };
        Problem::of(answer, doing, &asked)
    }

    /// Where the bucket is.
    pub(super) fn address(&self) -> &str {
        self.address.text()
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Answer, Missed> {
        let fail = |problem| Missed { failure: Failure::Problem(problem), sent: false, again: false };
        let mut request = http::Request::builder().method(&call.method).uri(self.address.of(call.key, call.query));
        for (name, value) in call.headers {
            request = request.header(*name, *value);
        }
        let request = request.header("x-amz-content-sha256", format!("{:x}", Sha256::digest(&call.body)));
        let request = request.body(()).map_err(|error| fail(Problem::Options(error.to_string())))?;
        let (mut parts, ()) = request.into_parts();
        self.signer.sign(&mut parts, None).await.map_err(|error| {
            let why = error.to_string();
            Missed { again: error.is_retryable(), ..fail(Problem::NoCredentials { why }) }
        })?;
        // The client sets it from the address, and some servers take offence at two.
        parts.headers.remove(header::HOST);
        let request = reqwest::Request::try_from(http::Request::from_parts(parts, call.body.clone()))
            .map_err(|error| fail(Problem::Options(cause(&error))))?;
        let response = self.http.execute(request).await.map_err(|error| self.missed(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        if call.open && status.is_success() {
            return Ok(Answer { status, headers, body: Bytes::new(), rest: Some(response), repeated: false });
        }
        // The length of the answer to HEAD is that of what it does not send.
        let announced = response.content_length().unwrap_or(0);
        let too_large = |size| Missed { failure: Failure::TooLarge(size), sent: true, again: false };
        if announced > call.limit && call.method != Method::HEAD {
            return Err(too_large(announced));
        }
        let mut response = response;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.missed(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > call.limit {
                return Err(too_large(body.len() as u64));
            }
        }
        Ok(Answer { status, headers, body: body.freeze(), rest: None, repeated: false })
    }

    /// What it means that an answer broke off.
    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Problem {
        Problem::Unreachable { address: self.address.text().to_owned(), why: cause(error) }
    }

    fn missed(&self, error: &reqwest::Error) -> Missed {
        let why = cause(error);
        // What fails here fails the next time as well.
        let again = !(error.is_builder() || why.contains("certificate"));
        let problem = self.unreachable(error);
        Missed { failure: Failure::Problem(problem), sent: !error.is_connect(), again }
    }

    pub(super) fn slow(&self, waited: Duration) -> Problem {
        Problem::Slow { address: self.address.text().to_owned(), seconds: waited.as_secs() }
    }
}

/// The code of an answer that is none of success.
fn error_code(answer: &Answer) -> String {
    if answer.status.is_success() { String::new() } else { answer.code() }
}

fn http_client(options: &BucketOptions, address: &Address) -> Result<reqwest::Client, Problem> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("gennaker/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        // Shorter than servers keep an idle connection, so that a call does not meet one that is being closed.
        .pool_idle_timeout(Duration::from_secs(15))
        .tcp_nodelay(true)
        .redirect(Policy::none());
    if let Some(proxy) = &options.proxy {
        let proxy =
            Proxy::all(proxy).map_err(|error| Problem::Options(format!("its proxy {proxy}: {}", cause(&error))))?;
        builder = builder.proxy(proxy);
    } else if address.is_loopback() {
        builder = builder.no_proxy();
    }
    if !address.is_tls() {
        // So that a machine without CA certificates can use a server that has none.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| {
        let why = cause(&error);
        Problem::Options(format!("TLS cannot be set up ({why}): install the CA certificates (package ca-certificates)"))
    })
}

/// The innermost cause: `Connection refused (os error 111)`.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Asks for credentials: this machine's own services without a proxy, all others as the bucket.
#[derive(Debug)]
struct Credentials {
    http: reqwest::Client,
    near: reqwest::Client,
}

impl HttpSend for Credentials {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        // Requests and answers hold credentials: errors name the cause only.
        let failed = |error: reqwest::Error| reqsign_core::Error::unexpected(cause(&error.without_url()));
        let is_near = request.uri().scheme_str() == Some("http");
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let client = if is_near { &self.near } else { &self.http };
        let response = client.execute(request).await.map_err(failed)?;
        let mut answer = http::Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        *answer.body_mut() = response.bytes().await.map_err(failed)?;
        Ok(answer)
    }
}
