//! Projects: applications, clusters and pipelines under one name.

use std::{collections::HashMap, sync::Arc};

use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{
    Error,
    jackson::{Shape, coerce, coerce_each, fill},
    kind::{Kind, Modified, Record, Records, text},
    layout::fold,
    search::{contains, score},
};

/// A project.
pub(crate) struct Project;

/// The projects.
pub(crate) type Projects = Records<Project>;

/// The fields of a project's configuration.
const CONFIG: [(&str, Shape); 3] =
    [("pipelineConfigs", Shape::Objects), ("applications", Shape::Texts), ("clusters", Shape::Objects)];
/// The fields of a cluster in it.
const CLUSTER: [(&str, Shape); 4] =
    [("account", Shape::Text), ("stack", Shape::Text), ("detail", Shape::Text), ("applications", Shape::Texts)];

impl Kind for Project {
    const GROUP: &'static str = "projects";
    const FILE: &'static str = "project-metadata.json";
    const FIELDS: &'static [(&'static str, Shape)] = &[
        ("id", Shape::Text),
        ("name", Shape::Text),
        ("email", Shape::Text),
        ("config", Shape::Object),
        ("updateTs", Shape::Long),
        ("createTs", Shape::Long),
        ("lastModifiedBy", Shape::Text),
    ];
    const MODIFIED: Modified = Modified::Number("updateTs");

    fn complete(body: &mut Object) -> Result<(), String> {
        let mut config = match body.get_mut("config").map(Value::take) {
            Some(Value::Object(config)) => config,
            _ => Object::new(),
        };
        coerce(&mut config, &CONFIG)?;
        coerce_each(&mut config, "clusters", &CLUSTER)?;
        coerce_each(
            &mut config,
            "pipelineConfigs",
            &[("application", Shape::Text), ("pipelineConfigId", Shape::Text)],
        )?;
        fill(&mut config, &CONFIG.map(|(name, _)| (name, Value::Null)));
        body.insert("config".to_owned(), config.into());
        let absent = ["id", "name", "email", "updateTs", "createTs", "lastModifiedBy"].map(|name| (name, Value::Null));
        fill(body, &absent);
        Ok(())
    }

    fn complete_stored(body: &mut Object, id: &str) -> Result<(), String> {
        if body["id"].is_null() {
            body["id"] = id.into();
        }
        text(body, "name").map(|_| ()).ok_or_else(|| "it has no name".to_owned())
    }

    fn terms(body: &Object) -> Vec<String> {
        text(body, "name").map(name_term).into_iter().collect()
    }
}

fn name_term(name: &str) -> String {
    format!("name {}", fold(name))
}

impl Projects {
    /// The projects of which one of the `wanted` attributes has the text in it, best match first, or all.
    pub(crate) async fn list(&self, wanted: HashMap<String, String>, most: Option<usize>) -> Vec<Arc<Record<Project>>> {
        let all = self.all(true).await;
        let found = if wanted.is_empty() { all } else { matching(all, wanted) };
        found.into_iter().take(most.unwrap_or(usize::MAX)).collect()
    }

    /// The projects of which the name or an application has the text in it.
    pub(crate) async fn search(&self, part: &str) -> Vec<Arc<Record<Project>>> {
        let mut all = self.all(true).await;
        all.retain(|project| {
            contains(&project.body()["name"], part)
                || listed(&project.body()["config"], "applications").any(|name| contains(name, part))
        });
        all
    }

    /// A project by its name, else by its id.
    pub(crate) async fn named(&self, name: &str) -> Result<Arc<Record<Project>>, Error> {
        self.items.catch_up().await;
        match self.items.found_by(&name_term(name)).into_iter().next() {
            Some(project) => Ok(project),
            None => self.get(name).await,
        }
    }

    /// Creates a project, or replaces that of its id.
    pub(crate) async fn create(&self, mut project: Record<Project>, user: &str) -> Result<Arc<Record<Project>>, Error> {
        let name = project.text("name").ok_or_else(nameless)?.to_owned();
        self.items.catch_up().await;
        let Some(_reserved) = self.names.take(name_term(&name)) else { return Err(being_saved(&name)) };
        if !self.items.found_by(&name_term(&name)).is_empty() {
            return Err(Error::ProjectExists(name));
        }
        let id = project.text("id").map_or_else(|| self.new_id(), str::to_owned);
        project.body_mut().insert("id".to_owned(), id.clone().into());
        project.body_mut().insert("createTs".to_owned(), self.clock.now().millis().into());
        self.put(&id, project, user).await
    }

