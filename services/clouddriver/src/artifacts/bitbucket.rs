//! `artifacts.bitbucket`: a file of a repository on Bitbucket, `bitbucket/file`. The reference is the raw file's address.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, AUTHORIZATION},
};

use super::{
    AccountKind, BitbucketAccount, Error, FetchOptions, Fetcher,
    content::Spool,
    reference,
    secret::{Basic, Token, given},
    web::Web,
};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-bitbucket", types: &["bitbucket/file"] };

pub(super) struct Bitbucket {
    token: Token,
    basic: Basic,
    web: Web,
}

impl Bitbucket {
    pub(super) fn new(account: &BitbucketAccount, limits: &FetchOptions) -> Result<Self, String> {
        let name = account.name.clone();
        Ok(Bitbucket {
            token: Token {
                account: name.clone(),
                token: given(account.token.as_ref()),
                file: given(account.token_file.as_ref()),
            },
            basic: Basic {
                account: name,
                username: given(account.username.as_ref()),
                password: given(account.password.as_ref()),
                file: given(account.username_password_file.as_ref()),
            },
            web: Web::new(&account.name, &account.url_restrictions, limits)?,
        })
    }

    async fn headers(&self) -> Result<HeaderMap, Error> {
        if let Some(token) = self.token.header("Bearer ").await? {
            return Ok(HeaderMap::from_iter([
                (AUTHORIZATION, token),
                (ACCEPT, HeaderValue::from_static("application/json")),
            ]));
        }
        Ok(HeaderMap::from_iter(self.basic.header().await?.map(|value| (AUTHORIZATION, value))))
    }
}

#[async_trait]
impl Fetcher for Bitbucket {
    fn name(&self) -> &str {
        &self.token.account
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        self.web.save(reference::url(artifact)?, self.headers().await?, spool).await
    }
}
