//! Entity tags: notes on things that clouds have. front50 keeps them; clouddriver changes them by operations of its own,
//! which are owned, fenced and resumed like every other, and finds them.
//!
//! Names, ids and messages are upstream's (`EntityTagsController`, `UpsertEntityTagsAtomicOperation` and its siblings).
//! Upstream keeps a second copy in an index and has to reconcile the two; there is no second copy here. And where two
//! operations change the tags of one thing at once, the later of upstream's writes over the other's; here it is made again
//! from what the other has left.

mod filter;
mod merge;
mod tries;

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_base::{Kind, SharedClock};
use gennaker_clients::{Caller, Front50Client};
use gennaker_provider_api::{AccountState, Error, Journal, Outcome, Progress, Provider, Request, Result};
use gennaker_wire::{Object, ObjectExt as _, Operation};
use serde_json::{Value, json};
use tokio::sync::watch;

pub(crate) use self::filter::Filter;
use self::{
    merge::{identified, merged, without},
    tries::Tries,
};

/// The provider of clouddriver's own operations.
const NAME: &str = "clouddriver";
const UPSERT: &str = "upsertEntityTags";
const UPSERT_ALL: &str = "bulkUpsertEntityTags";
const DELETE: &str = "deleteEntityTags";
/// How many are read and written at a time.
const BATCH: usize = 50;
/// Whom tags name that nobody is known for.
const UNKNOWN: &str = "unknown";

/// The tags: cheap to clone.
#[derive(Clone)]
pub(crate) struct Tags {
    front50: Front50Client,
    clock: SharedClock,
}

impl Tags {
    pub(crate) fn new(front50: Front50Client, clock: SharedClock) -> Self {
        Tags { front50, clock }
    }

    /// Those that a filter lets through, at most `most`.
    ///
    /// # Errors
    /// front50's.
    pub(crate) async fn find(
        &self,
        caller: &Caller,
        filter: &Filter,
        most: usize,
    ) -> gennaker_clients::Result<Vec<Object>> {
        let all = self.front50.tags(caller, filter.prefix()).await?;
        Ok(all.into_iter().filter(|tags| filter.lets_through(tags)).take(most).collect())
    }

    /// Those of one thing.
    ///
    /// # Errors
    /// front50's; not found if there are none.
    pub(crate) async fn of(&self, caller: &Caller, id: &str) -> gennaker_clients::Result<Object> {
        self.front50.tags_of(caller, id).await
    }

    /// Removes every tag that `unwanted` names; with `dry_run` it only says from what. Answers the ids.
    ///
    /// # Errors
    /// front50's; what was removed until then stays removed, and a second call goes on.
    pub(crate) async fn remove_all(
        &self,
        caller: &Caller,
        unwanted: impl Fn(&Object) -> bool,
        dry_run: bool,
    ) -> gennaker_clients::Result<Vec<String>> {
        let mut ids = Vec::new();
        for tags in self.front50.tags(caller, "").await? {
            let names = |tags: &Object| merge::names_of(tags, &unwanted);
            let Some(id) = tags.text("id").filter(|_| !names(&tags).is_empty()) else { continue };
            if !dry_run {
                self.remove(caller, &id, tags, names).await?;
            }
            ids.push(id);
        }
        Ok(ids)
    }

    /// Stores what is left of `known` without the tags that `names` tells of it, or removes it if nothing is.
    async fn remove(
        &self,
        caller: &Caller,
        id: &str,
        mut known: Object,
        names: impl Fn(&Object) -> Vec<String>,
    ) -> gennaker_clients::Result<()> {
        let mut tries = Tries::default();
        loop {
            let removed = match without(&known, &names(&known)) {
                Some(left) => self.front50.save_tags(caller, &[left]).await.map(drop),
                None => self.front50.delete_tags(caller, &known).await,
            };
            let Err(error) = removed else { return Ok(()) };
            tries.again(error).await?;
            known = match self.front50.tags_of(caller, id).await {
                Err(error) if error.kind() == Kind::NotFound => return Ok(()),
                now => now?,
            };
        }
    }

