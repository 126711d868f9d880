//! Applications: their fields, their merge, their history.

use std::{collections::HashMap, sync::Arc};

use gennaker_base::{SharedClock, Timestamp};
use gennaker_objects::Object as Stored;
use gennaker_wire::{Application, Object};
use serde_json::{Value, json};

use super::{
    Collection, Error, NAME_LIMIT, Permission, Permissions,
    collection::{Current, Item},
    jackson::{Shape, coerce},
    kind::Kind,
    layout::{fold, shorten},
    packed::Keep,
    search::search,
    shelf::Indexed,
};

/// Where an application has its traffic guards.
const GUARDS: &str = "trafficGuards";
/// The fields that upstream knows, but for those that it reads in a way of their own.
const FIELDS: [(&str, Shape); 7] = [
    ("name", Shape::Text),
    ("description", Shape::Text),
    ("email", Shape::Text),
    ("updateTs", Shape::Text),
    ("createTs", Shape::Text),
    ("lastModifiedBy", Shape::Text),
    (GUARDS, Shape::Objects),
];

/// The applications.
pub(crate) struct Applications {
    pub(super) items: Collection<Application>,
    clock: SharedClock,
}

/// Reads an application as upstream reads it; what was not sent is not there.
///
/// # Errors
/// A sentence that names the field that cannot be read.
pub(crate) fn parse_application(mut body: Object) -> Result<Application, String> {
    coerce(&mut body, &FIELDS)?;
    if let Some(Value::Array(clouds)) = body.get("cloudProviders") {
        let names: Option<Vec<_>> = clouds.iter().map(Value::as_str).collect();
        let names = names.ok_or("the body is wrong at cloudProviders: expected a text or a list of texts")?;
        body["cloudProviders"] = names.join(",").into();
    }
    coerce(&mut body, &[("cloudProviders", Shape::Text)])?;
    let guards = body.get_mut(GUARDS).and_then(Value::as_array_mut);
    for guard in guards.into_iter().flatten().filter_map(Value::as_object_mut) {
        for (name, default) in [("account", Value::Null), ("stack", Value::Null), ("detail", Value::Null)] {
            guard.entry(name).or_insert(default);
        }
        guard.entry("location").or_insert(Value::Null);
        guard.entry("enabled").or_insert(true.into());
    }
    let mut application: Application =
        serde_json::from_value(Value::Object(body)).map_err(|error| error.to_string())?;
    application.name = application.name.to_uppercase().trim().to_owned();
    Ok(application)
}

/// Gives an application what it has if nobody says otherwise.
fn complete(application: &mut Application) {
    application.other.entry(GUARDS).or_insert_with(|| json!([]));
}

impl Keep for Application {}

impl Indexed for Application {}

impl Item for Application {
    const GROUP: &'static str = "applications";
    const FILE: &'static str = "application-metadata.json";
    const FILES: &'static [&'static str] = &[Self::FILE, <Permission as Kind>::FILE];

    fn read(_id: &str, object: &Stored) -> Result<Self, String> {
        let body: Object = serde_json::from_slice(&object.bytes).map_err(|error| error.to_string())?;
        let mut application = parse_application(body)?;
        if application.name.is_empty() {
            return Err("it has no name".to_owned());
        }
        application.update_ts.get_or_insert_with(|| object.modified.millis().to_string());
        complete(&mut application);
        Ok(application)
    }

    fn write(&self) -> Vec<u8> {
        json!(self).to_string().into_bytes()
    }
}

impl Applications {
    pub(super) fn new(items: Collection<Application>, clock: SharedClock) -> Self {
        Applications { items, clock }
    }

    /// The applications that match `wanted` (field and part of its value), best match first, or all by name. Permissions
    /// are objects of their own, and only those are shown.
    pub(crate) async fn list(
        &self,
        permissions: &Permissions,
        wanted: &HashMap<String, String>,
        most: Option<usize>,
    ) -> Vec<Arc<Application>> {
        let all = self.items.all();
        let mut found = if wanted.is_empty() { all } else { search(all, wanted) };
        if wanted.is_empty() {
            found.sort_by(|one, other| one.name.cmp(&other.name));
        }
        found.truncate(most.unwrap_or(usize::MAX));
        let shown = found.into_iter().map(|application| {
            let permission = permissions.known(&application.name);
            with_permissions(application, permission.as_ref().and_then(|permission| permission.restrictions()))
        });
        shown.collect()
    }

