//! `artifacts.helm`: charts of a repository, `helm/chart`, and its index, `helm/index`.
//!
//! The name is the chart's, the version one of it, or none for the newest. User and password go to the repository's own
//! server, and to no other that its index names.

mod index;
mod version;

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use gennaker_http::outbound::UrlRuleOptions;
use http::{HeaderMap, header::AUTHORIZATION};
use url::Url;

use self::index::Index;
use super::{
    AccountKind, Error, FetchOptions, Fetcher, HelmAccount,
    content::Spool,
    reference,
    secret::Basic,
    web::{Web, place},
};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-helm", types: &["helm/chart", "helm/index"] };
/// The largest index, in bytes.
const INDEX: u64 = 64 << 20;

pub(super) struct Helm {
    /// Where the index is; it has a slash before its last part.
    index: Url,
    basic: Basic,
    web: Web,
}

impl Helm {
    pub(super) fn new(account: &HelmAccount, limits: &FetchOptions) -> Result<Self, String> {
        let index = Url::parse(&format!("{}/index.yaml", account.repository.trim_end_matches('/')));
        let index = index.ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let index =
            index.ok_or_else(|| "its repository is no address that begins with https:// or http://".to_owned())?;
        let rules = account.url_restrictions.clone().unwrap_or_else(anywhere);
        Ok(Helm { index, basic: account.user(), web: Web::new(&account.name, &rules, limits)? })
    }

    async fn headers(&self, url: &Url) -> Result<HeaderMap, Error> {
        if url.origin() != self.index.origin() {
            return Ok(HeaderMap::new());
        }
        Ok(HeaderMap::from_iter(self.basic.header().await?.map(|value| (AUTHORIZATION, value))))
    }

    async fn index(&self) -> Result<Index, Error> {
        let text = self.web.document(self.index.clone(), self.headers(&self.index).await?, INDEX).await?;
        // An index may have some megabytes, and reading it is all work of the processor.
        let read = tokio::task::spawn_blocking(move || Index::read(&String::from_utf8_lossy(&text)));
        let unreadable = |what: String| Error::Unexpected {
            at: place(&self.index),
            what,
            account: self.basic.account.clone(),
            advice: "check whether it is the index.yaml of a Helm repository",
        };
        match read.await {
            Ok(Ok(index)) => Ok(index),
            Ok(Err(why)) => Err(unreadable(format!("what is no index ({why})"))),
            Err(_panicked) => Err(unreadable("what cannot be read".to_owned())),
        }
    }

    /// The addresses of a chart, as the index has them.
    async fn urls(&self, name: &str, version: Option<&str>) -> Result<Vec<Url>, Error> {
        let index = self.index().await?;
        let Some(versions) = index.versions(name) else {
            return Err(self.missing(&format!("the chart {name}")));
        };
        let newest = || version::newest(versions.iter().map(|entry| entry.version.as_str())).unwrap_or_default();
        let version = version.filter(|version| !version.trim().is_empty()).unwrap_or_else(newest);
        let entries = versions.iter().filter(|entry| entry.version == version);
        let urls: Vec<Url> =
            entries.flat_map(|entry| &entry.urls).filter_map(|url| self.index.join(url).ok()).collect();
        if urls.is_empty() {
            return Err(self.missing(&format!("the version {version:?} of the chart {name}")));
        }
        Ok(urls)
    }

    fn missing(&self, what: &str) -> Error {
        let at = format!("{what} of the repository {}", place(&self.index));
        Error::Missing { at, account: self.basic.account.clone() }
    }
}

/// Any address but those where clouds keep the credentials of their machines.
fn anywhere() -> UrlRuleOptions {
    UrlRuleOptions {
        allowed_hostnames_regex: ".+".to_owned(),
        excluded_domains: Vec::new(),
        reject_localhost: false,
        reject_verbatim_ips: false,
        ..UrlRuleOptions::default()
    }
}

#[async_trait]
impl Fetcher for Helm {
    fn name(&self) -> &str {
        &self.basic.account
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        if artifact.kind.as_deref() == Some("helm/index") {
            return self.web.save(self.index.clone(), self.headers(&self.index).await?, spool).await;
        }
        let Some(name) = artifact.name.as_deref().filter(|name| !name.is_empty()) else {
            return Err(reference::bad("name", "", "it is the chart's: set it"));
        };
        // The same chart may be at several places; none is asked for it once another gave a part.
        let mut failure = None;
        for url in self.urls(name, artifact.version.as_deref()).await? {
            let headers = self.headers(&url).await?;
            match self.web.save(url, headers, spool).await {
                Err(error) if spool.is_empty() => failure = Some(error),
                done => return done,
            }
        }
        Err(failure.unwrap_or_else(|| self.missing(&format!("the chart {name}"))))
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        Ok(self.index().await?.names())
    }

    async fn versions(&self, name: &str) -> Result<Vec<String>, Error> {
        let index = self.index().await?;
        let versions = index.versions(name).map(|entries| entries.iter().map(|entry| entry.version.clone()).collect());
        versions.ok_or_else(|| self.missing(&format!("the chart {name}")))
    }
}
