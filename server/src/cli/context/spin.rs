//! The settings of upstream's command line, `~/.spin/config`, as far as they can be used here.
//!
//! Signing in goes by what is in the file: basic, x509, and tokens of OAuth2, IAP and Google service accounts that `spin` has stored
//! there. Flows that open a browser, and LDAP's form, are `spin`'s own; a file that needs one says so.

use std::time::Duration;

use gennaker_base::Timestamp;
use url::Url;

use super::surroundings::Surroundings;
use crate::cli::{
    DEFAULT_GATE,
    access::{Access, Chosen, Secret},
    document::{Document, Error, Section},
    gate_url,
};

/// The gate that the file names, `http://localhost:8084` if it names none.
pub(super) fn url(document: &Document) -> Result<Option<Url>, Error> {
    let root = document.root();
    let gate = root.section("gate")?;
    let endpoint = gate.as_ref().map(|gate| gate.text("endpoint")).transpose()?.flatten();
    match (gate, endpoint.filter(|endpoint| !endpoint.is_empty())) {
        (Some(gate), Some(endpoint)) => {
            let url = gate_url(endpoint);
            url.map(Some).map_err(|problem| gate.wrong("endpoint", &format!("is no gate's address: {problem}")))
        }
        _ if root.fields().is_empty() => Ok(None),
        _ => Ok(Url::parse(DEFAULT_GATE).ok()),
    }
}

/// How that gate is reached.
pub(super) fn access(
    document: &Document,
    url: Url,
    surroundings: &Surroundings,
    now: Timestamp,
) -> Result<Access, Error> {
    let root = document.root();
    let mut access = Access::new(url);
    access.chosen = Chosen::File;
    if let Some(gate) = root.section("gate")? {
        access.wait = gate.count("retryTimeout")?.filter(|seconds| *seconds > 0).map(Duration::from_secs);
    }
    let Some(auth) = root.section("auth")? else { return Ok(access) };
    access.insecure = auth.flag("ignoreCertErrors")?;
    if !auth.flag("enabled")? {
        return Ok(access);
    }
    if let Some(basic) = auth.section("basic")? {
        let field = |key: &str| basic.text(key)?.ok_or_else(|| basic.wrong(key, "is missing"));
        access.basic = Some((field("username")?.to_owned(), Secret::new(field("password")?)));
    }
    if let Some(x509) = auth.section("x509")? {
        access.certificate = surroundings.certificate(&x509)?;
    }
    for method in ["oauth2", "google_service_account"] {
        let Some(section) = auth.section(method)? else { continue };
        access.bearer = Some(stored(&auth, method, &section, now)?);
    }
    if let Some(iap) = auth.section("iap")? {
        let token = iap.text("iapIdToken")?.filter(|token| !token.is_empty());
        let token =
            token.ok_or_else(|| auth.wrong("iap", "has no iapIdToken: put one there, this program fetches none"))?;
        access.bearer = Some(Secret::new(token));
    }
    if auth.section("ldap")?.is_some() {
        let advice = "is not supported: use basic, x509 or an API token in ~/.config/gennaker/config.yml";
        return Err(auth.wrong("ldap", advice));
    }
    Ok(access)
}

/// The token that `spin` has stored for a method.
fn stored(auth: &Section<'_>, method: &str, section: &Section<'_>, now: Timestamp) -> Result<Secret, Error> {
    let cached = section.section("cachedToken")?;
    // The spelling depends on which library wrote it.
    let token = cached.as_ref().and_then(|cached| {
        ["access_token", "accesstoken", "accessToken"].iter().find_map(|key| cached.text(key).ok().flatten())
    });
    let (Some(cached), Some(token)) = (cached, token.filter(|token| !token.is_empty())) else {
        return Err(auth.wrong(method, "has no cachedToken: run any `spin` command, which signs in and stores one"));
    };
    let expiry = cached.text("expiry").ok().flatten().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    // The year 1 is how Go writes that a token does not expire.
    let over = expiry.filter(|expiry| expiry.as_millisecond() > 0 && expiry.as_millisecond() <= now.millis());
    match over {
        Some(_) => Err(cached.wrong("expiry", "is over: run any `spin` command, which renews the token")),
        None => Ok(Secret::new(token)),
    }
}
