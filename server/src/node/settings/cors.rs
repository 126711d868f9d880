//! Which web pages may call gate: `cors` in `gate.yml`, upstream's keys.

use gennaker_config::{Error, ServiceConfig};
use gennaker_http::Origins;
use serde::{Deserialize, Serialize};

/// `cors` in `gate.yml`. Pages of loopback may always call, so that upstream's `expect-localhost` changes nothing here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CorsSettings {
    /// Which of the two below counts.
    allow_mode: AllowMode,
    /// A Java pattern of whole origins, for the mode `regex`.
    allowed_origins_pattern: Option<String>,
    /// Origins, for the mode `list`.
    allowed_origins: Vec<String>,
    /// Read so that it is no unknown key.
    expect_localhost: Option<bool>,
}

/// How allowed origins are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AllowMode {
    /// As one pattern.
    #[default]
    Regex,
    /// As a list.
    List,
}

/// The pages that may call gate; `named` are those that may call every service.
///
/// # Errors
/// If the list has `*`: browsers refuse it together with credentials, which the web UI sends.
pub(super) fn origins(gate: &ServiceConfig, named: Vec<String>) -> Result<Origins, Error> {
    let cors: CorsSettings = gate.bind("cors")?;
    let hosts = gate.get_string("services.deck.redirectHostPattern")?.filter(|pattern| !pattern.is_empty());
    let mut origins = Origins::from(named);
    match cors.allow_mode {
        AllowMode::List if cors.allowed_origins.iter().any(|origin| origin.trim() == "*") => {
            return Err(gate.refused(
                "cors.allowed-origins",
                "`*` cannot be used, because the web UI sends credentials: list the origins, or set cors.allow-mode to \
                 regex and cors.allowed-origins-pattern",
            ));
        }
        AllowMode::List => origins.named.extend(cors.allowed_origins),
        AllowMode::Regex => {
            origins.pattern = cors.allowed_origins_pattern.filter(|pattern| !pattern.is_empty());
            // Upstream asks for the host only if there is no pattern of origins.
            origins.hosts = hosts.filter(|_| origins.pattern.is_none());
        }
    }
    Ok(origins)
}
