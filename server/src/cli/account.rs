//! `gennaker account`: the accounts of the clouds, and whose credentials these are.

use gennaker_wire::ObjectExt as _;
use serde_json::Value;

use super::{Session, app, exit::Error, gate::Request};

/// What to ask of accounts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the accounts that may be used.
    #[command(alias = "ls")]
    List {
        /// Only those of this cloud, for example kubernetes.
        #[arg(long = "type", value_name = "TYPE")]
        kind: Option<String>,
    },
    /// Show an account.
    Get {
        /// The account.
        name: String,
    },
    /// Show who gate takes the caller for.
    #[command(alias = "user")]
    Whoami,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List { kind } => list(session, kind.as_deref()).await,
        Command::Get { name } => get(session, &name).await,
        Command::Whoami => whoami(session).await,
    }
}

async fn list(session: &mut Session<'_>, kind: Option<&str>) -> Result<(), Error> {
    let mut answer = session.gate.send(Request::get(&["credentials"]).query("expand", "false")).await?;
    if let (Some(kind), Value::Array(accounts)) = (kind, &mut answer) {
        accounts.retain(|account| account.get("type").and_then(Value::as_str) == Some(kind));
    }
    let mut rows: Vec<Vec<String>> = app::objects(&answer)
        .map(|account| {
            let field = |name| account.text(name).unwrap_or_default();
            let provider = account.text("cloudProvider").unwrap_or_else(|| field("type"));
            vec![field("name"), provider, field("environment"), field("accountType")]
        })
        .collect();
    rows.sort();
    session.console.list(&answer, &["NAME", "CLOUD", "ENVIRONMENT", "KIND"], rows)?;
    Ok(())
}

async fn get(session: &mut Session<'_>, name: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["credentials", name])).await;
    let hint = session.commands.write(&["account", "list"]);
    let answer = answer.map_err(|error| Error::missing(error, format!("there is no account {name}"), hint))?;
    let account = answer.as_object().cloned().unwrap_or_default();
    let regions = account.get("regions").and_then(Value::as_array).into_iter().flatten();
    let regions: Vec<String> = regions
        .filter_map(|region| region.as_str().or_else(|| region.get("name")?.as_str()).map(str::to_owned))
        .collect();
    let permissions = account.object("permissions").filter(|permissions| !permissions.is_empty());
    let permissions = permissions.map(|permissions| {
        let each = permissions.keys().map(|right| format!("{right}: {}", permissions.texts(right).join(", ")));
        each.collect::<Vec<_>>().join("; ")
    });
    let fields = [
        ("name", account.text("name")),
        ("cloud", account.text("cloudProvider").or_else(|| account.text("type"))),
        ("environment", account.text("environment")),
        ("kind", account.text("accountType")),
        ("regions", Some(regions.join(", "))),
        ("permissions", permissions),
    ];
    session.console.fields(&answer, name, &fields)?;
    Ok(())
}

async fn whoami(session: &mut Session<'_>) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["auth", "user"])).await?;
    let user = answer.as_object().cloned().unwrap_or_default();
    let name = user.text("username").or_else(|| user.text("email")).unwrap_or_else(|| "anonymous".to_owned());
    let fields = [
        ("user", Some(name.clone())),
        ("email", user.text("email")),
        ("roles", Some(user.texts("roles").join(", "))),
        ("accounts", Some(user.texts("allowedAccounts").join(", "))),
        (
            "admin",
            user.boolean("isAdmin").or_else(|| user.boolean("admin")).filter(|admin| *admin).map(|_| "yes".to_owned()),
        ),
    ];
    session.console.fields(&answer, &name, &fields)?;
    Ok(())
}
