//! Deleted objects, taken out of the history again.

use super::{
    App, Error,
    collection::{Collection, Item},
};

impl<T: Item> Collection<T> {
    /// Brings a deleted item back as it was last; one that is there stays. Says whether it is there now.
    pub(crate) async fn recover(&self, id: &str) -> Result<bool, Error> {
        if self.check_id(id).is_err() {
            return Ok(false);
        }
        let current = self.current(id).await?;
        if current.exists() {
            return Ok(true);
        }
        let Some(item) = self.history(id, 1).await?.into_iter().next() else { return Ok(false) };
        self.put(id, item, &current).await?;
        Ok(true)
    }
}

impl App {
    /// Brings back an object of a kind, called as upstream's class of it. An application comes with its permissions; as
    /// upstream's does, it comes back even if the answer is that there are none.
    ///
    /// # Errors
    /// If there is no such kind, or nothing of that id in its history.
    pub(crate) async fn recover(&self, kind: &str, id: &str) -> Result<(), Error> {
        let missing = |kind: &str| Error::NothingToRecover { kind: kind.to_owned(), id: id.to_owned() };
        let found = match kind.to_lowercase().as_str() {
            "project" => self.projects.items.recover(id).await?,
            "pipeline" => self.pipelines.items().recover(id).await?,
            "pipelinetemplate" => self.templates.items.recover(id).await?,
            "notification" => self.notifications.items.recover(id).await?,
            "serviceaccount" => self.service_accounts.items.recover(id).await?,
            "application" => self.applications.items.recover(id).await?,
            "permission" => self.permissions.items.recover(id).await?,
            "snapshot" => self.snapshots.items.recover(id).await?,
            "entitytags" => self.tags.items.recover(id).await?,
            _ => return Err(Error::UnknownKind(kind.to_owned())),
        };
        if !found {
            return Err(missing(kind));
        }
        if kind.eq_ignore_ascii_case("application") && !self.permissions.items.recover(id).await? {
            return Err(missing("Permission"));
        }
        Ok(())
    }
}
