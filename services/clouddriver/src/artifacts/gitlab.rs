//! `artifacts.gitlab`: a file of a repository on GitLab, `gitlab/file`.
//!
//! The reference is the raw file's address in the API, `https://gitlab.com/api/v4/projects/PROJECT/repository/files/PATH/raw`,
//! the version a branch, tag or commit.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use http::{HeaderMap, HeaderName};

use super::{
    AccountKind, Error, FetchOptions, Fetcher, GitLabAccount,
    content::Spool,
    reference,
    secret::{Token, given},
    web::Web,
};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-gitlab", types: &["gitlab/file"] };
const PRIVATE_TOKEN: HeaderName = HeaderName::from_static("private-token");

pub(super) struct GitLab {
    token: Token,
    web: Web,
}

impl GitLab {
    pub(super) fn new(account: &GitLabAccount, limits: &FetchOptions) -> Result<Self, String> {
        let token = Token {
            account: account.name.clone(),
            token: given(account.token.as_ref()),
            file: given(account.token_file.as_ref()),
        };
        Ok(GitLab { token, web: Web::new(&account.name, &account.url_restrictions, limits)? })
    }
}

#[async_trait]
impl Fetcher for GitLab {
    fn name(&self) -> &str {
        &self.token.account
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let login = self.token.header("").await?.map(|value| (PRIVATE_TOKEN, value));
        self.web.save(reference::url_at_version(artifact)?, HeaderMap::from_iter(login), spool).await
    }
}
