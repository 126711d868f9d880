//! Load balancers: put, delete, listen.

use std::{net::SocketAddr, time::Duration};

use super::{
    Director,
    groups::{gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        balancer::{Balancer, Limits},
        error::Refusal,
        record::{BalancerRecord, FORMAT},
        validate,
    },
    protocol::LoadBalancerSpec,
};

/// How long requests may finish on a balancer that is deleted or has moved to another port.
const PATIENCE: Duration = Duration::from_secs(30);

/// A load balancer.
pub(super) struct BalancerState {
    pub(super) spec: LoadBalancerSpec,
    pub(super) port: u16,
    /// None if it could not listen when the agent started.
    pub(super) balancer: Option<Balancer>,
    pub(super) message: Option<String>,
}

impl Director {
    /// Creates or changes a load balancer. Another port is listened on before the old one is given up.
    pub(super) async fn put_load_balancer(&mut self, spec: LoadBalancerSpec) -> Outcome {
        validate::load_balancer(&spec)?;
        let name = spec.name.clone();
        let known = self.balancers.get(&name).map(|known| (known.port, known.balancer.is_some()));
        let status = if known.is_some() { 200 } else { 201 };
        let taken = self.taken_ports();
        let port = match (spec.port, known) {
            (Some(port), _) => port,
            (None, Some((port, _))) => port,
            (None, None) => self.ports.take(&taken)?,
        };
        let listens = known == Some((port, true));
        if known.is_none_or(|(known, _)| known != port) && taken.contains(&port) {
            return Err(Refusal::conflict(format!("port {port} is taken by an instance or another load balancer")));
        }
        let new = if listens { None } else { Some(self.bind(&spec, port).map_err(Refusal::conflict)?) };
        let record = BalancerRecord { format: FORMAT, spec: spec.clone(), port };
        if let Err(error) = self.balancer_files.write(&name, &record).await {
            if let Some(new) = new {
                new.stop(Duration::ZERO).await;
            }
            return Err(Refusal::storage(&error));
        }
        let limits = limits_of(&spec);
        let state = self.balancers.entry(name.clone()).or_insert_with(|| BalancerState {
            spec: spec.clone(),
            port,
            balancer: None,
            message: None,
        });
        (state.spec, state.port, state.message) = (spec, port, None);
        let old = match new {
            Some(new) => state.balancer.replace(new),
            None => {
                if let Some(balancer) = &state.balancer {
                    balancer.limit(limits);
                }
                None
            }
        };
        self.publish();
        if let Some(old) = old {
            self.chores.spawn(old.stop(PATIENCE));
        }
        match self.balancers.get(&name) {
            Some(state) => json(status, &self.view_of_balancer(state)),
            None => Err(missing(&name)),
        }
    }

    pub(super) async fn delete_load_balancer(&mut self, name: &str, again: bool) -> Outcome {
        if !self.balancers.contains_key(name) {
            return if again { json(200, &gone(name)) } else { Err(missing(name)) };
        }
        let members: Vec<&str> = self
            .groups
            .values()
            .filter(|group| group.spec.load_balancers.iter().any(|balancer| balancer == name))
            .map(|group| group.spec.name.as_str())
            .collect();
        if !members.is_empty() {
            return Err(Refusal::conflict(format!(
                "load balancer {name} is used by {}; destroy these server groups first",
                members.join(", ")
            )));
        }
        self.balancer_files.remove(name).await.map_err(|error| Refusal::storage(&error))?;
        if let Some(balancer) = self.balancers.remove(name).and_then(|state| state.balancer) {
            self.chores.spawn(balancer.stop(PATIENCE));
        }
        self.publish();
        json(200, &gone(name))
    }

    /// Tries the balancers that could not listen again.
    pub(super) fn listen_again(&mut self) {
        let silent: Vec<String> =
            self.balancers.iter().filter(|(_, state)| state.balancer.is_none()).map(|(name, _)| name.clone()).collect();
        if silent.is_empty() {
            return;
        }
        for name in silent {
            self.listen(&name);
        }
        self.publish();
    }

    /// Listens on a balancer's port, or notes why that is not possible.
    pub(super) fn listen(&mut self, name: &str) {
        let Some(state) = self.balancers.get(name) else { return };
        let bound = self.bind(&state.spec, state.port);
        let Some(state) = self.balancers.get_mut(name) else { return };
        match bound {
            Ok(balancer) => (state.balancer, state.message) = (Some(balancer), None),
            Err(message) => {
                if state.message.is_none() {
                    tracing::error!(name, message, "a load balancer does not listen; it is tried again every second");
                }
                state.message = Some(message);
            }
        }
    }

    fn bind(&self, spec: &LoadBalancerSpec, port: u16) -> Result<Balancer, String> {
        let address = SocketAddr::new(self.options.bind_address, port);
        Balancer::bind(&spec.name, address, limits_of(spec), self.connections.clone())
            .map_err(|error| format!("cannot listen on {address}: {error}; free the port or choose another one"))
    }
}

fn limits_of(spec: &LoadBalancerSpec) -> Limits {
    Limits {
        connect_timeout: Duration::from_millis(spec.connect_timeout_ms),
        response_timeout: Duration::from_millis(spec.response_timeout_ms),
        header_timeout: Duration::from_millis(spec.header_timeout_ms),
        connections: spec.max_connections as usize,
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("load balancer {name} does not exist"))
}
