//! `gennaker app`: list, get, save and delete applications.
//!
//! Saving and deleting go through a task, as the web UI's do, and end when the task has.

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};

use super::{Session, exit::Error, gate::Request, input, pipeline, task, time};

/// What to do with applications.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List all applications.
    #[command(alias = "ls")]
    List,
    /// Show an application.
    Get {
        /// The application.
        name: String,
    },
    /// Create an application, or change those of its fields that are given.
    ///
    /// Example: gennaker app save --name shop --email team@example.com --cloud-providers kubernetes
    Save(Save),
    /// Delete an application.
    #[command(alias = "del")]
    Delete {
        /// The application.
        name: String,
    },
    /// List the pipelines of an application.
    #[command(alias = "pipes")]
    Pipelines {
        /// The application.
        name: String,
    },
}

/// The fields of an application; options go before the file.
#[derive(Debug, Default, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Save {
    /// A JSON or YAML file with the application, also as `app get --output json` prints it; `-` reads the standard input.
    #[arg(long, short, value_name = "FILE")]
    file: Option<String>,
    /// Its name.
    #[arg(long, alias = "application-name", short_alias = 'a')]
    name: Option<String>,
    /// The address of whom to ask.
    #[arg(long, alias = "owner-email")]
    email: Option<String>,
    /// What it is.
    #[arg(long)]
    description: Option<String>,
    /// The clouds that it uses, separated by commas.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    cloud_providers: Vec<String>,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List => list(session).await,
        Command::Get { name } => get(session, &name).await,
        Command::Save(save) => self::save(session, save).await,
        Command::Delete { name } => delete(session, &name).await,
        Command::Pipelines { name } => pipeline::list(session, &name).await,
    }
}

/// The error of a call about the application `name`.
pub(super) fn missing(session: &Session<'_>, error: super::gate::Error, name: &str) -> Error {
    Error::missing(error, format!("there is no application {name}"), session.commands.write(&["app", "list"]))
}

async fn list(session: &mut Session<'_>) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["applications"])).await?;
    let mut rows: Vec<Vec<String>> = objects(&answer)
        .map(|application| {
            let field = |name| application.text(name).unwrap_or_default();
            vec![field("name"), field("email"), field("cloudProviders"), changed(application), field("description")]
        })
        .collect();
    rows.sort();
    if rows.is_empty() {
        session.console.note("there is no application yet; make one: gennaker app save --name NAME --email ADDRESS")?;
    }
    session.console.list(&answer, &["NAME", "EMAIL", "CLOUD PROVIDERS", "UPDATED", "DESCRIPTION"], rows)?;
    Ok(())
}

async fn get(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["applications", name]).query("expand", "false")).await;
    let answer = answer.map_err(|error| missing(session, error, name))?;
    let attributes = answer.as_object().map(attributes).unwrap_or_default();
    let fields = [
        ("name", Some(name.to_owned())),
        ("email", attributes.text("email")),
        ("description", attributes.text("description")),
        ("cloud providers", Some(attributes.texts("cloudProviders").join(","))),
        ("created", attributes.integer("createTs").map(|millis| time::instant(Timestamp::from_millis(millis)))),
        ("updated", Some(changed(&attributes))),
        ("updated by", attributes.text("lastModifiedBy")),
    ];
    session.console.fields(&answer, name, &fields)?;
    Ok(())
}

async fn save(session: &mut Session<'_>, save: Save) -> Result<(), Error> {
    let file = save.file.as_deref().map(input::object).transpose()?;
    let application = merged(file.unwrap_or_default(), &save)?;
    let name = application.text("name").unwrap_or_default();
    let task = upsert(session, &name, application).await?;
    session.console.done(&task, &name, &format!("application {name} is saved"))?;
    Ok(())
}

