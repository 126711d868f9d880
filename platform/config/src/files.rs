//! Which files make up a service's configuration, and their contents.
//!
//! In each location, lowest first: `spinnaker`, `spinnaker-<profile>` for each profile, `<svc>`, `<svc>-<profile>`,
//! each as `.yaml` below `.yml`. All files of a location come before those of the next. Of a file's documents those
//! count whose `spring.config.activate.on-profile` (or the old `spring.profiles`) holds, later ones above earlier.
//! A file is read once, so that all services see the same.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    branch::{Branch, Refused},
    error::Error,
    origin::Origin,
    profiles,
    report::{Problem, Warning},
    sources::Location,
    yaml::{self, Cause, Mark},
};

/// The name of the files that all services share.
const SHARED: &str = "spinnaker";

/// Properties of Spring that would change which files are read, with what to do instead.
const UNSUPPORTED: [(&str, &str); 4] = [
    ("spring.profiles.active", "name the profiles in SPRING_PROFILES_ACTIVE"),
    ("spring.profiles.include", "name the profiles in SPRING_PROFILES_ACTIVE"),
    ("spring.profiles.group", "name all profiles in SPRING_PROFILES_ACTIVE"),
    ("spring.config.location", "name the folders in SPRING_CONFIG_LOCATION"),
];

/// The extension of Java's own format, which is looked for only to say that it is not read.
const PROPERTIES: &str = "properties";

/// A document of a file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Arc<Branch>,
    conditions: Vec<(Origin, Vec<String>)>,
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: Arc<Path>,
    pub(crate) documents: Vec<Document>,
    pub(crate) warnings: Vec<Warning>,
}

impl File {
    /// The documents that count for these profiles, lowest first.
    pub(crate) fn active(&self, active: &[String]) -> Result<Vec<Arc<Branch>>, Error> {
        let mut roots = Vec::new();
        for document in &self.documents {
            let mut counts = true;
            for (origin, condition) in &document.conditions {
                counts &= profiles::accepts(condition, active)
                    .map_err(|problem| Error::Profiles { origin: origin.clone(), problem })?;
            }
            if counts {
                roots.push(Arc::clone(&document.root));
            }
        }
        Ok(roots)
    }
}

/// The files that were looked for; `None` for one that is not there.
#[derive(Debug, Default)]
pub(crate) struct Files(HashMap<PathBuf, Option<Arc<File>>>);

impl Files {
    /// The files of `service` (or only the shared ones), lowest first.
    pub(crate) fn of_service(
        &mut self,
        locations: &[Location],
        service: Option<&str>,
        profiles: &[String],
    ) -> Result<Vec<Arc<File>>, Error> {
        let mut files = Vec::new();
        for location in locations {
            for path in candidates(location, service, profiles)? {
                if let Some(file) = self.read(&path)? {
                    files.push(file);
                }
            }
        }
        Ok(files)
    }

    fn read(&mut self, path: &Path) -> Result<Option<Arc<File>>, Error> {
        if let Some(known) = self.0.get(path) {
            return Ok(known.clone());
        }
        if path.extension().is_some_and(|extension| extension == PROPERTIES) {
            let file = path.is_file().then(|| Arc::new(not_read(path)));
            self.0.insert(path.to_owned(), file.clone());
            return Ok(file);
        }
        let unreadable = |source| Error::Read { file: path.to_owned(), source };
        let file = match fs::read(path) {
            Ok(bytes) => Some(Arc::new(parse(path, &bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unreadable(error)),
        };
        self.0.insert(path.to_owned(), file.clone());
        Ok(file)
    }
}

/// The paths to try at a location, lowest first.
fn candidates(location: &Location, service: Option<&str>, profiles: &[String]) -> Result<Vec<PathBuf>, Error> {
    let kind = match fs::metadata(&location.path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound && location.optional => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Location { location: location.path.clone() });
        }
        Err(source) => return Err(Error::Read { file: location.path.clone(), source }),
    };
    let variants = |name: &str| {
        let with_profile = profiles.iter().map(|profile| format!("{name}-{profile}")).collect::<Vec<_>>();
        std::iter::once(name.to_owned()).chain(with_profile).collect::<Vec<_>>()
    };
    if kind.is_dir() {
        let names = [Some(SHARED), service.filter(|service| *service != SHARED)];
        let stems = names.into_iter().flatten().flat_map(variants);
        let paths =
            stems.flat_map(|stem| ["yaml", "yml", PROPERTIES].map(|kind| location.path.join(format!("{stem}.{kind}"))));
        return Ok(paths.collect());
    }
    let extension = location.path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let stem = location.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(variants(&stem).into_iter().map(|stem| location.path.with_file_name(format!("{stem}.{extension}"))).collect())
}

