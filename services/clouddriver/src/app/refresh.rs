//! Waiting until a cloud has confirmed what this node knows of it.

use std::time::Duration;

use futures::future::join_all;
use gennaker_base::Timestamp;
use gennaker_provider_api::{Freshness, RefreshScope, Refreshed};

use super::providers::{AccountNow, Providers};

/// Waits until what `scope` names (of every account of `provider` if it names none) was confirmed at or after `since`, at
/// most `limit`; says whether that is so. Of what is not known here there is nothing to wait for.
pub(crate) async fn confirmed(
    providers: &Providers,
    provider: &str,
    scope: &RefreshScope,
    since: Timestamp,
    limit: Duration,
) -> bool {
    let accounts = providers.accounts().into_iter().filter(|known| {
        known.provider.name().eq_ignore_ascii_case(provider)
            && (scope.account.is_empty() || known.name() == scope.account)
    });
    let waits = accounts.map(|known| {
        let scope = RefreshScope { account: known.name().to_owned(), ..scope.clone() };
        account_confirmed(known, scope, since)
    });
    tokio::time::timeout(limit, join_all(waits)).await.is_ok_and(|all| all.into_iter().all(|done| done))
}

/// Asks for a look, and says whether it is confirmed; ends early only if the account is gone or cannot be looked at.
async fn account_confirmed(account: AccountNow, scope: RefreshScope, since: Timestamp) -> bool {
    match account.provider.refresh(&scope).await {
        Ok(Refreshed::Done) => return true,
        Ok(Refreshed::Follows) => {}
        Err(error) => {
            tracing::warn!(account = account.name(), %error, "the account cannot be refreshed");
            return false;
        }
    }
    let mut inventory = account.state.inventory;
    inventory.wait_for(|inventory| is_confirmed(&inventory.freshness, since)).await.is_ok()
}

fn is_confirmed(freshness: &Freshness, since: Timestamp) -> bool {
    freshness.confirmed.is_some_and(|confirmed| confirmed >= since)
}