    async fn upsert(
        &self,
        caller: &Caller,
        description: &Object,
        journal: &dyn Journal,
        items: Vec<Object>,
    ) -> Result<Outcome> {
        let partial = description.boolean("isPartial").unwrap_or(true);
        let user = description.text("user").unwrap_or_else(|| UNKNOWN.to_owned());
        let mut upserted: Vec<Value> = Vec::new();
        for items in identified(items).map_err(invalid)?.chunks(BATCH) {
            let change = |known: &[Object]| {
                let known_of = |item: &Object| known.iter().find(|known| known.get("id") == item.get("id"));
                let changed = |item: &Object| merged(known_of(item), item, partial, &user, self.clock.now());
                items.iter().filter_map(changed).collect()
            };
            let ids: Vec<String> = items.iter().filter_map(|item| item.text("id")).collect();
            let kept = self.change(caller, journal, &ids, change).await?;
            upserted.extend(kept.into_iter().map(Value::Object));
        }
        let result = json!({ "upserted": upserted, "failures": [] });
        Ok(Outcome { result: result.as_object().cloned().unwrap_or_default() })
    }

    /// Stores what `change` makes of the tags of these ids, and gives it as it is kept.
    async fn change(
        &self,
        caller: &Caller,
        journal: &dyn Journal,
        ids: &[String],
        change: impl Fn(&[Object]) -> Vec<Object>,
    ) -> Result<Vec<Object>> {
        let mut tries = Tries::default();
        loop {
            say(journal, "Retrieving current entity tags").await?;
            let known = self.front50.tags_of_all(caller, ids).await.map_err(unreachable)?;
            say(journal, "Merging existing tags and metadata").await?;
            let changed = change(&known);
            if changed.is_empty() {
                say(journal, "No tags have been modified").await?;
                return Ok(Vec::new());
            }
            say(journal, "Performing batch update to durable tagging service").await?;
            match self.front50.save_tags(caller, &changed).await {
                Ok(kept) => return Ok(kept),
                Err(error) => tries.again(error).await.map_err(unreachable)?,
            }
        }
    }

    async fn delete(&self, caller: &Caller, description: &Object, journal: &dyn Journal) -> Result<Outcome> {
        let id = description.text("id").unwrap_or_default();
        say(journal, &format!("Retrieving {id} from Front50")).await?;
        let known = match self.front50.tags_of(caller, &id).await {
            Err(error) if error.kind() == Kind::NotFound => {
                say(journal, &format!("Did not find {id} in Front50")).await?;
                return Ok(Outcome::default());
            }
            known => known.map_err(unreachable)?,
        };
        let names = |known: &Object| match description.boolean("deleteAll") {
            Some(true) => merge::names_of(known, |_| true),
            _ => description.texts("tags"),
        };
        say(journal, &format!("Removing tags from {id} (tags: {})", names(&known).join(", "))).await?;
        self.remove(caller, &id, known, names).await.map_err(unreachable)?;
        say(journal, &format!("Updated {id} in Front50")).await?;
        Ok(Outcome::default())
    }
}

#[async_trait]
impl Provider for Tags {
    fn name(&self) -> &'static str {
        NAME
    }

    /// It has no accounts.
    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        watch::Sender::default().subscribe()
    }

    fn operations(&self) -> &'static [&'static str] {
        &[UPSERT, UPSERT_ALL, DELETE]
    }

    async fn validate(&self, operation: &Operation) -> Result<()> {
        match operation.name.as_str() {
            DELETE if operation.description.text("id").is_none() => {
                Err(invalid("id is missing: the id of the tags to delete".to_owned()))
            }
            DELETE => Ok(()),
            _ => identified(items(operation)?).map(drop).map_err(invalid),
        }
    }

    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome> {
        let Operation { name, description } = &request.operation;
        let caller = Caller {
            fence: Some(request.fence.clone()),
            idempotency_key: Some(request.request_id.clone()),
            ..Caller::service(NAME)
        };
        match name.as_str() {
            DELETE => self.delete(&caller, description, journal).await,
            _ => self.upsert(&caller, description, journal, items(&request.operation)?).await,
        }
    }

    async fn console_output(&self, _: &str, _: &str, _: &str, _: u64) -> Result<String> {
        Err(Error::unsupported(NAME, "instances"))
    }
}

/// The things that an operation tags.
fn items(operation: &Operation) -> Result<Vec<Object>> {
    if operation.name == UPSERT {
        return Ok(vec![operation.description.clone()]);
    }
    let items: Option<Vec<Object>> = operation.description.typed("entityTags");
    items.ok_or_else(|| invalid("entityTags is a list of objects".to_owned()))
}

async fn say(journal: &dyn Journal, status: &str) -> Result<()> {
    journal.status(Progress { phase: "ENTITY_TAGS", status: status.to_owned() }).await
}

fn invalid(finding: String) -> Error {
    Error::new(Kind::Invalid, finding)
}

fn unreachable(error: gennaker_clients::Error) -> Error {
    Error::new(error.kind(), format!("front50: {}", error.message()))
}
