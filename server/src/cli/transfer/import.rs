//! `gennaker import`: makes what front50 keeps as the files of a folder say.
//!
//! It shows first what would change, and asks. Objects are saved one after the other in the order in which they need each other; one
//! that is refused does not stop the others. What is as its file says is left alone, so that it can be repeated.

use std::{
    collections::BTreeSet,
    io::{self, BufRead as _, IsTerminal as _},
    path::PathBuf,
};

use serde_json::{Value, json};

use super::{
    Scope, apply, export, folder,
    item::Item,
    kind::Kind,
    list::{Listed, Source},
    plan::{Plan, Rules, Step, compare},
};
use crate::cli::{Session, diff, exit::Error, gate, table::clean};

/// An import.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The folder of an export.
    folder: PathBuf,
    #[command(flatten)]
    scope: Scope,
    /// Delete what is in no file, of those kinds of which there are files (or that --kind names).
    #[arg(long)]
    prune: bool,
    /// Show what would change, and change nothing; it ends with 6 if something would.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
}

pub(in crate::cli) async fn run(import: &Import, session: &mut Session<'_>) -> Result<(), Error> {
    let scope = &import.scope;
    let files: Vec<Item> = folder::read(&import.folder)?.into_iter().map(|(_, item)| item).collect();
    let files: Vec<Item> = files.into_iter().filter(|item| scope.has(item)).collect();
    if files.is_empty() && scope.kind.is_empty() {
        return Err(Error::Usage(format!(
            "{} has no file of an object: name the folder of an export",
            import.folder.display()
        )));
    }
    let front50 = scope.front50(session)?;
    let present: BTreeSet<Kind> = files.iter().map(|item| item.kind).collect();
    let kinds: Vec<Kind> =
        scope.kinds().into_iter().filter(|kind| present.contains(kind) || scope.kind.contains(kind)).collect();
    let source = Source { peer: front50.as_ref().unwrap_or(&session.gate), is_front50: front50.is_some() };
    let mut listed = source.list(&kinds, scope).await;
    usable(session, &listed, scope, &present)?;
    if import.prune && scope.is_whole() && !folder::is_whole(&import.folder) {
        return Err(Error::Usage(format!(
            "{} is not known to have everything, so that what is not in it cannot be deleted: say with --application or --kind \
             what is to be compared, or write the folder by an export without them",
            import.folder.display()
        )));
    }
    let pruned: &[Kind] = if import.prune { &kinds } else { &[] };
    let rules = Rules { pruned, merges_applications: front50.is_none() };
    let plan = compare(files, std::mem::take(&mut listed.items), rules);
    if session.console.is_for_people() || (session.console.quiet && !session.console.is_for_programs()) {
        show(session, &plan)?;
    }
    if plan.steps.is_empty() || import.dry_run {
        return ended_dry(session, &plan, import.dry_run);
    }
    confirm(session, import)?;
    let failed = carry_out(session, front50.as_ref(), &plan).await?;
    if session.console.is_for_programs() {
        session.console.data(&report(&plan, &failed, true))?;
    }
    match failed.len() {
        0 => Ok(()),
        count => Err(Error::Partly(format!("{count} of {} objects could not be imported", plan.steps.len()))),
    }
}

/// Nothing is compared with what could not be read.
fn usable(session: &mut Session<'_>, listed: &Listed, scope: &Scope, present: &BTreeSet<Kind>) -> Result<(), Error> {
    if let Some((_, error)) = listed.failed.first() {
        return Err(error.clone().into());
    }
    if let Some((kind, why)) = listed.unknown.iter().find(|(kind, _)| present.contains(kind)) {
        let message = format!("the folder has {}, which cannot be imported: {why}", kind.noun());
        let others: Vec<String> =
            present.iter().filter(|kind| listed.is_whole(**kind)).map(|kind| name(*kind)).collect();
        let hint = format!("import the others with --kind {}", others.join(","));
        return Err(Error::Refused { message, request_id: None, hint });
    }
    export::remarks(session, listed, scope)
}

fn name(kind: Kind) -> String {
    clap::ValueEnum::to_possible_value(&kind).map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn show(session: &mut Session<'_>, plan: &Plan) -> Result<(), Error> {
    let console = &mut session.console;
    for step in &plan.steps {
        let head = diff::painted(&clean(&format!("{} {}", step.sign(), step.item())), console.colour);
        console.line(&head)?;
        if console.quiet {
            continue;
        }
        for line in step.lines() {
            let line = diff::painted(&clean(&line), console.colour);
            console.line(&format!("    {line}"))?;
        }
    }
    if !console.quiet {
        console.line(&summary(plan))?;
    }
    Ok(())
}

fn summary(plan: &Plan) -> String {
    let count = |sign: char| plan.steps.iter().filter(|step| step.sign() == sign).count();
    format!(
        "{} to create, {} to change, {} to delete, {} unchanged",
        count('+'),
        count('~'),
        count('-'),
        plan.unchanged
    )
}

fn ended_dry(session: &mut Session<'_>, plan: &Plan, dry_run: bool) -> Result<(), Error> {
    if session.console.is_for_programs() {
        session.console.data(&report(plan, &[], false))?;
    }
    match plan.steps.len() {
        count if dry_run && count > 0 => Err(Error::Differs(format!("{count} objects would change"))),
        _ => Ok(()),
    }
}

/// For programs: what would be done or was done, and what failed.
fn report(plan: &Plan, failed: &[(String, String)], applied: bool) -> Value {
    json!({
        "steps": plan.steps.iter().map(Step::to_json).collect::<Vec<Value>>(),
        "unchanged": plan.unchanged,
        "applied": applied,
        "failed": failed.iter().map(|(name, why)| json!({"object": name, "why": why})).collect::<Vec<Value>>(),
    })
}

fn confirm(session: &mut Session<'_>, import: &Import) -> Result<(), Error> {
    if import.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Error::Usage(
            "nothing was changed: add --yes to import without a question, or --dry-run".to_owned(),
        ));
    }
    session.console.ask("import? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::Usage("nothing was changed".to_owned())),
    }
}

/// Whether nobody is there any more who could take the rest. A gate that fails at one object may take the next.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Gate(gate::Error::Unreachable { .. } | gate::Error::Lost { .. }))
}

/// Does every step, and returns those that failed.
async fn carry_out(
    session: &mut Session<'_>,
    front50: Option<&crate::cli::gate::Gate>,
    plan: &Plan,
) -> Result<Vec<(String, String)>, Error> {
    let mut failed = Vec::new();
    for (place, step) in plan.steps.iter().enumerate() {
        let name = step.item().to_string();
        if matches!(step, Step::Delete(_)) && !failed.is_empty() {
            // What failed may be what was to stand in its place.
            let why = "not deleted, because something before it failed: import again".to_owned();
            session.console.complain(&format!("{name}: {why}"))?;
            failed.push((name, why));
            continue;
        }
        match apply::step(session, front50, step).await {
            Ok(()) if session.console.is_for_programs() => {}
            Ok(()) if session.console.quiet => {}
            Ok(()) => session.console.line(&clean(&format!("{} {name}", step.done())))?,
            Err(error @ Error::Output(_)) => return Err(error),
            Err(error) => {
                session.console.complain(&format!("{name}: {error}"))?;
                failed.push((name, error.to_string()));
                if is_gone(&error) {
                    // The others would wait for it in vain.
                    let rest = plan.steps.iter().skip(place + 1);
                    failed.extend(rest.map(|step| (step.item().to_string(), "not tried".to_owned())));
                    break;
                }
            }
        }
    }
    Ok(failed)
}
