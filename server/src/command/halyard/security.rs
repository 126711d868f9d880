//! Who may call, under which addresses, and as whom.

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::{Value, json};
use url::Url;

use super::convert::Converted;

/// The section `security`: to `gate.yml`, `fiat.yml`, `spinnaker.yml` and `echo.yml`.
pub(super) fn convert(converted: &mut Converted, section: &Object) {
    if let Some(api) = section.object("apiSecurity") {
        address(converted, "security.apiSecurity", api, "gate");
        if let Some(pattern) = api.text("corsAccessPattern").filter(|pattern| !pattern.is_empty()) {
            converted.put("gate.yml", &["cors", "allowedOriginsPattern"], pattern.into());
            converted.take("security.apiSecurity.corsAccessPattern", "gate.yml, cors.allowedOriginsPattern");
        }
        if let Some(ssl) = api.object("ssl").filter(|ssl| ssl.boolean("enabled") == Some(true)) {
            converted.put("gate.yml", &["server", "ssl"], Value::Object(ssl.clone()));
            converted.take("security.apiSecurity.ssl", "gate.yml, server.ssl");
        }
    }
    if let Some(ui) = section.object("uiSecurity") {
        address(converted, "security.uiSecurity", ui, "deck");
        if let Some(url) = ui.text("overrideBaseUrl").filter(|url| !url.is_empty()) {
            converted.put("echo.yml", &["spinnaker", "baseUrl"], url.into());
        }
        if ui.object("ssl").and_then(|ssl| ssl.boolean("enabled")) == Some(true) {
            converted.leave("security.uiSecurity.ssl", "let the proxy before the web UI speak TLS");
        }
    }
    if let Some(authn) = section.object("authn") {
        sign_in(converted, authn);
    }
    if let Some(authz) = section.object("authz") {
        let enabled = authz.boolean("enabled") == Some(true);
        converted.put("spinnaker.yml", &["services", "fiat", "enabled"], enabled.into());
        converted.take("security.authz.enabled", "spinnaker.yml, services.fiat.enabled");
        if enabled {
            converted.put("fiat.yml", &["auth"], Value::Object(authz.clone()));
            converted.take("security.authz.groupMembership", "fiat.yml, auth.groupMembership");
        }
    }
}

fn address(converted: &mut Converted, key: &str, section: &Object, service: &str) {
    if let Some(url) = section.text("overrideBaseUrl").filter(|url| !url.is_empty()) {
        converted.put("spinnaker.yml", &["services", service, "baseUrl"], url.into());
        let place = format!("spinnaker.yml, services.{service}.baseUrl");
        converted.take(&format!("{key}.overrideBaseUrl"), &place);
    }
}

fn sign_in(converted: &mut Converted, authn: &Object) {
    for (name, section) in authn {
        let Some(fields) = section.as_object() else { continue };
        if fields.boolean("enabled") != Some(true) {
            continue;
        }
        let key = format!("security.authn.{name}");
        let place = match name.as_str() {
            "oauth2" => oauth2(converted, fields),
            "saml" => {
                converted.put("gate.yml", &["saml"], Value::Object(saml(fields)));
                "saml"
            }
            "ldap" | "x509" => {
                converted.put("gate.yml", &[name], section.clone());
                name
            }
            "iap" => {
                converted.put("gate.yml", &["google", "iap"], section.clone());
                "google.iap"
            }
            _ => {
                converted.leave(&key, "it is no way to sign in that is known here");
                continue;
            }
        };
        converted.take(&key, &format!("gate.yml, {place}"));
    }
}

/// Halyard writes the keys of Spring Security 5.1; gate has read those of later ones since 1.36.
fn oauth2(converted: &mut Converted, fields: &Object) -> &'static str {
    let provider = fields.text("provider").map(|provider| provider.to_lowercase());
    let id = provider.filter(|provider| provider != "other").unwrap_or_else(|| "oauth2".to_owned());
    let client = fields.object("client").cloned().unwrap_or_default();
    let resource = fields.object("resource").cloned().unwrap_or_default();
    let pick = |from: &Object, names: &[(&str, &str)]| {
        let set = names.iter().filter_map(|(from_name, to)| {
            let value = from.get(*from_name).filter(|value| !value.is_null())?;
            Some(((*to).to_owned(), value.clone()))
        });
        set.collect::<Object>()
    };
    let registration = pick(
        &client,
        &[
            ("clientId", "clientId"),
            ("clientSecret", "clientSecret"),
            ("scope", "scope"),
            ("preEstablishedRedirectUri", "redirectUri"),
        ],
    );
    let mut endpoints = pick(&client, &[("accessTokenUri", "tokenUri"), ("userAuthorizationUri", "authorizationUri")]);
    endpoints.extend(pick(&resource, &[("userInfoUri", "userInfoUri")]));
    let base = ["spring", "security", "oauth2", "client"];
    let at = |rest: &[&'static str]| -> Vec<&'static str> { base.iter().chain(rest).copied().collect() };
    let mut registrations = json!({});
    registrations[&id] = Value::Object(registration);
    for name in ["userInfoMapping", "userInfoRequirements"] {
        if let Some(value) = fields.object(name).filter(|value| !value.is_empty()) {
            registrations[name] = Value::Object(value.clone());
        }
    }
    converted.put("gate.yml", &at(&["registration"]), registrations);
    let mut providers = json!({});
    providers[&id] = Value::Object(endpoints);
    converted.put("gate.yml", &at(&["provider"]), providers);
    "spring.security.oauth2.client"
}

/// Gate wants the parts of the address that users see.
fn saml(fields: &Object) -> Object {
    let mut saml = fields.clone();
    let metadata = [fields.text("metadataRemote"), fields.text("metadataLocal").map(|path| format!("file:{path}"))];
    for name in ["metadataRemote", "metadataLocal", "serviceAddress"] {
        saml.shift_remove(name);
    }
    if let Some(metadata) = metadata.into_iter().flatten().find(|metadata| !metadata.is_empty()) {
        saml.insert("metadataUrl".to_owned(), metadata.into());
    }
    if let Some(address) = fields.text("serviceAddress").and_then(|address| Url::parse(&address).ok()) {
        let host = address.host_str().unwrap_or_default();
        let host = address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        saml.insert("redirectProtocol".to_owned(), address.scheme().into());
        saml.insert("redirectHostname".to_owned(), host.into());
        if address.path() != "/" {
            saml.insert("redirectBasePath".to_owned(), address.path().into());
        }
    }
    saml.retain(|_, value| !value.is_null());
    saml
}
