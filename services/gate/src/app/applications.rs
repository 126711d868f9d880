//! Applications: what front50 keeps of them, with what clouddriver sees of them.
//!
//! The rules are upstream's `ApplicationService.mergeApps`: names in lower case, front50's fields first, clouddriver's
//! where front50 has none, and the accounts from clouddriver where it knows any.

use std::collections::{BTreeMap, BTreeSet};

use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::optional::{addition, is_absent};

/// An application put together.
#[derive(Debug, Clone, PartialEq, Default)]
struct Merged {
    attributes: Object,
    clusters: Object,
    accounts: BTreeSet<String>,
}

/// All applications' attributes by name, of what front50 keeps and what clouddriver sees.
pub(crate) fn merged(kept: Vec<Object>, seen: Vec<Object>) -> Vec<Object> {
    let mut all: BTreeMap<String, Merged> = BTreeMap::new();
    for application in kept {
        if let Some(name) = key(&application) {
            all.entry(name).or_default().keep(&application);
        }
    }
    for application in seen {
        if let Some(name) = key(&application) {
            all.entry(name).or_default().see(&application);
        }
    }
    all.into_iter().map(|(name, merged)| merged.attributes(&name)).collect()
}

/// One application: `{"name": ..., "attributes": {...}, "clusters": {...}}`; no clusters unless `expand`.
///
/// # Errors
/// `NotFound` if neither front50 nor clouddriver knows it.
pub(crate) async fn one(clients: &Clients, caller: &Caller, name: &str, expand: bool) -> Result<Value> {
    let kept = clients.front50.forward(caller, Call::get(&["v2", "applications", name]));
    let seen = addition("clouddriver", clients.clouddriver.forward(caller, Call::get(&["applications", name])));
    let (kept, seen) = tokio::join!(kept, seen);
    let kept = match kept {
        Err(error) if is_absent(&error) => None,
        kept => kept?.as_object().cloned(),
    };
    let seen = seen.and_then(|seen| seen.as_object().cloned());
    if kept.is_none() && seen.is_none() {
        return Err(Error::not_found(format!("Application not found (id: {name})")));
    }
    let mut merged = Merged::default();
    if let Some(kept) = &kept {
        merged.keep(kept);
    }
    if let Some(seen) = &seen {
        merged.see(seen);
    }
    let name = kept.as_ref().or(seen.as_ref()).and_then(key).unwrap_or_else(|| name.to_lowercase());
    let clusters = if expand { std::mem::take(&mut merged.clusters) } else { Object::new() };
    Ok(json!({ "name": name, "attributes": merged.attributes(&name), "clusters": clusters }))
}

impl Merged {
    /// Takes in what front50 keeps; its empty fields say nothing.
    fn keep(&mut self, application: &Object) {
        let fields = application.iter().filter(|(_, value)| !value.is_null());
        self.attributes.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Takes in what clouddriver sees.
    fn see(&mut self, application: &Object) {
        for field in ["clusters", "clusterNames"] {
            let accounts = application.object(field).into_iter().flat_map(Object::keys);
            self.accounts.extend(accounts.cloned());
        }
        if let Some(clusters) = application.object("clusters") {
            self.clusters.extend(clusters.clone());
        }
        for (name, value) in application.object("attributes").into_iter().flatten() {
            let known = self.attributes.get(name).is_some_and(|known| !is_blank(known));
            if !known && !is_blank(value) {
                self.attributes.insert(name.clone(), value.clone());
            }
        }
    }

    fn attributes(mut self, name: &str) -> Object {
        if !self.accounts.is_empty() {
            let accounts: Vec<_> = self.accounts.into_iter().collect();
            self.attributes.insert("accounts".to_owned(), accounts.join(",").into());
        }
        self.attributes.insert("name".to_owned(), name.into());
        self.attributes
    }
}

/// Whether the application is in that account and belongs to that e-mail address; neither is asked for if it is empty.
pub(crate) fn matches(application: &Object, account: Option<&str>, owner: Option<&str>) -> bool {
    let accounts = application.text("accounts").unwrap_or_default();
    let email = application.text("email").unwrap_or_default();
    account.is_none_or(|account| accounts.split(',').any(|one| one.eq_ignore_ascii_case(account)))
        && owner.is_none_or(|owner| email.eq_ignore_ascii_case(owner))
}

fn key(application: &Object) -> Option<String> {
    application.text("name").map(|name| name.to_lowercase()).filter(|name| !name.is_empty())
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn front50_comes_first_and_clouddriver_knows_the_accounts() {
        let mut merged = Merged::default();
        merged.keep(&object(json!({"name": "SHOP", "email": "a@b.c", "description": null, "accounts": "old"})));
        merged.see(&object(json!({
            "name": "shop", "attributes": {"email": "other", "cloudProviders": "local", "name": "shop"},
            "clusters": {"test": [{"name": "shop-web"}], "prod": []},
        })));
        assert_eq!(merged.clusters.len(), 2);
        let attributes = Value::Object(merged.attributes("shop"));
        let expected = json!({"name": "shop", "email": "a@b.c", "accounts": "prod,test", "cloudProviders": "local"});
        assert_eq!(attributes, expected);
    }

    #[test]
    fn lists_are_filtered_by_account_and_owner() {
        let application = object(json!({"name": "shop", "accounts": "test,prod", "email": "A@b.c"}));
        assert!(matches(&application, Some("PROD"), Some("a@B.c")));
        assert!(!matches(&application, Some("pro"), None));
        assert!(!matches(&application, None, Some("x@b.c")));
    }
}
