//! Files that their servers give as they are: `artifacts.http` (`http/file`), `artifacts.gitlab` (`gitlab/file`) and
//! `artifacts.bitbucket` (`bitbucket/file`). The reference is the file's address.
//!
//! GitLab's is the raw file's in its API, `https://gitlab.com/api/v4/projects/PROJECT/repository/files/PATH/raw`, with the version
//! (a branch, tag or commit) beside it.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};
use url::Url;

use super::{
    AccountKind, Accounts, BitbucketAccount, Error, FetchOptions, Fetcher, GitLabAccount, HttpAccount,
    content::Spool,
    reference,
    secret::{Basic, Token},
    web::Web,
};

pub(super) const HTTP: AccountKind = AccountKind { name: "artifacts-http", types: &["http/file"] };
pub(super) const GITLAB: AccountKind = AccountKind { name: "artifacts-gitlab", types: &["gitlab/file"] };
pub(super) const BITBUCKET: AccountKind = AccountKind { name: "artifacts-bitbucket", types: &["bitbucket/file"] };
/// The account without a user, which upstream adds to those of [`HTTP`].
pub(super) const PLAIN_ACCOUNT: &str = "no-auth-http-account";

const PRIVATE_TOKEN: HeaderName = HeaderName::from_static("private-token");

/// An account of such files.
pub(super) struct Files {
    name: String,
    kind: AccountKind,
    login: Login,
    /// Where an artifact is.
    address: fn(&Artifact) -> Result<Url, Error>,
    web: Web,
}

/// What a server is told besides the address.
enum Login {
    User(Basic),
    /// GitLab's header.
    PrivateToken(Token),
    /// Of Bitbucket; without a token the user.
    Bearer(Token, Basic),
}

/// Whether there is an account without a user besides: where none of the configured ones has a user, as upstream has it.
pub(super) fn needs_plain_account(accounts: &Accounts<HttpAccount>) -> bool {
    let has_user = |account: &HttpAccount| {
        account.username.is_some() || account.password.is_some() || account.username_password_file.is_some()
    };
    accounts.enabled && !accounts.accounts.iter().any(has_user)
}

impl Files {
    pub(super) fn http(account: &HttpAccount, limits: &FetchOptions) -> Result<Self, String> {
        Ok(Files {
            name: account.name.clone(),
            kind: HTTP,
            login: Login::User(account.user()),
            address: reference::url,
            web: Web::new(&account.name, &account.url_restrictions, limits)?,
        })
    }

    /// The account without a user.
    pub(super) fn plain(limits: &FetchOptions) -> Result<Self, String> {
        Files::http(&HttpAccount { name: PLAIN_ACCOUNT.to_owned(), ..HttpAccount::default() }, limits)
    }

    pub(super) fn gitlab(account: &GitLabAccount, limits: &FetchOptions) -> Result<Self, String> {
        Ok(Files {
            name: account.name.clone(),
            kind: GITLAB,
            login: Login::PrivateToken(account.token()),
            address: reference::url_at_version,
            web: Web::new(&account.name, &account.url_restrictions, limits)?,
        })
    }

    pub(super) fn bitbucket(account: &BitbucketAccount, limits: &FetchOptions) -> Result<Self, String> {
        Ok(Files {
            name: account.name.clone(),
            kind: BITBUCKET,
            login: Login::Bearer(account.token(), account.user()),
            address: reference::url,
            web: Web::new(&account.name, &account.url_restrictions, limits)?,
        })
    }
}

impl Login {
    async fn headers(&self) -> Result<HeaderMap, Error> {
        let user = match self {
            Login::User(user) => user,
            Login::PrivateToken(token) => {
                return Ok(HeaderMap::from_iter(token.header("").await?.map(|value| (PRIVATE_TOKEN, value))));
            }
            Login::Bearer(token, user) => match token.header("Bearer ").await? {
                Some(token) => {
                    let accept = HeaderValue::from_static("application/json");
                    return Ok(HeaderMap::from_iter([(AUTHORIZATION, token), (ACCEPT, accept)]));
                }
                None => user,
            },
        };
        Ok(HeaderMap::from_iter(user.header().await?.map(|value| (AUTHORIZATION, value))))
    }
}

#[async_trait]
impl Fetcher for Files {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> AccountKind {
        self.kind
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        self.web.save((self.address)(artifact)?, self.login.headers().await?, spool).await
    }
}