/// A file in a format that is not read, with the warning that says so.
fn not_read(path: &Path) -> File {
    let name: Arc<Path> = path.into();
    let origin = Origin::File { path: Arc::clone(&name), line: 1, column: 1 };
    let problem = Problem::Unsupported { advice: "write its properties into the .yml file of the same name" };
    let key = "*".to_owned();
    File { name, documents: Vec::new(), warnings: vec![Warning { origin, key, problem }] }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<File, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Error::Encoding { file: path.to_owned(), line }
    })?;
    let nodes = yaml::read(text).map_err(|problem| yaml_error(path, problem))?;
    let name: Arc<Path> = path.into();
    let mut file = File { name: Arc::clone(&name), documents: Vec::new(), warnings: Vec::new() };
    let origin = |mark: Mark| Origin::File { path: Arc::clone(&name), line: mark.line, column: mark.column };
    for node in nodes {
        if !matches!(node.value, yaml::Value::Map(_)) {
            let advice = "write it as `key: value` lines";
            return Err(syntax(path, node.mark, "the document is not a mapping of keys to values", advice));
        }
        let (root, twice) = Branch::of_document(&node, &origin).map_err(|Refused::TooDeep(mark)| {
            syntax(path, mark, "the key has too many elements", "write it with fewer dots and levels")
        })?;
        file.warnings.extend(twice.into_iter().map(|twice| Warning {
            origin: twice.origin,
            key: twice.key.to_string(),
            problem: Problem::SetTwice { ignored: twice.replaced },
        }));
        file.warnings.extend(unsupported(&root)?);
        file.documents.push(Document { conditions: conditions(&root), root: Arc::new(root) });
    }
    Ok(file)
}

/// The conditions under which a document counts; all must hold.
fn conditions(root: &Branch) -> Vec<(Origin, Vec<String>)> {
    ["spring.config.activate.onProfile", "spring.profiles"]
        .into_iter()
        .filter_map(|key| {
            let texts = root.texts(key);
            let is_list =
                |branch: &&Branch| branch.children.keys().all(|name| name.bytes().all(|b| b.is_ascii_digit()));
            let branch = root.find(key).filter(is_list)?;
            (!texts.is_empty()).then(|| (branch.origin.clone(), texts))
        })
        .collect()
}

fn unsupported(root: &Branch) -> Result<Vec<Warning>, Error> {
    for (key, advice) in [
        ("spring.config.import", "put the imported files' folder into SPRING_CONFIG_LOCATION, or write `optional:`"),
        ("spring.config.activate.onCloudPlatform", "use `spring.config.activate.on-profile`"),
    ] {
        let required = root.texts(key).iter().any(|text| !text.starts_with("optional:"));
        if let Some(branch) = root.find(key).filter(|_| required) {
            return Err(Error::Unsupported { origin: branch.origin.clone(), key: key.to_owned(), advice });
        }
    }
    let found = UNSUPPORTED.iter().filter_map(|(key, advice)| Some((key, advice, root.find(key)?)));
    Ok(found
        .map(|(key, advice, branch)| Warning {
            origin: branch.origin.clone(),
            key: (*key).to_owned(),
            problem: Problem::Unsupported { advice },
        })
        .collect())
}

fn yaml_error(path: &Path, problem: yaml::Problem) -> Error {
    match problem.cause {
        Cause::Syntax { problem: text, advice } => syntax(path, problem.mark, &text, advice),
        Cause::Duplicate { key, first_line } => {
            Error::DuplicateKey { file: path.to_owned(), line: problem.mark.line, first_line, key }
        }
    }
}

fn syntax(path: &Path, mark: Mark, problem: &str, advice: &'static str) -> Error {
    let Mark { line, column } = mark;
    Error::Syntax { file: path.to_owned(), line, column, problem: problem.to_owned(), advice }
}
