//! What a bucket's server can refuse, in words for whoever set it up.

use gennaker_base::{Kind, Timestamp};
use http::StatusCode;

use super::{client::Answer, xml::Element};

/// The rights that a store needs.
const RIGHTS: &str = "s3:ListBucket, s3:ListBucketVersions, s3:GetBucketVersioning, s3:GetObject, s3:GetObjectVersion, \
                      s3:PutObject and s3:DeleteObject";
/// How much of a server's own sentence is shown, in characters.
const SHOWN: usize = 200;

/// What is wrong with a bucket; the sentence goes on after its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The options cannot be used.
    #[error("cannot be used: {0}")]
    Options(String),
    /// There is none of that name.
    #[error("does not exist at {address}: create it with versioning, or correct its name")]
    Missing {
        /// Where it should be.
        address: String,
    },
    /// The credentials may not do that.
    #[error("denies {doing} to these credentials ({code}): they need {RIGHTS} on it")]
    Denied {
        /// What was tried.
        doing: &'static str,
        /// The server's code.
        code: String,
    },
    /// The access key or its secret is wrong.
    #[error("does not accept the access key or its secret ({code}): correct them")]
    Keys {
        /// The server's code.
        code: String,
    },
    /// The credentials are no longer valid.
    #[error("does not accept the credentials any more ({code}): renew them")]
    Expired {
        /// The server's code.
        code: String,
    },
    /// There are no credentials.
    #[error("cannot be asked: no AWS credentials were found ({why}). Configure a key, or give this machine a role")]
    NoCredentials {
        /// What the search said.
        why: String,
    },
    /// The clocks differ too much.
    #[error("refuses requests because the clock of this machine is off by {seconds} s: set it, for example by NTP")]
    Clock {
        /// By how much.
        seconds: u64,
    },
    /// It is elsewhere.
    #[error("is not in the region {ours} but in {theirs}: correct the region")]
    Region {
        /// What is configured.
        ours: String,
        /// What the server says.
        theirs: String,
    },
    /// The server does not keep conditions.
    #[error(
        "is on a server that does not keep the condition {0} of a write: of two writers one would be lost. Use a server \
         that does, as AWS, MinIO, SeaweedFS and versitygw do"
    )]
    NoConditions(&'static str),
    /// The server deletes whatever the condition says.
    #[error("is on a server that does not keep the condition If-Match of a deletion")]
    NoConditionalDelete,
    /// Nothing may be written to it.
    #[error("is read-only here: it is the copy for a fail-over. Write where the original is")]
    ReadOnly,
    /// No connection.
    #[error("cannot be reached at {address}: {why}")]
    Unreachable {
        /// Where it should be.
        address: String,
        /// What the system said.
        why: String,
    },
    /// No answer in time; a write may still happen.
    #[error("did not answer within {seconds} s at {address}")]
    Slow {
        /// Where it is.
        address: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The server has too much to do, or fails.
    #[error("fails for now ({status} {code}): it was asked several times")]
    Failing {
        /// The status of its answer.
        status: u16,
        /// The server's code.
        code: String,
    },
    /// The server answered what is not S3's.
    #[error("gave an answer to {doing} that cannot be read; is it an S3 server?")]
    Unreadable {
        /// What was tried.
        doing: &'static str,
    },
    /// Any other refusal.
    #[error("refuses {doing}: {status} {code} {message}")]
    Refused {
        /// What was tried.
        doing: &'static str,
        /// The status of its answer.
        status: u16,
        /// The server's code.
        code: String,
        /// The server's sentence.
        message: String,
    },
}

impl Problem {
    /// What a caller can do about it. What an operator has to put right counts as not available.
    pub fn kind(&self) -> Kind {
        match self {
            Problem::Slow { .. } => Kind::Timeout,
            Problem::NoConditions(_) | Problem::NoConditionalDelete | Problem::ReadOnly => Kind::Unsupported,
            _ => Kind::Unavailable,
        }
    }

    /// Reads the refusal of `doing`.
    pub(super) fn of(answer: &Answer, doing: &'static str, asked: &Asked<'_>) -> Problem {
        let error = Element::parse(&answer.body).filter(|element| element.name() == "Error");
        let text = |name: &str| error.as_ref().and_then(|error| error.text(name)).map(str::to_owned);
        let code = text("Code").unwrap_or_default();
        let region = || {
            let header = answer.header("x-amz-bucket-region").map(str::to_owned);
            header.or_else(|| text("Region")).filter(|theirs| theirs != asked.region)
        };
        match (code.as_str(), answer.status) {
            ("NoSuchBucket", _) => Problem::Missing { address: asked.address.to_owned() },
            // The last is versitygw's own word for a key that it does not know.
            (
                "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "InvalidToken"
                | "InvalidSecurity"
                | "XAdminUserNotFound",
                _,
            ) => Problem::Keys { code },
            ("ExpiredToken" | "TokenRefreshRequired", _) => Problem::Expired { code },
            ("RequestTimeTooSkewed" | "RequestExpired", _) => {
                let there = answer.date().unwrap_or(asked.now);
                Problem::Clock { seconds: there.since(asked.now).max(asked.now.since(there)).as_secs() }
            }
            ("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed", _)
            | (_, StatusCode::MOVED_PERMANENTLY | StatusCode::TEMPORARY_REDIRECT | StatusCode::BAD_REQUEST)
                if region().is_some() =>
            {
                Problem::Region { ours: asked.region.to_owned(), theirs: region().unwrap_or_default() }
            }
            (_, StatusCode::FORBIDDEN) => Problem::Denied { doing, code },
            (_, status) if is_transient(status, &code) => Problem::Failing { status: status.as_u16(), code },
            (_, status) => Problem::Refused {
                doing,
                status: status.as_u16(),
                message: text("Message").unwrap_or_default().chars().take(SHOWN).collect(),
                code,
            },
        }
    }
}

/// What was asked, for messages.
pub(super) struct Asked<'a> {
    pub(super) address: &'a str,
    pub(super) region: &'a str,
    pub(super) now: Timestamp,
}

