//! `artifacts.http`: a file behind any address, `http/file`. The reference is the address.

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use http::{HeaderMap, header::AUTHORIZATION};

use super::{
    AccountKind, Accounts, Error, FetchOptions, Fetcher, HttpAccount,
    content::Spool,
    reference,
    secret::{Basic, given},
    web::Web,
};

pub(super) const KIND: AccountKind = AccountKind { name: "artifacts-http", types: &["http/file"] };
/// The account without a user, which upstream adds.
pub(super) const PLAIN_ACCOUNT: &str = "no-auth-http-account";

/// Whether there is an account without a user besides: where none of the configured ones has a user, as upstream has it.
pub(super) fn needs_plain_account(accounts: &Accounts<HttpAccount>) -> bool {
    let has_user = |account: &HttpAccount| {
        account.username.is_some() || account.password.is_some() || account.username_password_file.is_some()
    };
    accounts.enabled && !accounts.accounts.iter().any(has_user)
}

pub(super) struct Http {
    basic: Basic,
    web: Web,
}

impl Http {
    pub(super) fn new(account: &HttpAccount, limits: &FetchOptions) -> Result<Self, String> {
        let basic = Basic {
            account: account.name.clone(),
            username: given(account.username.as_ref()),
            password: given(account.password.as_ref()),
            file: given(account.username_password_file.as_ref()),
        };
        Ok(Http { basic, web: Web::new(&account.name, &account.url_restrictions, limits)? })
    }

    /// The account without a user.
    pub(super) fn plain(limits: &FetchOptions) -> Result<Self, String> {
        Http::new(&HttpAccount { name: PLAIN_ACCOUNT.to_owned(), ..HttpAccount::default() }, limits)
    }
}

#[async_trait]
impl Fetcher for Http {
    fn name(&self) -> &str {
        &self.basic.account
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let headers = self.basic.header().await?.map(|value| (AUTHORIZATION, value));
        self.web.save(reference::url(artifact)?, HeaderMap::from_iter(headers), spool).await
    }
}
