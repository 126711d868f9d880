//! Who asks: made in one place from the request, passed on with every call to another service.

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, request::Parts};

use crate::{Error, Result};

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

    /// Reads the identity headers, which are UTF-8; missing ones make an anonymous caller.
    ///
    /// # Errors
    /// `Invalid` if one of them is not UTF-8: without it the caller would be another one.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self> {
        let text = |name: &HeaderName| text_of(headers, name).map(|text| text.map(str::to_owned));
        let accounts = text(&ACCOUNTS)?.unwrap_or_default();
        let accounts = accounts.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Caller {
            user: text(&USER)?.unwrap_or_else(|| ANONYMOUS.to_owned()),
            roles: Vec::new(),
            accounts: accounts.collect(),
            origin: text(&ORIGIN)?,
            application: text(&APPLICATION)?,
            execution: text(&EXECUTION)?,
            execution_type: text(&EXECUTION_TYPE)?,
            fence: text(&FENCE)?,
            idempotency_key: text(&IDEMPOTENCY_KEY)?,
            request: text(&REQUEST_ID)?.unwrap_or_default(),
        })
    }

    /// The same caller without what belongs to one request only: for the calls that a handler makes in turn.
    pub fn onward(&self) -> Self {
        Caller { fence: None, idempotency_key: None, ..self.clone() }
    }

    /// The headers that pass this caller on.
    ///
    /// # Errors
    /// `Invalid` if something of it cannot be a header: a text of several lines.
    pub(crate) fn headers(&self) -> Result<HeaderMap> {
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
            let Some(text) = value.filter(|value| !value.is_empty()) else { continue };
            let refused = |_| Error::invalid(format!("{name}: {text:?} cannot be a header of a call: correct it"));
            let value = HeaderValue::from_str(text).map_err(refused)?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

/// A header's text; `None` if it is missing or empty.
fn text_of<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        Err(_) => Err(Error::invalid(format!("the header {name} is not UTF-8: send it as UTF-8"))),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        Caller::from_headers(&parts.headers)
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
        assert_eq!(passed_on(&caller), caller);
        assert_eq!(Caller::from_headers(&HeaderMap::new()).expect("nobody").user, "anonymous");
        assert_eq!(caller.onward().fence, None);
    }

    #[test]
    fn a_caller_may_have_any_letters_and_is_never_another_one() {
        let caller = Caller {
            accounts: vec!["größe".into()],
            idempotency_key: Some("build/ci/Größe/7".into()),
            ..Caller::service("jörg")
        };
        assert_eq!(passed_on(&caller), caller);
        for name in [USER, ACCOUNTS, IDEMPOTENCY_KEY] {
            let latin = HeaderValue::from_bytes(b"j\xf6rg").expect("a header");
            let refused = Caller::from_headers(&HeaderMap::from_iter([(name.clone(), latin)]));
            assert!(refused.expect_err("it is not UTF-8").message().contains(name.as_str()));
        }
        assert!(Caller::service("a\nb").headers().is_err());
    }

    fn passed_on(caller: &Caller) -> Caller {
        Caller::from_headers(&caller.headers().expect("they can be headers")).expect("they are UTF-8")
    }
}
