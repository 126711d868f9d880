//! `gennaker export`: writes what front50 keeps into a folder.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    Scope,
    folder::{self, Language},
    list::{Listed, Source},
};
use crate::cli::{Session, exit::Error};

/// An export.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The folder; it is made if it is not there.
    folder: PathBuf,
    #[command(flatten)]
    scope: Scope,
    /// How files are written.
    #[arg(long, value_enum, default_value_t = Language::Yaml)]
    format: Language,
    /// Write into a folder that is not empty and was not written by an export before.
    #[arg(long)]
    force: bool,
}

pub(in crate::cli) async fn run(export: &Export, session: &mut Session<'_>) -> Result<(), Error> {
    let scope = &export.scope;
    let front50 = scope.front50(session)?;
    let source = Source { peer: front50.as_ref().unwrap_or(&session.gate), is_front50: front50.is_some() };
    let listed = source.list(&scope.kinds(), scope).await;
    // What could not be read is no reason to take its file away.
    let covers = |item: &super::Item| listed.is_whole(item.kind) && scope.has(item);
    let written = folder::write(&export.folder, &listed.items, export.format, export.force, scope.is_whole(), covers)?;
    remarks(session, &listed, scope)?;
    let names = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    let value = json!({
        "folder": export.folder.display().to_string(),
        "objects": listed.items.len(),
        "written": names(&written.written),
        "removed": names(&written.removed),
        "unchanged": written.unchanged,
        "leftOut": listed.unknown.iter().map(|(kind, why)| json!({"kind": kind.noun(), "why": why})).collect::<Vec<Value>>(),
        "failed": listed.failed.iter().map(|(kind, why)| json!({"kind": kind.noun(), "why": why.to_string()})).collect::<Vec<Value>>(),
    });
    let sentence = format!(
        "{} objects in {}: {} files written, {} unchanged, {} removed",
        listed.items.len(),
        export.folder.display(),
        written.written.len(),
        written.unchanged,
        written.removed.len()
    );
    session.console.done(&value, &export.folder.display().to_string(), &sentence)?;
    if listed.failed.is_empty() {
        return Ok(());
    }
    let kinds: Vec<&str> = listed.failed.iter().map(|(kind, _)| kind.noun()).collect();
    Err(Error::Partly(format!(
        "not everything was exported; these are missing or as they were before: {}",
        kinds.join(", ")
    )))
}

/// Says what was left out and what failed.
pub(super) fn remarks(session: &mut Session<'_>, listed: &Listed, scope: &Scope) -> Result<(), Error> {
    for (kind, why) in &listed.unknown {
        // Without --kind everything is asked for that there can be, and not every installation has all.
        if scope.kind.contains(kind) {
            return Err(Error::Refused {
                message: format!("{}: {why}", kind.noun()),
                request_id: None,
                hint: "see `gennaker export --help`".to_owned(),
            });
        }
        session.console.note(&format!("left out: {} ({why})", kind.noun()))?;
    }
    for (kind, why) in &listed.failed {
        session.console.note(&format!("failed: {} ({why})", kind.noun()))?;
    }
    Ok(())
}
