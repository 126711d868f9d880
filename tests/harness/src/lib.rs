//! What the demo, the system tests and the benches share: start the built programs, load them, kill them.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gennaker_harness::{Install, InstallOptions, Profile, Programs, Service};
//!
//! let programs = Programs::build(Profile::own(), &["gennaker", "greeter"]).await?;
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
//! its [`Group`]. Of what can be deployed it knows the example program ([`delivery`]).

mod contract;
pub mod delivery;
pub mod gate;
pub mod git;
mod group;
pub mod install;
pub mod load;
mod ports;
pub mod process;
pub mod program;
pub mod programs;
pub mod s3;
mod service;
pub mod wait;

pub use self::{
    delivery::Delivery,
    gate::{Answer, Client},
    group::Group,
    install::{Install, InstallOptions, Peer},
    load::Load,
    ports::reserve_port,
    process::Process,
    program::{Launch, Program},
    programs::{Profile, Programs},
    s3::S3Server,
    service::Service,
    wait::eventually,
};
