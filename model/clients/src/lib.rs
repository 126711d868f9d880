//! One typed client a service, over a [`Transport`]: the same behaviour over HTTP and in this process, with ours and with
//! upstream's services on the other side.
//!
//! A method is one endpoint; its errors are the peer's, as `gennaker_http::Error`.

mod changes;
mod clouddriver;
mod echo;
mod front50;
mod orca;
mod switchboard;

pub use self::{
    changes::{PipelineChanges, PipelinePage},
    clouddriver::ClouddriverClient,
    echo::EchoClient,
    front50::{BULK_SAVE, Front50Client},
    orca::{ExecutionQuery, OrcaClient},
    switchboard::Switchboard,
};
pub use gennaker_http::{Call, Caller, Error, IfChanged, Result, Streamed, Transport};

/// The clients that a service is given.
#[derive(Clone)]
pub struct Clients {
    /// front50.
    pub front50: Front50Client,
    /// orca.
    pub orca: OrcaClient,
    /// clouddriver.
    pub clouddriver: ClouddriverClient,
    /// echo.
    pub echo: EchoClient,
}
