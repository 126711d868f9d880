//! Artifacts: the accounts that fetch them, and their content.
//!
//! An account is of a kind (HTTP, GitHub, a git repository ...), a file each here, and fetches artifacts of the types of
//! that kind ([`Fetcher`]). An artifact names its account and its type; together they say who fetches it.
//!
//! Guarantees:
//! - Every fetch has a deadline and a limit of size ([`FetchOptions`]); what is over it is not fetched to its end.
//! - Content is fetched whole before the first byte of it is given away, so that a failure is an error and no torn answer.
//!   What is large lies in a file without a name meanwhile, which ends with its reader or with this process.
//! - Addresses that users name are looked at after they were resolved, also after each redirect
//!   (`gennaker_http::outbound`).
//! - A secret stands in no log, no error and no answer, and goes to no other server by a redirect. Files of secrets are
//!   read for each fetch.
//! - An account that cannot be used says why when it is used; the others do not notice.
//!
//! It keeps no copies: who fetches an artifact twice has it fetched twice.

mod content;
mod embedded;
mod error;
mod files;
mod front50;
mod git;
mod github;
mod helm;
mod options;
mod reference;
mod s3;
mod secret;
mod source;
mod web;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use gennaker_base::SharedClock;
use gennaker_clients::Front50Client;
use serde::Serialize;
use tokio::{sync::Semaphore, time::timeout};

pub use self::{
    content::Content,
    error::Error,
    options::{
        Accounts, ArtifactOptions, BitbucketAccount, FetchOptions, GitAccount, GitAccounts, GitHubAccount,
        GitLabAccount, HelmAccount, HttpAccount, S3Account,
    },
};
use self::{
    content::Spool,
    embedded::{Embedded, PassedOn},
    files::Files,
    options::Named,
};

/// A kind of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AccountKind {
    /// As upstream names it: `artifacts-http`.
    name: &'static str,
    /// The types of the artifacts that it fetches, for example `http/file`.
    types: &'static [&'static str],
}

/// What an account does. All methods are called under the deadline of a fetch.
#[async_trait]
trait Fetcher: Send + Sync {
    /// The account's name.
    fn name(&self) -> &str;

    /// The account's kind.
    fn kind(&self) -> AccountKind;

    /// Whether it fetches artifacts of that type.
    fn handles(&self, artifact_type: &str) -> bool {
        self.kind().types.contains(&artifact_type)
    }

    /// Puts the artifact's content into `spool`.
    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error>;

    /// The names of the artifacts that there are.
    async fn names(&self) -> Result<Vec<String>, Error> {
        Err(Error::NotListed { account: self.name().to_owned(), what: "names" })
    }

    /// The versions that there are of an artifact.
    async fn versions(&self, _name: &str) -> Result<Vec<String>, Error> {
        Err(Error::NotListed { account: self.name().to_owned(), what: "versions" })
    }
}

/// What accounts work with.
#[derive(Clone)]
pub struct ArtifactDeps {
    /// Where what is being fetched lies; made when it is needed, and this program's own.
    pub folder: PathBuf,
    /// The time.
    pub clock: SharedClock,
    /// Where pipeline templates are.
    pub front50: Front50Client,
}

/// An account as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArtifactCredentials {
    /// Its name.
    pub name: String,
    /// Its kind, for example `artifacts-http`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The types of the artifacts that it fetches.
    pub types: &'static [&'static str],
}

/// The accounts; cheap to clone.
#[derive(Clone)]
pub struct Artifacts {
    inner: Arc<Inner>,
}

struct Inner {
    accounts: Vec<Box<dyn Fetcher>>,
    places: Semaphore,
    limits: FetchOptions,
    folder: Arc<PathBuf>,
}

impl Artifacts {
    /// The configured accounts, and those that are always there. One that cannot be used is named in the log.
    pub fn new(options: &ArtifactOptions, deps: ArtifactDeps) -> Self {
        let limits = options.fetch.clone();
        let folder = Arc::new(deps.folder);
        let mut made = Accumulator::default();
        made.all(&options.http, files::HTTP, |account| Files::http(account, &limits));
        if files::needs_plain_account(&options.http) {
            made.add(files::PLAIN_ACCOUNT, files::HTTP, Files::plain(&limits));
        }
        made.all(&options.github, github::KIND, |account| github::GitHub::new(account, &limits));
        made.all(&options.gitlab, files::GITLAB, |account| Files::gitlab(account, &limits));
        made.all(&options.bitbucket, files::BITBUCKET, |account| Files::bitbucket(account, &limits));
        made.all(&options.helm, helm::KIND, |account| helm::Helm::new(account, &limits));
        made.all(&options.s3, s3::KIND, |account| s3::S3::new(account, deps.clock.clone()));
        let git = &options.git_repo;
        for account in git.accounts.iter().filter(|_| git.enabled) {
            made.add(&account.name, git::KIND, git::Git::new(account, git, &limits, folder.clone()));
        }
        let mut accounts = made.accounts;
        accounts.push(Box::new(Embedded));
        accounts.push(Box::new(PassedOn::docker()));
        accounts.push(Box::new(PassedOn::custom()));
        accounts.push(Box::new(front50::Templates::new(deps.front50)));
        let places = Semaphore::new(limits.concurrency.max(1));
        Artifacts { inner: Arc::new(Inner { accounts, places, limits, folder }) }
    }

