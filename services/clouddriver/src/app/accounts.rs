//! Accounts as clients see them: upstream's `CredentialsController`.

use gennaker_wire::Object;
use serde_json::json;

use super::providers::AccountNow;

/// What a list has of each account unless it is expanded.
const SHORT: [&str; 12] = [
    "name",
    "type",
    "cloudProvider",
    "environment",
    "accountType",
    "requiredGroupMembership",
    "permissions",
    "accountId",
    "challengeDestructiveActions",
    "primaryAccount",
    "enabled",
    "problem",
];

/// An account; expanded with what its provider adds and how fresh its inventory is.
pub(crate) fn credentials(known: &AccountNow, expand: bool) -> Object {
    let mut fields = match serde_json::to_value(known.account()) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => Object::new(),
    };
    let freshness = &known.inventory.freshness;
    let defaults = [
        ("problem", json!(known.problem())),
        ("requiredGroupMembership", json!([])),
        ("permissions", json!({})),
        ("challengeDestructiveActions", json!(false)),
        ("primaryAccount", json!(false)),
        ("inventory", json!({ "confirmed": freshness.confirmed, "problem": freshness.problem })),
    ];
    for (name, value) in defaults {
        if !value.is_null() {
            fields.entry(name).or_insert(value);
        }
    }
    if !expand {
        fields.retain(|name, _| SHORT.contains(&name.as_str()));
    }
    fields
}