    /// Replaces a project that is there.
    pub(crate) async fn update(
        &self,
        id: &str,
        mut project: Record<Project>,
        user: &str,
    ) -> Result<Arc<Record<Project>>, Error> {
        self.items.catch_up().await;
        self.get(id).await?;
        let name = project.text("name").ok_or_else(nameless)?.to_owned();
        let Some(_reserved) = self.names.take(name_term(&name)) else { return Err(being_saved(&name)) };
        let other = |found: &Arc<Record<Project>>| found.body()["id"] != id;
        if self.items.found_by(&name_term(&name)).first().is_some_and(other) {
            return Err(Error::ProjectExists(name));
        }
        let current = self.items.current(id).await?;
        let Some(existing) = &current.item else { return Err(Error::NoItem(fold(id))) };
        for field in ["id", "createTs"] {
            project.body_mut().insert(field.to_owned(), existing.body()[field].clone());
        }
        self.replace(id, project, &current, user).await
    }

    /// Writes many projects as they are, without the checks of a single one but for names.
    pub(crate) async fn import(&self, projects: Vec<Record<Project>>, user: &str) -> Result<(), Error> {
        let mut all = Vec::new();
        for mut project in projects {
            project.text("name").ok_or_else(nameless)?;
            let id = project.text("id").map_or_else(|| self.new_id(), str::to_owned);
            project.body_mut().insert("id".to_owned(), id.clone().into());
            all.push((id, project));
        }
        self.put_all(all, user).await
    }

    /// Takes an application out of all projects; a project whose last one it was is deleted.
    pub(super) async fn forget_application(&self, application: &str, user: &str) -> Result<(), Error> {
        let application = fold(application);
        let is = |name: &Value| *name == application;
        for project in self.all(true).await {
            if !listed(&project.body()["config"], "applications").any(is) {
                continue;
            }
            let Some(id) = project.text("id") else { continue };
            let current = self.items.current(id).await?;
            let Some(mut project) = current.item.clone() else { continue };
            let config = &mut project.body_mut()["config"];
            remove(&mut config["applications"], is);
            for cluster in config["clusters"].as_array_mut().into_iter().flatten() {
                remove(&mut cluster["applications"], is);
            }
            if listed(config, "applications").next().is_none() {
                self.items.delete(id).await?;
            } else {
                self.replace(id, project, &current, user).await?;
            }
        }
        Ok(())
    }
}

fn being_saved(name: &str) -> Error {
    Error::Concurrent(format!("the project {name}"))
}

fn nameless() -> Error {
    Error::Invalid("a project needs a name: send one as `name`".to_owned())
}

fn listed<'a>(of: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    of[field].as_array().into_iter().flatten()
}

fn remove(list: &mut Value, is: impl Fn(&Value) -> bool) {
    if let Some(items) = list.as_array_mut() {
        items.retain(|item| !is(item));
    }
}

/// Those that match one of the attributes: a field of the project, a field of one of its clusters, or `applications`, a
/// list of parts of names, as a field of either.
fn matching(all: Vec<Arc<Record<Project>>>, wanted: HashMap<String, String>) -> Vec<Arc<Record<Project>>> {
    let mut wanted: HashMap<String, String> = wanted
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name.to_lowercase(), text))
        .collect();
    let applications = wanted.remove("applications");
    let parts: Vec<&str> = applications.iter().flat_map(|parts| parts.split(',')).collect();
    let mut found: Vec<(f64, Arc<Record<Project>>)> = all
        .into_iter()
        .filter(|project| {
            let config = &project.body()["config"];
            let has_part =
                |of: &Value| listed(of, "applications").any(|name| parts.iter().any(|part| contains(name, part)));
            let of_field = |of: &Value, name: &str, text: &str| {
                of.as_object().into_iter().flatten().any(|(field, value)| {
                    field.to_lowercase() == name && !value.is_null() && !value.is_object() && contains(value, text)
                })
            };
            has_part(config)
                || listed(config, "clusters").any(has_part)
                || wanted.iter().any(|(name, text)| {
                    of_field(&json!(project.body()), name, text)
                        || listed(config, "clusters").any(|cluster| of_field(cluster, name, text))
                })
        })
        .map(|project| (score(project.body(), &wanted), project))
        .collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, project)| project).collect()
}
