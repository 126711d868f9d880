//! A YAML file of settings, read so that every complaint names the file, the line, the key and what to write instead.
//!
//! ```text
//! ~/.config/gennaker/config.yml, line 4: key contexts.prod.gate must be a text: put it in quotes
//! ```
//!
//! Values never stand in a complaint: they may be secrets.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use gennaker_wire::Object;
use serde_json::Value;

/// Why a file of settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// It is not there, not readable, or not UTF-8.
    #[error("{place} cannot be read: {cause}")]
    Unreadable {
        /// The file.
        place: String,
        /// What the system says.
        cause: String,
    },
    /// It is no YAML.
    #[error("{place}: it is not YAML: {cause}")]
    Syntax {
        /// The file.
        place: String,
        /// Line, column, and what to do.
        cause: String,
    },
    /// A key is wrong.
    #[error("{place}{}: key {key} {problem}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Key {
        /// The file.
        place: String,
        /// Its line, from 1; `None` where it cannot be told.
        line: Option<usize>,
        /// The key with those above it, separated by dots.
        key: String,
        /// What is wrong with it, and the fix.
        problem: String,
    },
}

/// A file of settings.
#[derive(Debug)]
pub(crate) struct Document {
    place: String,
    path: PathBuf,
    text: String,
    root: Object,
}

impl Document {
    /// The file at `path`; `None` if there is none.
    ///
    /// # Errors
    /// If it is there and cannot be read, or is no YAML mapping.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, Error> {
        match fs::read_to_string(path) {
            Ok(text) => Document::parse(path, text).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Unreadable { place: path.display().to_string(), cause: error.to_string() }),
        }
    }

    /// A file with this text.
    ///
    /// # Errors
    /// If it is no YAML mapping.
    pub(crate) fn parse(path: &Path, text: String) -> Result<Self, Error> {
        let place = path.display().to_string();
        let wrong = |cause: String| Error::Syntax { place: place.clone(), cause };
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let root = if text.trim().is_empty() { Ok(Value::Null) } else { gennaker_yaml::read_json(&text) };
        let root = match root.map_err(|error| wrong(error.to_string()))? {
            Value::Object(root) => root,
            Value::Null => Object::new(),
            _ => return Err(wrong("a mapping is expected, such as `gate: https://gate.example.com`".to_owned())),
        };
        Ok(Document { path: path.to_path_buf(), text, root, place })
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub(crate) fn root(&self) -> Section<'_> {
        Section { document: self, path: Vec::new(), fields: &self.root }
    }

    fn wrong(&self, path: &[String], problem: &str) -> Error {
        Error::Key {
            place: self.place.clone(),
            line: line_of(&self.text, path),
            key: path.join("."),
            problem: problem.to_owned(),
        }
    }
}

/// A mapping of a document.
#[derive(Debug, Clone)]
pub(crate) struct Section<'d> {
    document: &'d Document,
    path: Vec<String>,
    fields: &'d Object,
}

impl<'d> Section<'d> {
    /// Its keys with what they hold.
    pub(crate) fn fields(&self) -> &'d Object {
        self.fields
    }

    /// The file that it stands in.
    pub(crate) fn file(&self) -> &'d Path {
        self.document.path()
    }

    /// The text at `key`; `None` if there is none.
    pub(crate) fn text(&self, key: &str) -> Result<Option<&'d str>, Error> {
        match self.fields.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(_) | Value::Bool(_)) => Err(self.wrong(key, "must be a text: put it in quotes")),
            Some(_) => Err(self.wrong(key, "must be a text")),
        }
    }

    /// The flag at `key`; `false` if there is none.
    pub(crate) fn flag(&self, key: &str) -> Result<bool, Error> {
        match self.fields.get(key) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(key, "must be true or false")),
        }
    }

    /// The whole number at `key`; `None` if there is none.
    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, Error> {
        match self.fields.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(count) => Ok(Some(count)),
                None => Err(self.wrong(key, "must be a whole number of 0 or more")),
            },
        }
    }

    /// The mapping at `key`; `None` if there is none.
    pub(crate) fn section(&self, key: &str) -> Result<Option<Section<'d>>, Error> {
        match self.fields.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(fields)) => Ok(Some(Section { document: self.document, path: self.below(key), fields })),
            Some(_) => Err(self.wrong(key, "must be a mapping: write its keys below it, indented")),
        }
    }

    /// Refuses every key but these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Error> {
        match self.fields.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(self.wrong(key, &format!("is not known here: remove it, or use {}", known.join(", ")))),
        }
    }

    /// The complaint that something is wrong with `key`: `problem` says what, and what to do.
    pub(crate) fn wrong(&self, key: &str, problem: &str) -> Error {
        self.document.wrong(&self.below(key), problem)
    }

    fn below(&self, key: &str) -> Vec<String> {
        self.path.iter().cloned().chain([key.to_owned()]).collect()
    }
}

/// The line of the key at `path`, or of the nearest above it that has a line of its own, from 1.
fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let mut wanted = path.iter();
    let mut key = wanted.next()?;
    let (mut found, mut parent, mut level) = (None, None, None);
    for (number, line) in text.lines().enumerate() {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with(['#', '%']) || content.starts_with("---") {
            continue;
        }
        let indent = line.len() - content.len();
        if parent.is_some_and(|parent| indent <= parent) {
            break;
        }
        let level_here = *level.get_or_insert(indent);
        let Some((name, _)) = content.split_once(':') else { continue };
        if indent != level_here || name.trim().trim_matches(['"', '\'']) != key {
            continue;
        }
        found = Some(number + 1);
        (parent, level) = (Some(indent), None);
        match wanted.next() {
            Some(next) => key = next,
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# mine\ncurrent: a\ncontexts:\n  a:\n    gate: x\n  b:\n    # gate: no\n    gate: 7\n    basic: {username: 1}\n";

    fn document() -> Document {
        Document::parse(Path::new("c.yml"), TEXT.to_owned()).expect("YAML")
    }

    #[test]
    fn a_complaint_names_file_line_and_key() {
        let document = document();
        let b = document.root().section("contexts").and_then(|all| all.expect("it is there").section("b"));
        let b = b.expect("a mapping").expect("it is there");
        let gate = b.text("gate").expect_err("a number").to_string();
        assert_eq!(gate, "c.yml, line 8: key contexts.b.gate must be a text: put it in quotes");
        let basic = b.section("basic").expect("a mapping").expect("it is there");
        let name = basic.text("username").expect_err("a number").to_string();
        assert_eq!(name, "c.yml, line 9: key contexts.b.basic.username must be a text: put it in quotes");
        let unknown = b.only(&["gate"]).expect_err("basic").to_string();
        assert_eq!(unknown, "c.yml, line 9: key contexts.b.basic is not known here: remove it, or use gate");
        assert_eq!(
            document.root().flag("current").expect_err("a text").to_string(),
            "c.yml, line 2: key current must be true or false"
        );
    }

    #[test]
    fn what_is_no_mapping_says_so() {
        let parse = |text: &str| Document::parse(Path::new("c.yml"), text.to_owned()).expect_err(text).to_string();
        assert!(parse("- a").contains("a mapping is expected"));
        assert!(parse("a: [").starts_with("c.yml: it is not YAML: line 1"));
        assert!(
            Document::parse(Path::new("c.yml"), "\n".to_owned()).is_ok_and(|empty| empty.root().fields().is_empty())
        );
    }
}
