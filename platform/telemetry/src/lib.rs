//! Logs and metrics of a process.
//!
//! ```
//! use gennaker_telemetry::{LogFormat, LogOptions, init_logging, install_metrics};
//!
//! init_logging(&LogOptions { filter: "info,gennaker_http=debug".into(), format: LogFormat::Json })?;
//! let metrics = install_metrics()?;
//! assert!(init_logging(&LogOptions::default()).is_err(), "once in a process");
//! assert!(metrics.render().contains("process_resident_memory_bytes"));
//! # Ok::<(), gennaker_telemetry::Error>(())
//! ```
//!
//! It opens no socket: whoever serves HTTP asks [`MetricsHandle::render`]. It reads no environment: the filter is an
//! argument.

mod error;
mod logging;
mod metric;
mod process;

pub use self::{
    error::Error,
    logging::{LogFormat, LogOptions, init_logging},
    metric::{MetricsHandle, install_metrics},
};
