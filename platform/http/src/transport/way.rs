//! One try of a call, over a socket or in this process.

use axum::{Router, body::Body};
use bytes::Bytes;
use gennaker_base::Kind;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower::ServiceExt as _;
use url::Url;

use super::client::root_cause;
use crate::{Error, Result};

/// Where the service is.
#[derive(Clone)]
pub(super) enum Way {
    Http { base: Url, client: reqwest::Client },
    InProcess { router: Router },
}

/// A request that can be sent several times.
pub(super) struct Asked {
    pub(super) service: &'static str,
    pub(super) method: Method,
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) answer_limit: usize,
}

/// A try without a good answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// The service itself answered, so that it can be reached.
    pub(super) reached: bool,
    /// Nothing of the request was sent.
    pub(super) unsent: bool,
}

impl Way {
    /// Where the service is, for messages: without a password that the URL may have.
    pub(super) fn place(&self, service: &str) -> String {
        match self {
            Way::Http { base, .. } => {
                let mut base = base.clone();
                // Both fail for URLs that can have neither.
                let _ = (base.set_password(None), base.set_username(""));
                base.set_query(None);
                format!("at {base}")
            }
            Way::InProcess { .. } => format!("in this process ({service} runs on this node)"),
        }
    }

    /// What to do if the service cannot be reached there.
    pub(super) fn advice(&self, service: &str) -> String {
        match self {
            Way::Http { .. } => format!("check services.{service}.baseUrl"),
            Way::InProcess { .. } => format!("see the log of {service}"),
        }
    }

    /// Sends the request once and takes a good answer.
    pub(super) async fn send<A: Answer>(&self, asked: &Asked) -> std::result::Result<A, Failure> {
        let response = self.open(asked).await?;
        let status = response.status();
        let unchanged = status == StatusCode::NOT_MODIFIED && asked.headers.contains_key(header::IF_NONE_MATCH);
        if status.is_success() || unchanged {
            return A::take(self, asked, response).await;
        }
        let body = self.read(asked, response).await?;
        // A balancer in front of no server answers with these too, but in HTML or text.
        let gateway =
            matches!(status, StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT);
        let own = body.trim_ascii_start().starts_with(b"{");
        Err(Failure {
            error: Error::from_answer(asked.service, status, &body),
            reached: own || !gateway,
            unsent: false,
        })
    }

    /// Sends the request and reads the head of the answer.
    async fn open(&self, asked: &Asked) -> std::result::Result<Response<Body>, Failure> {
        match self {
            Way::Http { base, client } => {
                let request = request(asked, &absolute(base, &asked.target)).map_err(Failure::unsent)?;
                let request = reqwest::Request::try_from(request.map(Option::unwrap_or_default)).map_err(|error| {
                    Failure::unsent(Error::invalid(format!("no valid request: {}", root_cause(&error))))
                })?;
                let response =
                    client.execute(request).await.map_err(|error| self.unreachable(asked.service, &error))?;
                Ok(Response::<reqwest::Body>::from(response).map(Body::new))
            }
            Way::InProcess { router } => {
                let request = request(asked, &asked.target).map_err(Failure::unsent)?;
                let request = request.map(|body| body.map_or_else(Body::empty, Body::from));
                let Ok(response) = router.clone().oneshot(request).await;
                Ok(response)
            }
        }
    }

    fn unreachable(&self, service: &str, error: &reqwest::Error) -> Failure {
        let (place, cause, advice) = (self.place(service), root_cause(error), self.advice(service));
        Failure {
            error: Error::new(Kind::Unavailable, format!("{service} cannot be reached {place}: {cause}; {advice}")),
            reached: false,
            unsent: error.is_connect(),
        }
    }

    /// Reads the whole answer.
    async fn read(&self, asked: &Asked, response: Response<Body>) -> std::result::Result<Bytes, Failure> {
        let body = Limited::new(response.into_body(), asked.answer_limit).collect().await;
        Ok(body.map_err(|error| self.broken(asked, error.as_ref()))?.to_bytes())
    }

    fn broken(&self, asked: &Asked, error: &(dyn std::error::Error + Send + Sync + 'static)) -> Failure {
        let service = asked.service;
        if error.is::<LengthLimitError>() {
            let message = format!("{service} answered with more than {} bytes", asked.answer_limit);
            let error = Error::new(Kind::Bug, message).with_status(StatusCode::BAD_GATEWAY);
            return Failure { error, reached: true, unsent: false };
        }
        let message = format!("the answer of {service} {} broke off: {error}", self.place(service));
        Failure { error: Error::new(Kind::Unavailable, message), reached: false, unsent: false }
    }
}

/// What is made of a good answer.
pub(super) trait Answer: Sized + Send {
    /// What is asked for.
    const ACCEPTED: HeaderValue;

    fn take(
        way: &Way,
        asked: &Asked,
        response: Response<Body>,
    ) -> impl Future<Output = std::result::Result<Self, Failure>> + Send;
}

/// Read whole.
impl Answer for Bytes {
    const ACCEPTED: HeaderValue = HeaderValue::from_static("application/json");

    async fn take(way: &Way, asked: &Asked, response: Response<Body>) -> std::result::Result<Self, Failure> {
        way.read(asked, response).await
    }
}

/// Left to be read as it comes.
impl Answer for Response<Body> {
    const ACCEPTED: HeaderValue = HeaderValue::from_static("*/*");

    async fn take(_: &Way, _: &Asked, response: Response<Body>) -> std::result::Result<Self, Failure> {
        Ok(response)
    }
}

impl Failure {
    fn unsent(error: Error) -> Self {
        Failure { error, reached: true, unsent: true }
    }
}

fn absolute(base: &Url, target: &str) -> String {
    let mut base = base.clone();
    base.set_query(None);
    base.set_fragment(None);
    format!("{}{target}", base.as_str().trim_end_matches('/'))
}

fn request(asked: &Asked, uri: &str) -> Result<Request<Option<Bytes>>> {
    let mut request = Request::builder()
        .method(asked.method.clone())
        .uri(uri)
        .body(asked.body.clone())
        .map_err(|error| Error::invalid(format!("{uri} is not a URL to call: {error}")))?;
    *request.headers_mut() = asked.headers.clone();
    let headers = request.headers_mut();
    if asked.body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(request)
}
