//! The local provider: one machine as a cloud.
//!
//! Its data plane is a process of its own, [`agent`]: it supervises the server groups' processes and holds the sockets
//! of the load balancers. The control plane speaks [`protocol`] with it through [`client`], and may be killed, upgraded
//! or started again without the agent noticing.

pub mod agent;
pub mod client;
pub mod protocol;
pub mod provider;
