//! Calls to servers that a program's users name: webhooks, files behind a URL.
//!
//! A [`crate::Transport`] goes to a peer that an operator configured; this goes wherever somebody points it, so that each
//! call is screened, bounded and made over a connection of its own.
//!
//! ```no_run
//! use gennaker_http::outbound::{Options, Outbound, Request, UrlRules};
//! use http::Method;
//! use url::Url;
//!
//! # async fn call() -> Result<(), Box<dyn std::error::Error>> {
//! let outbound = Outbound::new(Options { rules: UrlRules::new(&Default::default())?, ..Options::default() })?;
//! let answer = outbound.send(Request::new(Method::GET, Url::parse("https://example.com/status")?)).await?;
//! println!("{} {:?}", answer.status, answer.header("content-type"));
//! # Ok(())
//! # }
//! ```
//!
//! Guarantees:
//! - The name is resolved, every address that it has is checked against the [`UrlRules`], and the connection is made to
//!   one of those addresses: what a name means cannot change in between. The same holds after each redirect.
//! - A call ends at its deadline; an answer over the limit is not read to its end.
//! - Nothing is sent twice: no retries, no pool of connections that may have gone stale.
//! - To cancel is to drop: no task outlives a call.
//!
//! It speaks HTTP/1.1, and HTTP/2 where TLS agrees on it. Names of headers are given as the server wrote them. It keeps
//! no cookies, uses no proxy, asks for no compression and sends no credentials of a URL.

mod connect;
mod error;
mod exchange;
mod names;
mod redirect;
mod rules;
mod sink;
mod tls;

use std::{path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::timeout;
use url::Url;

use self::{
    connect::Target,
    error::{place, refused},
    sink::Content,
    tls::Tls,
};
pub use self::{
    connect::{Resolve, SystemResolver},
    error::{Error, SetupError},
    rules::{UrlRuleOptions, UrlRules},
    sink::Sink,
};

/// Redirects in a row that are followed: as many as OkHttp follows.
const MAX_REDIRECTS: usize = 20;

/// What becomes of a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// It ends the call with an error.
    Refuse,
    /// It is followed if its target passes the rules, too.
    Follow,
    /// It is followed wherever it leads: for servers that are trusted to send a caller anywhere.
    FollowUnchecked,
}

/// Whom to trust and who to be, in TLS.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// A PEM file of certificates to trust besides the machine's: of authorities, or of servers themselves.
    pub trusted: Option<PathBuf>,
    /// The client's own certificate, for servers that ask for one.
    pub identity: Option<IdentityFiles>,
    /// Accept any certificate that is made out to the server's name. For tests only.
    pub any_certificate: bool,
    /// Accept a certificate that is made out to another name. For tests only.
    pub any_name: bool,
}

/// A certificate with its key, in PEM.
#[derive(Debug, Clone)]
pub struct IdentityFiles {
    /// The certificate, and those of the authorities between it and a root.
    pub certificates: PathBuf,
    /// Its key, not encrypted: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// How calls are made.
pub struct Options {
    /// Which URLs may be called.
    pub rules: UrlRules,
    /// How long a connection may take to each address that a name has, and TLS on it; 15 s by default.
    pub connect_timeout: Duration,
    /// How long the server may be silent: until its answer begins, and between two pieces of it; 20 s by default.
    pub read_timeout: Duration,
    /// How long a call may take in all, redirects included; 100 s by default.
    pub deadline: Duration,
    /// What becomes of redirects; followed and checked by default.
    pub redirects: Redirects,
    /// The largest request, headers and body, in bytes; no limit by default.
    pub request_limit: Option<u64>,
    /// The largest answer, headers and body, in bytes, saved or not; 16 MiB by default.
    pub answer_limit: u64,
    /// Trust and identity.
    pub tls: TlsOptions,
    /// Who looks names up; the machine by default.
    pub resolver: Arc<dyn Resolve>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            rules: UrlRules::default(),
            connect_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(20),
            deadline: Duration::from_secs(100),
            redirects: Redirects::Follow,
            request_limit: None,
            answer_limit: 16 << 20,
            tls: TlsOptions::default(),
            resolver: Arc::new(SystemResolver),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where; its fragment is not sent.
    pub url: Url,
    /// Headers besides `Host`, `Content-Length` and those that belong to the connection, which are set here.
    pub headers: HeaderMap,
    /// The body; empty is none.
    pub body: Bytes,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: Method, url: Url) -> Self {
        Request { method, url, headers: HeaderMap::new(), body: Bytes::new() }
    }
}

