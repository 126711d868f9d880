//! Who asks: made in one place from the request, passed on with every call to another service.

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

use crate::Error;

/// The id of a request, kept across services. Upstream's header.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-spinnaker-request-id");
/// `<execution>/<epoch>` of who asks for a side effect.
pub const FENCE: HeaderName = HeaderName::from_static("x-gennaker-fence");
/// The key under which a request is carried out once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The user who asks. Upstream's header.
pub const USER: HeaderName = HeaderName::from_static("x-spinnaker-user");
/// The accounts that the user may use, separated by commas. Upstream's header.
pub const ACCOUNTS: HeaderName = HeaderName::from_static("x-spinnaker-accounts");
const EXECUTION: HeaderName = HeaderName::from_static("x-spinnaker-execution-id");
const EXECUTION_TYPE: HeaderName = HeaderName::from_static("x-spinnaker-execution-type");
/// The application that a request is about. Upstream's header.
pub const APPLICATION: HeaderName = HeaderName::from_static("x-spinnaker-application");
/// Where a user asks from: `deck`, `api`. Upstream's header.
pub const ORIGIN: HeaderName = HeaderName::from_static("x-spinnaker-user-origin");

/// The user that upstream's services name when nobody signed in.
const ANONYMOUS: &str = "anonymous";

/// Who asks. Every handler takes one.
///
/// Until sign-in is built the identity headers are believed, as between upstream's services; services bind to loopback
/// by default for that reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The user's name, `anonymous` if nobody signed in.
    pub user: String,
    /// The user's roles.
    pub roles: Vec<String>,
    /// The accounts that the user may use; empty means that nobody restricted them.
    pub accounts: Vec<String>,
    /// Where the user asks from: `deck`, `api`.
    pub origin: Option<String>,
    /// The application that it is about.
    pub application: Option<String>,
    /// The execution on whose behalf a service asks.
    pub execution: Option<String>,
    /// What that execution is: `pipeline`, `orchestration`.
    pub execution_type: Option<String>,
    /// The fence of that execution, `<execution>/<epoch>`.
    pub fence: Option<String>,
    /// The key under which the request is carried out once.
    pub idempotency_key: Option<String>,
    /// The id of the request.
    pub request: String,
}

impl Caller {
    /// A caller of this program itself, for example a poller.
    pub fn service(name: &str) -> Self {
        Caller {
            user: name.to_owned(),
            roles: Vec::new(),
            accounts: Vec::new(),
            origin: None,
            application: None,
            execution: None,
            execution_type: None,
            fence: None,
            idempotency_key: None,
            request: String::new(),
        }
    }

    /// Reads the identity headers; missing ones make an anonymous caller.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name: &HeaderName| {
            headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let list = |name: &HeaderName| {
            let names = text(name).unwrap_or_default();
            names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        Caller {
            user: text(&USER).unwrap_or_else(|| ANONYMOUS.to_owned()),
            roles: Vec::new(),
            accounts: list(&ACCOUNTS),
            origin: text(&ORIGIN),
            application: text(&APPLICATION),
            execution: text(&EXECUTION),
            execution_type: text(&EXECUTION_TYPE),
            fence: text(&FENCE),
            idempotency_key: text(&IDEMPOTENCY_KEY),
            request: text(&REQUEST_ID).unwrap_or_default(),
        }
    }

    /// The same caller without what belongs to one request only: for the calls that a handler makes in turn.
    pub fn onward(&self) -> Self {
        Caller { fence: None, idempotency_key: None, ..self.clone() }
    }

    /// The headers that pass this caller on.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let accounts = self.accounts.join(",");
        let fields = [
            (USER, Some(&self.user)),
            (ACCOUNTS, Some(&accounts)),
            (ORIGIN, self.origin.as_ref()),
            (APPLICATION, self.application.as_ref()),
            (EXECUTION, self.execution.as_ref()),
            (EXECUTION_TYPE, self.execution_type.as_ref()),
            (FENCE, self.fence.as_ref()),
            (IDEMPOTENCY_KEY, self.idempotency_key.as_ref()),
            (REQUEST_ID, Some(&self.request)),
        ];
        for (name, value) in fields {
            let value = value.filter(|value| !value.is_empty()).and_then(|value| HeaderValue::from_str(value).ok());
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
        headers
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        Ok(Caller::from_headers(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_survives_the_way_through_headers() {
        let caller = Caller {
            accounts: vec!["test".into(), "prod".into()],
            origin: Some("deck".into()),
            application: Some("shop".into()),
            execution: Some("01E".into()),
            execution_type: Some("pipeline".into()),
            fence: Some("01E/7".into()),
            idempotency_key: Some("k".into()),
            request: "r".into(),
            ..Caller::service("ann@example.com")
        };
        assert_eq!(Caller::from_headers(&caller.headers()), caller);
        assert_eq!(Caller::from_headers(&HeaderMap::new()).user, "anonymous");
        assert_eq!(caller.onward().fence, None);
    }
}
