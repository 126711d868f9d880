//! Calls to webhooks: which are allowed, what is sent, and under which key. Upstream's `WebhookService`.

use std::collections::BTreeMap;

use gennaker_base::Kind;
use gennaker_clients::{Call, Caller, Clients};
use gennaker_http::{
    IDEMPOTENCY_KEY,
    outbound::{self, Answer, Outbound, Request, UrlRuleOptions},
};
use gennaker_javaregex::Regex;
use http::{HeaderValue, Method};
use serde_json::Value;
use url::Url;

use super::{
    options::{AllowedRequest, Error, MatchStrategy, Options},
    preconfigured::{self, PreconfiguredWebhook},
    request,
    settings::Settings,
};
use crate::{CancelContext, StageView, TaskContext, TaskError};

/// Makes the calls of all webhook stages.
pub(super) struct Calls {
    pub(super) options: Options,
    outbound: Outbound,
    allowed: Vec<Allowed>,
}

/// Who calls, and for which stage.
pub(super) struct Asking<'a> {
    pub(super) view: &'a StageView,
    pub(super) caller: &'a Caller,
    pub(super) clients: &'a Clients,
    /// The key of a call that changes something.
    pub(super) request_id: &'a str,
}

impl<'a> From<&'a TaskContext> for Asking<'a> {
    fn from(context: &'a TaskContext) -> Self {
        let TaskContext { view, caller, clients, request_id, .. } = context;
        Asking { view, caller, clients, request_id }
    }
}

impl<'a> From<&'a CancelContext> for Asking<'a> {
    fn from(context: &'a CancelContext) -> Self {
        let CancelContext { view, caller, clients, request_id } = context;
        Asking { view, caller, clients, request_id }
    }
}

/// What a stage asks of its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To do something.
    Create,
    /// How it stands.
    Monitor,
    /// To stop it.
    Cancel,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The call may not be made; nothing was sent.
    Denied(String),
    /// There is no such request in HTTP; nothing was sent.
    Unsendable(String),
    /// Somebody else who had to be asked could not be, or said no.
    Other(TaskError),
    /// It failed. `safe_to_retry` is the operators' word that it may be made again.
    Call { error: outbound::Error, safe_to_retry: bool },
}

impl Failure {
    /// As the exception that upstream's task ends with.
    pub(super) fn into_error(self) -> TaskError {
        match self {
            Failure::Denied(problem) => TaskError::new(Kind::Denied, "IllegalArgumentException", problem),
            Failure::Unsendable(problem) => TaskError::new(Kind::Invalid, "IllegalArgumentException", problem),
            Failure::Other(error) => error,
            Failure::Call { error, .. } => TaskError::new(error.kind(), "ResourceAccessException", error.to_string()),
        }
    }
}

/// An allowed request, its pattern read.
struct Allowed {
    request: AllowedRequest,
    pattern: Option<Regex>,
}

impl Allowed {
    fn read(place: usize, request: &AllowedRequest) -> Result<Self, Error> {
        let missing = |missing| Error::AllowedRequest { place, missing };
        let pattern = match request.match_strategy {
            MatchStrategy::StartsWith => {
                request.url_prefix.as_ref().ok_or_else(|| missing("urlPrefix"))?;
                None
            }
            MatchStrategy::PatternMatches => {
                let pattern = request.url_pattern.as_ref().ok_or_else(|| missing("urlPattern"))?;
                let read = Regex::new(pattern).map_err(|error| Error::Pattern { place, problem: error.to_string() });
                Some(read?)
            }
        };
        Ok(Allowed { request: request.clone(), pattern })
    }

    fn covers(&self, method: &Method, url: &Url) -> bool {
        let known = self.request.http_methods.iter().any(|allowed| allowed == method.as_str());
        known
            && match &self.pattern {
                // A pattern that gives up has not matched.
                Some(pattern) => pattern.matches(url.as_str()).unwrap_or(false),
                None => self.request.url_prefix.as_ref().is_some_and(|prefix| url.as_str().starts_with(prefix)),
            }
    }
}

impl Calls {
    pub(super) fn new(options: &Options, rules: &UrlRuleOptions) -> Result<Self, Error> {
        // The list is not looked at while it is off.
        let listed = if options.allowed_requests_enabled { &options.allowed_requests[..] } else { &[] };
        let allowed = listed.iter().enumerate().map(|(place, request)| Allowed::read(place, request));
        Ok(Calls {
            allowed: allowed.collect::<Result<_, _>>()?,
            outbound: Outbound::new(options.outbound(rules)?)?,
            options: options.clone(),
        })
    }

    /// The webhook that operators have prepared for stages of this type.
    pub(super) fn preconfigured(&self, kind: &str) -> Option<&PreconfiguredWebhook> {
        preconfigured::find(&self.options.preconfigured.0, kind)
    }

