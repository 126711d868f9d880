//! The folder of an export: a file an object.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    item::Item,
    kind::{Kind, encoded},
};
use crate::cli::{exit::Error, input};

/// What says that a folder is one of exports, so that its files may be replaced and removed.
const MARKER: &str = "gennaker-export.yml";
const MARKER_TEXT: &str = "# `gennaker export` writes this folder and removes files of objects that are gone; `gennaker import` reads it.\nlayout: 1\n";
/// What stands in it besides if everything was exported.
const WHOLE: &str = "whole: true\n";

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

/// What came of writing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Files that are new or have another content.
    pub(super) written: Vec<PathBuf>,
    /// How many files were as they should be.
    pub(super) unchanged: usize,
    /// Files whose objects are gone.
    pub(super) removed: Vec<PathBuf>,
}

/// The objects in the files of `root`, each with its file. Files that are no YAML or JSON, and those whose names begin with a point,
/// are left alone.
///
/// # Errors
/// `Usage` with every file that cannot be used.
pub(super) fn read(root: &Path) -> Result<Vec<(PathBuf, Item)>, Error> {
    let unreadable = |error: io::Error| Error::Usage(format!("{} cannot be read: {error}", root.display()));
    let mut items: BTreeMap<(Kind, super::item::Key), (PathBuf, Item)> = BTreeMap::new();
    let mut problems = Vec::new();
    for path in files(root).map_err(unreadable)? {
        match item(root, &path) {
            Err(problem) => problems.push(problem),
            Ok(item) => {
                let known = items.insert((item.kind, item.key.clone()), (path.clone(), item));
                if let Some((other, item)) = known {
                    problems.push(format!("{}: {item} is in {}, too: remove one", path.display(), other.display()));
                }
            }
        }
    }
    match problems.as_slice() {
        [] => Ok(items.into_values().collect()),
        problems => Err(Error::Usage(problems.join("\n"))),
    }
}

fn item(root: &Path, path: &Path) -> Result<Item, String> {
    let file = root.join(path);
    let place = file.display().to_string();
    let Some(kind) = Kind::of_path(path) else {
        return Err(format!("{place}: no object lies here; put it for example into applications/NAME/pipelines/"));
    };
    let fields = input::object(&file.to_string_lossy()).map_err(|error| error.to_string())?;
    let item = Item::new(kind, fields.into()).map_err(|problem| format!("{place}: {problem}"))?;
    let folder = path.iter().nth(1).and_then(OsStr::to_str).unwrap_or_default();
    match item.application() {
        Some(name) if path.starts_with("applications") && !encoded(name).eq_ignore_ascii_case(folder) => {
            Err(format!("{place}: it belongs to application {name}, and the folder is {folder}: change one of them"))
        }
        None if path.starts_with("applications") => {
            Err(format!("{place}: it has no application: add `application: {folder}`"))
        }
        _ => Ok(item),
    }
}

/// Whether the folder was written by an export of everything: what has no file there is nowhere.
pub(super) fn is_whole(root: &Path) -> bool {
    fs::read_to_string(root.join(MARKER)).is_ok_and(|text| text.ends_with(WHOLE))
}

/// Writes `items`, which may be all that there is, and removes the files of other objects as far as `covers` says that all of their kind
/// are there.
///
/// # Errors
/// `Usage` if the folder is none of exports and `force` is not set; `Output` if a file cannot be written.
pub(super) fn write(
    root: &Path,
    items: &[Item],
    language: Language,
    force: bool,
    is_everything: bool,
    covers: impl Fn(&Item) -> bool,
) -> Result<Written, Error> {
    prepare(root, force, is_everything)?;
    let mut result = Written::default();
    let mut kept = BTreeSet::new();
    for item in items {
        let mut path = item.kind.path(&item.key).into_os_string();
        path.push(if language == Language::Yaml { ".yml" } else { ".json" });
        let path = PathBuf::from(path);
        if write_file(&root.join(&path), &text(item, language))? {
            result.written.push(path.clone());
        } else {
            result.unchanged += 1;
        }
        kept.insert(path);
    }
    for path in files(root)? {
        // What cannot be read as an object is somebody's own.
        if !kept.contains(&path) && item(root, &path).is_ok_and(|item| covers(&item)) {
            fs::remove_file(root.join(&path))?;
            remove_empty(root, &path);
            result.removed.push(path);
        }
    }
    Ok(result)
}

fn prepare(root: &Path, force: bool, is_everything: bool) -> Result<(), Error> {
    let is_hidden = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let is_empty = match fs::read_dir(root) {
        Ok(entries) => entries.filter_map(Result::ok).all(|entry| is_hidden(&entry)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(Error::Usage(format!("{} cannot be read: {error}", root.display()))),
    };
    let marker = root.join(MARKER);
    if !is_empty && !marker.exists() && !force {
        let place = root.display();
        let advice = "name an empty one, or add --force to write into it";
        return Err(Error::Usage(format!("{place} is not empty, and no folder of an export: {advice}")));
    }
    // A part that is written anew leaves the whole a whole.
    let whole = if is_everything || is_whole(root) { WHOLE } else { "" };
    write_file(&marker, &format!("{MARKER_TEXT}{whole}"))?;
    Ok(())
}

fn text(item: &Item, language: Language) -> String {
    match language {
        Language::Yaml => gennaker_yaml::write(&item.value),
        // Writing a value cannot fail.
        Language::Json => serde_json::to_string_pretty(&item.value).unwrap_or_default() + "\n",
    }
}

/// Writes the file if it has another content; returns whether it had.
fn write_file(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    Ok(true)
}

/// The YAML and JSON files below `root`, by their paths there, in order.
fn files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name();
            let path = folder.join(&name);
            let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            if name.to_string_lossy().starts_with('.') || path == Path::new(MARKER) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if ["yml", "yaml", "json"].contains(&ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Removes the folders that have become empty above `path`.
fn remove_empty(root: &Path, path: &Path) {
    for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        // It fails for a folder that is not empty, and then for all above it.
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
}
