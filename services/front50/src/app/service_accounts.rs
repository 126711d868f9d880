//! Service accounts: names that pipelines run as, and the roles that they have.

use std::sync::Arc;

use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{
    Error,
    jackson::{Shape, fill},
    kind::{Kind, Modified, Record, Records, text},
    layout::fold,
};
use crate::options::ServiceAccountOptions;

/// A service account.
pub(crate) struct ServiceAccount;

/// The service accounts.
pub(crate) type ServiceAccounts = Records<ServiceAccount>;

/// What the name of an account ends with that belongs to one pipeline.
const MANAGED: &str = "@managed-service-account";
/// Who writes accounts that are configured; upstream's name for a call without a user.
const NOBODY: &str = "anonymous";

impl Kind for ServiceAccount {
    const GROUP: &'static str = "serviceAccounts";
    const FILE: &'static str = "serviceAccount-metadata.json";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("name", Shape::Text),
        ("lastModified", Shape::Long),
        ("lastModifiedBy", Shape::Text),
        ("memberOf", Shape::Texts),
    ];
    const MODIFIED: Modified = Modified::Number("lastModified");

    fn complete(body: &mut Object) -> Result<(), String> {
        fill(body, &["name", "lastModified", "lastModifiedBy"].map(|name| (name, Value::Null)));
        fill(body, &[("memberOf", json!([]))]);
        Ok(())
    }

    fn complete_stored(body: &mut Object, id: &str) -> Result<(), String> {
        if text(body, "name").is_none() {
            body.insert("name".to_owned(), id.into());
        }
        Ok(())
    }
}

impl ServiceAccounts {
    /// Writes an account under its name, which becomes lower case.
    pub(crate) async fn create(
        &self,
        mut account: Record<ServiceAccount>,
        user: &str,
    ) -> Result<Arc<Record<ServiceAccount>>, Error> {
        let name = account.text("name").map(fold);
        let name = name.ok_or_else(|| Error::Invalid("a service account needs a `name`".to_owned()))?;
        account.body_mut().insert("name".to_owned(), name.clone().into());
        self.put(&name, account, user).await
    }

    /// Deletes an account that is there.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Error> {
        self.get(name).await?;
        self.delete(name).await
    }

    /// Deletes the account that belongs to a pipeline, if it has one.
    pub(super) async fn forget_pipeline(&self, id: &str) -> Result<(), Error> {
        self.delete(&format!("{id}{MANAGED}")).await
    }

    /// Writes the accounts that are configured: who they are and which roles they have is decided there.
    pub(super) async fn configure(&self, configured: &[ServiceAccountOptions]) -> Result<(), Error> {
        for account in configured.iter().filter(|account| !account.name.trim().is_empty()) {
            let Some(body) = eligible(account).as_object().cloned() else { continue };
            let wanted = Record::parse(body).map_err(Error::Invalid)?;
            let known = match self.get(&account.name).await {
                Ok(known) => known.body()["memberOf"] == wanted.body()["memberOf"],
                Err(Error::NoItem(_) | Error::Damaged { .. }) => false,
                Err(error) => return Err(error),
            };
            if !known {
                self.create(wanted, NOBODY).await?;
            }
        }
        Ok(())
    }
}

/// A configured account as it is listed for those who make tokens.
pub(super) fn eligible(account: &ServiceAccountOptions) -> Value {
    json!({"name": account.name, "lastModified": null, "lastModifiedBy": null, "memberOf": account.member_of})
}
