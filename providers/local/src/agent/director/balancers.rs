//! Load balancers: put, delete, listen.

use std::{collections::HashSet, net::SocketAddr, time::Duration};

use super::{
    Director,
    groups::{gone, json},
    mutation::Outcome,
};
use crate::{
    agent::{
        balancer::{Balancer, Limits, Listener},
        error::Refusal,
        record::{BalancerRecord, FORMAT},
        validate,
    },
    protocol::{LoadBalancerSpec, Protocol},
};

/// How long requests may finish on a listener that is closed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A load balancer.
pub(super) struct BalancerState {
    pub(super) spec: LoadBalancerSpec,
    /// As they are wanted; which of them listen, the balancer knows.
    pub(super) listeners: Vec<ListenerState>,
    pub(super) balancer: Balancer,
}

/// A listener that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListenerState {
    pub(super) port: u16,
    pub(super) protocol: Protocol,
    /// Why it does not listen.
    pub(super) message: Option<String>,
}

impl Director {
    /// Creates or changes a load balancer. Other ports are listened on before old ones are given up.
    pub(super) async fn put_load_balancer(&mut self, spec: LoadBalancerSpec) -> Outcome {
        validate::load_balancer(&spec)?;
        self.know_security_groups(&spec)?;
        let name = spec.name.clone();
        let wanted = self.listeners_of(&spec)?;
        let known = self.balancers.remove(&name);
        let status = if known.is_some() { 200 } else { 201 };
        let is_new = known.is_none();
        let mut state = known.unwrap_or_else(|| self.idle_balancer(spec.clone()));
        let bound = self.bind_and_write(&state.balancer, &spec, &wanted).await;
        let bound = match bound {
            Ok(bound) => bound,
            Err(refusal) => {
                if !is_new {
                    self.balancers.insert(name, state);
                }
                return Err(refusal);
            }
        };
        for listener in bound {
            if let Some(replaced) = state.balancer.add(listener) {
                self.chores.spawn(replaced.stop(PATIENCE));
            }
        }
        for port in state.balancer.ports() {
            match wanted.iter().find(|wanted| wanted.port == port) {
                Some(wanted) => {
                    if let Some(listener) = state.balancer.listener(port) {
                        listener.speak(wanted.protocol);
                    }
                }
                None => {
                    if let Some(listener) = state.balancer.remove(port) {
                        self.chores.spawn(listener.stop(PATIENCE));
                    }
                }
            }
        }
        state.balancer.limit(limits_of(&spec));
        state.balancer.admit(self.sources_of(&spec));
        (state.spec, state.listeners) = (spec, wanted);
        let shown = json(status, &self.view_of_balancer(&state));
        self.balancers.insert(name, state);
        self.publish();
        shown
    }

    /// Listens where nobody does yet, and writes the record; either all of that or nothing.
    async fn bind_and_write(
        &mut self,
        balancer: &Balancer,
        spec: &LoadBalancerSpec,
        wanted: &[ListenerState],
    ) -> Result<Vec<Listener>, Refusal> {
        let mut bound = Vec::new();
        let mut refused = None;
        for listener in wanted.iter().filter(|wanted| balancer.listener(wanted.port).is_none()) {
            match self.bind(balancer, listener) {
                Ok(new) => bound.push(new),
                Err(message) => {
                    refused = Some(Refusal::conflict(message));
                    break;
                }
            }
        }
        if refused.is_none() {
            let ports: Vec<u16> = wanted.iter().map(|listener| listener.port).collect();
            let port = ports.first().copied().unwrap_or_default();
            let record = BalancerRecord { format: FORMAT, spec: spec.clone(), port, ports };
            refused = self.balancer_files.write(&spec.name, &record).await.err().map(|error| Refusal::storage(&error));
        }
        let Some(refusal) = refused else { return Ok(bound) };
        for listener in bound {
            listener.stop(Duration::ZERO).await;
        }
        Err(refusal)
    }

