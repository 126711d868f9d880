//! The HTTP client that transports share.

use std::time::Duration;

use gennaker_base::Kind;
use reqwest::{Client, ClientBuilder, redirect::Policy};

use crate::{Error, Result};

/// Makes *ring* the cryptography of all TLS in this process. The first statement of a `main`; a second call changes
/// nothing.
pub fn install_crypto_provider() {
    // An error says that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A client for calls between services: connections are kept, redirects are not followed, and no proxy is used, neither
/// for loopback nor else, because services of one install reach each other directly.
///
/// It waits 3 s for a connection; how long a call may take is its transport's deadline.
///
/// # Errors
/// If TLS cannot be set up. Without CA certificates on the machine it is: `https` peers then fail, `http` ones work.
pub fn http_client() -> Result<Client> {
    install_crypto_provider();
    let built = builder().build().or_else(|error| {
        tracing::warn!(
            error = %root_cause(&error),
            "https peers cannot be verified: install the CA certificates of this machine (package ca-certificates)"
        );
        builder().tls_certs_only([]).build()
    });
    built.map_err(|error| Error::new(Kind::Bug, format!("the HTTP client cannot be made: {}", root_cause(&error))))
}

fn builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("gennaker/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(3))
        // Shorter than servers keep an idle connection, so that a call does not meet one that is being closed.
        .pool_idle_timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(64)
        .tcp_nodelay(true)
        .tcp_keepalive(Duration::from_secs(30))
        .redirect(Policy::none())
        .no_proxy()
}

/// The innermost cause: `Connection refused (os error 111)`.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
