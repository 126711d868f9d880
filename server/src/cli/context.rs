//! `gennaker context`: the gates that are written down, and which of them commands talk to.
//!
//! A file names each with its address and credentials ([`file`]); [`choose`] says in which order files and options count.

mod choose;
mod file;
mod spin;
mod surroundings;

use std::{
    fs,
    path::{Path, PathBuf},
};

use gennaker_base::Timestamp;
use gennaker_config::process_environment;
use serde_json::{Value, json};

use self::{
    choose::Files,
    file::{Context, Contexts},
    surroundings::Surroundings,
};
use super::{Global, access::Access, console::Console, document::Document, exit::Error};

/// What to do with contexts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the contexts; the current one is marked.
    #[command(alias = "ls")]
    List,
    /// Let commands talk to this context's gate from now on.
    Use {
        /// The context.
        name: String,
    },
    /// Show a context, or what commands use now; secrets are never shown.
    Show {
        /// The context; by default what commands use now.
        name: Option<String>,
    },
}

/// The gate that commands talk to.
pub(super) fn access(global: &Global, now: Timestamp) -> Result<Access, Error> {
    choose::choose(global, &Surroundings::new(process_environment()), now)
}

pub(super) fn run(command: Command, global: &Global, console: &mut Console<'_>, now: Timestamp) -> Result<(), Error> {
    let surroundings = Surroundings::new(process_environment());
    match command {
        Command::List => list(global, &surroundings, console),
        Command::Use { name } => use_it(global, &surroundings, console, &name),
        Command::Show { name } => {
            let gate = name.or_else(|| global.gate.clone());
            show(&Global { gate, ..global.clone() }, &surroundings, console, now)
        }
    }
}

fn list(global: &Global, surroundings: &Surroundings, console: &mut Console<'_>) -> Result<(), Error> {
    let files = Files::read(global, surroundings)?;
    let contexts = files.contexts.as_ref().map(Contexts::of).transpose()?;
    let mut all: Vec<Context<'_>> = Vec::new();
    let mut current = None;
    if let Some(contexts) = &contexts {
        for name in contexts.names() {
            all.extend(contexts.context(name)?);
        }
        current = contexts.current().ok().flatten();
    }
    let place = |context: &Context<'_>| Access::new(context.url.clone()).place();
    let is_current = |context: &Context<'_>| current == Some(context.name.as_str());
    let value: Vec<Value> = all
        .iter()
        .map(|context| json!({"name": context.name, "gate": place(context), "signsInWith": context.signs_in_with(), "current": is_current(context)}))
        .collect();
    let rows = all
        .iter()
        .map(|context| {
            let mark = if is_current(context) { "*" } else { "" };
            vec![context.name.clone(), mark.to_owned(), place(context), context.signs_in_with()]
        })
        .collect();
    if all.is_empty() {
        let place = match global.contexts.clone().or_else(|| surroundings.contexts()) {
            Some(path) => path.display().to_string(),
            None => "a file, and name it with --contexts".to_owned(),
        };
        console.note(&format!(
            "there are no contexts; write them into {place}:\ncontexts:\n  NAME:\n    gate: https://gate.example.com"
        ))?;
    }
    Ok(console.list(&Value::Array(value), &["NAME", "CURRENT", "GATE", "SIGNS IN WITH"], rows)?)
}

fn show(global: &Global, surroundings: &Surroundings, console: &mut Console<'_>, now: Timestamp) -> Result<(), Error> {
    let access = choose::choose(global, surroundings, now)?;
    let name = match &access.chosen {
        super::access::Chosen::Name(name) => Some(name.clone()),
        _ => None,
    };
    let headers: Vec<&str> = access.headers.iter().map(|(name, _)| name.as_str()).collect();
    let value = json!({
        "name": name, "gate": access.place(), "signsInWith": access.signs_in_with(), "ca": access.ca.is_some(),
        "insecure": access.insecure, "headers": headers, "waitSeconds": access.wait.map(|wait| wait.as_secs()),
    });
    let fields = [
        ("name", name),
        ("gate", Some(access.place())),
        ("signs in with", Some(access.signs_in_with())),
        ("own authorities", access.ca.as_ref().map(|_| "yes".to_owned())),
        ("insecure", access.insecure.then(|| "yes: it takes any certificate for gate's".to_owned())),
        ("headers", Some(headers.join(", "))),
        ("waits for tasks", access.wait.map(|wait| format!("{} s", wait.as_secs()))),
    ];
    Ok(console.fields(&value, &access.place(), &fields)?)
}

fn use_it(global: &Global, surroundings: &Surroundings, console: &mut Console<'_>, name: &str) -> Result<(), Error> {
    let files = Files::read(global, surroundings)?;
    let Some(document) = &files.contexts else {
        return Err(Error::Usage(choose::no_context(name, &[])));
    };
    let contexts = Contexts::of(document)?;
    let Some(context) = contexts.context(name)? else {
        return Err(Error::Usage(choose::no_context(name, &contexts.names())));
    };
    let path = document.path();
    let wrong = |error: std::io::Error| Error::Usage(format!("{} cannot be written: {error}", path.display()));
    let text = with_current(document.text(), name);
    let changed = Document::parse(path, text.clone())?;
    if Contexts::of(&changed)?.current().ok().flatten() != Some(name) {
        let place = path.display();
        return Err(Error::Usage(format!(
            "{place} is written in a way that cannot be changed here: set `current: {name}` by hand"
        )));
    }
    replace(path, &text).map_err(wrong)?;
    let gate = Access::new(context.url).place();
    Ok(console.done(&json!({ "name": name, "gate": gate }), name, &format!("commands talk to {name} now: {gate}"))?)
}

/// The file's text with another current context; all else stays as it is. A file that is written in an unusual way may come out
/// otherwise.
fn with_current(text: &str, name: &str) -> String {
    let current = gennaker_yaml::write(&json!({ "current": name }));
    let is_current = |line: &str| {
        let rest = ["current", "\"current\"", "'current'"].iter().find_map(|key| line.strip_prefix(key));
        rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    if text.lines().any(is_current) {
        return text.split_inclusive('\n').map(|old| if is_current(old) { current.as_str() } else { old }).collect();
    }
    // Before the first key, and after the marker of a document.
    let is_marker = |line: &str| line.trim_end() == "---";
    let before = text.split_inclusive('\n').position(is_marker).map_or(0, |place| place + 1);
    let before: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    format!("{}{current}{}", &text[..before], &text[before..])
}

/// Writes beside the file first, so that it is never half written; it keeps its permissions, and stays a link if it is one.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path: PathBuf = fs::canonicalize(path)?;
    let mut beside = path.clone().into_os_string();
    beside.push(".new");
    fs::write(&beside, "")?;
    fs::set_permissions(&beside, fs::metadata(&path)?.permissions())?;
    fs::write(&beside, text)?;
    fs::rename(&beside, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_context_is_chosen_without_a_change_to_the_rest() {
        let with = |text: &str| with_current(text, "b c");
        assert_eq!(with("# x\ncurrent: a # y\ncontexts: {}\n"), "# x\ncurrent: b c\ncontexts: {}\n");
        assert_eq!(with("contexts:\n  current: {}\n"), "current: b c\ncontexts:\n  current: {}\n");
        assert_eq!(with("# x\n---\ncontexts: {}\n"), "# x\n---\ncurrent: b c\ncontexts: {}\n");
        assert_eq!(with("\"current\" : a\ncontexts: {}\n"), "current: b c\ncontexts: {}\n");
    }
}
