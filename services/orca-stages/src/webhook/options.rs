//! The settings under `webhook` in `orca.yml`.
//!
//! Names and defaults are those of orca's `WebhookProperties`. Beyond them is `deadlineMs`; `maxResponseBytes` has a limit
//! also where upstream has none; key stores are to be written as PEM.

use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use gennaker_config::Lenient;
use gennaker_http::outbound::{self, IdentityFiles, Redirects, SetupError, TlsOptions, UrlRuleOptions, UrlRules};
use serde::{Deserialize, Serialize};

use super::preconfigured::PreconfiguredWebhook;

/// The largest answer where `maxResponseBytes` sets no limit: what a stage found is kept with its execution.
const MAX_ANSWER: u64 = 16 << 20;
/// A wait that is over only with the call's deadline.
const UNLIMITED: Duration = Duration::from_secs(24 * 3600);

/// The settings of webhook stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Whether there are webhook stages at all.
    pub stage: StageOptions,
    /// Webhooks that operators have prepared, each a stage of its own in the web UI. Their texts may hold `${...}`, which
    /// is evaluated when the stage runs.
    pub preconfigured: Lenient<Vec<PreconfiguredWebhook>>,
    /// Whom to trust besides the machine's certificates.
    pub trust: TrustOptions,
    /// The certificate to show to servers that ask for one.
    pub identity: IdentityOptions,
    /// Whether redirects are followed; true. If not, a redirect fails the stage.
    pub follow_redirects: bool,
    /// Whether the target of a redirect has to pass the rules for URLs, too; true.
    pub verify_redirects: bool,
    /// Statuses besides 5xx after which a webhook is called again; 429.
    pub default_retry_status_codes: Vec<u16>,
    /// For tests only: accept certificates that are made out to another name; false.
    pub insecure_skip_hostname_verification: bool,
    /// For tests only: accept certificates of anybody; false.
    pub insecure_trust_self_signed: bool,
    /// Whether only `allowedRequests` may be made; false.
    pub allowed_requests_enabled: bool,
    /// The requests that may be made; none.
    pub allowed_requests: Vec<AllowedRequest>,
    /// The largest request, headers and body, in bytes; 0 is no limit.
    pub max_request_bytes: i64,
    /// The largest answer, headers and body, in bytes; 0 is 16 MiB.
    pub max_response_bytes: i64,
    /// How long a connection may take, in milliseconds; 15000. 0 is as long as the call may.
    pub connect_timeout_ms: u64,
    /// How long a server may be silent, in milliseconds; 20000. 0 is as long as the call may.
    pub read_timeout_ms: u64,
    /// How long a call may take in all, in milliseconds; 100000. It is less than a step of a task may take
    /// (`orca.stepDeadlineMs`).
    pub deadline_ms: u64,
    /// Whether each call is written to the log; false.
    pub audit_logging_enabled: bool,
    /// Whether a webhook stage has to name an account; false.
    pub require_account: bool,
    /// Whether clouddriver is asked if the user may use the account that a webhook stage names; false.
    pub validate_account: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            stage: StageOptions::default(),
            preconfigured: Lenient::default(),
            trust: TrustOptions::default(),
            identity: IdentityOptions::default(),
            follow_redirects: true,
            verify_redirects: true,
            default_retry_status_codes: vec![429],
            insecure_skip_hostname_verification: false,
            insecure_trust_self_signed: false,
            allowed_requests_enabled: false,
            allowed_requests: Vec::new(),
            max_request_bytes: 0,
            max_response_bytes: 0,
            connect_timeout_ms: 15_000,
            read_timeout_ms: 20_000,
            deadline_ms: 100_000,
            audit_logging_enabled: false,
            require_account: false,
            validate_account: false,
        }
    }
}

/// Whether there are webhook stages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageOptions {
    /// Whether the types `webhook` and `preconfiguredWebhook` are there; true.
    pub enabled: bool,
}

impl Default for StageOptions {
    fn default() -> Self {
        StageOptions { enabled: true }
    }
}

/// Whom to trust.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrustOptions {
    /// Whether anybody is trusted besides those that the machine trusts; false.
    pub enabled: bool,
    /// A Java key store; to be written as PEM.
    pub trust_store: Option<String>,
    /// A PEM file of certificates, of authorities or of servers.
    pub trust_pem: Option<String>,
}

/// Who to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityOptions {
    /// Whether a certificate is shown to servers that ask for one; false.
    pub enabled: bool,
    /// A Java key store; to be written as PEM.
    pub identity_store: Option<String>,
    /// A PEM file with the key, not encrypted.
    pub identity_key_pem: Option<String>,
    /// A PEM file with the certificate, and those between it and its authority.
    pub identity_cert_pem: Option<String>,
}

/// How the URL of an allowed request is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchStrategy {
    /// It starts with `urlPrefix`.
    #[default]
    StartsWith,
    /// The whole of it matches `urlPattern`, a regular expression of Java.
    PatternMatches,
}

/// Requests that may be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AllowedRequest {
    /// The methods, in upper case.
    pub http_methods: Vec<String>,
    /// How the URL is given; by its beginning.
    pub match_strategy: MatchStrategy,
    /// The URL's beginning.
    pub url_prefix: Option<String>,
    /// The URL's pattern.
    pub url_pattern: Option<String>,
    /// Whether such a request may be made again if there was no answer in time; false. A `GET` always may.
    pub safe_to_retry: bool,
}

