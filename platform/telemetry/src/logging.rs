//! Logs on standard error, for people or for machines.

mod json;

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{
    EnvFilter, Layer as _, Registry, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::Error;

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LogOptions {
    /// Levels by target, as in `info,gennaker_orca=debug`; `info` by default.
    pub filter: String,
    /// The form of a line; text by default.
    pub format: LogFormat,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people; in colours on a terminal.
    #[default]
    Text,
    /// One JSON object a line, the fields of the surrounding spans beside the event's own.
    Json,
}

impl Default for LogOptions {
    fn default() -> Self {
        LogOptions { filter: "info".to_owned(), format: LogFormat::default() }
    }
}

/// Sends all events of this process to standard error.
///
/// # Errors
/// If the filter is wrong, or logging was set up before.
pub fn init_logging(options: &LogOptions) -> Result<(), Error> {
    let filter = EnvFilter::try_new(&options.filter)
        .map_err(|error| Error::Filter { filter: options.filter.clone(), reason: error.to_string() })?;
    let layer = match options.format {
        LogFormat::Text => {
            fmt::layer::<Registry>().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).boxed()
        }
        LogFormat::Json => json::layer(io::stderr).boxed(),
    };
    Registry::default().with(layer.with_filter(filter)).try_init().map_err(|_| Error::LoggingTwice)
}
