//! `gennaker pipeline`: list, get, save, delete and execute pipelines.

use std::time::Duration;

use gennaker_base::{Kind, id};
use gennaker_wire::{Object, ObjectExt as _, Pipeline};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, app, exit::Error, gate::Request, input, plan, progress, task};

/// What to do with pipelines.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the pipelines of an application.
    List {
        /// The application.
        #[arg(long, short)]
        application: String,
    },
    /// Show a pipeline; with `--output json` as it can be saved again.
    Get(Named),
    /// Create or replace a pipeline; one of the same name keeps its id.
    Save {
        /// A JSON or YAML file with the pipeline; `-` reads the standard input.
        #[arg(long, short, value_name = "FILE")]
        file: String,
    },
    /// Delete a pipeline.
    Delete(Named),
    /// Start a pipeline.
    Execute(Execute),
    /// Say what a pipeline would do, without starting it.
    ///
    /// It ends with 1 if something in it could not run.
    Plan(plan::Planning),
}

/// A pipeline by its name.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The application.
    #[arg(long, short)]
    pub(super) application: String,
    /// The pipeline.
    #[arg(long, short)]
    pub(super) name: String,
}

/// A start of a pipeline.
#[derive(Debug, clap::Args)]
pub(crate) struct Execute {
    #[command(flatten)]
    pipeline: Named,
    /// A parameter of the pipeline; may be given several times.
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = parameter)]
    parameter: Vec<(String, String)>,
    /// Start it once however often this is sent with the same key.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Wait until it is over, showing its progress; the exit code says how it ended.
    #[arg(long)]
    wait: bool,
    /// Wait this long at most; forever by default.
    #[arg(long, value_name = "SECONDS", requires = "wait", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List { application } => list(session, &application).await,
        Command::Get(pipeline) => get(session, &pipeline).await,
        Command::Save { file } => save(session, &file).await,
        Command::Delete(pipeline) => delete(session, &pipeline).await,
        Command::Execute(execute) => self::execute(session, execute).await,
        Command::Plan(planning) => plan::run(session, &planning).await,
    }
}

fn missing(session: &Session<'_>, error: super::gate::Error, Named { application, name }: &Named) -> Error {
    let hint = session.commands.write(&["pipeline", "list", "--application", application]);
    Error::missing(error, format!("application {application} has no pipeline {name}"), hint)
}

async fn config(session: &Session<'_>, application: &str, name: &str) -> Result<Value, super::gate::Error> {
    session.gate.send(Request::get(&["applications", application, "pipelineConfigs", name])).await
}

/// A pipeline as it is saved.
pub(super) async fn saved(session: &Session<'_>, named: &Named) -> Result<Value, Error> {
    let answer = config(session, &named.application, &named.name).await;
    answer.map_err(|error| missing(session, error, named))
}

async fn list(session: &mut Session<'_>, application: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["applications", application, "pipelineConfigs"])).await;
    let answer = answer.map_err(|error| app::missing(session, error, application))?;
    let rows: Vec<Vec<String>> = app::objects(&answer)
        .map(|pipeline| {
            let field = |name| pipeline.text(name).unwrap_or_default();
            let count = |name| pipeline.get(name).and_then(Value::as_array).map_or(0, Vec::len).to_string();
            let state = if pipeline.boolean("disabled") == Some(true) { "disabled" } else { "enabled" };
            let state = state.to_owned();
            vec![field("name"), field("id"), state, count("stages"), count("triggers"), app::changed(pipeline)]
        })
        .collect();
    if rows.is_empty() {
        let save = session.commands.write(&["pipeline", "save", "--file", "FILE"]);
        session.console.note(&format!("application {application} has no pipeline; save one: {save}"))?;
    }
    session.console.list(&answer, &["NAME", "ID", "STATE", "STAGES", "TRIGGERS", "UPDATED"], rows)?;
    Ok(())
}

async fn get(session: &mut Session<'_>, named: &Named) -> Result<(), Error> {
    let answer = saved(session, named).await?;
    let pipeline: Pipeline = serde_json::from_value(answer.clone())
        .map_err(|error| session.gate.unexpected(format!("pipeline {} cannot be read: {error}", named.name)))?;
    let fields = [
        ("name", pipeline.name.clone()),
        ("application", pipeline.application.clone()),
        ("id", pipeline.id.clone()),
        ("disabled", pipeline.disabled.filter(|disabled| *disabled).map(|_| "yes".to_owned())),
        ("updated", answer.as_object().map(app::changed)),
        ("updated by", pipeline.last_modified_by.clone()),
    ];
    session.console.fields(&answer, &named.name, &fields)?;
    if session.console.is_for_people() {
        session.console.line("")?;
        let stages = Value::Array(pipeline.stages.unwrap_or_default());
        let rows = app::objects(&stages).map(stage_row).collect();
        session.console.list(&stages, &["STAGE", "TYPE", "AFTER", "NAME"], rows)?;
    }
    Ok(())
}

