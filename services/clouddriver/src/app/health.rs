//! What `GET /health` says: whether this node may run operations, and which accounts are broken. An account's trouble is
//! its own: the service stays up.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use gennaker_http::{HealthComponent, HealthStatus};
use gennaker_store::Owner;
use gennaker_wire::Object;
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::providers::Providers;

/// How long an unchanged state is believed: inventories tell of trouble too, and are not waited for.
const LOOK: Duration = Duration::from_secs(5);

/// Up while this node has a lease, until `shutdown`.
pub(crate) async fn operations(
    mut owner: watch::Receiver<Option<Owner>>,
    component: HealthComponent,
    shutdown: &CancellationToken,
) {
    loop {
        match owner.borrow_and_update().is_some() {
            true => component.up(),
            false => component.down("this node has lost its lease; it joins again by itself"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = owner.changed() => if changed.is_err() { return },
        }
    }
}

/// Names the broken accounts, until `shutdown`.
pub(crate) async fn accounts(providers: &Providers, component: HealthComponent, shutdown: &CancellationToken) {
    let mut watched: Vec<_> = providers.iter().map(|provider| provider.accounts()).collect();
    let mut broken = providers.broken();
    loop {
        for accounts in &mut watched {
            accounts.mark_unchanged();
        }
        broken.mark_unchanged();
        component.set(HealthStatus::Up, details(providers));
        let mut changes: FuturesUnordered<_> = watched.iter_mut().map(|accounts| accounts.changed()).collect();
        tokio::select! {
            () = shutdown.cancelled() => return,
            // A provider that is gone changes nothing any more.
            Some(Ok(())) = changes.next() => {}
            Ok(()) = broken.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn details(providers: &Providers) -> Object {
    let accounts = providers.accounts();
    let broken: Object =
        accounts.iter().filter_map(|account| Some((account.name().to_owned(), json!(account.problem()?)))).collect();
    let mut details = Object::new();
    details.insert("accounts".to_owned(), json!(accounts.len()));
    if !broken.is_empty() {
        details.insert("broken".to_owned(), broken.into());
    }
    details
}
