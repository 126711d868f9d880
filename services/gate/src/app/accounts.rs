//! Accounts, as upstream's gate shows them: each with whether the caller may use it.

use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

/// The fields of an account that is not asked for whole.
const SUMMARY: [&str; 9] = [
    "name",
    "accountId",
    "type",
    "providerVersion",
    "requiredGroupMembership",
    "skin",
    "permissions",
    "cloudProvider",
    "authorized",
];

/// All accounts; whole if `expand`.
pub(crate) async fn list(clients: &Clients, caller: &Caller, expand: bool) -> Result<Vec<Object>> {
    let accounts = clients.clouddriver.forward(caller, Call::get(&["credentials"]).query("expand", true)).await?;
    let Value::Array(accounts) = accounts else { return Ok(Vec::new()) };
    let accounts = accounts.into_iter().filter_map(|account| match account {
        Value::Object(account) => Some(account),
        _ => None,
    });
    let mut shown = Vec::new();
    for mut account in accounts {
        let authorized = may_use(caller, &account.text("name").unwrap_or_default());
        account.insert("authorized".to_owned(), authorized.into());
        if !expand {
            account.retain(|field, _| SUMMARY.contains(&field.as_str()));
        }
        shown.push(account);
    }
    Ok(shown)
}

/// One account, whole.
///
/// # Errors
/// `NotFound` if there is none of that name.
pub(crate) async fn one(clients: &Clients, caller: &Caller, name: &str) -> Result<Object> {
    let accounts = list(clients, caller, true).await?;
    let found = accounts.into_iter().find(|account| account.text("name").as_deref() == Some(name));
    found.ok_or_else(|| Error::not_found(format!("Account not found (name: {name})")))
}

fn may_use(caller: &Caller, account: &str) -> bool {
    caller.accounts.is_empty() || caller.accounts.iter().any(|allowed| allowed == account)
}
