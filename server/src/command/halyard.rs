//! `gennaker config import`: an operator's Halyard folder (`~/.hal`) as the files that this program and upstream's services read.
//!
//! [`convert`] decides which key goes where, without touching a file; here the folder is read, the files are written, and what this
//! program makes of them is asked for. Values are never printed: there are secrets among them.

mod convert;
mod custom;
mod security;
mod storage;

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use gennaker_config::{Config as Configuration, Sources};
use gennaker_wire::Object;
use serde_json::Value;

use self::convert::Converted;
use crate::{cli::document::Document, node};

/// A Halyard folder to read.
#[derive(clap::Args)]
pub(crate) struct Import {
    /// The folder, usually ~/.hal.
    #[arg(value_name = "HALYARD_FOLDER")]
    folder: PathBuf,
    /// Write the files here; without it nothing is written.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The deployment; by default the current one.
    #[arg(long, value_name = "NAME")]
    deployment: Option<String>,
    /// Write into a folder that is not empty; files of the same names are replaced.
    #[arg(long, requires = "to")]
    force: bool,
}

impl Import {
    /// Reads, converts, writes, and says what became of each key.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let file = if self.folder.is_dir() { self.folder.join("config") } else { self.folder.clone() };
        let folder = file.parent().unwrap_or(Path::new(".")).to_path_buf();
        let document = Document::read(&file)?;
        let document = document
            .with_context(|| format!("{} is not there: name the folder of Halyard, usually ~/.hal", file.display()))?;
        let deployment = deployment(&document, self.deployment.as_deref())?;
        let name = deployment.get("name").and_then(Value::as_str).unwrap_or("default").to_owned();
        let mut converted = convert::convert(&deployment);
        let copies = custom::add(&mut converted, &folder.join(&name))?;
        if let Some(to) = &self.to {
            write(to, &converted, &copies, self.force)?;
        }
        let mut out = io::stdout().lock();
        say(&mut out, &name, &converted, &copies, self.to.as_deref())?;
        if let Some(to) = &self.to {
            check(&mut out, to, &converted)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The deployment that is meant.
fn deployment(document: &Document, wanted: Option<&str>) -> anyhow::Result<Object> {
    let root = document.root();
    let current = root.text("currentDeployment")?;
    let all: Vec<&Object> = match root.fields().get("deploymentConfigurations") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_object).collect(),
        None | Some(Value::Null) => {
            bail!(root.wrong("deploymentConfigurations", "is missing: is this the file of Halyard?"))
        }
        Some(_) => bail!(root.wrong("deploymentConfigurations", "must be a list")),
    };
    let name = |one: &Object| one.get("name").and_then(Value::as_str).unwrap_or("default").to_owned();
    let found = match wanted.or(current) {
        Some(wanted) => all.iter().find(|one| name(one) == wanted),
        None => all.first(),
    };
    match found {
        Some(found) => Ok((*found).clone()),
        None => {
            let names: Vec<String> = all.iter().map(|one| name(one)).collect();
            let wanted = wanted.or(current).unwrap_or_default();
            bail!("there is no deployment {wanted}: name another with --deployment, there are {}", names.join(", "))
        }
    }
}

fn write(to: &Path, converted: &Converted, copies: &[(PathBuf, PathBuf)], force: bool) -> anyhow::Result<()> {
    let is_empty = match fs::read_dir(to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => bail!("{} cannot be read: {error}", to.display()),
    };
    if !is_empty && !force {
        bail!("{} is not empty: name another folder, or add --force", to.display());
    }
    let failed = |path: &Path| format!("{} cannot be written", path.display());
    fs::create_dir_all(to).with_context(|| failed(to))?;
    for (name, fields) in &converted.files {
        let path = to.join(name);
        let text = gennaker_yaml::write(&Value::Object(fields.clone()));
        private(&path, text.as_bytes()).with_context(|| failed(&path))?;
    }
    for (from, name) in copies {
        let path = to.join(name);
        let content = fs::read(from).with_context(|| format!("{} cannot be read", from.display()))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| failed(folder))?;
        }
        private(&path, &content).with_context(|| failed(&path))?;
    }
    Ok(())
}

/// Writes a file that only its owner may read: there are secrets in it.
fn private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // One that was there keeps the mode that it had.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)
}

fn say(
    out: &mut dyn Write,
    name: &str,
    converted: &Converted,
    copies: &[(PathBuf, PathBuf)],
    to: Option<&Path>,
) -> io::Result<()> {
    writeln!(out, "deployment {name}")?;
    let width = converted.taken.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (key, place) in &converted.taken {
        writeln!(out, "  {key:<width$}  {place}")?;
    }
    for (from, name) in copies {
        writeln!(out, "  {}  as it is, {}", from.display(), name.display())?;
    }
    if !converted.left.is_empty() {
        writeln!(out, "not taken")?;
        for (key, advice) in &converted.left {
            writeln!(out, "  {key}: {advice}")?;
        }
    }
    if !converted.paths.is_empty() {
        writeln!(out, "files that it names, which have to be where the services run")?;
        let paths: BTreeSet<&String> = converted.paths.iter().collect();
        for path in paths {
            let remark = if Path::new(path.as_str()).exists() { "" } else { "  (not on this machine)" };
            writeln!(out, "  {path}{remark}")?;
        }
    }
    let names: Vec<&str> = converted.files.keys().map(String::as_str).collect();
    match to {
        Some(to) => writeln!(out, "written to {}, readable by you only: {}", to.display(), names.join(", ")),
        None => writeln!(out, "nothing is written: add --to DIR for {}", names.join(", ")),
    }
}

/// What this program reads of the files, as `config check` says it.
fn check(out: &mut dyn Write, to: &Path, converted: &Converted) -> anyhow::Result<()> {
    let config = Configuration::load(&Sources::of_folder(to)).context("the files that were written cannot be read")?;
    let settings = node::Settings::bind(&config);
    let known: BTreeSet<String> = config.report().into_iter().map(|entry| entry.service).collect();
    let others = converted.files.keys().filter_map(|name| name.strip_suffix(".yml"));
    let others: Vec<&str> = others.filter(|name| *name != "spinnaker" && !known.contains(*name)).collect();
    if !others.is_empty() {
        writeln!(out, "this program has no {} yet; upstream's services read their files", others.join(", "))?;
    }
    let warnings = config.warnings();
    if !warnings.is_empty() {
        writeln!(out, "this program does not heed, while upstream's services do:")?;
        warnings.iter().try_for_each(|warning| writeln!(out, "  {warning}"))?;
    }
    if let Err(error) = settings {
        writeln!(out, "this program would not start with them: {error:#}")?;
    }
    writeln!(out, "next: gennaker config check --config {}", to.display())?;
    Ok(())
}