fn stage_row(stage: &Object) -> Vec<String> {
    let field = |name| stage.text(name).unwrap_or_default();
    vec![field("refId"), field("type"), stage.texts("requisiteStageRefIds").join(","), field("name")]
}

async fn save(session: &mut Session<'_>, file: &str) -> Result<(), Error> {
    let mut pipeline = input::object(file)?;
    let named = named(&pipeline, file)?;
    // Upstream refuses a second pipeline of the same name; one that is saved again keeps its id, and with it its history.
    let known = match config(session, &named.application, &named.name).await {
        Ok(known) => known.as_object().and_then(|known| known.text("id")),
        Err(error) if error.kind() == Kind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if pipeline.text("id").is_none_or(|id| id.is_empty()) {
        match &known {
            Some(id) => pipeline.insert("id".to_owned(), id.clone().into()),
            None => pipeline.remove("id"),
        };
    }
    let request = Request::new(Method::POST, &["pipelines"]).body(Value::Object(pipeline));
    session.gate.send(request).await?;
    let Named { application, name } = &named;
    let value = json!({ "application": application, "name": name });
    session.console.done(&value, name, &format!("pipeline {name} of application {application} is saved"))?;
    Ok(())
}

/// The pipeline in a file by its name.
fn named(pipeline: &Object, file: &str) -> Result<Named, Error> {
    let field = |name: &str| match pipeline.text(name).filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(text),
        None => Err(Error::Usage(format!("{file}: the pipeline has no {name}: add \"{name}\": \"...\""))),
    };
    Ok(Named { application: field("application")?, name: field("name")? })
}

async fn delete(session: &mut Session<'_>, named: &Named) -> Result<(), Error> {
    let Named { application, name } = named;
    // Upstream answers to the deletion of what is not there as to any other.
    let known = config(session, application, name).await;
    known.map_err(|error| missing(session, error, named))?;
    let deleted = session.gate.send(Request::new(Method::DELETE, &["pipelines", application, name])).await;
    deleted.map_err(|error| missing(session, error, named))?;
    let value = json!({ "application": application, "name": name });
    session.console.done(&value, name, &format!("pipeline {name} of application {application} is deleted"))?;
    Ok(())
}

async fn execute(session: &mut Session<'_>, execute: Execute) -> Result<(), Error> {
    let trigger = json!({ "type": "manual", "parameters": parameters(&execute.parameter)? });
    let Named { application, name } = &execute.pipeline;
    let key = execute.idempotency_key.clone().unwrap_or_else(|| id::generate(session.clock.now()));
    let path = ["pipelines", application, name];
    let request = Request::new(Method::POST, &path).body(trigger).idempotency_key(key.clone());
    let answer = match session.gate.send(request).await {
        Ok(answer) => answer,
        Err(error) => {
            if error.may_be_done() {
                let advice =
                    format!("it may have started; repeat it with --idempotency-key {key}, which starts it once");
                session.console.note(&advice)?;
            }
            return Err(missing(session, error, &execute.pipeline));
        }
    };
    let id = task::reference(session, &answer, "pipelines")?;
    if execute.wait {
        let limit = execute.timeout.map(Duration::from_secs);
        return progress::follow(session, &id, limit, true).await;
    }
    session.console.done(&json!({ "id": id, "ref": format!("/pipelines/{id}") }), &id, &format!("started {id}"))?;
    if session.console.is_for_people() {
        session.console.note(&format!("watch it: {}", session.commands.write(&["execution", "watch", &id])))?;
    }
    Ok(())
}

pub(super) fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

pub(super) fn parameters(given: &[(String, String)]) -> Result<Object, Error> {
    let mut parameters = Object::new();
    for (name, value) in given {
        if parameters.insert(name.clone(), value.clone().into()).is_some() {
            return Err(Error::Usage(format!("the parameter {name} is given twice")));
        }
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_split_at_the_first_equals_sign() {
        assert_eq!(parameter("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(parameter("a="), Ok(("a".into(), String::new())));
        for wrong in ["a", "=b", " =b", ""] {
            assert!(parameter(wrong).is_err(), "{wrong:?}");
        }
        let twice = [("a".to_owned(), "1".to_owned()), ("a".to_owned(), "2".to_owned())];
        assert!(matches!(parameters(&twice), Err(Error::Usage(_))));
    }

    #[test]
    fn a_file_must_say_whose_pipeline_it_is() {
        for (file, missing) in
            [(json!({"name": "p"}), "application"), (json!({"application": "a", "name": ""}), "name")]
        {
            let error = named(file.as_object().expect("an object"), "p.json").expect_err("it is refused");
            assert_eq!(error.to_string(), format!("p.json: the pipeline has no {missing}: add \"{missing}\": \"...\""));
        }
    }
}
