//! How a gate is reached: its address, and what proves who calls.
//!
//! Secrets have no text of their own: they can be sent, and not printed.

use std::{fmt, time::Duration};

use url::Url;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text, to be sent.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("******")
    }
}

/// How the gate was chosen, which says how a command names it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chosen {
    /// By its address.
    Address,
    /// By the name of its context.
    Name(String),
    /// By nobody: a file says so.
    File,
}

/// A gate, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// Its address, which may have a path.
    pub(super) url: Url,
    /// How it was chosen.
    pub(super) chosen: Chosen,
    /// User and password, sent with each call.
    pub(super) basic: Option<(String, Secret)>,
    /// A token, sent as `Authorization: Bearer`.
    pub(super) bearer: Option<Secret>,
    /// A token of gate's own, sent as `X-Spinnaker-Token`.
    pub(super) api_token: Option<Secret>,
    /// The client's certificate and its key, as PEM.
    pub(super) certificate: Option<Secret>,
    /// PEM certificates of authorities that are trusted besides the machine's.
    pub(super) ca: Option<String>,
    /// Whether anybody's certificate is taken for gate's.
    pub(super) insecure: bool,
    /// Further headers of each call.
    pub(super) headers: Vec<(String, Secret)>,
    /// How long tasks are waited for.
    pub(super) wait: Option<Duration>,
}

impl Access {
    /// The gate at `url`, without credentials.
    pub(super) fn new(url: Url) -> Self {
        Access {
            url,
            chosen: Chosen::Address,
            basic: None,
            bearer: None,
            api_token: None,
            certificate: None,
            ca: None,
            insecure: false,
            headers: Vec::new(),
            wait: None,
        }
    }

    /// The same with these headers of each call besides its own.
    pub(super) fn with_headers(mut self, headers: &[(String, String)]) -> Self {
        self.headers.extend(headers.iter().map(|(name, value)| (name.clone(), Secret::new(value))));
        self
    }

    /// What proves who calls, for people: `basic as ann, x509`.
    pub(super) fn signs_in_with(&self) -> String {
        let mut ways = Vec::new();
        if let Some((user, _)) = &self.basic {
            ways.push(format!("basic as {user}"));
        }
        ways.extend(self.bearer.as_ref().map(|_| "bearer".to_owned()));
        ways.extend(self.api_token.as_ref().map(|_| "apiToken".to_owned()));
        ways.extend(self.certificate.as_ref().map(|_| "x509".to_owned()));
        ways.join(", ")
    }

    /// Its address without a password.
    pub(super) fn place(&self) -> String {
        let mut place = self.url.clone();
        // Both fail only for URLs that can have neither.
        let _ = (place.set_password(None), place.set_username(""));
        place.as_str().trim_end_matches('/').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_printed() {
        let mut access = Access::new(Url::parse("https://ann:hunter2@gate.example.com/api/").expect("a URL"));
        access.basic = Some(("ann".to_owned(), Secret::new("hunter2")));
        access.bearer = Some(Secret::new("hunter2"));
        access.url.set_password(None).expect("it can have one");
        assert!(!format!("{access:?}").contains("hunter2"));
        assert_eq!(access.signs_in_with(), "basic as ann, bearer");
        assert_eq!(access.place(), "https://gate.example.com/api");
    }
}
