//! The task that renews a lease, notices its loss and joins again.

use std::{sync::Arc, time::Duration};

use gennaker_base::{Backoff, Kind};
use gennaker_store::{Nodes, Owner, Registration};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{Error, Options, Result, Standing, standing::Held};

/// The first wait after a failure.
const RETRY: Duration = Duration::from_millis(100);

/// What the task works with.
#[derive(Clone)]
pub(crate) struct Renewal {
    nodes: Arc<dyn Nodes>,
    registration: Registration,
    options: Options,
    standing: Standing,
    stop: CancellationToken,
}

/// Why a lease is not held any more.
enum End {
    Lost,
    Stopped,
}

impl Renewal {
    pub(crate) fn new(
        nodes: Arc<dyn Nodes>,
        registration: Registration,
        options: Options,
        standing: Standing,
        stop: CancellationToken,
    ) -> Self {
        Renewal { nodes, registration, options, standing, stop }
    }

    /// Takes a lease.
    pub(crate) async fn join(&self) -> Result<Held> {
        let node = &self.registration.node;
        let silent = |_| Error::Silent { node: node.clone() };
        let failed = |source| Error::Store { node: node.clone(), source };
        let sent = Instant::now();
        let until = self.options.held_until(sent);
        let joining = self.nodes.join(&self.registration, self.options.ttl);
        let epoch = timeout_at(until, joining).await.map_err(silent)?.map_err(failed)?;
        timeout_at(until, self.measure()).await.map_err(silent)?.map_err(failed)?;
        tracing::info!(node, epoch = epoch.0, "this node has joined");
        Ok(Held { owner: Owner { node: node.clone(), epoch }, sent, until })
    }

    /// Keeps a lease until it is stopped, and takes another one whenever it is lost.
    pub(crate) async fn run(self, mut held: Held) {
        loop {
            let owner = held.owner.clone();
            let end = self.hold(held).await;
            self.standing.publish(None);
            match end {
                End::Stopped => return self.leave(&owner).await,
                End::Lost => {
                    metrics::counter!("gennaker_cluster_losses_total").increment(1);
                    tracing::error!(
                        node = owner.node,
                        epoch = owner.epoch.0,
                        "this node lost its lease and joins again: the store was out of reach too long, this process \
                         stood still, or another node has the same name"
                    );
                }
            }
            match self.join_again().await {
                Some(again) => held = again,
                None => return,
            }
            self.standing.publish(Some(held.clone()));
        }
    }

    /// Renews until the lease is lost.
    async fn hold(&self, held: Held) -> End {
        let Held { owner, sent, mut until } = held;
        let mut backoff = Backoff::new(RETRY, self.options.renew_every);
        let mut next = sent + self.options.renew_every;
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return End::Stopped,
                () = sleep_until(until) => return End::Lost,
                () = sleep_until(next) => {}
            }
            let sent = Instant::now();
            // An answer after the end would be worthless.
            let renewing = timeout_at(until, self.nodes.renew(&owner.node, owner.epoch, self.options.ttl));
            let renewed = tokio::select! {
                biased;
                () = self.stop.cancelled() => return End::Stopped,
                renewed = renewing => renewed,
            };
            let outcome = match renewed {
                Ok(Ok(())) => {
                    until = self.options.held_until(sent);
                    if !self.standing.extend(until) {
                        return End::Lost;
                    }
                    next = sent + self.options.renew_every;
                    backoff.reset();
                    self.measure_in_time(until).await;
                    "renewed"
                }
                Ok(Err(error)) if error.kind() == Kind::Fenced => return End::Lost,
                Ok(Err(error)) => {
                    tracing::warn!(node = owner.node, %error, "the node's lease was not renewed, trying again");
                    next = Instant::now() + backoff.next_wait();
                    "failed"
                }
                Err(_) => return End::Lost,
            };
            metrics::counter!("gennaker_cluster_renewals_total", "outcome" => outcome).increment(1);
        }
    }

    /// Joins until it succeeds; `None` if it is stopped before.
    async fn join_again(&self) -> Option<Held> {
        let mut backoff = Backoff::new(RETRY, self.options.renew_every);
        loop {
            let joined = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                joined = self.join() => joined,
            };
            let wait = match joined {
                Ok(held) => return Some(held),
                Err(error) => {
                    tracing::warn!(%error, "trying again");
                    backoff.next_wait()
                }
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                () = sleep(wait) => {}
            }
        }
    }

    async fn leave(&self, owner: &Owner) {
        let leaving = self.nodes.leave(&owner.node, owner.epoch);
        match timeout(self.options.renew_every, leaving).await {
            Ok(Ok(())) => tracing::info!(node = owner.node, epoch = owner.epoch.0, "this node has left"),
            Ok(Err(error)) => tracing::warn!(node = owner.node, %error, "this node's lease ends by itself"),
            Err(_) => tracing::warn!(node = owner.node, "the store is silent, this node's lease ends by itself"),
        }
    }

    /// Measures the store's clock, but rather keeps the former offset than the next renewal waiting.
    async fn measure_in_time(&self, until: Instant) {
        let deadline = until.min(Instant::now() + self.options.renew_every);
        match timeout_at(deadline, self.measure()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the store's time is not known, the last offset is kept"),
            Err(_) => tracing::warn!("the store's time is not known, the last offset is kept"),
        }
    }

    async fn measure(&self) -> gennaker_store::Result<()> {
        let clock = self.standing.clock();
        let asked = clock.now();
        let store = self.nodes.now().await?;
        self.standing.correct(asked, store, clock.now());
        Ok(())
    }
}
