//! deck's settings.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

/// The settings under `deck` in `deck.yml`, and those that stand elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Further addresses that the page may talk to: what `settings-local.js` or a link in it needs.
    pub connect_to: Vec<String>,
    /// What `window.spinnakerSettings` has besides, by upstream's names: `{feature: {chaosMonkey: true}}`. It wins over
    /// what is made of the other settings.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// Where gate is (`API_HOST`, else `services.gate.baseUrl`).
    #[serde(skip)]
    pub gate: Gate,
    /// Sign-in, as the page is told of it (`AUTH_ENABLED`, `AUTH_ENDPOINT`).
    #[serde(skip)]
    pub auth: AuthOptions,
    /// The zone that times are shown in, by its IANA name (`TIMEZONE`, else `global.spinnaker.timezone`).
    #[serde(skip)]
    pub time_zone: String,
    /// What is switched on, by upstream's names: `canary`, `ci`, `fiatEnabled` (`CANARY_ENABLED` ...).
    #[serde(skip)]
    pub features: BTreeMap<&'static str, bool>,
    /// The operator's `settings.js` and `settings-local.js`, where they exist.
    #[serde(skip)]
    pub scripts: [Option<PathBuf>; 2],
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connect_to: Vec::new(),
            settings: serde_json::Map::new(),
            gate: Gate::default(),
            auth: AuthOptions::default(),
            time_zone: "America/Los_Angeles".to_owned(),
            features: BTreeMap::new(),
            scripts: [None, None],
        }
    }
}

/// Where browsers reach gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    /// At this address.
    At(Url),
    /// At the host that the page was asked under, on this port.
    SameHost(u16),
}

impl Default for Gate {
    fn default() -> Self {
        Gate::SameHost(8084)
    }
}

impl Gate {
    /// The address for a page that was asked under `host` (`name[:port]`), without a slash at its end.
    pub fn address(&self, host: &str) -> String {
        match self {
            Gate::At(url) => url.as_str().trim_end_matches('/').to_owned(),
            Gate::SameHost(port) => {
                let name = match host.rsplit_once(':') {
                    // The colons of `[::1]` are not a port's.
                    Some((name, port)) if !port.contains(']') => name,
                    _ => host,
                };
                format!("http://{name}:{port}")
            }
        }
    }
}

/// Sign-in, as the page is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthOptions {
    /// Whether the page asks who the user is, and sends who is nobody to sign in.
    pub enabled: bool,
    /// Where it asks; gate's `/auth/user` by default.
    pub endpoint: Option<Url>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gate_is_on_the_pages_own_host_unless_it_is_named() {
        for (host, expected) in [
            ("localhost:9000", "http://localhost:8084"),
            ("deck.example", "http://deck.example:8084"),
            ("[::1]:9000", "http://[::1]:8084"),
            ("[::1]", "http://[::1]:8084"),
        ] {
            assert_eq!(Gate::default().address(host), expected);
        }
        let named = Gate::At(Url::parse("https://gate.example/api/").expect("a URL"));
        assert_eq!(named.address("localhost:9000"), "https://gate.example/api");
    }
}
