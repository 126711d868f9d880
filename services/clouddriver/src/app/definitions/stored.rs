//! The accounts that are kept through the API: upstream's `AccountDefinitionService`, over the store's documents.

use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api::{self as provider, AccountDefinition};
use gennaker_store::{self as store, Document, Expected, SharedStore};
use gennaker_wire::Object;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Definitions,
    masked::{shown, unmask},
};

/// The documents' group.
const GROUP: &str = "clouddriver.accounts";

/// What a document holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    definition: Object,
    modified_by: String,
}

/// Why an account is not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The store's failure.
    #[error(transparent)]
    Store(store::Error),
    /// The definition is wrong, or does not fit what there is.
    #[error("{0}")]
    Invalid(String),
    /// What its provider finds wrong.
    #[error(transparent)]
    Provider(provider::Error),
    /// There is none.
    #[error("No account found with name {0}")]
    NotFound(String),
}

impl Error {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Error::Store(error) => error.kind(),
            Error::Invalid(_) => Kind::Invalid,
            Error::Provider(error) => error.kind,
            Error::NotFound(_) => Kind::NotFound,
        }
    }
}

type Result<T> = std::result::Result<T, Error>;

/// The definitions that are stored; one that cannot be read is told in the log and left out.
pub(super) async fn definitions(store: &SharedStore) -> store::Result<Vec<AccountDefinition>> {
    let documents = store.documents(GROUP).await?;
    let read = documents.iter().filter_map(|document| {
        let found = definition(document);
        if found.is_none() {
            tracing::error!(account = document.name, "a stored account cannot be read: save or delete it");
        }
        found
    });
    Ok(read.collect())
}

fn definition(document: &Document) -> Option<AccountDefinition> {
    let body: Body = serde_json::from_str(document.body.as_deref()?).ok()?;
    AccountDefinition::read(body.definition).ok()
}

impl Definitions {
    /// The definitions of a type, by name, from `start` on; without their secrets.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn of_type(&self, kind: &str, start: Option<&str>, limit: usize) -> Result<Vec<Object>> {
        let stored = definitions(&self.store).await.map_err(Error::Store)?;
        let found = stored
            .iter()
            .filter(|definition| definition.kind().eq_ignore_ascii_case(kind))
            .filter(|definition| start.is_none_or(|start| definition.name.as_str() >= start));
        Ok(found.take(limit).map(shown).collect())
    }

    /// Keeps a new account. Answers what is kept, without its secrets.
    ///
    /// # Errors
    /// `Invalid` with all findings, or if an account of that name is there.
    pub(crate) async fn create(&self, fields: Object, user: &str) -> Result<Object> {
        let definition = self.judge(fields, None)?;
        let name = &definition.name;
        let taken = || Error::Invalid(format!("Cannot create an account which already exists (name: {name})"));
        if self.providers.account(name).is_some() {
            return Err(taken());
        }
        match self.write(&definition, user, Expected::Absent).await {
            Err(Error::Store(store::Error::Conflict { .. })) => Err(taken()),
            written => written,
        }
    }

    /// Keeps an account, new or changed.
    ///
    /// # Errors
    /// `Invalid` with all findings, or if the account is defined elsewhere.
    pub(crate) async fn save(&self, fields: Object, user: &str) -> Result<Object> {
        let known = self.stored(&fields).await?;
        let definition = self.judge(fields, known.as_ref())?;
        if known.is_none() && self.providers.account(&definition.name).is_some() {
            let name = definition.name;
            return Err(Error::Invalid(format!(
                "account {name} is defined in the configuration or in a file: change it there"
            )));
        }
        self.write(&definition, user, Expected::Any).await
    }

    /// Changes an account that is kept.
    ///
    /// # Errors
    /// `Invalid` with all findings, or if it is not kept here, or has another name than the path.
    pub(crate) async fn update(&self, name: &str, fields: Object, user: &str) -> Result<Object> {
        let sent = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if sent != name {
            return Err(Error::Invalid(format!(
                "Mismatched account names. URI value: {name}. Request body value: {sent}."
            )));
        }
        let missing = || Error::Invalid(format!("Cannot update an account which does not exist (name: {name})"));
        let known = self.stored(&fields).await?.ok_or_else(missing)?;
        let definition = self.judge(fields, Some(&known))?;
        match self.write(&definition, user, Expected::Present).await {
            Err(Error::Store(store::Error::NotFound { .. })) => Err(missing()),
            written => written,
        }
    }

    /// Removes an account that is kept.
    ///
    /// # Errors
    /// If none of that name is kept.
    pub(crate) async fn delete(&self, name: &str) -> Result<()> {
        match self.store.put_document(GROUP, name, None, Expected::Present).await {
            Ok(_) => {
                self.look_now().await;
                Ok(())
            }
            Err(store::Error::NotFound { .. }) => Err(Error::NotFound(name.to_owned())),
            Err(error) => Err(Error::Store(error)),
        }
    }

    /// An account's revisions, the newest first; a removal has no account.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn history(&self, name: &str) -> Result<Vec<Value>> {
        let revisions = self.store.document_history(GROUP, name).await.map_err(Error::Store)?;
        let shown = revisions.iter().map(|revision| {
            let account = definition(revision).map(|definition| shown(&definition));
            revision_of(revision.revision, revision.at, account)
        });
        Ok(shown.collect())
    }

    async fn stored(&self, fields: &Object) -> Result<Option<Object>> {
        let name = fields.get("name").and_then(Value::as_str).unwrap_or_default();
        let stored = definitions(&self.store).await.map_err(Error::Store)?;
        Ok(stored.into_iter().find(|definition| definition.name == name).map(|definition| definition.fields))
    }

    /// The definition with the secrets that it does not repeat, once nothing is wrong with it.
    fn judge(&self, mut fields: Object, known: Option<&Object>) -> Result<AccountDefinition> {
        unmask(&mut fields, known).map_err(Error::Invalid)?;
        let definition = AccountDefinition::read(fields).map_err(Error::Invalid)?;
        let kind = definition.kind();
        let Some(provider) = self.providers.named(&kind) else {
            let known = self.providers.names();
            return Err(Error::Invalid(format!("there is no provider {kind} in this build; there are: {known}")));
        };
        provider.check_account(&definition).map_err(Error::Provider)?;
        Ok(definition)
    }

    async fn write(&self, definition: &AccountDefinition, user: &str, expected: Expected) -> Result<Object> {
        let body = Body { definition: definition.fields.clone(), modified_by: user.to_owned() };
        let body = serde_json::to_string(&body).map_err(|error| Error::Invalid(error.to_string()))?;
        let written = self.store.put_document(GROUP, &definition.name, Some(body), expected).await;
        written.map_err(Error::Store)?;
        self.look_now().await;
        Ok(shown(definition))
    }
}

/// Upstream's `AccountDefinitionRepository.Revision`.
fn revision_of(version: u64, at: Timestamp, account: Option<Object>) -> Value {
    json!({ "version": version, "timestamp": at, "account": account })
}
