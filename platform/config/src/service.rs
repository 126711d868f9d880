//! A loaded configuration and the part of it that one service sees.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    bind::{self, Notes},
    branch::Branch,
    environment,
    error::Error,
    files::Files,
    key::Key,
    origin::Origin,
    report::{Entry, Ledger, Problem, Warning},
    sources::Sources,
    unread,
    view::{Source, View},
};

/// The configuration of a node: every service's files, and the notes of what was read.
///
/// Cheap to clone; clones share the notes.
#[derive(Debug, Clone)]
pub struct Config {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    sources: Sources,
    environment: Arc<Branch>,
    overrides: Arc<Branch>,
    files: Mutex<Files>,
    ledger: Mutex<Ledger>,
}

impl Shared {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Config {
    /// The same sources as they are now: this configuration stays what was read first.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn read_again(&self) -> Result<Config, Error> {
        Config::load(&self.shared.sources)
    }

    /// Reads the shared files and checks the overrides; a service's files are read by [`Config::for_service`].
    ///
    /// # Errors
    /// A location that is not there, a file that cannot be read or parsed, an override without `=`.
    pub fn load(sources: &Sources) -> Result<Config, Error> {
        let environment = Arc::new(environment::of_variables(&sources.environment));
        let overrides = Arc::new(environment::of_overrides(&sources.overrides)?);
        let (files, ledger) = (Mutex::default(), Mutex::default());
        let shared = Shared { sources: sources.clone(), environment, overrides, files, ledger };
        let config = Config { shared: Arc::new(shared) };
        config.layers(None, &sources.profiles)?;
        let json = "SPRING_APPLICATION_JSON";
        if sources.environment.contains_key(json) {
            let origin = Origin::Environment { name: json.into() };
            let advice = "write the values into a file, or name them on the command line";
            let (key, problem) = ("spring.application.json".to_owned(), Problem::Unsupported { advice });
            config.shared.ledger().warn(Warning { origin, key, problem });
        }
        Ok(config)
    }

    /// What the service `name` sees: the shared files, its own, the environment, `<NAME>_OPTS`, the overrides.
    ///
    /// Its profiles are the node's and those of [`Sources::service_profiles`]; `-Dspring.profiles.active` in
    /// `<NAME>_OPTS` replaces both.
    ///
    /// # Errors
    /// A file that cannot be read or parsed, a wrong profile condition.
    pub fn for_service(&self, name: &str) -> Result<ServiceConfig, Error> {
        let shared = &self.shared;
        let variable = environment::options_variable(name);
        let options = shared.sources.environment.get(&variable);
        let options = Arc::new(options.map_or_else(Branch::root, |text| environment::of_options(&variable, text)));
        let mut profiles = options.texts("spring.profiles.active");
        if profiles.is_empty() {
            profiles.clone_from(&shared.sources.profiles);
            profiles.extend(shared.sources.service_profiles.get(name).into_iter().flatten().cloned());
        }
        if let Some(branch) = options.find("spring.config") {
            let advice = "name the folders in SPRING_CONFIG_LOCATION";
            let (origin, key) = (branch.origin.clone(), "spring.config".to_owned());
            shared.ledger().warn(Warning { origin, key, problem: Problem::Unsupported { advice } });
        }
        let mut sources = self.layers(Some(name), &profiles)?;
        let plain = |name: &str, is_environment, root: &Arc<Branch>| Source {
            name: name.into(),
            is_environment,
            root: Arc::clone(root),
        };
        sources.push(plain("environment", true, &shared.environment));
        sources.push(plain(&variable, false, &options));
        sources.push(plain("command line", false, &shared.overrides));
        sources.reverse();
        Ok(ServiceConfig { name: name.to_owned(), profiles, sources, config: self.clone() })
    }

    /// The file `name` in the configuration's folders, whatever it holds; of several the one in the highest folder.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        let folders = self.shared.sources.folders.iter().rev();
        folders.map(|location| location.path.join(name)).find(|path| path.is_file())
    }

    /// The settings in use, by service and key: what every `bind` and `get` so far has read, and the defaults of
    /// the bound types. Secrets are masked.
    pub fn report(&self) -> Vec<Entry> {
        self.shared.ledger().entries()
    }

    /// What an operator should look at, by file and line, each once. Complete when every service has bound its
    /// options: a key of a shared file is unknown only if no service knows it.
    pub fn warnings(&self) -> Vec<Warning> {
        self.shared.ledger().warnings()
    }

    /// The documents of files that count, lowest first.
    fn layers(&self, service: Option<&str>, profiles: &[String]) -> Result<Vec<Source>, Error> {
        let files = self.shared.files().of_service(&self.shared.sources.folders, service, profiles)?;
        let mut ledger = self.shared.ledger();
        let mut layers = Vec::new();
        for file in files {
            file.warnings.iter().for_each(|warning| ledger.warn(warning.clone()));
            let name: Arc<str> = file.name.to_string_lossy().into();
            let roots = file.active(profiles)?;
            layers.extend(roots.into_iter().map(|root| Source {
                name: Arc::clone(&name),
                is_environment: false,
                root,
            }));
        }
        Ok(layers)
    }
}

