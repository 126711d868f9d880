//! What the demo, the system tests and the benches share: start the built programs, load them, kill them.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gennaker_harness::{Install, InstallOptions, Profile, Programs, Service};
//!
//! let programs = Programs::build(Profile::own(), &["gennaker-server", "greeter"]).await?;
//! let mut install = Install::start(&programs, InstallOptions::default()).await?;
//! let health = install.client(Service::Gate).get("/health").await?;
//! assert_eq!(health.status, 200);
//! install.kill_control_plane().await?;
//! install.start_control_plane().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Everything is real: programs as cargo builds them, sockets, signals, files. Whatever a program leaves behind ends with
//! its [`Group`]. It knows no pipeline: what is deployed and asked for is the caller's.

mod contract;
pub mod gate;
mod group;
pub mod install;
pub mod load;
mod ports;
pub mod process;
pub mod program;
pub mod programs;
pub mod wait;

pub use self::{
    gate::{Answer, Client},
    group::Group,
    install::{Install, InstallOptions, Service},
    load::Load,
    ports::reserve_port,
    process::Process,
    program::{Launch, Program},
    programs::{Profile, Programs},
    wait::eventually,
};
