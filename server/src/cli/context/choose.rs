//! Which gate a command talks to, and with which credentials.
//!
//! 1. `--gate` or `GENNAKER_GATE`: an address, or the name of a context;
//! 2. the current context of the file of contexts;
//! 3. `~/.spin/config`;
//! 4. `http://localhost:8084`.
//!
//! Credentials go to the gate that they are written for, and to no other: an address that is given has those of the context (or
//! of the settings of `spin`) with the same address, or none.

use gennaker_base::Timestamp;
use url::Url;

use super::{
    file::{Context, Contexts},
    spin,
    surroundings::Surroundings,
};
use crate::cli::{
    DEFAULT_GATE, Global,
    access::{Access, Chosen, Secret},
    document::Document,
    exit::Error,
    gate_url, is_context_name,
};

/// The settings that there are.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// The file of contexts.
    pub(super) contexts: Option<Document>,
    /// The settings of `spin`.
    pub(super) spin: Option<Document>,
}

impl Files {
    /// Reads them.
    pub(super) fn read(global: &Global, surroundings: &Surroundings) -> Result<Self, Error> {
        let contexts = match (&global.contexts, surroundings.contexts()) {
            (Some(path), _) => {
                let place = path.display();
                let missing = || {
                    Error::Usage(format!(
                        "{place} cannot be read: there is no such file; name another with --contexts FILE"
                    ))
                };
                Some(Document::read(path)?.ok_or_else(missing)?)
            }
            (None, Some(path)) => Document::read(&path)?,
            (None, None) => None,
        };
        let spin = match surroundings.spin() {
            // They are not looked at where the file of contexts says enough.
            Some(path) if contexts.is_none() => Document::read(&path)?,
            _ => None,
        };
        Ok(Files { contexts, spin })
    }
}

/// The gate that `global` asks for.
pub(super) fn choose(global: &Global, surroundings: &Surroundings, now: Timestamp) -> Result<Access, Error> {
    let files = Files::read(global, surroundings)?;
    let contexts = files.contexts.as_ref().map(Contexts::of).transpose()?;
    let mut access = match &global.gate {
        Some(text) if is_context_name(text) => named(contexts.as_ref(), text, surroundings)?,
        Some(text) => {
            let url = gate_url(text).map_err(Error::Usage)?;
            of_address(url, contexts.as_ref(), files.spin.as_ref(), surroundings, now)?
        }
        None => of_files(contexts.as_ref(), files.spin.as_ref(), surroundings, now)?,
    };
    if let Some(token) = surroundings.variable("GENNAKER_TOKEN") {
        // Both are sent in one header.
        access.basic = None;
        access.bearer = Some(Secret::new(token));
    }
    access.api_token = surroundings.variable("GENNAKER_API_TOKEN").map(Secret::new).or(access.api_token);
    access.insecure |= global.insecure;
    access = access.with_headers(&global.default_headers);
    Ok(access)
}

fn named(contexts: Option<&Contexts<'_>>, name: &str, surroundings: &Surroundings) -> Result<Access, Error> {
    let known = contexts.map(Contexts::names).unwrap_or_default();
    match contexts.map(|contexts| contexts.context(name)).transpose()?.flatten() {
        Some(context) => Ok(context.access(surroundings)?),
        None => Err(Error::Usage(no_context(name, &known))),
    }
}

/// What to say of a context that is not there.
pub(super) fn no_context(name: &str, known: &[&str]) -> String {
    let others = match known {
        [] => format!("there are none; write an address, for example {DEFAULT_GATE}"),
        known => format!("there are {}; or write an address, for example {DEFAULT_GATE}", known.join(", ")),
    };
    format!("there is no context {name}: {others}")
}

fn of_address(
    url: Url,
    contexts: Option<&Contexts<'_>>,
    spin: Option<&Document>,
    surroundings: &Surroundings,
    now: Timestamp,
) -> Result<Access, Error> {
    let same = |other: &Url| other.as_str().trim_end_matches('/') == url.as_str().trim_end_matches('/');
    let mut found = None;
    if let Some(contexts) = contexts {
        // The current one first: several may have one address with different users.
        let current = contexts.current().ok().flatten();
        for name in current.into_iter().chain(contexts.names()) {
            found = contexts.context(name)?.filter(|context| same(&context.url));
            if found.is_some() {
                break;
            }
        }
    }
    let access = match (found, spin) {
        (Some(context), _) => context.access(surroundings)?,
        (None, Some(document)) if spin::url(document)?.is_some_and(|spin| same(&spin)) => {
            spin::access(document, url, surroundings, now)?
        }
        _ => Access::new(url),
    };
    Ok(Access { chosen: Chosen::Address, ..access })
}

fn of_files(
    contexts: Option<&Contexts<'_>>,
    spin: Option<&Document>,
    surroundings: &Surroundings,
    now: Timestamp,
) -> Result<Access, Error> {
    if let Some(context) = contexts.map(current).transpose()?.flatten() {
        return Ok(Access { chosen: Chosen::File, ..context.access(surroundings)? });
    }
    if let Some(document) = spin
        && let Some(url) = spin::url(document)?
    {
        return Ok(spin::access(document, url, surroundings, now)?);
    }
    let url = gate_url(DEFAULT_GATE).map_err(Error::Usage)?;
    Ok(Access { chosen: Chosen::File, ..Access::new(url) })
}

fn current<'d>(contexts: &Contexts<'d>) -> Result<Option<Context<'d>>, Error> {
    match contexts.current()? {
        Some(name) => Ok(contexts.context(name)?),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