    /// One application, with its permissions; the ones that were sent with it if it has no object of them.
    pub(crate) async fn get(&self, permissions: &Permissions, name: &str) -> Result<Arc<Application>, Error> {
        let application = self.items.find(name).await?;
        match permissions.get(&application.name).await {
            Ok(permission) => Ok(with_permissions(application, permission.restrictions())),
            Err(Error::NoItem(_)) => Ok(application),
            Err(error) => Err(error),
        }
    }

    /// Whether there is an object for the application, readable or not.
    pub(crate) async fn exists(&self, name: &str) -> Result<bool, Error> {
        if self.items.check_id(name).is_err() {
            return Ok(false);
        }
        Ok(self.items.current(name).await?.exists())
    }

    /// Creates an application.
    pub(crate) async fn create(&self, application: Application, user: &str) -> Result<Application, Error> {
        if application.name.is_empty() {
            return Err(Error::ApplicationInvalid(missing(&application)));
        }
        let current = self.items.current(&application.name).await?;
        if current.exists() {
            return Err(Error::ApplicationExists(application.name));
        }
        self.save(application, &current, user).await
    }

    /// Merges an application into the one of the path, or creates it.
    pub(crate) async fn update(&self, path: &str, application: Application, user: &str) -> Result<Application, Error> {
        check_names(path, &application)?;
        let current = self.items.current(&application.name).await?;
        let merged = match &current.item {
            Some(existing) => merge(application, existing),
            None => application,
        };
        self.save(merged, &current, user).await
    }

    /// Replaces the application of the path, or creates it.
    pub(crate) async fn replace(&self, path: &str, application: Application, user: &str) -> Result<Application, Error> {
        check_names(path, &application)?;
        let current = self.items.current(&application.name).await?;
        self.save(application, &current, user).await
    }

    /// Writes many applications as they are, without upstream's checks of a single one, but for their names. If one
    /// cannot be written nothing is.
    pub(crate) async fn import(&self, applications: Vec<Application>, user: &str) -> Result<(), Error> {
        for application in &applications {
            if application.name.is_empty() {
                return Err(Error::Invalid("an application has no name: give it one".to_owned()));
            }
            check_length(application)?;
            self.items.check_id(&application.name)?;
        }
        for application in applications {
            let current = self.items.current(&application.name).await?;
            self.write(application, &current, user).await?;
        }
        Ok(())
    }

    /// What the application was, newest first.
    pub(crate) async fn history(&self, name: &str, limit: usize) -> Result<Vec<Application>, Error> {
        let mut history = self.items.history(name, limit).await?;
        for application in &mut history {
            // Upstream learns the time of creation after it has written the first revision.
            if application.create_ts == application.update_ts {
                application.create_ts = None;
            }
        }
        Ok(history)
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), Error> {
        self.items.delete(name).await
    }

    async fn save(
        &self,
        application: Application,
        current: &Current<Application>,
        user: &str,
    ) -> Result<Application, Error> {
        let missing = missing(&application);
        if !missing.is_empty() {
            return Err(Error::ApplicationInvalid(missing));
        }
        check_length(&application)?;
        self.write(application, current, user).await
    }

    async fn write(
        &self,
        mut application: Application,
        current: &Current<Application>,
        user: &str,
    ) -> Result<Application, Error> {
        complete(&mut application);
        let existing = current.item.as_ref();
        let now = later(self.clock.now(), existing.and_then(|existing| existing.update_ts.as_deref()));
        application.update_ts = Some(now.clone());
        application.last_modified_by = Some(user.to_owned());
        if let Some(existing) = existing {
            application.create_ts.clone_from(&existing.create_ts);
        }
        let mut stored = application.clone();
        if !current.exists() {
            stored.create_ts.get_or_insert(now);
        }
        self.items.put(&application.name, stored, current).await?;
        Ok(application)
    }
}

