//! What is around a run: the environment, and the files that settings name.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::cli::{
    access::Secret,
    document::{Error, Section},
};

/// The environment of a run.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    environment: BTreeMap<String, String>,
}

impl Surroundings {
    /// With these variables.
    pub(super) fn new(environment: BTreeMap<String, String>) -> Self {
        Surroundings { environment }
    }

    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The file of contexts, unless it is said otherwise: `$XDG_CONFIG_HOME/gennaker/config.yml`, or
    /// `~/.config/gennaker/config.yml`; `None` without a home.
    pub(super) fn contexts(&self) -> Option<PathBuf> {
        let base = self.variable("XDG_CONFIG_HOME").map(PathBuf::from);
        Some(base.or_else(|| Some(self.home()?.join(".config")))?.join("gennaker/config.yml"))
    }

    /// The settings of upstream's command line: `~/.spin/config`.
    pub(super) fn spin(&self) -> Option<PathBuf> {
        Some(self.home()?.join(".spin/config"))
    }

    /// The file that `key` of `section` names: `~` is the home, and what is not absolute lies beside the settings.
    pub(super) fn file(&self, section: &Section<'_>, key: &str, path: &str) -> Result<String, Error> {
        let place = match (path.strip_prefix("~/"), self.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => section.file().parent().unwrap_or(Path::new(".")).join(path),
        };
        let read = fs::read_to_string(&place);
        read.map_err(|error| section.wrong(key, &format!("names {}, which cannot be read: {error}", place.display())))
    }

    /// The certificate and key of a section `x509`, as files (`certPath`, `keyPath`) or as PEM in Base64 (`cert`, `key`).
    pub(super) fn certificate(&self, x509: &Section<'_>) -> Result<Option<Secret>, Error> {
        let part = |path_key: &str, text_key: &str| match (x509.text(path_key)?, x509.text(text_key)?) {
            (Some(_), Some(_)) => Err(x509.wrong(text_key, &format!("and {path_key} are both set: remove one"))),
            (Some(path), None) => self.file(x509, path_key, path).map(Some),
            (None, Some(text)) => {
                pem(text).map(Some).ok_or_else(|| x509.wrong(text_key, "must be PEM, or PEM in Base64"))
            }
            (None, None) => Ok(None),
        };
        match (part("certPath", "cert")?, part("keyPath", "key")?) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Secret::new(format!("{certificate}\n{key}")))),
            (Some(_), None) => Err(x509.wrong("keyPath", "is missing: a certificate needs its key")),
            (None, Some(_)) => Err(x509.wrong("certPath", "is missing: a key needs its certificate")),
        }
    }

    fn home(&self) -> Option<PathBuf> {
        self.variable("HOME").map(PathBuf::from)
    }
}

/// PEM as it is, or in Base64, with or without line breaks.
fn pem(text: &str) -> Option<String> {
    if text.contains("-----BEGIN") {
        return Some(text.to_owned());
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let pem = String::from_utf8(STANDARD.decode(compact).ok()?).ok()?;
    pem.contains("-----BEGIN").then_some(pem)
}
