//! `gennaker pipeline-template`: list, get, save, delete, plan and use pipeline templates of version 2.
//!
//! A template has tags (`latest` always among them) and a digest for each content that was saved.

use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt as _};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, app, exit::Error, gate::Request, input, pipeline, task};

/// What to do with pipeline templates.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the templates.
    #[command(alias = "ls")]
    List {
        /// Only those of this scope, for example global or an application; may be given several times.
        #[arg(long, alias = "scopes", value_name = "SCOPE")]
        scope: Vec<String>,
    },
    /// List the versions of a template, or of all: their tags and digests.
    Versions {
        /// The template.
        id: Option<String>,
        /// Only those of this scope.
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<String>,
    },
    /// Show a template.
    Get(Version),
    /// Create or replace a template, under a tag.
    ///
    /// Example: gennaker pipeline-template save --file template.yml --tag stable
    Save(Save),
    /// Delete a version of a template.
    #[command(alias = "del")]
    Delete(Version),
    /// Show the pipeline that a configuration makes of its template, without saving it.
    Plan {
        /// A JSON or YAML file with the configuration; `-` reads the standard input.
        #[arg(long, short, value_name = "FILE")]
        file: String,
    },
    /// Print a pipeline that uses a template, to be saved with `gennaker pipeline save`.
    ///
    /// Example: gennaker pipeline-template use deploy -a shop -n deploy --set region=eu | gennaker pipeline save --file -
    Use(Use),
    /// List the pipelines that use a template.
    Dependents {
        /// The template.
        id: String,
    },
}

/// A version of a template.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("template").required(true)))]
pub(crate) struct Version {
    /// The template.
    #[arg(group = "template")]
    id: Option<String>,
    /// The template.
    #[arg(long = "id", value_name = "ID", hide = true, group = "template")]
    named: Option<String>,
    /// Its tag.
    #[arg(long, short, conflicts_with = "digest")]
    tag: Option<String>,
    /// The digest of its content, without `sha256:`.
    #[arg(long, value_parser = digest)]
    digest: Option<String>,
}

impl Version {
    fn id(&self) -> &str {
        self.id.as_deref().or(self.named.as_deref()).unwrap_or_default()
    }
}

/// A template to save.
#[derive(Debug, clap::Args)]
pub(crate) struct Save {
    /// A JSON or YAML file with the template; `-` reads the standard input.
    #[arg(long, short, value_name = "FILE")]
    file: String,
    /// The tag to save it under, for example stable.
    #[arg(long, short)]
    tag: Option<String>,
    /// Save it even if pipelines that use it could no longer be planned.
    #[arg(long)]
    skip_plan_dependents: bool,
}

/// A pipeline to make of a template.
#[derive(Debug, clap::Args)]
pub(crate) struct Use {
    #[command(flatten)]
    version: Version,
    /// The application of the new pipeline.
    #[arg(long, short)]
    application: String,
    /// Its name.
    #[arg(long, short)]
    name: String,
    /// What it is for.
    #[arg(long, short, default_value = "")]
    description: String,
    /// A variable of the template; may be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = pipeline::parameter)]
    set: Vec<(String, String)>,
    /// A JSON or YAML file with variables; may be given several times, later ones win.
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    values: Vec<String>,
    /// The type of the artifact that is the template.
    #[arg(long = "type", value_name = "TYPE", default_value = "front50/pipelineTemplate")]
    kind: String,
    /// The account that can fetch it.
    #[arg(long, value_name = "NAME", default_value = "front50ArtifactCredentials")]
    artifact_account: String,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List { scope } => list(session, scope).await,
        Command::Versions { id, scope } => versions(session, id.as_deref(), scope).await,
        Command::Get(version) => get(session, &version).await,
        Command::Save(save) => self::save(session, &save).await,
        Command::Delete(version) => delete(session, &version).await,
        Command::Plan { file } => plan(session, &file).await,
        Command::Use(use_it) => make(session, &use_it),
        Command::Dependents { id } => dependents(session, &id).await,
    }
}

const ROOT: [&str; 2] = ["v2", "pipelineTemplates"];

fn missing(session: &Session<'_>, error: super::gate::Error, id: &str) -> Error {
    let hint = session.commands.write(&["pipeline-template", "versions"]);
    Error::missing(error, format!("there is no template {id}, or none of that tag or digest"), hint)
}

fn digest(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    let is_digest = digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit());
    if is_digest { Ok(digits.to_owned()) } else { Err("a digest is 64 hexadecimal digits".to_owned()) }
}

/// The row of a template: its id and what its metadata says.
fn row(template: &Object) -> Vec<String> {
    let metadata = template.object("metadata").cloned().unwrap_or_default();
    let field = |object: &Object, name: &str| object.text(name).unwrap_or_default();
    let digest: String = field(template, "digest").chars().take(12).collect();
    vec![
        field(template, "id"),
        field(template, "tag"),
        digest,
        field(&metadata, "name"),
        field(&metadata, "owner"),
        metadata.texts("scopes").join(","),
        app::changed(template),
    ]
}

