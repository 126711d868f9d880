//! What a set of cases is to the runner.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::{
    Target,
    compare::{self, Difference},
};

/// A family of recorded cases, and how one is played.
///
/// A set that needs something running (a server, a store) starts it when it is first needed and stops it when dropped.
pub trait Set: Sync {
    /// Its name on the command line and at the start of its files' names.
    fn name(&self) -> &'static str;

    /// What its cases are about, in a few words, for the list of sets.
    fn about(&self) -> &'static str;

    /// Whether a file that was found in a folder holds cases of this set; a file that the user named always does.
    ///
    /// By default its name says so (`naming.json`, `naming-more.json`), or that of the folder that it is in (`naming/x.json`).
    fn owns(&self, file: &Path) -> bool {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let rest = stem.strip_prefix(self.name());
        let folder = file.parent().and_then(Path::file_name).is_some_and(|folder| folder == self.name());
        folder || rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    }

    /// The cases of a file; the error says what is wrong with it. By default those of `{"cases": [...]}` or `[...]`.
    fn cases(&self, document: &Value) -> anyhow::Result<Vec<Case>> {
        listed(document)
    }

    /// Plays the cases against these running services instead of starting them.
    ///
    /// # Errors
    /// If the set calls no services, which is the default, or none of that name.
    fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        let name = self.name();
        ensure!(targets.is_empty(), "the set {name} calls no services: leave --target away");
        Ok(())
    }

    /// How many cases may be played at a time, each in a thread of its own; 1 by default.
    fn at_once(&self) -> usize {
        1
    }

    /// Plays one case: what the original answered must be what Gennaker answers.
    fn play(&self, case: &Case) -> Result<(), Failure>;
}

/// The cases of `{"cases": [...]}` or `[...]`; the error says what is wrong with it.
pub(crate) fn listed(document: &Value) -> anyhow::Result<Vec<Case>> {
    let list = match document {
        Value::Array(list) => list,
        _ => document.get("cases").and_then(Value::as_array).context("it has no list `cases`")?,
    };
    ensure!(!list.is_empty(), "its list of cases is empty");
    list.iter().enumerate().map(|(index, case)| Case::new(index, case)).collect()
}

/// A recorded case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What a failure is reported under: the case's `id`, or its `name`.
    pub id: String,
    /// All of it.
    pub json: Value,
}

impl Case {
    fn new(index: usize, json: &Value) -> anyhow::Result<Self> {
        let id = ["id", "name"].into_iter().find_map(|key| json.get(key)?.as_str());
        match id {
            Some(id) => Ok(Case { id: id.to_owned(), json: json.clone() }),
            None => bail!("case number {} has no text `id` or `name`", index + 1),
        }
    }
}

/// Why a case failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The answer differs.
    Differs(Box<Answers>),
    /// There is no answer: the case panicked, or the set cannot play it. The text says why.
    NotPlayed(String),
}

/// Two answers that differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Where they do so first.
    pub first: Difference,
    /// The recorded one.
    pub expected: Value,
    /// Ours.
    pub got: Value,
}

impl Failure {
    /// Fails if the two differ anywhere.
    pub fn unless_equal(expected: &Value, got: Value) -> Result<(), Self> {
        match compare::first_difference(expected, &got) {
            None => Ok(()),
            Some(first) => Err(Failure::Differs(Box::new(Answers { first, expected: expected.clone(), got }))),
        }
    }
}
