//! `gennaker search`: finds applications, projects and infrastructure by a part of their name.

use gennaker_wire::{Object, ObjectExt as _};

use super::{Session, app, exit::Error, gate::Request};

/// What is searched if no type is named: what the web UI searches.
const TYPES: [&str; 7] =
    ["projects", "applications", "clusters", "serverGroups", "instances", "loadBalancers", "securityGroups"];

/// A search.
#[derive(Debug, clap::Args)]
pub(crate) struct Search {
    /// A part of the name.
    query: String,
    /// Only this type, for example applications or serverGroups; may be given several times.
    #[arg(long = "type", short = 't', value_name = "TYPE", value_delimiter = ',')]
    kind: Vec<String>,
    /// Only this cloud, for example kubernetes.
    #[arg(long, alias = "platform", value_name = "CLOUD")]
    cloud: Option<String>,
    /// How many of each type at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub(super) async fn run(search: Search, session: &mut Session<'_>) -> Result<(), Error> {
    let kinds: Vec<String> =
        if search.kind.is_empty() { TYPES.map(str::to_owned).to_vec() } else { search.kind.clone() };
    let mut request = Request::get(&["search"]).query("q", search.query.clone());
    for kind in kinds {
        request = request.query("type", kind);
    }
    let request = request.query("pageSize", search.limit.to_string()).query("allowShortQuery", "true");
    let answer = session.gate.send(request.query_if("platform", search.cloud.clone())).await?;
    let results = app::objects(&answer).filter_map(|page| page.get("results"));
    let mut rows: Vec<Vec<String>> = results.flat_map(app::objects).map(row).collect();
    rows.sort();
    if rows.is_empty() {
        session.console.note(&format!("nothing has {} in its name", search.query))?;
    }
    session.console.list(&answer, &["NAME", "TYPE", "APPLICATION", "ACCOUNT", "REGION"], rows)?;
    Ok(())
}

fn row(result: &Object) -> Vec<String> {
    let field = |name: &str| result.text(name).unwrap_or_default();
    let kind = field("type");
    let name = match kind.as_str() {
        "applications" => field("application"),
        "clusters" => field("cluster"),
        "serverGroups" => field("serverGroup"),
        "instances" => field("instanceId"),
        "loadBalancers" => field("loadBalancer"),
        _ => String::new(),
    };
    let name = if name.is_empty() { field("name") } else { name };
    vec![name, kind, field("application"), field("account"), field("region")]
}
