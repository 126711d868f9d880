//! Notifications: whom to tell what of an application, or of all.

use std::sync::Arc;

use gennaker_wire::Object;

use super::{
    Error,
    jackson::Shape,
    kind::{Kind, Modified, Record, Records},
};

/// The notifications of an application, or of all.
pub(crate) struct Notification;

/// All notifications.
pub(crate) type Notifications = Records<Notification>;

/// The id of the notifications of all applications.
pub(crate) const GLOBAL: &str = "__GLOBAL";
/// For what there are notifications, the application's and those of all.
const LEVELS: [&str; 2] = ["APPLICATION", "GLOBAL"];

impl Kind for Notification {
    const GROUP: &'static str = "notifications";
    const FILE: &'static str = "notification-metadata.json";
    const FIELDS: &'static [(&'static str, Shape)] =
        &[("application", Shape::Text), ("lastModified", Shape::Long), ("lastModifiedBy", Shape::Text)];
    const MODIFIED: Modified = Modified::Number("lastModified");

    fn complete(_body: &mut Object) -> Result<(), String> {
        Ok(())
    }
}

impl Notifications {
    /// The notifications of a name; none if nobody wrote any. Upstream means to add those of all applications, and does
    /// not.
    pub(crate) async fn of(&self, level: &str, name: &str) -> Result<Option<Arc<Record<Notification>>>, Error> {
        check(level)?;
        match self.get(name).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NoItem(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces the notifications of a name, whatever application they say.
    pub(crate) async fn save(
        &self,
        level: &str,
        name: &str,
        notification: Record<Notification>,
        user: &str,
    ) -> Result<(), Error> {
        check(level)?;
        self.put(name, notification, user).await.map(|_| ())
    }

    /// Deletes the notifications of a name.
    pub(crate) async fn remove(&self, level: &str, name: &str) -> Result<(), Error> {
        check(level)?;
        self.delete(name).await
    }

    /// Writes those of many applications; upstream goes on after one that cannot be written and says nothing, ours says
    /// why before anything is written.
    pub(crate) async fn import(&self, all: Vec<Record<Notification>>, user: &str) -> Result<(), Error> {
        let named = |it: Record<Notification>| Some((it.text("application")?.to_owned(), it));
        self.put_all(all.into_iter().filter_map(named).collect(), user).await
    }
}

fn check(level: &str) -> Result<(), Error> {
    let level = level.to_uppercase();
    if LEVELS.contains(&level.as_str()) { Ok(()) } else { Err(Error::UnknownLevel(level)) }
}
