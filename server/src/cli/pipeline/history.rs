//! `gennaker pipeline history`: the versions of a pipeline, and what each changed.

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use super::{Named, missing, saved};
use crate::cli::{Session, app, diff, exit::Error, gate::Request, table::clean, time};

/// Fields that change with each save.
const VOLATILE: [&str; 2] = ["updateTs", "lastModifiedBy"];

/// A history.
#[derive(Debug, clap::Args)]
pub(crate) struct History {
    #[command(flatten)]
    pipeline: Named,
    /// How many versions at most.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Show the lines that each version changed.
    #[arg(long)]
    diff: bool,
}

pub(super) async fn run(session: &mut Session<'_>, history: &History) -> Result<(), Error> {
    let named = &history.pipeline;
    let known = saved(session, named).await?;
    let id = known.as_object().and_then(|known| known.text("id")).unwrap_or_default();
    let path = ["pipelineConfigs", &id, "history"];
    let request = Request::get(&path).query("limit", history.limit.to_string());
    let answer = session.gate.send(request).await.map_err(|error| missing(session, error, named))?;
    let versions: Vec<Object> = app::objects(&answer).cloned().collect();
    if !history.diff || session.console.is_for_programs() {
        let rows = versions.iter().enumerate().map(|(place, _)| row(&versions, place)).collect();
        return Ok(session.console.list(&answer, &["VERSION", "UPDATED", "BY", "STAGES", "CHANGE"], rows)?);
    }
    for (place, version) in versions.iter().enumerate() {
        let row = row(&versions, place);
        session.console.line(&clean(&format!("version {}, {} by {}", row[0], row[1], row[2])))?;
        let Some(older) = versions.get(place + 1) else {
            let rest =
                if versions.len() < history.limit as usize { "the first one" } else { "older ones are left out" };
            session.console.line(&format!("  {rest}"))?;
            continue;
        };
        for line in diff::lines(&stripped(older), &stripped(version)) {
            let line = diff::painted(&clean(&line), session.console.colour);
            session.console.line(&format!("  {line}"))?;
        }
    }
    Ok(())
}

/// The newest version is number 0, as in the web UI's list of versions.
fn row(versions: &[Object], place: usize) -> Vec<String> {
    let version = &versions[place];
    let older = versions.get(place + 1);
    let change = older.map(|older| diff::size(&stripped(older), &stripped(version))).unwrap_or_default();
    let stages = version.get("stages").and_then(Value::as_array).map_or(0, Vec::len);
    let updated = version.integer("updateTs").map(|millis| time::instant(Timestamp::from_millis(millis)));
    vec![
        place.to_string(),
        updated.unwrap_or_default(),
        version.text("lastModifiedBy").unwrap_or_default(),
        stages.to_string(),
        change,
    ]
}

fn stripped(version: &Object) -> Value {
    let fields = version.iter().filter(|(key, _)| !VOLATILE.contains(&key.as_str()));
    diff::sorted(Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect()))
}
