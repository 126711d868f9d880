//! Case files: found, read, and taken apart into cases before anything is played.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::{Case, Set};

/// A file's cases.
#[derive(Debug)]
pub struct CaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// In the file's order.
    pub cases: Vec<Case>,
    /// How many more it has, that are not to be played.
    pub left_out: usize,
}

/// Which cases are played, by the beginnings of their names.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only those that begin so; all if it is empty.
    pub only: Vec<String>,
    /// Not those that begin so.
    pub skip: Vec<String>,
}

impl Selection {
    /// Whether the case of that name is played.
    pub fn takes(&self, name: &str) -> bool {
        let begins = |prefixes: &[String]| prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
        (self.only.is_empty() || begins(&self.only)) && !begins(&self.skip)
    }

    /// Leaves out of each file what is not played, and counts it there.
    pub fn apply(&self, files: &mut [CaseFile]) {
        for file in files {
            let all = file.cases.len();
            file.cases.retain(|case| self.takes(&case.id));
            file.left_out += all - file.cases.len();
        }
    }
}

/// The case files at these paths, those of a folder in the order of their names.
///
/// A folder stands for the `*.json` files directly in it that belong to the set. Fails, naming the file, if one cannot be
/// read or holds no cases, and if a folder has none.
pub fn load(set: &dyn Set, paths: &[PathBuf]) -> anyhow::Result<Vec<CaseFile>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() { files.extend(of_folder(set, path)?) } else { files.push(path.clone()) }
    }
    files.into_iter().map(|path| read(set, path)).collect()
}

fn of_folder(set: &dyn Set, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    // So that `.` has a name to belong by.
    let folder_name = folder.canonicalize().with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        let owned = path.file_name().is_some_and(|name| set.owns(&folder_name.join(name)));
        if owned && path.extension().is_some_and(|extension| extension == "json") && path.is_file() {
            files.push(path);
        }
    }
    let name = set.name();
    ensure!(!files.is_empty(), "{} has no file of the set {name}: no {name}*.json", folder.display());
    files.sort();
    Ok(files)
}

fn read(set: &dyn Set, path: PathBuf) -> anyhow::Result<CaseFile> {
    let shown = path.display();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {shown}"))?;
    let document = serde_json::from_str(&text).with_context(|| format!("{shown} is not JSON"))?;
    let cases = set.cases(&document).with_context(|| format!("{shown} is no file of cases"))?;
    Ok(CaseFile { path, cases, left_out: 0 })
}
