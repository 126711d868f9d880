//! `artifacts.github`: a file of a repository on GitHub, `github/file`.
//!
//! The reference is the file's address in the API, `https://api.github.com/repos/OWNER/REPOSITORY/contents/PATH`, the
//! version a branch, tag or commit. The API says where to download it; with `useContentAPI` it gives the content itself.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};
use serde::Deserialize;
use url::Url;

use super::{
    AccountKind, Error, FetchOptions, Fetcher, GitHubAccount,
    content::Spool,
    reference,
    secret::{Basic, Token},
    web::{Web, place},
};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-github", types: &["github/file"] };
/// The most that the API may say of a file; it has the content of a small one.
const METADATA: u64 = 8 << 20;

pub(super) struct GitHub {
    token: Token,
    basic: Basic,
    /// What the API is asked to answer with if it gives the content itself.
    accept: Option<HeaderValue>,
    web: Web,
}

/// What the API says of a file.
#[derive(Deserialize)]
struct Metadata {
    download_url: Option<String>,
}

impl GitHub {
    pub(super) fn new(account: &GitHubAccount, limits: &FetchOptions) -> Result<Self, String> {
        let version = account.github_api_version.as_deref().unwrap_or("v3");
        let accept = HeaderValue::from_str(&format!("application/vnd.github.{version}.raw"));
        let accept = accept.map_err(|_| "its githubAPIVersion cannot stand in a header: write v3".to_owned())?;
        Ok(GitHub {
            token: account.token(),
            basic: account.user(),
            accept: account.use_content_api.then_some(accept),
            web: Web::new(&account.name, &account.url_restrictions, limits)?,
        })
    }

    async fn headers(&self) -> Result<HeaderMap, Error> {
        let login =
            if self.token.is_there() { self.token.header("token ").await? } else { self.basic.header().await? };
        let login = login.map(|value| (AUTHORIZATION, value));
        Ok(login.into_iter().chain(self.accept.clone().map(|value| (ACCEPT, value))).collect())
    }

    async fn download_url(&self, asked: Url) -> Result<Url, Error> {
        let at = place(&asked);
        let metadata = self.web.document(asked, self.headers().await?, METADATA).await?;
        let unexpected = || Error::Unexpected {
            at: at.clone(),
            what: "without a download_url".to_owned(),
            account: self.token.account.clone(),
            advice: "the reference has to be the address of a file in GitHub's API (https://api.github.com/repos/OWNER/\
                     REPOSITORY/contents/PATH), and the account needs the right to read it",
        };
        let metadata: Metadata = serde_json::from_slice(&metadata).map_err(|_| unexpected())?;
        let url = metadata.download_url.as_deref().and_then(|url| Url::parse(url).ok());
        url.ok_or_else(unexpected)
    }
}

#[async_trait]
impl Fetcher for GitHub {
    fn name(&self) -> &str {
        &self.token.account
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let mut url = reference::url_at_version(artifact)?;
        if self.accept.is_none() {
            url = self.download_url(url).await?;
        }
        self.web.save(url, self.headers().await?, spool).await
    }
}
