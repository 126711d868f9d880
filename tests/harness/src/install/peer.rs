//! A further control plane on an install's data: another node, as on another machine.
//!
//! It has the same store, the same objects and the same agent, and a name, ports and configuration folder of its own
//! (`config-<node>`).

use super::{Error, Install, base_url, contract, healthy, launch, write_config};
use crate::{Client, Program, Service, service::Ports};

/// A further control plane. It is killed when it is dropped, and ends with its install.
#[derive(Debug)]
pub struct Peer {
    program: Program,
    clients: Vec<Client>,
}

impl Peer {
    /// Its program, e.g. for its pid.
    pub fn program(&mut self) -> &mut Program {
        &mut self.program
    }

    /// A client of one of its services.
    pub fn client(&self, service: Service) -> Client {
        self.clients[service as usize].clone()
    }
}

impl Install {
    /// Starts one more control plane as `node`, and waits until it is ready. The install's own is the node `stand-alone`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn second_control_plane(&self, node: &str) -> Result<Peer, Error> {
        let ports = Ports::reserve().ok_or(Error::NoPort)?;
        let config = self.folder.join(format!("config-{node}"));
        write_config(
            &config,
            contract::files(&ports, &self.options.account, &self.folder.join("agent"), Some(node)),
            &self.options,
        )?;
        let clients = Service::ALL.iter().map(|service| Client::new(base_url(&ports, *service)));
        let clients: Vec<Client> = clients.collect::<Result<_, _>>()?;
        let launch = launch(node, &self.executable, &self.folder, &self.options);
        let launch = contract::control_plane(launch, &config, &self.folder.join("data"));
        let mut program = launch.start(&self.group)?;
        healthy([&mut program], &clients, self.options.deadline, &self.folder).await?;
        Ok(Peer { program, clients })
    }
}
