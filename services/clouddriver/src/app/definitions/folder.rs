//! The watched folder: each file `*.yml`, `*.yaml` or `*.json` has one definition, or a list of them.
//!
//! ```yaml
//! type: local
//! name: laptop
//! stateDirectory: /var/lib/gennaker/laptop
//! ```
//!
//! A file that cannot be read or is not right is shown as a broken account under the file's name, and what was last read
//! from it goes on to count. Files that begin with a dot are passed over, so that a mounted Kubernetes `ConfigMap` works.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use gennaker_provider_api::AccountDefinition;
use serde_json::Value;

use crate::app::providers::Broken;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// The kind of a broken account whose definition cannot be read.
const UNREADABLE: &str = "unknown";

/// The folder as it was last looked at.
pub(super) struct Folder {
    path: PathBuf,
    files: BTreeMap<String, File>,
    problem: Option<String>,
}

/// A file as it was last read.
#[derive(Default)]
struct File {
    /// Tells whether it changed.
    stamp: Option<(SystemTime, u64)>,
    definitions: Vec<AccountDefinition>,
    problem: Option<String>,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Folder { path, files: BTreeMap::new(), problem: None }
    }

    /// Reads what changed. It waits for the disk.
    pub(super) fn look(mut self) -> Self {
        let names = match names(&self.path) {
            Ok(names) => names,
            Err(error) => {
                let place = self.path.display();
                self.problem = Some(format!("the accounts' folder {place} cannot be read: {error}"));
                return self;
            }
        };
        self.problem = None;
        self.files.retain(|name, _| names.contains(name));
        for name in names {
            let path = self.path.join(&name);
            self.files.entry(name).or_default().look(&path);
        }
        self
    }

    /// What the files define.
    pub(super) fn definitions(&self) -> Vec<AccountDefinition> {
        self.files.values().flat_map(|file| file.definitions.clone()).collect()
    }

    /// What is wrong with the folder and its files.
    pub(super) fn problems(&self) -> Vec<Broken> {
        let broken = |name: &str, problem: &String| Broken {
            name: name.to_owned(),
            kind: UNREADABLE.to_owned(),
            problem: problem.clone(),
        };
        let folder = self.problem.iter().map(|problem| broken("accountsFolder", problem));
        let files = self.files.iter().filter_map(|(name, file)| Some(broken(name, file.problem.as_ref()?)));
        folder.chain(files).collect()
    }
}

impl File {
    fn look(&mut self, path: &Path) {
        let stamp = fs::metadata(path).and_then(|file| match file.is_file() {
            true => Ok((file.modified()?, file.len())),
            // Reading a pipe would wait for whoever writes into it.
            false => Err(io::Error::other("it is no file")),
        });
        let stamp = match stamp {
            Ok(stamp) => stamp,
            Err(error) => {
                // It is read again once it can be.
                self.stamp = None;
                self.problem = Some(format!("{} cannot be read: {error}", path.display()));
                return;
            }
        };
        if self.stamp == Some(stamp) {
            return;
        }
        match read(path, stamp.1) {
            Ok(definitions) => {
                self.stamp = Some(stamp);
                self.definitions = definitions;
                self.problem = None;
            }
            Err(problem) => {
                self.stamp = Some(stamp);
                self.problem = Some(format!("{}: {problem}", path.display()));
            }
        }
    }
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        let ends = [".yml", ".yaml", ".json"].iter().any(|end| name.ends_with(end));
        if ends && !name.starts_with('.') {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path, length: u64) -> Result<Vec<AccountDefinition>, String> {
    if length > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| format!("it cannot be read: {error}"))?;
    let value = match path.extension().is_some_and(|end| end == "json") {
        true => serde_json::from_str(&text).map_err(|error| format!("it is not JSON: {error}"))?,
        false => gennaker_yaml::read_json(&text).map_err(|error| format!("it is not YAML: {error}"))?,
    };
    definitions(value)
}

/// One definition, or a list.
fn definitions(value: Value) -> Result<Vec<AccountDefinition>, String> {
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        other => vec![other],
    };
    let read = items.into_iter().map(|item| match item {
        Value::Object(fields) => AccountDefinition::read(fields),
        other => Err(format!("a definition is an object, not {other}")),
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(folder: &Folder) -> (Vec<String>, Vec<String>) {
        let names = folder.definitions().into_iter().map(|definition| definition.name);
        (names.collect(), folder.problems().into_iter().map(|broken| broken.name).collect())
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn files_come_change_and_go() {
        let place = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(place.path().join(name), text).expect("written");
        let folder = Folder::new(place.path().join("none")).look();
        assert_eq!(summary(&folder), (vec![], texts(&["accountsFolder"])));
        write("a.yml", "type: sky\nname: a\n");
        write("b.json", r#"[{"type": "sky", "name": "b1"}, {"@type": "sky", "name": "b2"}]"#);
        write(".hidden.yml", "type: sky\nname: hidden\n");
        write("c.txt", "type: sky\nname: c\n");
        write("empty.yml", "# nothing yet\n");
        let folder = Folder::new(place.path().to_owned()).look();
        assert_eq!(summary(&folder), (texts(&["a", "b1", "b2"]), vec![]));
        write("a.yml", "type: sky\nname: [half\n");
        let folder = folder.look();
        assert_eq!(summary(&folder), (texts(&["a", "b1", "b2"]), texts(&["a.yml"])), "what was read goes on to count");
        write("a.yml", "type: sky\nname: changed\n");
        fs::remove_file(place.path().join("b.json")).expect("removed");
        assert_eq!(summary(&folder.look()), (texts(&["changed"]), vec![]));
    }
}