/// What a server answered, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The URL that answered: the last of the redirects.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The words beside the status; empty over HTTP/2.
    pub reason: String,
    /// The headers, their names as the server wrote them, the values of one name one after the other.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// Calls servers; cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    tls: Tls,
}

impl Outbound {
    /// Reads the certificates that the options name.
    ///
    /// # Errors
    /// If a file cannot be read, is not PEM, or if key and certificate do not belong together.
    pub fn new(options: Options) -> Result<Self, SetupError> {
        let tls = Tls::load(&options.tls)?;
        Ok(Outbound { inner: Arc::new(Inner { options, tls }) })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// See [`Error`]. A status that tells of a failure is an answer and no error.
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        self.in_time(request, Content::Kept).await
    }

    /// Sends a request and gives the body of an answer of success to `sink` as it comes; that body is empty in the
    /// answer. Any other answer keeps the first 64 KiB of its body. After an error the sink may have a part.
    ///
    /// # Errors
    /// See [`Error`]; what the sink says is [`Error::NotTaken`].
    pub async fn save(&self, request: Request, sink: &mut dyn Sink) -> Result<Answer, Error> {
        self.in_time(request, Content::Saved(sink)).await
    }

    async fn in_time(&self, request: Request, content: Content<'_>) -> Result<Answer, Error> {
        let (at, limit) = (place(&request.url), self.inner.options.deadline);
        match timeout(limit, self.inner.follow(request, content)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::TimedOut { at, limit }),
        }
    }
}

impl Inner {
    async fn follow(&self, mut request: Request, mut content: Content<'_>) -> Result<Answer, Error> {
        let options = &self.options;
        let mut answer = self.once(&request, true, false, content.again()).await?;
        for _ in 0..MAX_REDIRECTS {
            if !redirect::is_redirect(answer.status) {
                return Ok(answer);
            }
            let location = answer.header("location").map(str::to_owned);
            if options.redirects == Redirects::Refuse {
                return Err(Error::RedirectsOff { at: place(&request.url), location: location.unwrap_or_default() });
            }
            let Some(target) = location.and_then(|location| request.url.join(location.trim()).ok()) else {
                return Ok(answer);
            };
            request = redirect::next(request, answer.status, target);
            answer = self.once(&request, options.redirects == Redirects::Follow, true, content.again()).await?;
        }
        if redirect::is_redirect(answer.status) {
            return Err(Error::TooManyRedirects { at: place(&request.url), limit: MAX_REDIRECTS });
        }
        Ok(answer)
    }

    /// One request over a connection of its own, without redirects.
    async fn once(
        &self,
        request: &Request,
        checked: bool,
        redirected: bool,
        content: Content<'_>,
    ) -> Result<Answer, Error> {
        let options = &self.options;
        let refuse = |reason: String| refused(&request.url, reason, redirected);
        if checked {
            options.rules.check_url(&request.url).map_err(refuse)?;
        }
        let target = Target::of(&request.url).map_err(refuse)?;
        let request_size = exchange::size(&request.headers, request.body.len());
        if let Some(limit) = options.request_limit.filter(|limit| request_size > *limit) {
            return Err(Error::RequestTooLarge { at: place(&request.url), size: request_size, limit });
        }
        let addresses = connect::addresses(&*options.resolver, &target).await?;
        if checked {
            options.rules.check_addresses(&target.host, &addresses).map_err(refuse)?;
        }
        let at = place(&request.url);
        let stream = connect::tcp(&at, &addresses, target.port, options.connect_timeout).await?;
        let limits = exchange::Limits { at: &at, read_timeout: options.read_timeout, answer: options.answer_limit };
        if !target.tls {
            return exchange::http1(stream, request, &limits, content).await;
        }
        let stream = self.tls.connect(&at, &target.host, stream, options.connect_timeout).await?;
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            exchange::http2(stream, request, &limits, content).await
        } else {
            exchange::http1(stream, request, &limits, content).await
        }
    }
}