    /// The listeners that a spec asks for. One without a port keeps the one it had, or gets a free one.
    fn listeners_of(&mut self, spec: &LoadBalancerSpec) -> Result<Vec<ListenerState>, Refusal> {
        let wanted = spec.effective_listeners();
        let known: Vec<u16> = self
            .balancers
            .get(&spec.name)
            .map(|state| state.listeners.iter().map(|listener| listener.port).collect())
            .unwrap_or_default();
        let mut used: HashSet<u16> = wanted.iter().filter_map(|listener| listener.port).collect();
        let mut taken = self.taken_ports();
        let mut listeners = Vec::new();
        for (index, listener) in wanted.iter().enumerate() {
            let kept = known.get(index).copied().filter(|port| !used.contains(port));
            let port = match listener.port.or(kept) {
                Some(port) => port,
                None => {
                    taken.extend(&used);
                    self.ports.take(&taken)?
                }
            };
            if taken.contains(&port) && !known.contains(&port) {
                return Err(Refusal::conflict(format!("port {port} is taken by an instance or another load balancer")));
            }
            used.insert(port);
            listeners.push(ListenerState { port, protocol: listener.protocol, message: None });
        }
        Ok(listeners)
    }

    /// A balancer that does not listen yet.
    pub(super) fn idle_balancer(&self, spec: LoadBalancerSpec) -> BalancerState {
        let balancer = Balancer::new(
            &spec.name,
            limits_of(&spec),
            self.sources_of(&spec),
            self.connections.clone(),
            self.opened.clone(),
        );
        BalancerState { spec, listeners: Vec::new(), balancer }
    }

    pub(super) async fn delete_load_balancer(&mut self, name: &str, again: bool) -> Outcome {
        if !self.balancers.contains_key(name) {
            return if again { json(200, &gone(name)) } else { Err(missing(name)) };
        }
        let members: Vec<&str> = self
            .groups
            .values()
            .filter(|group| group.spec().load_balancers.iter().any(|balancer| balancer == name))
            .map(|group| group.spec().name.as_str())
            .collect();
        if !members.is_empty() {
            return Err(Refusal::conflict(format!(
                "load balancer {name} is used by {}; destroy these server groups first",
                members.join(", ")
            )));
        }
        self.balancer_files.remove(name).await.map_err(|error| Refusal::storage(&error))?;
        if let Some(state) = self.balancers.remove(name) {
            self.chores.spawn(state.balancer.stop(PATIENCE));
        }
        self.publish();
        json(200, &gone(name))
    }

    /// Tries the listeners that could not listen again.
    pub(super) fn listen_again(&mut self) {
        let silent = |state: &BalancerState| state.listeners.iter().any(|listener| listener.message.is_some());
        let names: Vec<String> =
            self.balancers.iter().filter(|(_, state)| silent(state)).map(|(name, _)| name.clone()).collect();
        if names.is_empty() {
            return;
        }
        for name in names {
            self.listen(&name);
        }
        self.publish();
    }

    /// Listens on a balancer's ports, or notes why that is not possible.
    pub(super) fn listen(&mut self, name: &str) {
        let Some(mut state) = self.balancers.remove(name) else { return };
        for listener in &mut state.listeners {
            if state.balancer.listener(listener.port).is_some() {
                continue;
            }
            match self.bind(&state.balancer, listener) {
                Ok(bound) => {
                    state.balancer.add(bound);
                    listener.message = None;
                }
                Err(message) => {
                    if listener.message.is_none() {
                        tracing::error!(
                            name,
                            message,
                            "a load balancer does not listen; it is tried again every second"
                        );
                    }
                    listener.message = Some(message);
                }
            }
        }
        self.balancers.insert(name.to_owned(), state);
    }

    fn bind(&mut self, balancer: &Balancer, listener: &ListenerState) -> Result<Listener, String> {
        let address = SocketAddr::new(self.options.bind_address, listener.port);
        let inherited = self.inherited.remove(&listener.port);
        let inherited = inherited.filter(|socket| socket.local_addr().is_ok_and(|local| local == address));
        balancer
            .bind(address, listener.protocol, inherited)
            .map_err(|error| format!("cannot listen on {address}: {error}; free the port or choose another one"))
    }
}

fn limits_of(spec: &LoadBalancerSpec) -> Limits {
    Limits {
        connect_timeout: Duration::from_millis(spec.connect_timeout_ms),
        response_timeout: Duration::from_millis(spec.response_timeout_ms),
        header_timeout: Duration::from_millis(spec.header_timeout_ms),
        send_timeout: Duration::from_millis(spec.send_timeout_ms),
        idle_timeout: Duration::from_millis(spec.idle_timeout_ms),
        connections: spec.max_connections as usize,
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::not_found(format!("load balancer {name} does not exist"))
}
