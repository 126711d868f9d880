//! The permissions of applications: objects of their own, beside the application's.

use std::{collections::HashSet, sync::Arc};

use gennaker_wire::{Application, Object};
use serde_json::{Map, Value, json};

use super::{
    App, Error,
    collection::Item as _,
    jackson::{Shape, fill},
    kind::{Kind, Modified, Record, Records, text},
    layout::fold,
};

/// The permissions of an application.
pub(crate) struct Permission;

/// Those of all applications.
pub(crate) type Permissions = Records<Permission>;

/// What can be permitted, in upstream's order.
const AUTHORIZATIONS: [&str; 4] = ["READ", "WRITE", "EXECUTE", "CREATE"];

impl Kind for Permission {
    const GROUP: &'static str = "applications";
    const FILE: &'static str = "application-permission.json";
    const FILES: &'static [&'static str] = Application::FILES;
    const NAME: &'static str = "permissions";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("name", Shape::Text),
        ("lastModified", Shape::Long),
        ("lastModifiedBy", Shape::Text),
        ("permissions", Shape::Object),
        ("requiredGroupMembership", Shape::Texts),
    ];
    const MODIFIED: Modified = Modified::Number("lastModified");

    fn complete(body: &mut Object) -> Result<(), String> {
        let sent = body.get("permissions").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut permissions = clean(&sent)?;
        // What there was before permissions were told apart.
        let former = body.shift_remove("requiredGroupMembership").filter(|_| permissions.is_empty());
        if let Some(groups) = former {
            permissions = clean(&Map::from_iter([("READ".to_owned(), groups.clone()), ("WRITE".to_owned(), groups)]))?;
        }
        body.insert("permissions".to_owned(), permissions.into());
        fill(body, &["name", "lastModified", "lastModifiedBy"].map(|name| (name, Value::Null)));
        Ok(())
    }

    fn complete_stored(body: &mut Object, id: &str) -> Result<(), String> {
        if text(body, "name").is_none() {
            body.insert("name".to_owned(), id.into());
        }
        Ok(())
    }
}

/// Groups by authorization: trimmed, in lower case, each once; what is given to nobody is left out.
fn clean(sent: &Object) -> Result<Object, String> {
    let wrong = |name: &str| format!("the body is wrong at permissions.{name}");
    if let Some(unknown) = sent.keys().find(|name| !AUTHORIZATIONS.contains(&name.as_str())) {
        return Err(format!("{}: there are {}", wrong(unknown), AUTHORIZATIONS.join(", ")));
    }
    let mut cleaned = Object::new();
    for name in AUTHORIZATIONS {
        let Some(groups) = sent.get(name).filter(|groups| !groups.is_null()) else { continue };
        let groups: Option<Vec<&str>> = groups.as_array().map(|all| all.iter().map_while(Value::as_str).collect());
        let groups = groups.filter(|texts| Some(texts.len()) == sent[name].as_array().map(Vec::len));
        let groups = groups.ok_or_else(|| format!("{}: expected a list of texts", wrong(name)))?;
        let mut seen = HashSet::new();
        let groups: Vec<String> = groups
            .iter()
            .map(|group| group.trim().to_lowercase())
            .filter(|group| !group.is_empty() && seen.insert(group.clone()))
            .collect();
        if !groups.is_empty() {
            cleaned.insert(name.to_owned(), groups.into());
        }
    }
    Ok(cleaned)
}

impl Record<Permission> {
    /// Who may do what, or `None` if everybody may do everything.
    pub(super) fn restrictions(&self) -> Option<&Object> {
        self.body()["permissions"].as_object().filter(|permissions| !permissions.is_empty())
    }
}

impl Permissions {
    /// Writes permissions under the name that they have. It becomes lower case.
    pub(crate) async fn create(
        &self,
        permission: Record<Permission>,
        user: &str,
    ) -> Result<Arc<Record<Permission>>, Error> {
        let name = permission.text("name").map(fold);
        let name = name.ok_or_else(|| Error::Invalid("permissions need the application's `name`".to_owned()))?;
        self.save(&name, permission, user).await
    }

    /// Replaces the permissions of the path's application. Where there are none it writes those of the body's name, and
    /// answers what was sent, as upstream does.
    pub(crate) async fn update(
        &self,
        name: &str,
        permission: Record<Permission>,
        user: &str,
    ) -> Result<Arc<Record<Permission>>, Error> {
        if self.exists(name).await? {
            return self.save(name, permission, user).await;
        }
        let sent = Arc::new(permission.clone());
        self.create(permission, user).await?;
        Ok(sent)
    }

    async fn save(
        &self,
        name: &str,
        mut permission: Record<Permission>,
        user: &str,
    ) -> Result<Arc<Record<Permission>>, Error> {
        permission.body_mut().insert("name".to_owned(), name.into());
        self.put(name, permission, user).await
    }

    /// What an application's permissions say in memory.
    pub(super) fn known(&self, application: &str) -> Option<Arc<Record<Permission>>> {
        self.items.remembered(application)
    }
}

impl App {
    /// The permissions of all applications; those that have none are in it too, permitted to everybody.
    pub(crate) async fn all_permissions(&self) -> Vec<Value> {
        let permissions = self.permissions.all(true).await;
        let named: HashSet<String> = permissions.iter().filter_map(|it| it.text("name").map(fold)).collect();
        let applications = self.applications.items.list(true).await;
        let generated = applications.iter().filter(|application| !named.contains(&fold(&application.name)));
        let generated = generated.map(|application| {
            json!({"name": application.name, "lastModified": -1, "lastModifiedBy": "auto-generated", "permissions": {}})
        });
        permissions.iter().map(|permission| json!(permission.body())).chain(generated).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: Value) -> Result<Value, String> {
        Record::<Permission>::parse(body.as_object().cloned().expect("an object")).map(|it| json!(it))
    }

    #[test]
    fn groups_are_cleaned() {
        let sent = json!({"name": "a", "permissions": {"WRITE": [" B ", "b", ""], "READ": [], "EXECUTE": null}});
        assert_eq!(parsed(sent).expect("readable")["permissions"], json!({"WRITE": ["b"]}));
        let former = json!({"name": "a", "requiredGroupMembership": ["G"]});
        let expected = json!({"READ": ["g"], "WRITE": ["g"]});
        assert_eq!(parsed(former).expect("readable")["permissions"], expected);
        for wrong in [json!({"READ": "a"}), json!({"READ": [1]}), json!({"FLY": ["a"]})] {
            assert!(parsed(json!({"name": "a", "permissions": wrong})).is_err());
        }
    }
}
