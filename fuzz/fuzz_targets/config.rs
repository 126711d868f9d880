//! Any files, variables and arguments as the configuration of a node: settings, or an error that says where.
//!
//! The input is sections, each with a line before it that begins with `>>> ` and names a file (`>>> orca.yml`), or
//! `environment` or `arguments`, which have a `key=value` a line. What stands before the first section is
//! `spinnaker.yml`.
//!
//! A value whose name is a secret's is planted, and must not be in an error, a warning or the report. How long it takes is
//! watched by who runs this.

#![no_main]

use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

use gennaker_config::{Config, Error, Location, Sources};
use gennaker_server::Settings;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// Files that a node reads.
const FILES: [&str; 14] = [
    "spinnaker.yml",
    "spinnaker-local.yml",
    "spinnaker.yaml",
    "spinnaker.properties",
    "gate.yml",
    "gate-local.yml",
    "orca.yml",
    "orca-armory.yml",
    "orca.yaml",
    "clouddriver.yml",
    "front50.yml",
    "front50-secrets.yml",
    "echo.yml",
    "echo-local.yml",
];
/// The most files that an input has.
const AT_MOST: usize = 3;
const SECRET_NAME: &str = "PLANTED_PASSWORD";
const SECRET: &str = "Zq7xVw3kPl9t";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

#[derive(Default)]
struct Input<'a> {
    files: BTreeMap<&'static str, Vec<u8>>,
    environment: BTreeMap<String, String>,
    arguments: Vec<&'a str>,
}

fuzz_target!(|input: &[u8]| {
    if contains(input, SECRET) {
        return;
    }
    let input = read(input);
    let folder = FOLDER.path();
    for (name, text) in &input.files {
        fs::write(folder.join(name), text).expect("a file can be written");
    }
    if let Err(error) = settings(folder, &input) {
        let text = error.to_string();
        assert!(!text.contains(SECRET), "an error tells a secret: {text}");
        assert!(names_a_place(&error, &text, &input), "an error does not say where: {text}");
    }
    for name in input.files.keys() {
        fs::remove_file(folder.join(name)).expect("a file can be removed");
    }
});

/// Reads all that a node reads.
fn settings(folder: &Path, input: &Input) -> Result<(), Error> {
    let mut environment = input.environment.clone();
    environment.insert(SECRET_NAME.to_owned(), SECRET.to_owned());
    let arguments = input.arguments.iter().map(|argument| (*argument).to_owned()).collect();
    let mut sources = Sources::from_environment(environment, arguments)?;
    // No other folder: any path of the machine could be named.
    sources.folders = vec![Location::required(folder)];
    let config = Config::load(&sources)?;
    let settings = Settings::bind(&config);
    for entry in config.report() {
        let value = entry.value.unwrap_or_default();
        assert!(!value.contains(SECRET), "the report tells a secret: {} = {value}", entry.key);
    }
    for warning in config.warnings() {
        let text = warning.to_string();
        assert!(!text.contains(SECRET), "a warning tells a secret: {text}");
    }
    settings.map(drop)
}

/// Whether it says which file, variable or argument is meant.
fn names_a_place(error: &Error, text: &str, input: &Input) -> bool {
    // What stands nowhere has no place, and names the file that it belongs into; a file that cannot be read may be one that a
    // profile names, and not of the input.
    matches!(error, Error::Missing { .. } | Error::Read { .. })
        || input.files.keys().any(|name| text.contains(name))
        || ["environment ", "command line"].iter().any(|place| text.contains(place))
}

fn read(input: &[u8]) -> Input<'_> {
    let mut read = Input::default();
    let mut section = "spinnaker.yml";
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let text = std::str::from_utf8(line).unwrap_or_default();
        if let Some(name) = text.strip_prefix(">>> ") {
            section = name.trim();
        } else if section == "environment" {
            if let Some((name, value)) = text.trim_end_matches('\n').split_once('=') {
                read.environment.insert(name.to_owned(), value.to_owned());
            }
        } else if section == "arguments" {
            read.arguments.push(text.trim_end_matches('\n'));
        } else if let Some(name) = FILES.iter().find(|name| **name == section)
            && (read.files.len() < AT_MOST || read.files.contains_key(name))
        {
            read.files.entry(name).or_default().extend_from_slice(line);
        }
    }
    read
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