/// Headers whose values are nobody's business.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SensitiveHeaders(pub BTreeMap<String, Vec<String>>);

impl fmt::Debug for SensitiveHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// Why there can be no webhook stages with these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or a rule for URLs cannot be read.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A key store is configured.
    #[error("{key} names the key store {store}, which is not read here: write it as PEM, and set {instead}")]
    Store {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        store: String,
        /// What to set, and how to make it.
        instead: &'static str,
    },
    /// A certificate without a key, or the other way round.
    #[error("webhook.identity needs both identityKeyPem and identityCertPem: set the one that is missing")]
    HalfIdentity,
    /// No call could ever be made.
    #[error("webhook.deadlineMs is 0: write how many milliseconds a call may take")]
    NoTime,
    /// An allowed request does not say which URLs.
    #[error("webhook.allowedRequests[{place}] has no {missing}, which its matchStrategy needs: add it")]
    AllowedRequest {
        /// Which, from 0.
        place: usize,
        /// The key.
        missing: &'static str,
    },
    /// The pattern of an allowed request cannot be read.
    #[error("webhook.allowedRequests[{place}].urlPattern is no regular expression: {problem}")]
    Pattern {
        /// Which, from 0.
        place: usize,
        /// Why.
        problem: String,
    },
}

impl Options {
    /// How the calls are made.
    pub(super) fn outbound(&self, rules: &UrlRuleOptions) -> Result<outbound::Options, Error> {
        let limit = |bytes: i64| u64::try_from(bytes).ok().filter(|bytes| *bytes > 0);
        let time = |millis: u64| if millis == 0 { UNLIMITED } else { Duration::from_millis(millis) };
        if self.deadline_ms == 0 {
            return Err(Error::NoTime);
        }
        Ok(outbound::Options {
            rules: UrlRules::new(rules)?,
            connect_timeout: time(self.connect_timeout_ms),
            read_timeout: time(self.read_timeout_ms),
            deadline: Duration::from_millis(self.deadline_ms),
            redirects: match (self.follow_redirects, self.verify_redirects) {
                (false, _) => Redirects::Refuse,
                (true, true) => Redirects::Follow,
                (true, false) => Redirects::FollowUnchecked,
            },
            request_limit: limit(self.max_request_bytes),
            answer_limit: limit(self.max_response_bytes).unwrap_or(MAX_ANSWER),
            tls: self.tls()?,
            ..outbound::Options::default()
        })
    }

    fn tls(&self) -> Result<TlsOptions, Error> {
        let (trust, identity) = (&self.trust, &self.identity);
        let mut tls = TlsOptions {
            any_certificate: self.insecure_trust_self_signed,
            any_name: self.insecure_skip_hostname_verification,
            ..TlsOptions::default()
        };
        if trust.enabled {
            if let Some(store) = set(&trust.trust_store) {
                return Err(Error::Store {
                    key: "webhook.trust.trustStore",
                    store: store.to_owned(),
                    instead: "webhook.trust.trustPem (keytool -list -rfc -keystore STORE > FILE)",
                });
            }
            tls.trusted = set(&trust.trust_pem).map(PathBuf::from);
        }
        if identity.enabled {
            if let Some(store) = set(&identity.identity_store) {
                return Err(Error::Store {
                    key: "webhook.identity.identityStore",
                    store: store.to_owned(),
                    instead: "webhook.identity.identityKeyPem and identityCertPem (openssl pkcs12 -in STORE -nodes \
                              -nocerts -out KEY and -nokeys -out CERTIFICATE; of a JKS store first make one of PKCS12 \
                              by keytool -importkeystore -srckeystore STORE -destkeystore STORE.p12 -deststoretype \
                              PKCS12)",
                });
            }
            tls.identity = match (set(&identity.identity_key_pem), set(&identity.identity_cert_pem)) {
                (Some(key), Some(certificates)) => {
                    Some(IdentityFiles { certificates: certificates.into(), key: key.into() })
                }
                (None, None) => None,
                _ => return Err(Error::HalfIdentity),
            };
        }
        Ok(tls)
    }
}

/// A setting that is there and not empty.
fn set(setting: &Option<String>) -> Option<&str> {
    setting.as_deref().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_stores_are_refused_with_what_to_do() {
        let trust = TrustOptions { enabled: true, trust_store: Some("a.jks".into()), ..TrustOptions::default() };
        let options = Options { trust: trust.clone(), ..Options::default() };
        let error = options.tls().expect_err("a key store").to_string();
        assert!(error.contains("a.jks") && error.contains("webhook.trust.trustPem"), "{error}");
        let off = Options { trust: TrustOptions { enabled: false, ..trust }, ..Options::default() };
        assert!(off.tls().is_ok(), "what is off is not looked at");

        let identity = IdentityOptions { enabled: true, identity_key_pem: Some("k".into()), ..Default::default() };
        let options = Options { identity, ..Options::default() };
        assert!(matches!(options.tls(), Err(Error::HalfIdentity)));
    }

    #[test]
    fn what_is_sensitive_is_not_printed() {
        let headers = BTreeMap::from([("Authorization".to_owned(), vec!["hunter2".to_owned()])]);
        let webhook = PreconfiguredWebhook { sensitive_headers: Some(SensitiveHeaders(headers)), ..Default::default() };
        let printed = format!("{webhook:?}");
        assert!(printed.contains("Authorization") && !printed.contains("hunter2"), "{printed}");
    }
}