const HEAD: [&str; 7] = ["ID", "TAG", "DIGEST", "NAME", "OWNER", "SCOPES", "UPDATED"];

async fn list(session: &mut Session<'_>, scopes: Vec<String>) -> Result<(), Error> {
    let request = scopes.into_iter().fold(Request::get(&ROOT), |request, scope| request.query("scopes", scope));
    let answer = session.gate.send(request).await?;
    let mut rows: Vec<Vec<String>> = app::objects(&answer).map(row).collect();
    rows.sort();
    rows.dedup();
    if rows.is_empty() {
        session.console.note("there is no template; save one: gennaker pipeline-template save --file FILE")?;
    }
    session.console.list(&answer, &HEAD, rows)?;
    Ok(())
}

async fn versions(session: &mut Session<'_>, id: Option<&str>, scopes: Vec<String>) -> Result<(), Error> {
    let request = Request::get(&["v2", "pipelineTemplates", "versions"]);
    let request = scopes.into_iter().fold(request, |request, scope| request.query("scopes", scope));
    let mut answer = session.gate.send(request).await?;
    if let (Some(id), Value::Object(templates)) = (id, &mut answer) {
        templates.retain(|known, _| known == id);
        if templates.is_empty() {
            let hint = session.commands.write(&["pipeline-template", "list"]);
            return Err(Error::Refused { message: format!("there is no template {id}"), request_id: None, hint });
        }
    }
    let templates = answer.as_object().into_iter().flat_map(Object::values);
    let mut rows: Vec<Vec<String>> = templates.flat_map(app::objects).map(row).collect();
    rows.sort();
    session.console.list(&answer, &HEAD, rows)?;
    Ok(())
}

async fn get(session: &mut Session<'_>, version: &Version) -> Result<(), Error> {
    let id = version.id();
    let path = ["v2", "pipelineTemplates", id];
    let request = Request::get(&path).query_if("tag", version.tag.clone());
    let answer = session.gate.send(request.query_if("digest", version.digest.clone())).await;
    let answer = answer.map_err(|error| missing(session, error, id))?;
    let template = answer.as_object().cloned().unwrap_or_default();
    let metadata = template.object("metadata").cloned().unwrap_or_default();
    let variables: Vec<String> = template
        .get("variables")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|variable| variable.get("name")?.as_str().map(str::to_owned))
        .collect();
    let fields = [
        ("id", template.text("id")),
        ("name", metadata.text("name")),
        ("description", metadata.text("description")),
        ("owner", metadata.text("owner")),
        ("scopes", Some(metadata.texts("scopes").join(", "))),
        ("variables", Some(variables.join(", "))),
        ("updated", Some(app::changed(&template))),
    ];
    session.console.fields(&answer, id, &fields)?;
    if session.console.is_for_people()
        && let Some(pipeline) = template.object("pipeline")
    {
        session.console.line("")?;
        pipeline::stages(session, pipeline)?;
    }
    Ok(())
}

async fn save(session: &mut Session<'_>, save: &Save) -> Result<(), Error> {
    let template = input::object(&save.file)?;
    let id = template.text("id").filter(|id| !id.trim().is_empty());
    let id = id.ok_or_else(|| Error::Usage(format!("{}: the template has no id: add \"id\": \"...\"", save.file)))?;
    if template.text("schema").is_some_and(|schema| schema != "v2") {
        let message = format!("{}: only templates with \"schema\": \"v2\" are saved here", save.file);
        return Err(Error::Usage(message));
    }
    upsert(session, &id, save.tag.as_deref(), template, save.skip_plan_dependents).await?;
    let tag = save.tag.as_ref().map(|tag| format!(" as {tag}")).unwrap_or_default();
    session.console.done(&json!({ "id": id, "tag": save.tag }), &id, &format!("template {id} is saved{tag}"))?;
    Ok(())
}

/// Creates or replaces a template of version 2 under `tag`.
pub(super) async fn upsert(
    session: &mut Session<'_>,
    id: &str,
    tag: Option<&str>,
    template: Object,
    skip_plan_dependents: bool,
) -> Result<(), Error> {
    let path = ["v2", "pipelineTemplates", id];
    let known = session.gate.send(Request::get(&path).query_if("tag", tag)).await;
    let (path, verb): (&[&str], _) = match &known {
        Ok(_) => (&["v2", "pipelineTemplates", "update", id], "Update"),
        Err(error) if error.kind() == Kind::NotFound => (&["v2", "pipelineTemplates", "create"], "Create"),
        Err(error) => return Err(error.clone().into()),
    };
    let request = Request::new(Method::POST, path).query_if("tag", tag).body(Value::Object(template));
    let answer =
        session.gate.send(request.query_if("skipPlanDependents", skip_plan_dependents.then_some("true"))).await?;
    task::of_answer(session, answer, &format!("{verb} Pipeline Template: {id}")).await?;
    Ok(())
}

