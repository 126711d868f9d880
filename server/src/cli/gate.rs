//! Calls to a gate over HTTP: each has a deadline, and is sent once.
//!
//! What is worth repeating is decided by who calls: [`Error::is_passing`] says which failures may pass by themselves.

use std::{net::IpAddr, time::Duration};

use gennaker_base::Kind;
use gennaker_http::{IDEMPOTENCY_KEY, REQUEST_ID, install_crypto_provider};
use gennaker_wire::{Object, ObjectExt as _};
use reqwest::{Client, ClientBuilder, Method, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use url::{Host, Url};

use self::credentials::{authorities, headers, identity};
use super::access::Access;

mod credentials;

/// How long a call may take that only looks.
const LOOK: Duration = Duration::from_secs(20);
/// How long a call may take that changes something: upstream's gate waits for a task of orca's before it answers some.
const CHANGE: Duration = Duration::from_secs(60);
/// The largest answer, in bytes.
const ANSWER_LIMIT: usize = 64 << 20;
/// The longest text of an answer that is shown where it is no JSON with a message, in characters.
const TEXT_LIMIT: usize = 300;

/// A call before it is sent.
#[derive(Debug, Clone)]
pub(super) struct Request<'call> {
    method: Method,
    segments: &'call [&'call str],
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    idempotency_key: Option<String>,
    deadline: Duration,
}

impl<'call> Request<'call> {
    /// A look at the path with these segments, which are encoded here: `["applications", name]`.
    pub(super) fn get(segments: &'call [&'call str]) -> Self {
        Request { deadline: LOOK, ..Request::new(Method::GET, segments) }
    }

    /// A change.
    pub(super) fn new(method: Method, segments: &'call [&'call str]) -> Self {
        Request { method, segments, query: Vec::new(), body: None, idempotency_key: None, deadline: CHANGE }
    }

    /// Adds a query parameter.
    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub(super) fn query_if(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets the JSON body.
    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Sets the key under which the call is carried out once.
    pub(super) fn idempotency_key(mut self, key: String) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// Shortens the deadline to `most`.
    pub(super) fn within(mut self, most: Duration) -> Self {
        self.deadline = self.deadline.min(most);
        self
    }
}

/// Why a call has no good answer.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Error {
    /// A segment of the path that no URL can carry.
    #[error("{0:?} cannot be a name or an id")]
    Name(String),
    /// The program cannot make calls at all.
    #[error("no calls can be made: {0}")]
    Setup(String),
    /// Credentials or authorities that cannot be used.
    #[error("{what} cannot be used: {cause}")]
    Credentials { what: String, cause: String },
    /// There is no connection, so that nothing was sent.
    #[error("gate cannot be reached at {place}: {cause}")]
    Unreachable { place: String, cause: String },
    /// The answer did not come in time, or broke off; the call may have been carried out.
    #[error("the answer of gate at {place} was lost: {cause}")]
    Lost { place: String, cause: String },
    /// Gate does not do it.
    #[error("{message}")]
    Refused { status: StatusCode, message: String, request_id: Option<String> },
    /// Gate failed.
    #[error("gate failed with {status}: {message}")]
    Failing { status: StatusCode, message: String, request_id: Option<String> },
    /// The answer is none of a gate's.
    #[error("{place} does not answer as a gate does: {cause}")]
    Unexpected { place: String, cause: String },
}

