//! The whole crate against files, environments and overrides.

mod errors;
mod layers;
mod options;
mod random;
mod report;

use std::{collections::BTreeMap, fs};

use gennaker_config::{Config, Error, ServiceConfig, Sources};

/// A folder with files, and what else a configuration is made of.
pub(crate) struct Install {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) sources: Sources,
}

impl Install {
    /// A folder with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Install {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let sources = Sources::of_folder(folder.path());
        Install { folder, sources }
    }

    /// The same with variables.
    pub(crate) fn environment(mut self, variables: &[(&str, &str)]) -> Install {
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.sources.environment = owned.collect::<BTreeMap<_, _>>();
        self
    }

    /// The same with `key=value` arguments.
    pub(crate) fn overrides(mut self, overrides: &[&str]) -> Install {
        self.sources.overrides = overrides.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    /// The configuration.
    pub(crate) fn load(&self) -> Result<Config, Error> {
        Config::load(&self.sources)
    }

    /// Orca's view of the configuration.
    pub(crate) fn orca(&self) -> Result<ServiceConfig, Error> {
        self.load()?.for_service("orca")
    }

    /// The text of a key of orca.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.orca().expect("loads").get_string(key).expect("a text")
    }

    /// A message without the folder's own name.
    pub(crate) fn plain(&self, message: &str) -> String {
        message.replace(&self.folder.path().display().to_string(), "CONFIG")
    }
}
