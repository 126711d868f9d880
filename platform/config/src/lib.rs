//! Configuration as Spring reads it: YAML files, profiles, placeholders, relaxed keys, typed options.
//!
//! ```
//! use gennaker_config::{Config, DurationSetting, Sources};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize, Serialize)]
//! #[serde(rename_all = "camelCase", default)]
//! struct Redis {
//!     connection: String,
//!     connect_timeout: DurationSetting,
//! }
//!
//! impl Default for Redis {
//!     fn default() -> Self {
//!         Redis { connection: "redis://localhost:6379".into(), connect_timeout: "2s".parse().unwrap() }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("spinnaker.yml"), "services.redis.baseUrl: redis://:hunter2@cache:6379\n")?;
//! std::fs::write(
//!     folder.path().join("orca.yml"),
//!     "redis:\n  connection: ${services.redis.baseUrl:redis://localhost:6379}\n  conect-timeout: 10s\n",
//! )?;
//! let mut sources = Sources::of_folder(folder.path());
//! sources.environment.insert("REDIS_CONNECT_TIMEOUT".into(), "500".into());
//!
//! let config = Config::load(&sources)?;
//! let redis: Redis = config.for_service("orca")?.bind("redis")?;
//! assert_eq!(redis.connection, "redis://:hunter2@cache:6379");
//! assert_eq!(redis.connect_timeout.to_string(), "500ms");
//!
//! let report: Vec<String> =
//!     config.report().iter().map(|entry| format!("{}={}", entry.key, entry.value.as_deref().unwrap_or("-"))).collect();
//! assert_eq!(report, ["redis.connection=redis://******@cache:6379", "redis.connectTimeout=500"]);
//! assert!(config.warnings()[0].to_string().ends_with("did you mean `redis.connectTimeout`?"));
//! # Ok(())
//! # }
//! ```
//!
//! Rules, each from Spring Boot's "Externalized Configuration" where nothing else is said:
//!
//! | | |
//! |---|---|
//! | order, lowest first | for each folder: `spinnaker.yml`, `spinnaker-<profile>.yml`, `<svc>.yml`, `<svc>-<profile>.yml`; then the environment, `<SVC>_OPTS`, overrides. (The order of the files is that of Armory's install; Spring itself puts all files with a profile above all without.) |
//! | folders | `SPRING_CONFIG_LOCATION`, later above earlier; [`DEFAULT_FOLDER`] if it is not set |
//! | profiles | `SPRING_PROFILES_ACTIVE`, later above earlier; [`DEFAULT_PROFILES`] if it is not set |
//! | documents | those of a file whose `spring.config.activate.on-profile` holds, later above earlier |
//! | keys | `baseUrl`, `base-url`, `base_url` and `BASEURL` are one key |
//! | values | the highest source wins; sections and maps are merged, lists are taken whole from one source |
//! | nothing | an empty value leaves the default of a number, boolean, duration, size or choice; it is `None` for an `Option`, an empty text, list or section otherwise |
//! | placeholders | replaced when a key is read, so that what no running service reads cannot stop the start |
//! | YAML | 1.1 as SnakeYAML reads it; see the differences below |
//!
//! Differences from Spring and SnakeYAML, on purpose: a map key keeps all its characters; `on: x` keeps the key `on`;
//! base 60 numbers are text; a number with a fraction that is read as text keeps its spelling; a placeholder without
//! default that is set nowhere is an error, except in [`Lenient`] values; a gap in a list is an error.
//!
//! Not here: `.properties` files (a warning), `SPRING_APPLICATION_JSON`, `spring.config.import` (an error), `random.*`, SpEL
//! (`#{...}`), resolving secret references, watching files, Spring's auto-configuration. A type with
//! `#[serde(flatten)]` binds, but cannot tell unknown keys.
//!
//! Guarantees: no text of a file makes it panic; an error or a report never holds a value whose key or look is a
//! secret's; a file is read once, so that all services of a node see the same.

mod bind;
mod branch;
mod environment;
mod error;
mod files;
mod key;
mod mask;
mod origin;
mod placeholder;
mod profiles;
mod report;
mod service;
mod setting;
mod sources;
mod unread;
mod view;
mod yaml;

pub use self::{
    environment::process_environment,
    error::Error,
    mask::{MASK, masked},
    origin::Origin,
    report::{Entry, Problem, Warning},
    service::{Config, ServiceConfig},
    setting::{DataSize, DottedMap, DurationSetting, Lenient, NotASetting},
    sources::{DEFAULT_FOLDER, DEFAULT_PROFILES, Location, Sources},
};