    /// Makes a call and gives its answer, whatever the status.
    pub(super) async fn make(
        &self,
        purpose: Purpose,
        settings: &Settings,
        asking: &Asking<'_>,
    ) -> Result<Answer, Failure> {
        self.check_account(settings, asking).await?;
        let request = self.request(purpose, settings, asking)?;
        let safe_to_retry = self.check_allowed(&request)?;
        let (method, url) = (request.method.clone(), request.url.clone());
        self.audit(|| tracing::info!(%method, %url, length = request.body.len(), "sending a webhook's request"));
        let answer = self.outbound.send(request).await;
        self.audit(|| match &answer {
            Ok(answer) => {
                let (status, length) = (answer.status.as_u16(), answer.body.len());
                tracing::info!(%method, url = %answer.url, status, length, "received a webhook's answer");
            }
            Err(error) => tracing::info!(%method, %url, %error, "received no answer of a webhook"),
        });
        answer.map_err(|error| match error {
            outbound::Error::Refused { redirected: false, .. } => Failure::Denied(error.to_string()),
            error => Failure::Call { error, safe_to_retry },
        })
    }

    /// Asks the server to stop, if the stage says where. Upstream calls this best effort: what came of it is logged, and
    /// the stage ends in any case.
    pub(super) async fn cancel(&self, asking: &Asking<'_>) {
        let settings = match Settings::read(asking.view.context()) {
            Ok(settings) => settings,
            Err(error) => {
                tracing::warn!(%error, "the webhook is not cancelled, its settings cannot be read");
                return;
            }
        };
        let Some(endpoint) = settings.cancel_endpoint.as_deref().filter(|url| !url.trim().is_empty()) else { return };
        match self.make(Purpose::Cancel, &settings, asking).await {
            Ok(answer) if answer.status.is_client_error() || answer.status.is_server_error() => {
                tracing::warn!(endpoint, status = answer.status.as_u16(), "the webhook's server did not cancel it");
            }
            Ok(answer) => tracing::debug!(endpoint, status = answer.status.as_u16(), "the webhook is cancelled"),
            Err(failure) => {
                let error = failure.into_error();
                tracing::warn!(endpoint, %error, "the webhook's server could not be asked to cancel it");
            }
        }
    }

    fn audit(&self, write: impl FnOnce()) {
        if self.options.audit_logging_enabled {
            write();
        }
    }

    fn request(&self, purpose: Purpose, settings: &Settings, asking: &Asking<'_>) -> Result<Request, Failure> {
        let (url, method, payload): (_, _, Option<&Value>) = match purpose {
            Purpose::Create => (settings.url.as_deref(), &settings.method, settings.payload.as_ref()),
            Purpose::Monitor => (settings.status_endpoint.as_deref().or(settings.url.as_deref()), &Method::GET, None),
            Purpose::Cancel => {
                (settings.cancel_endpoint.as_deref(), &settings.cancel_method, settings.cancel_payload.as_ref())
            }
        };
        let denied = |problem: &str| Failure::Denied(problem.to_owned());
        let url =
            url.map(str::trim).filter(|url| !url.is_empty()).ok_or_else(|| denied("the stage has no url: set it"))?;
        let url = Url::parse(url).map_err(|error| denied(&format!("{url} is not a URL: {error}")))?;
        let nothing = BTreeMap::new();
        let sensitive = self.preconfigured(&asking.view.stage.kind).and_then(|known| known.sensitive_headers.as_ref());
        let sensitive = sensitive.map_or(&nothing, |headers| &headers.0);
        let mut headers = request::headers(&settings.custom_headers, sensitive).map_err(Failure::Unsendable)?;
        let body = request::body(method, payload, &mut headers).map_err(Failure::Unsendable)?;
        if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
            let key =
                HeaderValue::from_str(asking.request_id).map_err(|error| Failure::Unsendable(error.to_string()))?;
            headers.entry(IDEMPOTENCY_KEY).or_insert(key);
        }
        Ok(Request { method: method.clone(), url, headers, body })
    }

    /// Whether the request may be made, and whether it may be made again.
    fn check_allowed(&self, request: &Request) -> Result<bool, Failure> {
        if !self.options.allowed_requests_enabled {
            return Ok(false);
        }
        match self.allowed.iter().find(|allowed| allowed.covers(&request.method, &request.url)) {
            Some(allowed) => Ok(allowed.request.safe_to_retry),
            None => {
                let (method, url) = (&request.method, &request.url);
                Err(Failure::Denied(format!("http method '{method}', uri: '{url}' not allowed")))
            }
        }
    }

    /// Whether the user may use the stage's account; clouddriver knows.
    async fn check_account(&self, settings: &Settings, asking: &Asking<'_>) -> Result<(), Failure> {
        let account = settings.account.as_deref().map(str::trim).filter(|account| !account.is_empty());
        let Some(account) = account.filter(|_| self.options.validate_account) else { return Ok(()) };
        let call = Call::get(&["credentials", account, "authorized"]).query("expand", true);
        let asked = asking.clients.clouddriver.forward(asking.caller, call).await;
        asked.map(drop).map_err(|error| Failure::Other(error.into()))
    }
}