/// The configuration as one service sees it.
#[derive(Debug)]
pub struct ServiceConfig {
    name: String,
    profiles: Vec<String>,
    /// Highest first.
    sources: Vec<Source>,
    config: Config,
}

impl ServiceConfig {
    /// The service's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The service's profiles, lowest first.
    pub fn profiles(&self) -> &[String] {
        &self.profiles
    }

    /// The files with a document that counts, lowest first.
    pub fn files(&self) -> Vec<PathBuf> {
        let outside =
            |source: &&Source| source.root.children.values().any(|child| matches!(child.origin, Origin::File { .. }));
        let mut files: Vec<PathBuf> =
            self.sources.iter().rev().filter(outside).map(|source| PathBuf::from(&*source.name)).collect();
        files.dedup();
        files
    }

    /// The options under `prefix` (empty for the root), laid over `T::default()`.
    ///
    /// A key under `prefix` that `T` does not have becomes a warning; under the root it does not. A field that holds
    /// a secret (`Redacted`) takes `#[serde(skip_serializing, default)]`.
    ///
    /// # Errors
    /// A value of the wrong type, a placeholder that is set nowhere or refers to itself, a missing field without
    /// default; each names file, line and key.
    pub fn bind<T: DeserializeOwned + Serialize + Default>(&self, prefix: &str) -> Result<T, Error> {
        let bound = bind::bind(&self.name, &self.sources, &Key::parse(prefix))?;
        self.note(bound.notes);
        let mut ledger = self.config.shared.ledger();
        for default in bound.defaults {
            let (key, value, origin) = (default.key.to_string(), default.value, Origin::Default);
            ledger.entry(default.key.uniform(), Entry { service: self.name.clone(), key, value, origin });
        }
        Ok(bound.value)
    }

    /// The value of one key, or `None` if no source has it.
    ///
    /// # Errors
    /// As [`ServiceConfig::bind`].
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        let parsed = Key::parse(key);
        if !self.contains(key) {
            let entry =
                Entry { service: self.name.clone(), key: parsed.to_string(), value: None, origin: Origin::Default };
            self.config.shared.ledger().entry(parsed.uniform(), entry);
            return Ok(None);
        }
        let (value, notes) = bind::get(&self.name, &self.sources, &parsed)?;
        self.note(notes);
        Ok(Some(value))
    }

    /// The text of one key, placeholders replaced; `None` if no source has it or it is empty.
    ///
    /// # Errors
    /// As [`ServiceConfig::bind`]; a section or a list is a wrong type.
    pub fn get_string(&self, key: &str) -> Result<Option<String>, Error> {
        let view = View::root(&self.sources).descend(&Key::parse(key));
        // SERVICES_ORCA_PORT_TCP alone does not make `services.orca.port` a section.
        if view.leaf().is_none() && view.layers.iter().all(|layer| layer.source.is_environment) {
            return Ok(None);
        }
        Ok(self.get::<Option<String>>(key)?.flatten())
    }

    /// Whether a source has the key, or something below it.
    pub fn contains(&self, key: &str) -> bool {
        !View::root(&self.sources).descend(&Key::parse(key)).is_absent()
    }

    /// The error of a reader that refuses what stands at `key` for a reason of its own: with the place where it is set.
    /// `problem` ends with what to do, and holds no value, which may be a secret by what it was put together from.
    pub fn refused(&self, key: &str, problem: impl Into<String>) -> Error {
        let view = View::root(&self.sources).descend(&Key::parse(key));
        let set = view.leaf().map(|leaf| leaf.origin.clone());
        let origin = set.or_else(|| Some(view.layers.first()?.branch.origin.clone())).unwrap_or(Origin::Default);
        Error::Refused { origin, key: key.to_owned(), problem: problem.into() }
    }

    /// Notes every key of the files and the command line that nobody has read by now, a section that nobody looked into
    /// as one. Call it once the service has bound all that it reads; [`Config::warnings`] leaves out what another
    /// service reads.
    pub fn note_unread(&self) {
        let mut ledger = self.config.shared.ledger();
        for source in self.sources.iter().filter(|source| !source.is_environment) {
            let unread = unread::keys(source, &ledger);
            ledger.places(Vec::new(), unread);
        }
    }

    fn note(&self, notes: Notes) {
        let mut ledger = self.config.shared.ledger();
        for read in notes.reads {
            let (key, value, origin) = (read.key.to_string(), read.value, read.origin);
            ledger.entry(read.key.uniform(), Entry { service: self.name.clone(), key, value, origin });
        }
        notes.warnings.into_iter().for_each(|warning| ledger.warn(warning));
        ledger.places(notes.known, notes.unknown);
    }
}
