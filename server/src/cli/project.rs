//! `gennaker project`: list, get, save and delete projects.
//!
//! A project is known to people by its name and to gate by its id, which is looked up here.

use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};

use super::{Session, app, execution, exit::Error, gate::Request, input, task};

/// What to do with projects.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List all projects.
    #[command(alias = "ls")]
    List,
    /// Show a project.
    Get(Named),
    /// Create or replace a project; one of the same name keeps its id.
    ///
    /// Example: gennaker project save --name shop --email team@example.com
    Save(Save),
    /// Delete a project.
    #[command(alias = "del")]
    Delete(Named),
    /// List the newest executions of a project's pipelines.
    #[command(alias = "get-pipelines")]
    Pipelines {
        #[command(flatten)]
        named: Named,
        /// How many of each pipeline at most; gate decides by default.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
    },
}

/// A project by its name.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Named {
    /// The project.
    name: Option<String>,
    /// The project.
    #[arg(long = "name", short = 'n', value_name = "NAME", hide = true)]
    named: Option<String>,
}

impl Named {
    fn get(&self) -> &str {
        self.name.as_deref().or(self.named.as_deref()).unwrap_or_default()
    }
}

/// The fields of a project; options go before the file.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Save {
    /// A JSON or YAML file with the project; `-` reads the standard input.
    #[arg(long, short, value_name = "FILE")]
    file: Option<String>,
    /// Its name.
    #[arg(long, short)]
    name: Option<String>,
    /// The address of whom to ask.
    #[arg(long, short)]
    email: Option<String>,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List => list(session).await,
        Command::Get(named) => get(session, named.get()).await,
        Command::Save(save) => self::save(session, save).await,
        Command::Delete(named) => delete(session, named.get()).await,
        Command::Pipelines { named, limit } => pipelines(session, named.get(), limit).await,
    }
}

fn missing(session: &Session<'_>, error: super::gate::Error, name: &str) -> Error {
    Error::missing(error, format!("there is no project {name}"), session.commands.write(&["project", "list"]))
}

async fn list(session: &mut Session<'_>) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["projects"])).await?;
    let mut rows: Vec<Vec<String>> = app::objects(&answer)
        .map(|project| {
            let field = |name| project.text(name).unwrap_or_default();
            let config = project.object("config").cloned().unwrap_or_default();
            let applications = config.texts("applications").join(",");
            vec![field("name"), field("email"), field("id"), app::changed(project), applications]
        })
        .collect();
    rows.sort();
    if rows.is_empty() {
        session.console.note("there is no project yet; make one: gennaker project save --name NAME --email ADDRESS")?;
    }
    session.console.list(&answer, &["NAME", "EMAIL", "ID", "UPDATED", "APPLICATIONS"], rows)?;
    Ok(())
}

async fn get(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["projects", name])).await;
    let answer = answer.map_err(|error| missing(session, error, name))?;
    let project = answer.as_object().cloned().unwrap_or_default();
    let config = project.object("config").cloned().unwrap_or_default();
    let count = |key: &str| config.get(key).and_then(Value::as_array).map(|all| all.len().to_string());
    let fields = [
        ("name", project.text("name")),
        ("id", project.text("id")),
        ("email", project.text("email")),
        ("applications", Some(config.texts("applications").join(", "))),
        ("clusters", count("clusters")),
        ("pipelines", count("pipelineConfigs")),
        ("updated", Some(app::changed(&project))),
        ("updated by", project.text("lastModifiedBy")),
    ];
    session.console.fields(&answer, name, &fields)?;
    Ok(())
}

async fn save(session: &mut Session<'_>, save: Save) -> Result<(), Error> {
    let mut project = save.file.as_deref().map(input::object).transpose()?.unwrap_or_default();
    for (field, value) in [("name", &save.name), ("email", &save.email)] {
        if let Some(value) = value {
            project.insert(field.to_owned(), value.clone().into());
        }
    }
    let name = project.text("name").filter(|name| !name.trim().is_empty());
    let name = name
        .ok_or_else(|| Error::Usage("the project has no name: add --name NAME, or a `name` in the file".to_owned()))?;
    upsert(session, &name, project).await?;
    session.console.done(&json!({ "name": name }), &name, &format!("project {name} is saved"))?;
    Ok(())
}

/// Creates or replaces the project of this name, under the id that it has there.
pub(super) async fn upsert(session: &mut Session<'_>, name: &str, mut project: Object) -> Result<(), Error> {
    match id(session, name).await? {
        Some(id) => project.insert("id".to_owned(), id.into()),
        None => project.remove("id"),
    };
    let job = json!({ "type": "upsertProject", "project": project });
    task::run(session, "spinnaker", &format!("Save Project: {name}"), job).await?;
    Ok(())
}

/// Deletes the project of this name.
pub(super) async fn remove(session: &mut Session<'_>, name: &str, id: &str) -> Result<(), Error> {
    let job = json!({ "type": "deleteProject", "project": { "id": id, "name": name } });
    task::run(session, "spinnaker", &format!("Delete Project: {name}"), job).await?;
    Ok(())
}

async fn id(session: &Session<'_>, name: &str) -> Result<Option<String>, Error> {
    match session.gate.send(Request::get(&["projects", name])).await {
        Ok(known) => Ok(known.as_object().and_then(|known| known.text("id"))),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn delete(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let known = session.gate.send(Request::get(&["projects", name])).await;
    let known = known.map_err(|error| missing(session, error, name))?;
    let id = known.as_object().and_then(|known| known.text("id")).unwrap_or_else(|| name.to_owned());
    remove(session, name, &id).await?;
    session.console.done(&json!({ "name": name, "id": id }), name, &format!("project {name} is deleted"))?;
    Ok(())
}

async fn pipelines(session: &mut Session<'_>, name: &str, limit: Option<u32>) -> Result<(), Error> {
    let path = ["projects", name, "pipelines"];
    let request = Request::get(&path).query_if("limit", limit.map(|limit| limit.to_string()));
    let answer = session.gate.send(request).await.map_err(|error| missing(session, error, name))?;
    execution::table(session, &answer, &format!("project {name} has no execution"))
}
