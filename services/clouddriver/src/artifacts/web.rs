//! Content behind addresses, as most kinds have it.

use bytes::Bytes;
use gennaker_http::outbound::{self, Options, Outbound, Request, UrlRuleOptions, UrlRules};
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::{Error, FetchOptions, content::Spool};

/// What an answer may have besides the content that was asked for, in bytes.
const HEADERS: u64 = 1 << 20;

/// Asks servers for an account.
pub(super) struct Web {
    account: String,
    outbound: Outbound,
}

impl Web {
    /// For that account, under these rules.
    ///
    /// # Errors
    /// What is wrong with the rules.
    pub(super) fn new(account: &str, rules: &UrlRuleOptions, limits: &FetchOptions) -> Result<Self, String> {
        let rules = UrlRules::new(rules).map_err(|error| error.to_string())?;
        let options = Options {
            rules,
            deadline: limits.deadline(),
            answer_limit: limits.size_limit.saturating_add(HEADERS),
            ..Options::default()
        };
        let outbound = Outbound::new(options).map_err(|error| error.to_string())?;
        Ok(Web { account: account.to_owned(), outbound })
    }

    /// Puts what is at `url` into `spool`.
    pub(super) async fn save(&self, url: Url, headers: HeaderMap, spool: &mut Spool) -> Result<(), Error> {
        let request = Request { headers, ..Request::new(Method::GET, url) };
        let answer = match self.outbound.save(request, spool).await {
            Ok(answer) => answer,
            Err(outbound::Error::NotTaken { source, .. }) => return Err(spool.error(source)),
            Err(outbound::Error::AnswerTooLarge { .. }) => return Err(Error::TooLarge { limit: spool.limit() }),
            Err(source) => return Err(Error::Call { account: self.account.clone(), source }),
        };
        if answer.status.is_success() {
            return Ok(());
        }
        let is_throttled =
            answer.header("x-ratelimit-remaining") == Some("0") || answer.header("retry-after").is_some();
        Err(self.refusal(place(&answer.url), answer.status, is_throttled))
    }

    /// What is at `url`, if it is no larger than `limit`.
    pub(super) async fn document(&self, url: Url, headers: HeaderMap, limit: u64) -> Result<Bytes, Error> {
        let at = place(&url);
        let mut spool = Spool::in_memory(limit);
        match self.save(url, headers, &mut spool).await {
            Ok(()) => Ok(spool.into_bytes()),
            Err(Error::TooLarge { limit }) => Err(Error::Unexpected {
                at,
                what: format!("more than {limit} bytes"),
                account: self.account.clone(),
                advice: "check whether it is the right address",
            }),
            Err(error) => Err(error),
        }
    }

    fn refusal(&self, at: String, status: StatusCode, is_throttled: bool) -> Error {
        let account = self.account.clone();
        match status.as_u16() {
            403 | 429 if is_throttled => Error::Failing { at, status: status.as_u16(), account },
            401 => Error::Refused {
                at,
                answer: status.to_string(),
                account,
                advice: "its token or password is missing, wrong or has expired: renew it in the configuration",
            },
            403 => Error::Refused {
                at,
                answer: status.to_string(),
                account,
                advice: "it may not read this: give it the right to, or name another account",
            },
            404 | 410 => Error::Missing { at, account },
            408 | 425 | 429 | 500..=599 => Error::Failing { at, status: status.as_u16(), account },
            _ => Error::Unexpected {
                at,
                what: status.to_string(),
                account,
                advice: "check the reference of the artifact",
            },
        }
    }
}

/// An address as errors name it: without its query, which may have a secret.
pub(super) fn place(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