    /// The accounts, in the order of the configuration.
    pub fn credentials(&self) -> Vec<ArtifactCredentials> {
        let accounts = self.inner.accounts.iter().map(|account| ArtifactCredentials {
            name: account.name().to_owned(),
            kind: account.kind().name,
            types: account.kind().types,
        });
        accounts.collect()
    }

    /// The content of an artifact.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn fetch(&self, artifact: &Artifact) -> Result<Content, Error> {
        let kind = artifact.kind.as_deref().unwrap_or_default();
        let account = self.account(artifact.artifact_account.as_deref().unwrap_or_default(), kind)?;
        self.in_time(async {
            let mut spool = Spool::new(self.inner.folder.clone(), self.inner.limits.size_limit);
            account.fetch(artifact, &mut spool).await?;
            spool.finish().await
        })
        .await
    }

    /// The names of the artifacts of a type that an account knows.
    ///
    /// # Errors
    /// [`Error::NotListed`] for accounts that cannot tell; see [`Error`].
    pub async fn names(&self, account: &str, kind: &str) -> Result<Vec<String>, Error> {
        let account = self.account(account, kind)?;
        self.in_time(account.names()).await
    }

    /// The versions of an artifact that an account knows.
    ///
    /// # Errors
    /// As [`Artifacts::names`].
    pub async fn versions(&self, account: &str, kind: &str, name: &str) -> Result<Vec<String>, Error> {
        let account = self.account(account, kind)?;
        self.in_time(account.versions(name)).await
    }

    /// Deletes what a process that was killed has left in the folder: clones that are older than any fetch can take.
    pub(crate) async fn clear(&self, clock: &SharedClock) {
        let (folder, now) = (self.inner.folder.clone(), clock.now());
        let oldest = self.inner.limits.deadline() * 2;
        if let Err(error) = tokio::task::spawn_blocking(move || git::clear(&folder, now, oldest)).await {
            tracing::warn!(%error, "the folder of artifacts could not be cleared");
        }
    }

    fn account(&self, name: &str, kind: &str) -> Result<&dyn Fetcher, Error> {
        if name.is_empty() {
            return Err(Error::NoAccount);
        }
        let found = self.inner.accounts.iter().find(|account| account.name() == name && account.handles(kind));
        let unknown = || Error::UnknownAccount { account: name.to_owned(), kind: kind.to_owned() };
        found.map(|account| &**account).ok_or_else(unknown)
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let limit = self.inner.limits.deadline();
        let with_place = async {
            // It is never closed.
            let _place = self.inner.places.acquire().await;
            work.await
        };
        timeout(limit, with_place).await.unwrap_or(Err(Error::TooSlow { limit }))
    }
}

/// The accounts that are made of the configuration.
#[derive(Default)]
struct Accumulator {
    accounts: Vec<Box<dyn Fetcher>>,
}

impl Accumulator {
    fn all<T: Named, F: Fetcher + 'static>(
        &mut self,
        of: &Accounts<T>,
        kind: AccountKind,
        make: impl Fn(&T) -> Result<F, String>,
    ) {
        for account in of.accounts.iter().filter(|_| of.enabled) {
            self.add(account.name(), kind, make(account));
        }
    }

    fn add<F: Fetcher + 'static>(&mut self, name: &str, kind: AccountKind, made: Result<F, String>) {
        if self.accounts.iter().any(|known| known.name() == name && known.kind() == kind) {
            tracing::warn!(account = name, kind = kind.name, "two artifact accounts have this name: the first counts");
        }
        match made {
            Ok(account) => self.accounts.push(Box::new(account)),
            Err(problem) => {
                tracing::warn!(account = name, kind = kind.name, problem, "an artifact account cannot be used");
                self.accounts.push(Box::new(Broken { name: name.to_owned(), kind, problem }));
            }
        }
    }
}

/// An account that cannot be used.
struct Broken {
    name: String,
    kind: AccountKind,
    problem: String,
}

impl Broken {
    fn error(&self) -> Error {
        Error::Broken { account: self.name.clone(), problem: self.problem.clone() }
    }
}

#[async_trait]
impl Fetcher for Broken {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> AccountKind {
        self.kind
    }

    async fn fetch(&self, _artifact: &Artifact, _spool: &mut Spool) -> Result<(), Error> {
        Err(self.error())
    }

    async fn names(&self) -> Result<Vec<String>, Error> {
        Err(self.error())
    }

    async fn versions(&self, _name: &str) -> Result<Vec<String>, Error> {
        Err(self.error())
    }
}
