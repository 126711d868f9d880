//! An answer of which the caller may have the newest already.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::way::{Answer, Asked, Failure, Way};

/// The answer to a call for something that the caller may have already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfChanged<T> {
    /// The caller has the newest.
    Unchanged,
    /// It is this.
    Changed {
        /// The answer.
        value: T,
        /// What names it, if the peer names its answers.
        etag: Option<String>,
    },
}

/// The same, unread.
pub(super) struct Conditional(pub(super) IfChanged<Bytes>);

impl Answer for Conditional {
    const ACCEPTED: HeaderValue = Bytes::ACCEPTED;

    async fn take(way: &Way, asked: &Asked, response: Response<Body>) -> std::result::Result<Self, Failure> {
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(Conditional(IfChanged::Unchanged));
        }
        let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
        Ok(Conditional(IfChanged::Changed { value: Bytes::take(way, asked, response).await?, etag }))
    }
}
