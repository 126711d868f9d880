//! What a service adds to another's answer, and what an install may not have.

use std::{future::Future, time::Duration};

use gennaker_base::Kind;
use gennaker_http::{Error, Result};
use serde_json::Value;

/// How long an addition is waited for before the answer goes without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// What `call` adds to an answer that stands without it: `None` if its service cannot give it now.
pub(crate) async fn addition<T>(service: &str, call: impl Future<Output = Result<T>>) -> Option<T> {
    within(PATIENCE, service, call).await
}

async fn within<T>(patience: Duration, service: &str, call: impl Future<Output = Result<T>>) -> Option<T> {
    match tokio::time::timeout(patience, call).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) if is_absent(&error) => None,
        Ok(Err(error)) => {
            tracing::warn!(service, %error, "the answer goes without what the service adds");
            None
        }
        Err(_) => {
            tracing::warn!(service, ?patience, "the answer goes without what the service adds: it takes too long");
            None
        }
    }
}

/// `nothing` if the service behind has no such thing at all: a list of what cannot be made is empty.
pub(crate) fn or_nothing(answer: Result<Value>, nothing: Value) -> Result<Value> {
    match answer {
        Err(error) if is_absent(&error) => Ok(nothing),
        answer => answer,
    }
}

/// Whether the service says that there is no such thing.
pub(crate) fn is_absent(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotFound | Kind::Unsupported)
}

/// The same error with words in front of its message: whose fault it was stays readable.
pub(crate) fn prefixed(error: &Error, prefix: &str) -> Error {
    Error::new(error.kind(), format!("{prefix}{}", error.message())).with_status(error.status())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn an_answer_does_not_wait_for_what_is_only_added() {
        assert_eq!(addition("x", async { Ok(json!(1)) }).await, Some(json!(1)));
        assert_eq!(addition::<Value>("x", async { Err(Error::new(Kind::Unavailable, "down")) }).await, None);
        assert_eq!(within::<Value>(Duration::ZERO, "x", std::future::pending()).await, None);
    }

    #[test]
    fn only_what_is_not_there_is_nothing() {
        assert_eq!(or_nothing(Err(Error::not_found("no path")), json!([])), Ok(json!([])));
        let down = Error::new(Kind::Unavailable, "down");
        assert_eq!(or_nothing(Err(down.clone()), json!([])), Err(down));
    }
}
