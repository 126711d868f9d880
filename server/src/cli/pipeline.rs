//! `gennaker pipeline`: list, get, save, delete, execute and watch pipelines.

use std::time::Duration;

use gennaker_base::{Kind, id};
use gennaker_wire::{Object, ObjectExt as _, Pipeline};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, app, execution, exit::Error, gate::Request, input, plan, progress, task};

mod change;
mod history;

/// What to do with pipelines.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the pipelines of an application.
    #[command(alias = "ls")]
    List {
        /// The application.
        #[arg(long, short)]
        application: String,
    },
    /// Show a pipeline; with `--output json` as it can be saved again.
    Get(Named),
    /// Create or replace a pipeline; one of the same name keeps its id.
    ///
    /// Example: gennaker pipeline save --file deploy.yml
    Save {
        /// A JSON or YAML file with the pipeline; `-` reads the standard input.
        #[arg(long, short, value_name = "FILE")]
        file: String,
    },
    /// Delete a pipeline.
    #[command(alias = "del")]
    Delete(Named),
    /// Let triggers start a pipeline again.
    Enable(Named),
    /// Let nothing start a pipeline.
    Disable(Named),
    /// Enable or disable a pipeline, in the words of `spin`.
    #[command(hide = true)]
    Update(change::Update),
    /// Start a pipeline.
    ///
    /// Example: gennaker pipeline execute -a shop -n deploy --parameter version=7 --wait
    #[command(alias = "exec")]
    Execute(Execute),
    /// Say what a pipeline would do, without starting it.
    ///
    /// It ends with 1 if something in it could not run.
    Plan(plan::Planning),
    /// List the versions of a pipeline, and what each changed.
    History(history::History),
    /// Show the progress of a pipeline's newest execution until it is over; the exit code says how it ended.
    Watch {
        #[command(flatten)]
        pipeline: Named,
        /// Wait this long at most; forever by default.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
        timeout: Option<u64>,
    },
    /// Executions of a pipeline, in the words of `spin`; see `gennaker execution`.
    #[command(subcommand, hide = true, alias = "ex", alias = "executions")]
    Execution(execution::Command),
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
    /// A JSON or YAML file with parameters; those that are given beside it go before.
    #[arg(long, short = 'f', value_name = "FILE")]
    parameter_file: Option<String>,
    /// A JSON or YAML file with a list of artifacts for the pipeline.
    #[arg(long, short = 't', value_name = "FILE")]
    artifacts_file: Option<String>,
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
        Command::Enable(pipeline) => change::set_disabled(session, &pipeline, false).await,
        Command::Disable(pipeline) => change::set_disabled(session, &pipeline, true).await,
        Command::Update(update) => change::set_disabled(session, &update.pipeline, update.disables()).await,
        Command::History(history) => history::run(session, &history).await,
        Command::Watch { pipeline, timeout } => watch(session, &pipeline, timeout.map(Duration::from_secs)).await,
        Command::Execution(command) => execution::run(command, session).await,
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

/// The pipelines of an application.
pub(super) async fn list(session: &mut Session<'_>, application: &str) -> Result<(), Error> {
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
    show(session, &answer, &named.name)
}

/// Shows a pipeline with its stages; `known_as` is what errors call it.
pub(super) fn show(session: &mut Session<'_>, answer: &Value, known_as: &str) -> Result<(), Error> {
    let pipeline: Pipeline = serde_json::from_value(answer.clone())
        .map_err(|error| session.gate.unexpected(format!("pipeline {known_as} cannot be read: {error}")))?;
    let fields = [
        ("name", pipeline.name.clone()),
        ("application", pipeline.application.clone()),
        ("id", pipeline.id.clone()),
        ("disabled", pipeline.disabled.filter(|disabled| *disabled).map(|_| "yes".to_owned())),
        ("updated", answer.as_object().map(app::changed)),
        ("updated by", pipeline.last_modified_by.clone()),
    ];
    session.console.fields(answer, pipeline.name.as_deref().unwrap_or(known_as), &fields)?;
    if session.console.is_for_people() {
        session.console.line("")?;
        stages(session, answer.as_object().unwrap_or(&Object::new()))?;
    }
    Ok(())
}

/// The table of a pipeline's stages.
pub(super) fn stages(session: &mut Session<'_>, pipeline: &Object) -> Result<(), Error> {
    let stages = pipeline.get("stages").cloned().unwrap_or_default();
    let rows = app::objects(&stages).map(stage_row).collect();
    session.console.list(&stages, &["STAGE", "TYPE", "AFTER", "NAME"], rows)?;
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
    let mut given = execute.parameter_file.as_deref().map(input::object).transpose()?.unwrap_or_default();
    given.extend(parameters(&execute.parameter)?);
    let mut trigger = json!({ "type": "manual", "parameters": given });
    if let Some(file) = &execute.artifacts_file {
        trigger["artifacts"] = input::list(file, "artifacts")?;
    }
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

async fn watch(session: &mut Session<'_>, named: &Named, limit: Option<Duration>) -> Result<(), Error> {
    let known = saved(session, named).await?;
    let id = known.as_object().and_then(|known| known.text("id")).unwrap_or_default();
    let request = Request::get(&["executions"]).query("pipelineConfigIds", id).query("limit", "1");
    let answer = session.gate.send(request.query("expand", "false")).await?;
    let newest = app::objects(&answer).max_by_key(|execution| execution.integer("buildTime"));
    let Some(id) = newest.and_then(|execution| execution.text("id")) else {
        let Named { application, name } = named;
        let hint = session.commands.write(&["pipeline", "execute", "-a", application, "-n", name, "--wait"]);
        let message = format!("pipeline {name} of application {application} has no execution");
        return Err(Error::Refused { message, request_id: None, hint });
    };
    progress::follow(session, &id, limit, false).await
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
