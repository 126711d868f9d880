//! Why a call to a server that a user named failed.

use std::{io, path::PathBuf, time::Duration};

use gennaker_base::Kind;
use url::Url;

/// A call without an answer. Places are `scheme://host:port/path`: a query may hold a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The rules forbid the URL; nothing was sent there.
    #[error("{at} may not be called: {reason}")]
    Refused {
        /// Where.
        at: String,
        /// Which rule, and what to change.
        reason: String,
        /// Whether a redirect led there, so that something was sent before.
        redirected: bool,
    },
    /// The name has no address, or nobody could be asked.
    #[error("the name {host} cannot be resolved: check it, and the name servers of this machine")]
    UnknownHost {
        /// The name.
        host: String,
        /// What the resolver said.
        #[source]
        source: io::Error,
    },
    /// No connection, or no answer, in time. The request may have been carried out.
    #[error("{at} did not answer within {limit:?}")]
    TimedOut {
        /// Where.
        at: String,
        /// The time that is over.
        limit: Duration,
    },
    /// No connection could be made; nothing was sent.
    #[error("{at} cannot be reached: {cause}")]
    Unreachable {
        /// Where.
        at: String,
        /// Why.
        cause: String,
    },
    /// The connection broke, or what came over it is not HTTP. The request may have been carried out.
    #[error("the answer of {at} cannot be read: {cause}")]
    Broken {
        /// Where.
        at: String,
        /// Why.
        cause: String,
    },
    /// The server redirects, and redirects are off.
    #[error("{at} redirects to {location:?}, and redirects are disabled")]
    RedirectsOff {
        /// Where.
        at: String,
        /// Where to; empty if the server did not say.
        location: String,
    },
    /// The server redirects in a circle, or nearly.
    #[error("{at} redirects again after {limit} redirects")]
    TooManyRedirects {
        /// Where.
        at: String,
        /// The number that is followed.
        limit: usize,
    },
    /// The request is over the limit; nothing was sent.
    #[error("the request to {at} has {size} bytes, more than the limit of {limit}")]
    RequestTooLarge {
        /// Where.
        at: String,
        /// Headers and body, in bytes.
        size: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// What was to take the answer did not, for example because a disk is full.
    #[error("the answer of {at} cannot be kept: {source}")]
    NotTaken {
        /// Where.
        at: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The answer is over the limit; the rest of it was not read.
    #[error("the answer of {at} has more bytes than the limit of {limit}")]
    AnswerTooLarge {
        /// Where.
        at: String,
        /// The limit, in bytes.
        limit: u64,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Refused { .. } | Error::RedirectsOff { .. } => Kind::Denied,
            Error::UnknownHost { .. } | Error::Unreachable { .. } | Error::Broken { .. } | Error::NotTaken { .. } => {
                Kind::Unavailable
            }
            Error::TimedOut { .. } => Kind::Timeout,
            Error::TooManyRedirects { .. } => Kind::Invalid,
            Error::RequestTooLarge { .. } | Error::AnswerTooLarge { .. } => Kind::TooLarge,
        }
    }
}

/// What is wrong with the options of outbound calls.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A file cannot be read.
    #[error("{path} cannot be read: check that it is there and that this user may read it")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds something else than it should.
    #[error("{path} {problem}")]
    Content {
        /// The file.
        path: PathBuf,
        /// What it holds, and what to do about it.
        problem: String,
    },
    /// A certificate and its key do not belong together, or cannot be used.
    #[error("the certificate in {path} cannot be used with its key: {cause}")]
    Identity {
        /// The certificate's file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A rule for URLs cannot be read.
    #[error("the rule {rule:?} for URLs cannot be read: {problem}")]
    Rule {
        /// The rule.
        rule: String,
        /// Why.
        problem: String,
    },
}

/// A URL as messages name it: without credentials, query and fragment.
pub(super) fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Both fail for URLs that can have neither.
    let _ = (url.set_password(None), url.set_username(""));
    url.to_string()
}

pub(super) fn refused(url: &Url, reason: String, redirected: bool) -> Error {
    Error::Refused { at: place(url), reason, redirected }
}

/// An error with what it was caused by, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let next = source.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = source.source();
    }
    text
}