async fn delete(session: &mut Session<'_>, version: &Version) -> Result<(), Error> {
    let id = version.id();
    let path = ["v2", "pipelineTemplates", id];
    let look = Request::get(&path).query_if("tag", version.tag.clone()).query_if("digest", version.digest.clone());
    session.gate.send(look).await.map_err(|error| missing(session, error, id))?;
    remove(session, id, version.tag.as_deref(), version.digest.as_deref()).await?;
    let which = match (&version.tag, &version.digest) {
        (Some(tag), _) => format!(", tag {tag},"),
        (None, Some(digest)) => format!(", digest {digest},"),
        (None, None) => String::new(),
    };
    session.console.done(&json!({ "id": id }), id, &format!("template {id}{which} is deleted"))?;
    Ok(())
}

/// Deletes a version of a template.
pub(super) async fn remove(
    session: &mut Session<'_>,
    id: &str,
    tag: Option<&str>,
    digest: Option<&str>,
) -> Result<(), Error> {
    let path = ["v2", "pipelineTemplates", id];
    let request = Request::new(Method::DELETE, &path).query_if("tag", tag).query_if("digest", digest);
    let answer = session.gate.send(request).await.map_err(|error| missing(session, error, id))?;
    task::of_answer(session, answer, &format!("Delete Pipeline Template: {id}")).await?;
    Ok(())
}

async fn plan(session: &mut Session<'_>, file: &str) -> Result<(), Error> {
    let config = input::object(file)?;
    let request = Request::new(Method::POST, &["v2", "pipelineTemplates", "plan"]).body(Value::Object(config));
    let answer = session.gate.send(request).await?;
    pipeline::show(session, &answer, file)
}

/// The pipeline that `use` prints: JSON, unless YAML was asked for.
fn make(session: &mut Session<'_>, wanted: &Use) -> Result<(), Error> {
    let mut variables = Object::new();
    for file in &wanted.values {
        variables.extend(input::object(file)?);
    }
    variables.extend(pipeline::parameters(&wanted.set)?);
    let Use { version, application, name, description, .. } = wanted;
    let pipeline = json!({
        "schema": "v2",
        "type": "templatedPipeline",
        "application": application,
        "name": name,
        "description": description,
        "template": {
            "artifactAccount": wanted.artifact_account,
            "type": wanted.kind,
            "reference": reference(version),
        },
        "variables": variables,
        "exclude": [], "triggers": [], "parameters": [], "notifications": [], "stages": [],
    });
    Ok(session.console.data(&pipeline)?)
}

/// The address of a template as an artifact: `spinnaker://deploy:stable`.
fn reference(version: &Version) -> String {
    let id = version.id();
    let id = if id.contains("://") { id.to_owned() } else { format!("spinnaker://{id}") };
    match (&version.tag, &version.digest) {
        (Some(tag), _) => format!("{id}:{tag}"),
        (None, Some(digest)) => format!("{id}@sha256:{digest}"),
        (None, None) => id,
    }
}

async fn dependents(session: &mut Session<'_>, id: &str) -> Result<(), Error> {
    let path = ["v2", "pipelineTemplates", id, "dependents"];
    let answer = session.gate.send(Request::get(&path)).await.map_err(|error| missing(session, error, id))?;
    let field =
        |pipeline: &Object, names: [&str; 2]| names.iter().find_map(|name| pipeline.text(name)).unwrap_or_default();
    let mut rows: Vec<Vec<String>> = app::objects(&answer)
        .map(|pipeline| {
            let name = field(pipeline, ["pipelineName", "name"]);
            vec![name, field(pipeline, ["application", "app"]), field(pipeline, ["pipelineConfigId", "id"])]
        })
        .collect();
    rows.sort();
    session.console.list(&answer, &["NAME", "APPLICATION", "ID"], rows)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str, tag: Option<&str>, digest: Option<&str>) -> Version {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Version { id: Some(id.to_owned()), named: None, tag: owned(tag), digest: owned(digest) }
    }

    #[test]
    fn a_reference_says_which_version() {
        assert_eq!(reference(&version("deploy", None, None)), "spinnaker://deploy");
        assert_eq!(reference(&version("deploy", Some("stable"), None)), "spinnaker://deploy:stable");
        assert_eq!(reference(&version("http://x/y", None, Some("ab"))), "http://x/y@sha256:ab");
    }

    #[test]
    fn a_digest_is_taken_with_and_without_its_kind() {
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(digest(&format!("sha256:{digits}")), Ok(digits.clone()));
        assert_eq!(digest(&digits), Ok(digits));
        assert!(digest("stable").is_err());
    }
}
