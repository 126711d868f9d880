//! The file of contexts: which gates there are, and how each is reached.
//!
//! ```yaml
//! current: prod
//! contexts:
//!   prod:
//!     gate: https://gate.example.com/api/v1
//!     apiToken: {env: SPINNAKER_TOKEN}     # or a text, or {file: PATH}
//!   test:
//!     gate: https://gate.test.example.com
//!     basic: {username: ann, password: {file: ~/.secrets/gate}}
//!     ca: ~/.secrets/ca.pem
//! ```
//!
//! Only the context that is used has its secrets read.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::surroundings::Surroundings;
use crate::cli::{
    access::{Access, Chosen, Secret},
    document::{Document, Error, Section},
    gate_url,
};

/// The keys of a context.
const KEYS: [&str; 9] = ["gate", "basic", "bearer", "apiToken", "x509", "ca", "insecure", "headers", "waitSeconds"];

/// A file of contexts that was read.
#[derive(Debug)]
pub(super) struct Contexts<'d> {
    root: Section<'d>,
    all: Option<Section<'d>>,
}

impl<'d> Contexts<'d> {
    /// What `document` says.
    pub(super) fn of(document: &'d Document) -> Result<Self, Error> {
        let root = document.root();
        root.only(&["current", "contexts"])?;
        let all = root.section("contexts")?;
        Ok(Contexts { root, all })
    }

    /// The names of all contexts, as they stand in the file.
    pub(super) fn names(&self) -> Vec<&'d str> {
        self.all.iter().flat_map(|all| all.fields().keys().map(String::as_str)).collect()
    }

    /// The name of the current context: the one that `current` says, or the only one.
    pub(super) fn current(&self) -> Result<Option<&'d str>, Error> {
        let names = self.names();
        match (self.root.text("current")?, names.as_slice()) {
            (Some(name), names) if names.contains(&name) => Ok(Some(name)),
            (Some(_), _) => Err(self.root.wrong("current", "names no context: run `gennaker context use NAME`")),
            (None, []) => Ok(None),
            (None, [only]) => Ok(Some(only)),
            (None, _) => {
                Err(self.root.wrong("contexts", "has several and none is current: run `gennaker context use NAME`"))
            }
        }
    }

    /// The context of this name; `None` if there is none.
    pub(super) fn context(&self, name: &str) -> Result<Option<Context<'d>>, Error> {
        let Some(all) = &self.all else { return Ok(None) };
        let Some(section) = all.section(name)? else { return Ok(None) };
        section.only(&KEYS)?;
        let Some(gate) = section.text("gate")? else {
            return Err(all.wrong(name, "has no gate: add `gate: https://gate.example.com`"));
        };
        let url =
            gate_url(gate).map_err(|problem| section.wrong("gate", &format!("is no gate's address: {problem}")))?;
        Ok(Some(Context { name: name.to_owned(), url, section }))
    }
}

/// A context, its secrets unread.
#[derive(Debug)]
pub(super) struct Context<'d> {
    /// Its name.
    pub(super) name: String,
    /// The gate.
    pub(super) url: Url,
    section: Section<'d>,
}

impl Context<'_> {
    /// Its keys that prove who calls.
    pub(super) fn signs_in_with(&self) -> String {
        let ways = ["basic", "bearer", "apiToken", "x509"];
        let set = |way: &&str| self.section.fields().get(*way).is_some_and(|value| !value.is_null());
        ways.into_iter().filter(set).collect::<Vec<_>>().join(", ")
    }

    /// How its gate is reached, with its secrets.
    pub(super) fn access(&self, surroundings: &Surroundings) -> Result<Access, Error> {
        let section = &self.section;
        let mut access = Access::new(self.url.clone());
        access.chosen = Chosen::Name(self.name.clone());
        if let Some(basic) = section.section("basic")? {
            basic.only(&["username", "password"])?;
            let name = basic.text("username")?.ok_or_else(|| section.wrong("basic", "needs a username"))?;
            let password = secret(&basic, "password", surroundings)?;
            let password = password.ok_or_else(|| section.wrong("basic", "needs a password"))?;
            access.basic = Some((name.to_owned(), password));
        }
        access.bearer = secret(section, "bearer", surroundings)?;
        access.api_token = secret(section, "apiToken", surroundings)?;
        if let Some(x509) = section.section("x509")? {
            x509.only(&["certPath", "keyPath", "cert", "key"])?;
            access.certificate = surroundings.certificate(&x509)?;
        }
        if let Some(path) = section.text("ca")? {
            access.ca = Some(surroundings.file(section, "ca", path)?);
        }
        access.insecure = section.flag("insecure")?;
        access.wait = section.count("waitSeconds")?.map(Duration::from_secs);
        if let Some(headers) = section.section("headers")? {
            for name in headers.fields().keys() {
                let value = secret(&headers, name, surroundings)?;
                access.headers.extend(value.map(|value| (name.clone(), value)));
            }
        }
        Ok(access)
    }
}

/// The secret at `key`: a text, or where it stands.
fn secret(section: &Section<'_>, key: &str, surroundings: &Surroundings) -> Result<Option<Secret>, Error> {
    if !section.fields().get(key).is_some_and(Value::is_object) {
        return Ok(section.text(key)?.map(Secret::new));
    }
    let Some(place) = section.section(key)? else { return Ok(None) };
    place.only(&["file", "env"])?;
    match (place.text("file")?, place.text("env")?) {
        (Some(path), None) => {
            let text = surroundings.file(&place, "file", path)?;
            Ok(Some(Secret::new(text.trim_end_matches(['\n', '\r']))))
        }
        (None, Some(name)) => match surroundings.variable(name) {
            Some(text) => Ok(Some(Secret::new(text))),
            None => Err(place.wrong("env", "names a variable that is not set: set it, or name another")),
        },
        _ => Err(section.wrong(key, "needs either a file or an env: write {file: PATH} or {env: NAME}")),
    }
}