impl Error {
    /// What can be done about it.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Error::Name(_) | Error::Credentials { .. } => Kind::Invalid,
            Error::Unreachable { .. } => Kind::Unavailable,
            Error::Lost { .. } => Kind::Timeout,
            Error::Refused { status, .. } => match status.as_u16() {
                404 | 410 => Kind::NotFound,
                409 | 412 => Kind::Conflict,
                401 | 403 => Kind::Denied,
                413 => Kind::TooLarge,
                429 => Kind::Unavailable,
                501 => Kind::Unsupported,
                _ => Kind::Invalid,
            },
            Error::Failing { .. } => Kind::Unavailable,
            Error::Setup(_) | Error::Unexpected { .. } => Kind::Bug,
        }
    }

    /// Whether a look may succeed when it is made again, for example once gate has started again.
    pub(super) fn is_passing(&self) -> bool {
        self.kind().is_transient()
    }

    /// Whether the call may have been carried out all the same.
    pub(super) fn may_be_done(&self) -> bool {
        matches!(self, Error::Lost { .. } | Error::Failing { .. })
    }

    /// The id under which gate's log has the call.
    pub(super) fn request_id(&self) -> Option<&str> {
        match self {
            Error::Refused { request_id, .. } | Error::Failing { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// What to do next.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match self {
            Error::Unreachable { .. } => Some("start one with `gennaker serve`, or name another with --gate URL"),
            Error::Lost { .. } => Some("it may have been carried out: look before you repeat it"),
            Error::Unexpected { .. } => Some("name gate's address with --gate URL"),
            Error::Refused { status: StatusCode::UNAUTHORIZED, .. } => {
                Some("sign in: give the gate's context basic, x509, bearer or apiToken; see `gennaker context show`")
            }
            Error::Refused { .. } if self.kind() == Kind::Denied => {
                Some("this user may not do it: ask for a role that may, or use another context")
            }
            _ => None,
        }
    }

    /// A refusal as gate would send it.
    #[cfg(test)]
    pub(super) fn refused_for_test(status: u16, message: &str, request_id: Option<&str>) -> Self {
        let status = StatusCode::from_u16(status).expect("a status");
        Error::Refused { status, message: message.to_owned(), request_id: request_id.map(str::to_owned) }
    }
}

/// A gate.
pub(super) struct Gate {
    base: Url,
    place: String,
    client: Client,
}

