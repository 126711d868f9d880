//! Accounts: as they are defined, and as they are now.

use std::{fmt, sync::Arc};

use gennaker_wire::{Account, Object, ObjectExt};
use tokio::sync::watch;

use crate::Inventory;

/// An account as its provider has it now.
#[derive(Debug, Clone)]
pub struct AccountState {
    /// The account; `problem` says what is wrong with it, if anything is.
    pub account: Account,
    /// Its inventory: the newest snapshot, and a way to wait for the next.
    pub inventory: watch::Receiver<Arc<Inventory>>,
}

/// An account as somebody defined it: in the configuration, through the API, or in a file.
///
/// `Debug` shows no value, because some are secrets.
#[derive(Clone, PartialEq, Default)]
pub struct AccountDefinition {
    /// The name, which is also in `fields`.
    pub name: String,
    /// The definition, `name` and `type` (the provider) included.
    pub fields: Object,
}

impl AccountDefinition {
    /// Reads a definition; the error says what is missing.
    ///
    /// # Errors
    /// If it has no `name` or no `type` (or `@type`).
    pub fn read(mut fields: Object) -> Result<AccountDefinition, String> {
        if let Some(kind) = fields.remove("@type") {
            fields.entry("type").or_insert(kind);
        }
        let text = |name: &str| fields.text(name).filter(|text| !text.trim().is_empty());
        match (text("name"), text("type")) {
            (Some(name), Some(_)) => Ok(AccountDefinition { name, fields }),
            (Some(name), None) => Err(format!("the definition of account {name} has no type: name its provider")),
            (None, _) => Err("the definition of an account has no name".to_owned()),
        }
    }

    /// The provider that it is for.
    pub fn kind(&self) -> String {
        self.fields.text("type").unwrap_or_default()
    }
}

impl fmt::Debug for AccountDefinition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.keys().collect();
        formatter.debug_struct("AccountDefinition").field("name", &self.name).field("fields", &fields).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(fields: serde_json::Value) -> Result<AccountDefinition, String> {
        AccountDefinition::read(fields.as_object().expect("an object").clone())
    }

    #[test]
    fn a_definition_names_its_account_and_provider_and_shows_no_value() {
        let definition = read(json!({"@type": "sky", "name": "test", "password": "hunter2"})).expect("it is right");
        assert_eq!((definition.name.as_str(), definition.kind().as_str()), ("test", "sky"));
        assert!(!format!("{definition:?}").contains("hunter2"), "{definition:?}");
        assert!(read(json!({"name": "test"})).expect_err("no type").contains("type"));
        assert!(read(json!({"type": "sky", "name": " "})).expect_err("no name").contains("name"));
    }
}
