//! Where a configuration is read from: locations, profiles, the environment and overrides.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{environment, error::Error};

/// The folder that is read where none is named, if it exists.
pub const DEFAULT_FOLDER: &str = "/opt/spinnaker/config";
/// The profiles that are active where none are named, lowest first.
pub const DEFAULT_PROFILES: [&str; 3] = ["armory", "local", "secrets"];

/// A folder with configuration files, or one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The folder or file.
    pub path: PathBuf,
    /// Whether it may be absent.
    pub optional: bool,
}

impl Location {
    /// A location that must exist.
    pub fn required(path: impl Into<PathBuf>) -> Location {
        Location { path: path.into(), optional: false }
    }

    /// A location that may be absent.
    pub fn optional(path: impl Into<PathBuf>) -> Location {
        Location { path: path.into(), optional: true }
    }

    /// The locations in Spring's notation: separated by commas (or `;`), each with `optional:` and `file:` before
    /// it or not. `classpath:` locations are left out: there is no class path.
    pub fn parse_list(text: &str) -> Vec<Location> {
        text.split([',', ';'])
            .map(str::trim)
            .filter_map(|location| {
                let bare = location.strip_prefix("optional:").unwrap_or(location);
                let path = bare.strip_prefix("file:").unwrap_or(bare);
                let path = path.strip_prefix("//").filter(|rest| rest.starts_with('/')).unwrap_or(path);
                let usable = !path.is_empty() && !path.starts_with("classpath");
                usable.then(|| Location { path: Path::new(path).to_owned(), optional: bare != location })
            })
            .collect()
    }
}

/// Everything that a configuration is made of.
///
/// The lowest comes first: the files of each location in turn, the environment, `<SVC>_OPTS`, the overrides.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Folders (or files); a later one wins.
    pub folders: Vec<Location>,
    /// The active profiles; a later one wins.
    pub profiles: Vec<String>,
    /// More profiles for single services, on top of the others: `clouddriver` -> `nonpolling`.
    pub service_profiles: BTreeMap<String, Vec<String>>,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// `key=value` arguments of the command line; a later one wins.
    pub overrides: Vec<String>,
}

impl Sources {
    /// The files of one folder with [`DEFAULT_PROFILES`], without environment and overrides.
    pub fn of_folder(folder: impl Into<PathBuf>) -> Sources {
        Sources {
            folders: vec![Location::required(folder)],
            profiles: DEFAULT_PROFILES.map(str::to_owned).into(),
            ..Sources::default()
        }
    }

    /// What an environment and a command line name, as Spring reads them: `SPRING_CONFIG_LOCATION` (default
    /// [`DEFAULT_FOLDER`] if it exists), `SPRING_CONFIG_ADDITIONALLOCATION` after it, `SPRING_PROFILES_ACTIVE`
    /// (default [`DEFAULT_PROFILES`]). The same properties among the overrides win. An empty value counts as none.
    ///
    /// # Errors
    /// [`Error::Override`] if an override is not `key=value`.
    pub fn from_environment(environment: BTreeMap<String, String>, overrides: Vec<String>) -> Result<Sources, Error> {
        let variables = environment::of_variables(&environment);
        let arguments = environment::of_overrides(&overrides)?;
        let texts = |key: &str| {
            let named = arguments.texts(key);
            if named.is_empty() { variables.texts(key) } else { named }
        };
        let locations = |texts: Vec<String>| texts.iter().flat_map(|text| Location::parse_list(text)).collect();
        let mut folders: Vec<Location> = locations(texts("spring.config.location"));
        if folders.is_empty() {
            folders.push(Location::optional(DEFAULT_FOLDER));
        }
        let mut more = texts("spring.config.additionalLocation");
        more.extend(variables.texts("spring.config.additional.location"));
        folders.extend::<Vec<Location>>(locations(more));
        let mut profiles = texts("spring.profiles.active");
        if profiles.is_empty() {
            profiles = DEFAULT_PROFILES.map(str::to_owned).into();
        }
        Ok(Sources { folders, profiles, service_profiles: BTreeMap::new(), environment, overrides })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_in_springs_notation() {
        let text = "file:/etc/a/, optional:file:/b;classpath:/,optional:classpath:/c/,file:///d,relative";
        let expected = [
            Location::required("/etc/a/"),
            Location::optional("/b"),
            Location::required("/d"),
            Location::required("relative"),
        ];
        assert_eq!(Location::parse_list(text), expected);
    }

    #[test]
    fn the_environment_names_folders_and_profiles() {
        let environment = BTreeMap::from([
            ("SPRING_CONFIG_LOCATION".to_owned(), "file:/a/,/b".to_owned()),
            ("SPRING_PROFILES_ACTIVE".to_owned(), "x, y".to_owned()),
        ]);
        let sources = Sources::from_environment(environment.clone(), Vec::new()).expect("valid");
        assert_eq!(sources.folders, [Location::required("/a/"), Location::required("/b")]);
        assert_eq!(sources.profiles, ["x", "y"]);
        let overrides = vec!["--spring.profiles.active=z".to_owned()];
        assert_eq!(Sources::from_environment(environment, overrides).expect("valid").profiles, ["z"]);
        let sources = Sources::from_environment(BTreeMap::new(), Vec::new()).expect("valid");
        assert_eq!(sources.folders, [Location::optional(DEFAULT_FOLDER)]);
        assert_eq!(sources.profiles, DEFAULT_PROFILES);
    }
}