impl Gate {
    /// The gate of `access`, whose address may have a path and a user with password. A proxy is used as the environment says, but
    /// for gates on this machine.
    ///
    /// # Errors
    /// [`Error::Credentials`] if they cannot be sent; [`Error::Setup`] if no client can be made, which for `https` takes the
    /// machine's CA certificates.
    pub(super) fn new(access: &Access) -> Result<Self, Error> {
        install_crypto_provider();
        let mut base = access.url.clone();
        if let Some((user, password)) = &access.basic {
            // Both fail only for URLs that can have neither.
            let _ = (base.set_username(user), base.set_password(Some(password.reveal())));
        }
        let headers = headers(access)?;
        let authorities = authorities(access.ca.as_deref())?;
        let identity = access.certificate.as_ref().map(identity).transpose()?;
        let build = |mut builder: ClientBuilder| {
            if is_loopback(&base) {
                builder = builder.no_proxy();
            }
            if let Some(identity) = identity.clone() {
                builder = builder.identity(identity);
            }
            builder
                .default_headers(headers.clone())
                .tls_danger_accept_invalid_certs(access.insecure)
                .user_agent(concat!("gennaker/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(3))
                .redirect(Policy::none())
                .build()
        };
        let client =
            build(Client::builder().tls_certs_merge(authorities.clone())).or_else(|error| match base.scheme() {
                // Without certificates nothing can be verified, and nothing has to be.
                "http" => build(Client::builder().tls_certs_only([])),
                // The machine has none: those that are given are enough.
                _ if !authorities.is_empty() => build(Client::builder().tls_certs_only(authorities.clone())),
                _ => Err(error),
            });
        let client = client.map_err(|error| {
            Error::Setup(format!("{}; install the CA certificates of this machine (ca-certificates)", root(&error)))
        })?;
        Ok(Gate { base, place: access.place(), client })
    }

    /// Sends the call and reads its JSON answer; an empty answer reads as `null`.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<Value, Error> {
        let body = self.call(request, "application/json").await?;
        self.json(&body)
    }

    /// Sends the call and reads its answer as it is.
    pub(super) async fn fetch(&self, request: Request<'_>) -> Result<Vec<u8>, Error> {
        self.call(request, "*/*").await
    }

    async fn call(&self, request: Request<'_>, accept: &'static str) -> Result<Vec<u8>, Error> {
        let url = self.url(&request)?;
        let mut call = self.client.request(request.method, url).timeout(request.deadline);
        call = call.header(header::ACCEPT, accept);
        if let Some(key) = &request.idempotency_key {
            call = call.header(IDEMPOTENCY_KEY, key);
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let response = call.send().await.map_err(|error| self.no_answer(&error, request.deadline))?;
        let (status, header_id) = (response.status(), header_text(&response, REQUEST_ID.as_str()));
        let body = self.read(response, request.deadline).await?;
        if status.is_success() {
            return Ok(body);
        }
        Err(self.error(status, &body, header_id))
    }

    fn url(&self, request: &Request<'_>) -> Result<Url, Error> {
        // These would name another path than the one that is meant.
        if let Some(name) = request.segments.iter().find(|segment| matches!(**segment, "" | "." | "..")) {
            return Err(Error::Name((*name).to_owned()));
        }
        let mut url = self.base.clone();
        url.set_fragment(None);
        url.set_query(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(request.segments);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    async fn read(&self, mut response: Response, deadline: Duration) -> Result<Vec<u8>, Error> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(&error, deadline))? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(self.unexpected(format!("the answer has more than {ANSWER_LIMIT} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn json(&self, body: &[u8]) -> Result<Value, Error> {
        if body.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(body).map_err(|error| self.unexpected(format!("its answer is not JSON: {error}")))
    }

    fn no_answer(&self, error: &reqwest::Error, deadline: Duration) -> Error {
        let place = self.place.clone();
        if error.is_connect() {
            return Error::Unreachable { place, cause: root(error) };
        }
        let cause = if error.is_timeout() { format!("none came within {deadline:?}") } else { root(error) };
        Error::Lost { place, cause }
    }

    fn error(&self, status: StatusCode, body: &[u8], header_id: Option<String>) -> Error {
        let fields: Option<Object> = serde_json::from_slice(body).ok();
        let text: String = String::from_utf8_lossy(body).trim().chars().take(TEXT_LIMIT).collect();
        if status.is_redirection() {
            let message = format!("{} sends elsewhere ({status}), perhaps to sign in", self.place);
            return Error::Refused { status: StatusCode::UNAUTHORIZED, message, request_id: header_id };
        }
        if status == StatusCode::NOT_FOUND && fields.is_none() {
            return self.unexpected(format!("it answered {status} without JSON"));
        }
        let fields = fields.unwrap_or_default();
        let message = fields.text("message").or_else(|| fields.text("error")).filter(|message| !message.is_empty());
        let message = message.unwrap_or_else(|| if text.is_empty() { status.to_string() } else { text });
        let request_id = fields.text("requestId").or(header_id);
        if status.is_client_error() || status == StatusCode::NOT_IMPLEMENTED {
            return Error::Refused { status, message, request_id };
        }
        Error::Failing { status, message, request_id }
    }

    /// An answer with another shape than it should have.
    pub(super) fn unexpected(&self, cause: String) -> Error {
        Error::Unexpected { place: self.place.clone(), cause }
    }
}

fn header_text(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// The innermost cause: `Connection refused (os error 111)`.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(base: &str) -> Gate {
        Gate::new(&Access::new(Url::parse(base).expect("a URL"))).expect("a gate")
    }

    #[test]
    fn names_with_any_character_stay_one_segment_behind_the_gates_own_path() {
        let request = Request::get(&["applications", "a/b ?#%"]).query("expand", "false").query_if("x", None::<String>);
        let url = gate("http://gate.example.com/api/v1/").url(&request).expect("a URL");
        assert_eq!(url.as_str(), "http://gate.example.com/api/v1/applications/a%2Fb%20%3F%23%25?expand=false");
        for name in ["", ".", ".."] {
            let refused = gate("http://localhost:1").url(&Request::get(&["applications", name]));
            assert!(matches!(refused, Err(Error::Name(_))), "{name:?} would name the list");
        }
    }

    #[test]
    fn an_errors_message_and_request_are_found_wherever_they_stand() {
        let gate = gate("http://ann:secret@localhost:1");
        let error = |status: u16, body: &str, id: Option<&str>| {
            gate.error(StatusCode::from_u16(status).expect("a status"), body.as_bytes(), id.map(str::to_owned))
        };
        let refused = error(400, r#"{"message": "no name", "requestId": "r-1"}"#, Some("header"));
        assert_eq!((refused.to_string().as_str(), refused.request_id()), ("no name", Some("r-1")));
        let failing = error(502, "<html>bad gateway</html>", Some("header"));
        assert_eq!(failing.to_string(), "gate failed with 502 Bad Gateway: <html>bad gateway</html>");
        assert_eq!(failing.request_id(), Some("header"));
        assert!(failing.is_passing());
        let unsupported = error(501, r#"{"message": "not supported yet"}"#, None);
        assert!(matches!(unsupported, Error::Refused { .. }) && !unsupported.is_passing());
        let other = error(404, "404 page not found", None).to_string();
        assert_eq!(other, "http://localhost:1 does not answer as a gate does: it answered 404 Not Found without JSON");
        assert_eq!(error(302, "", None).kind(), Kind::Denied);
    }
}
