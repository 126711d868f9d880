//! What is at an address, for `#fromUrl` and its like.

use std::time::Duration;

use gennaker_http::install_crypto_provider;
use reqwest::{Client, ClientBuilder};
use url::Url;

/// How long a fetch may take, redirects included.
const DEADLINE: Duration = Duration::from_secs(10);
/// The most bytes of an answer: what an expression may take at most.
const LIMIT: usize = 16 << 20;

/// The text at `url`, by a plain GET; nothing of the client's own is sent along.
///
/// # Errors
/// In words: no URL of http or https, no answer in 10 s, a status other than 2xx, more than 16 MiB, or no UTF-8.
pub(super) async fn get(url: &str) -> Result<String, String> {
    let url = Url::parse(url).map_err(|error| format!("this is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("{}: is not fetched, only http: and https: are", url.scheme()));
    }
    let client = client().map_err(|error| format!("no calls can be made: {error}"))?;
    let fetched = tokio::time::timeout(DEADLINE, read(&client, url)).await;
    fetched.unwrap_or_else(|_| Err(format!("there was no answer within {DEADLINE:?}")))
}

async fn read(client: &Client, url: Url) -> Result<String, String> {
    let mut response = client.get(url).send().await.map_err(|error| root(&error))?;
    if !response.status().is_success() {
        return Err(format!("the answer was {}", response.status()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| root(&error))? {
        if body.len() + chunk.len() > LIMIT {
            return Err(format!("the answer has more than {} MiB", LIMIT >> 20));
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|_| "the answer is no UTF-8 text".to_owned())
}

fn client() -> Result<Client, reqwest::Error> {
    install_crypto_provider();
    let build = |builder: ClientBuilder| builder.user_agent(concat!("gennaker/", env!("CARGO_PKG_VERSION"))).build();
    // On a machine without certificates http can be fetched all the same, and https fails.
    build(Client::builder()).or_else(|_| build(Client::builder().tls_certs_only([])))
}

/// The innermost cause: `Connection refused (os error 111)`.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