/// Creates the application, or changes the fields that are given.
pub(super) async fn upsert(session: &mut Session<'_>, name: &str, application: Object) -> Result<Value, Error> {
    let known = session.gate.send(Request::get(&["applications", name]).query("expand", "false")).await;
    let (kind, verb) = match known {
        Ok(_) => ("updateApplication", "Update"),
        Err(error) if error.kind() == gennaker_base::Kind::NotFound => ("createApplication", "Create"),
        Err(error) => return Err(error.into()),
    };
    let job = json!({ "type": kind, "application": application });
    task::run(session, name, &format!("{verb} Application: {name}"), job).await
}

/// Deletes the application.
pub(super) async fn remove(session: &mut Session<'_>, name: &str) -> Result<Value, Error> {
    let job = json!({ "type": "deleteApplication", "application": { "name": name } });
    task::run(session, name, &format!("Delete Application: {name}"), job).await
}

async fn delete(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let known = session.gate.send(Request::get(&["applications", name]).query("expand", "false")).await;
    known.map_err(|error| missing(session, error, name))?;
    let task = remove(session, name).await?;
    session.console.done(&task, name, &format!("application {name} is deleted"))?;
    Ok(())
}

/// The file's application with the fields that were given beside it.
fn merged(file: Object, save: &Save) -> Result<Object, Error> {
    let mut application = attributes(&file);
    let providers = (!save.cloud_providers.is_empty()).then(|| save.cloud_providers.join(","));
    let given = [
        ("name", &save.name),
        ("email", &save.email),
        ("description", &save.description),
        ("cloudProviders", &providers),
    ];
    for (field, value) in given {
        if let Some(value) = value {
            application.insert(field.to_owned(), value.clone().into());
        }
    }
    if let Some(Value::Array(_)) = application.get("cloudProviders") {
        // Kept as one text, which is what other clients read.
        let providers = application.texts("cloudProviders").join(",");
        application.insert("cloudProviders".to_owned(), providers.into());
    }
    match application.text("name").filter(|name| !name.trim().is_empty()) {
        Some(_) => Ok(application),
        None => Err(Error::Usage("the application has no name: add --name NAME, or a `name` in the file".to_owned())),
    }
}

/// An application's own fields: gate shows them as `{"name": ..., "attributes": {...}}`.
pub(super) fn attributes(shown: &Object) -> Object {
    let Some(attributes) = shown.object("attributes") else { return shown.clone() };
    let mut attributes = attributes.clone();
    if let Some(name) = shown.get("name") {
        attributes.entry("name").or_insert_with(|| name.clone());
    }
    attributes
}

/// When it was changed last, by `updateTs`.
pub(super) fn changed(object: &Object) -> String {
    object.integer("updateTs").map(|millis| time::instant(Timestamp::from_millis(millis))).unwrap_or_default()
}

/// The objects of a list.
pub(super) fn objects(list: &Value) -> impl Iterator<Item = &Object> {
    list.as_array().into_iter().flatten().filter_map(Value::as_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn what_is_given_goes_before_the_file() {
        let save = Save { email: Some("new@example.com".into()), ..Save::default() };
        let file = json!({"name": "shop", "email": "old@example.com", "cloudProviders": ["local", "aws"], "x": 1});
        let expected = json!({"name": "shop", "email": "new@example.com", "cloudProviders": "local,aws", "x": 1});
        assert_eq!(Value::Object(merged(object(file), &save).expect("it merges")), expected);
    }

    #[test]
    fn what_get_prints_can_be_saved() {
        let shown = json!({"name": "shop", "attributes": {"email": "a@example.com"}, "clusters": {}});
        let merged = merged(object(shown), &Save::default()).expect("it merges");
        assert_eq!(Value::Object(merged), json!({"email": "a@example.com", "name": "shop"}));
    }

    #[test]
    fn an_application_needs_a_name() {
        for file in [json!({}), json!({"name": " "}), json!({"attributes": {"email": "a@example.com"}})] {
            assert!(matches!(merged(object(file), &Save::default()), Err(Error::Usage(_))));
        }
    }
}
