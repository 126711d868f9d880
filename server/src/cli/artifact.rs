//! `gennaker artifact`: the accounts that artifacts come from, what they have, and an artifact's content.

use std::fs;

use gennaker_wire::{Object, ObjectExt as _};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, app, exit::Error, gate::Request, input};

/// What to ask of artifacts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the accounts that artifacts come from.
    Accounts,
    /// List the names of an account's artifacts, for example of the charts of a Helm repository.
    ///
    /// Example: gennaker artifact names charts --type helm/chart
    Names {
        /// The account.
        account: String,
        /// The type of the artifacts.
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
    },
    /// List the versions of one of an account's artifacts.
    ///
    /// Example: gennaker artifact versions charts nginx --type helm/chart
    Versions {
        /// The account.
        account: String,
        /// The artifact's name.
        name: String,
        /// The type of the artifact.
        #[arg(long = "type", value_name = "TYPE")]
        kind: String,
    },
    /// Fetch an artifact's content, and print it or write it to a file.
    ///
    /// Example: gennaker artifact fetch --type http/file --account web --reference https://example.com/a.yml
    #[command(disable_version_flag = true)]
    Fetch(Fetch),
}

/// An artifact; options go before the file.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("artifact").required(true).multiple(true)))]
pub(crate) struct Fetch {
    /// A JSON or YAML file with the artifact; `-` reads the standard input.
    #[arg(long, short, value_name = "FILE", group = "artifact")]
    file: Option<String>,
    /// Its type.
    #[arg(long = "type", value_name = "TYPE", group = "artifact")]
    kind: Option<String>,
    /// The account that can fetch it.
    #[arg(long)]
    account: Option<String>,
    /// Where it is: an address, an image, a path; its type says how it is written.
    #[arg(long)]
    reference: Option<String>,
    /// Its name.
    #[arg(long)]
    name: Option<String>,
    /// Its version.
    #[arg(long)]
    version: Option<String>,
    /// Write it to this file.
    #[arg(long, value_name = "FILE")]
    to: Option<String>,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::Accounts => accounts(session).await,
        Command::Names { account, kind } => {
            let path = ["artifacts", "account", &account, "names"];
            let request = Request::get(&path).query("type", kind);
            texts(session, request, &account, "NAME").await
        }
        Command::Versions { account, name, kind } => {
            let path = ["artifacts", "account", &account, "versions"];
            let request = Request::get(&path).query("type", kind).query("artifactName", name);
            texts(session, request, &account, "VERSION").await
        }
        Command::Fetch(fetch) => self::fetch(session, &fetch).await,
    }
}

async fn accounts(session: &mut Session<'_>) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["artifacts", "credentials"])).await?;
    let mut rows: Vec<Vec<String>> = app::objects(&answer)
        .map(|account| vec![account.text("name").unwrap_or_default(), account.texts("types").join(", ")])
        .collect();
    rows.sort();
    session.console.list(&answer, &["NAME", "TYPES"], rows)?;
    Ok(())
}

async fn texts(session: &mut Session<'_>, request: Request<'_>, account: &str, head: &str) -> Result<(), Error> {
    let answer = session.gate.send(request).await;
    let hint = session.commands.write(&["artifact", "accounts"]);
    let message = format!("there is no artifact account {account}, or it has no such artifact");
    let answer = answer.map_err(|error| Error::missing(error, message, hint))?;
    let rows = answer.as_array().into_iter().flatten().filter_map(Value::as_str).map(|text| vec![text.to_owned()]);
    let rows = rows.collect();
    session.console.list(&answer, &[head], rows)?;
    Ok(())
}

async fn fetch(session: &mut Session<'_>, fetch: &Fetch) -> Result<(), Error> {
    let artifact = artifact(fetch)?;
    let request = Request::new(Method::PUT, &["artifacts", "fetch"]).body(Value::Object(artifact));
    let content = session.gate.fetch(request).await?;
    let Some(file) = &fetch.to else { return Ok(session.console.bytes(&content)?) };
    fs::write(file, &content).map_err(|error| Error::Usage(format!("{file} cannot be written: {error}")))?;
    let size = content.len();
    session.console.done(&json!({ "file": file, "bytes": size }), file, &format!("{size} bytes are in {file}"))?;
    Ok(())
}

fn artifact(fetch: &Fetch) -> Result<Object, Error> {
    let mut artifact = fetch.file.as_deref().map(input::object).transpose()?.unwrap_or_default();
    let given = [
        ("type", &fetch.kind),
        ("artifactAccount", &fetch.account),
        ("reference", &fetch.reference),
        ("name", &fetch.name),
        ("version", &fetch.version),
    ];
    for (field, value) in given {
        if let Some(value) = value {
            artifact.insert(field.to_owned(), value.clone().into());
        }
    }
    match artifact.text("artifactAccount").filter(|account| !account.is_empty()) {
        Some(_) => Ok(artifact),
        None => Err(Error::Usage(
            "the artifact has no account: add --account NAME, see `gennaker artifact accounts`".to_owned(),
        )),
    }
}