/// The time as upstream writes it, later than `before`.
pub(super) fn later(now: Timestamp, before: Option<&str>) -> String {
    let before = before.and_then(|before| before.parse::<i64>().ok()).unwrap_or(0);
    now.millis().max(before.saturating_add(1)).to_string()
}

/// The application with what `existing` has and it has not. What was sent counts, also if it is nothing: so the last traffic
/// guard is removed.
fn merge(mut application: Application, existing: &Application) -> Application {
    application.name.clone_from(&existing.name);
    application.description = application.description.or_else(|| existing.description.clone());
    application.email = application.email.or_else(|| existing.email.clone());
    application.cloud_providers = application.cloud_providers.or_else(|| existing.cloud_providers.clone());
    for (name, value) in &existing.other {
        application.other.entry(name.clone()).or_insert_with(|| value.clone());
    }
    application
}

fn check_names(path: &str, application: &Application) -> Result<(), Error> {
    if !application.name.is_empty() && fold(path.trim()) == fold(&application.name) {
        return Ok(());
    }
    let name = if application.name.is_empty() { "null" } else { &application.name };
    Err(Error::OtherApplication { name: shorten(name), path: path.to_owned() })
}

/// What an application must have and this one has not.
fn missing(application: &Application) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if application.email.as_deref().unwrap_or_default().trim().is_empty() {
        missing.push("Application must have a non-empty email");
    }
    if application.name.is_empty() {
        missing.push("Application must have a non-empty name");
    }
    missing
}

fn check_length(application: &Application) -> Result<(), Error> {
    if application.name.chars().count() <= NAME_LIMIT {
        return Ok(());
    }
    Err(Error::Invalid(format!("the name {} is longer than {NAME_LIMIT} characters", shorten(&application.name))))
}

/// The application with these permissions, or with none.
fn with_permissions(application: Arc<Application>, permissions: Option<&Object>) -> Arc<Application> {
    const FIELD: &str = "permissions";
    if permissions.is_none() && !application.other.contains_key(FIELD) {
        return application;
    }
    let mut shown = application.as_ref().clone();
    match permissions {
        Some(permissions) => shown.other.insert(FIELD.to_owned(), permissions.clone().into()),
        None => shown.other.shift_remove(FIELD),
    };
    Arc::new(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(body: Value) -> Result<Application, String> {
        parse_application(body.as_object().cloned().expect("an object"))
    }

    #[test]
    fn an_application_is_read_as_upstream_reads_it() {
        let read = application(json!({
            "name": " shop ", "email": 7, "cloudProviders": ["aws", "kubernetes"],
            "trafficGuards": [{"account": "a"}], "extra": null
        }));
        assert_eq!(
            json!(read.expect("readable")),
            json!({
                "name": "SHOP", "description": null, "email": "7", "updateTs": null, "createTs": null,
                "lastModifiedBy": null, "cloudProviders": "aws,kubernetes", "extra": null,
                "trafficGuards": [{"account": "a", "stack": null, "detail": null, "location": null, "enabled": true}]
            })
        );
        for wrong in [json!({"name": {}}), json!({"cloudProviders": [1]}), json!({"trafficGuards": "x"})] {
            assert!(application(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_merge_keeps_what_was_not_sent() {
        let old = application(json!({"name": "a", "email": "e", "x": 1, "y": 2, "trafficGuards": [{"account": "b"}]}));
        let new = application(json!({"name": "A", "description": "d", "x": null}));
        let old = old.expect("readable");
        let merged = merge(new.expect("readable"), &old);
        assert_eq!((merged.email.as_deref(), merged.description.as_deref()), (Some("e"), Some("d")));
        assert_eq!((&merged.other["x"], &merged.other["y"]), (&Value::Null, &json!(2)));
        assert_eq!(merged.other[GUARDS].as_array().map(Vec::len), Some(1));
        let unguarded = application(json!({"name": "A", "trafficGuards": []})).expect("readable");
        assert_eq!(merge(unguarded, &old).other[GUARDS], json!([]));
    }
}
