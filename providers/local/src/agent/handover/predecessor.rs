//! The successor's hold on the agent that it took over from, for as long as that has connections.

use std::{io, os::unix::net::UnixStream, sync::Arc, time::Duration};

use tokio::{
    net::unix::OwnedWriteHalf,
    sync::{mpsc, oneshot, watch},
};
use tokio_util::task::AbortOnDropHandle;

use super::{Instruction, Report, RouteTable, frames};

/// What is to happen on the other side.
#[derive(Debug)]
enum Order {
    Drain { instances: Vec<String>, limit: Duration, done: oneshot::Sender<usize> },
    End,
}

/// The agent that was taken over from. Dropped, it takes the agent's place again.
#[derive(Debug, Clone)]
pub(in crate::agent) struct Predecessor {
    routes: watch::Sender<Arc<(RouteTable, Vec<u16>)>>,
    orders: mpsc::UnboundedSender<Order>,
    gone: watch::Receiver<bool>,
    _task: Arc<AbortOnDropHandle<()>>,
}

impl Predecessor {
    /// Follows the one at the other end of `stream`.
    pub(super) fn follow(stream: UnixStream) -> io::Result<Predecessor> {
        stream.set_nonblocking(true)?;
        let (from, to) = tokio::net::UnixStream::from_std(stream)?.into_split();
        let (sender, reports) = frames::channel();
        // At most one drain a request of the control plane, each of which waits for its answer.
        let (orders, receiver) = mpsc::unbounded_channel();
        let (routes, wanted) = watch::channel(Arc::default());
        let (ended, gone) = watch::channel(false);
        let task = tokio::spawn(async move {
            let following = Following { to, reports, orders: receiver, routes: wanted, drains: Vec::new(), next: 0 };
            tokio::select! {
                () = frames::read_all(from, sender) => {}
                ended = following.run() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "the agent that was taken over from is gone");
                    }
                }
            }
            tracing::info!("the agent that was taken over from has no connections any more");
            ended.send_replace(true);
        });
        Ok(Predecessor { routes, orders, gone, _task: Arc::new(AbortOnDropHandle::new(task)) })
    }

    /// Sends the next requests on its connections there. It needs the sockets of `ports` no longer than they are named.
    pub(in crate::agent) fn route(&self, routes: RouteTable, ports: Vec<u16>) {
        self.routes.send_if_modified(|known| {
            let changed = (&known.0, &known.1) != (&routes, &ports);
            if changed {
                *known = Arc::new((routes, ports));
            }
            changed
        });
    }

    /// Lets it send nothing more to these instances, and waits until what runs on them has ended; after `limit` it is
    /// cut. Returns how much was cut.
    pub(in crate::agent) fn drain(
        &self,
        instances: Vec<String>,
        limit: Duration,
    ) -> impl Future<Output = usize> + Send + use<> {
        let (done, answer) = oneshot::channel();
        let asked = self.orders.send(Order::Drain { instances, limit, done });
        // One that is gone has nothing running.
        async move { if asked.is_ok() { answer.await.unwrap_or(0) } else { 0 } }
    }

    /// Lets it end, within seconds.
    pub(in crate::agent) fn end(&self) {
        let _unless_it_is_gone = self.orders.send(Order::End);
    }

    /// Returns once it is gone.
    pub(in crate::agent) async fn gone(&self) {
        let mut gone = self.gone.clone();
        let _or_its_task_has_ended = gone.wait_for(|gone| *gone).await;
    }
}

struct Following {
    to: OwnedWriteHalf,
    reports: mpsc::Receiver<Report>,
    orders: mpsc::UnboundedReceiver<Order>,
    routes: watch::Receiver<Arc<(RouteTable, Vec<u16>)>>,
    drains: Vec<(u64, oneshot::Sender<usize>)>,
    next: u64,
}

impl Following {
    async fn run(mut self) -> io::Result<()> {
        loop {
            tokio::select! {
                Ok(()) = self.routes.changed() => self.tell_routes().await?,
                Some(order) = self.orders.recv() => {
                    // Before a drain come the routes that lead elsewhere.
                    if self.routes.has_changed().unwrap_or(false) {
                        self.tell_routes().await?;
                    }
                    self.tell(order).await?;
                }
                Some(Report::Drained { id, cut }) = self.reports.recv() => {
                    if let Some(index) = self.drains.iter().position(|(drain, _)| *drain == id) {
                        let _unless_nobody_waits = self.drains.swap_remove(index).1.send(cut);
                    }
                }
                else => return Ok(()),
            }
        }
    }

    async fn tell_routes(&mut self) -> io::Result<()> {
        let wanted = self.routes.borrow_and_update().clone();
        let (routes, ports) = (wanted.0.clone(), wanted.1.clone());
        frames::write(&mut self.to, &Instruction::Route { routes, ports }).await
    }

    async fn tell(&mut self, order: Order) -> io::Result<()> {
        let instruction = match order {
            Order::Drain { instances, limit, done } => {
                self.next += 1;
                self.drains.push((self.next, done));
                let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                Instruction::Drain { id: self.next, instances, limit_ms }
            }
            Order::End => Instruction::End,
        };
        frames::write(&mut self.to, &instruction).await
    }
}