/// Whether the same request may succeed when it is sent again.
pub(super) fn is_transient(status: StatusCode, code: &str) -> bool {
    matches!(status.as_u16(), 408 | 429 | 499 | 500 | 502 | 503 | 504)
        || matches!(code, "RequestTimeout" | "SlowDown" | "OperationAborted" | "ConditionalRequestConflict")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn problem(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Problem {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header"));
        }
        let status = StatusCode::from_u16(status).expect("a status");
        let answer =
            Answer { status, headers: map, body: Bytes::copy_from_slice(body.as_bytes()), rest: None, repeated: false };
        // 2023-11-14T22:13:20Z
        let now = Timestamp::from_millis(1_700_000_000_000);
        Problem::of(&answer, "listing", &Asked { address: "http://a/b", region: "us-east-1", now })
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let error = |code: &str| format!("<Error><Code>{code}</Code><Message>why</Message></Error>");
        for (status, code, words) in [
            (404, "NoSuchBucket", "does not exist at http://a/b: create it"),
            (403, "AccessDenied", "denies listing to these credentials (AccessDenied): they need s3:ListBucket,"),
            (403, "InvalidAccessKeyId", "does not accept the access key"),
            (403, "SignatureDoesNotMatch", "does not accept the access key or its secret"),
            (400, "ExpiredToken", "renew them"),
            (503, "SlowDown", "fails for now (503 SlowDown)"),
            (400, "InvalidArgument", "refuses listing: 400 InvalidArgument why"),
        ] {
            let problem = problem(status, &error(code), &[]);
            assert!(problem.to_string().contains(words), "{problem}");
            assert_eq!(problem.kind(), Kind::Unavailable);
        }
        let skewed = problem(403, &error("RequestTimeTooSkewed"), &[("date", "Tue, 14 Nov 2023 22:43:20 GMT")]);
        assert_eq!(skewed, Problem::Clock { seconds: 1800 });
        let elsewhere = Problem::Region { ours: "us-east-1".to_owned(), theirs: "eu-west-1".to_owned() };
        assert_eq!(problem(301, &error("PermanentRedirect"), &[("x-amz-bucket-region", "eu-west-1")]), elsewhere);
        let malformed = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
        assert_eq!(problem(400, malformed, &[]), elsewhere);
        assert!(matches!(problem(403, "<html>", &[]), Problem::Denied { .. }));
    }
}
