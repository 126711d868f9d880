//! The predecessor's side after the hand-over: it serves the connections that it has, as its successor tells it.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    net::TcpListener,
    os::unix::net::UnixStream,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet, time::Instant};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{Greeting, Inheritance, Instruction, Predecessor, Report, frames, offer::Successor};
use crate::agent::balancer::{self, Connections, Route, Target, Upstream};

/// It stays for so long at least, in case that the successor is killed at once.
const SETTLED: Duration = Duration::from_secs(5);
/// How long requests may finish when it is told to end.
const LAST_REQUESTS: Duration = Duration::from_secs(3);

/// An agent without anything to supervise, with the connections that it had.
#[derive(Debug)]
pub(in crate::agent) struct Retired {
    pub(in crate::agent) balancers: BTreeMap<String, balancer::Retired>,
    /// What requests may be sent to.
    pub(in crate::agent) upstreams: HashMap<Target, Arc<Upstream>>,
    /// What something may be running on besides.
    pub(in crate::agent) closed: Vec<Arc<Upstream>>,
    pub(in crate::agent) connections: Connections,
    /// The agent that this one took over from, if it is still there.
    pub(in crate::agent) predecessor: Option<Predecessor>,
    /// Its listening sockets, for the case that it must serve again.
    pub(in crate::agent) sockets: HashMap<u16, TcpListener>,
    /// What is ending anyway: supervisors that stop a process, listeners that were closed.
    pub(in crate::agent) ending: Vec<JoinSet<()>>,
}

/// Who serves now.
#[derive(Debug)]
pub(in crate::agent) enum After {
    /// The successor, or nobody by order.
    Ended,
    /// The successor is gone: this one serves again.
    Alone,
}

/// The line to the successor.
struct Line {
    to: tokio::net::unix::OwnedWriteHalf,
    instructions: mpsc::Receiver<Instruction>,
    _reading: AbortOnDropHandle<()>,
}

impl Line {
    fn open(stream: UnixStream) -> io::Result<Line> {
        stream.set_nonblocking(true)?;
        let (from, to) = tokio::net::UnixStream::from_std(stream)?.into_split();
        let (sender, instructions) = frames::channel();
        let reading = AbortOnDropHandle::new(tokio::spawn(frames::read_all(from, sender)));
        Ok(Line { to, instructions, _reading: reading })
    }
}

impl Retired {
    /// Serves until the last connection has ended, the successor's limit is over, or `shutdown`. `kept` is what it keeps
    /// for the case that it must serve again.
    pub(in crate::agent) async fn serve(
        &mut self,
        successor: Successor,
        kept: &mut Inheritance,
        shutdown: &CancellationToken,
    ) -> After {
        let Successor { stream, pid, limit } = successor;
        // A successor that is gone by now is noticed below.
        let said = frames::send(&stream, &Greeting::Yours).and_then(|()| Line::open(stream));
        let line = match said {
            Ok(line) => line,
            Err(error) => {
                tracing::warn!(%error, pid, "the successor is gone; this agent serves again");
                return After::Alone;
            }
        };
        tracing::info!(pid, "another agent has taken over; this one serves the connections that it has");
        let after = self.follow(line, limit, Some(kept), shutdown).await;
        if matches!(after, After::Alone) {
            tracing::warn!(pid, "the successor is gone; this agent serves again");
        }
        after
    }

    /// Becomes the predecessor of this very process: what serves again tells it where requests may go.
    pub(in crate::agent) fn beside(
        mut self,
        tasks: &mut JoinSet<()>,
        shutdown: CancellationToken,
    ) -> io::Result<Predecessor> {
        let (here, there) = UnixStream::pair()?;
        let line = Line::open(there)?;
        tasks.spawn(async move {
            self.follow(line, Duration::MAX, None, &shutdown).await;
            self.end().await;
        });
        Predecessor::follow(here)
    }

    async fn follow(
        &mut self,
        mut line: Line,
        limit: Duration,
        mut kept: Option<&mut Inheritance>,
        shutdown: &CancellationToken,
    ) -> After {
        let started = Instant::now();
        let mut drains = JoinSet::new();
        let over = async {
            match started.checked_add(limit) {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        let mut over = std::pin::pin!(over);
        let mut emptied = std::pin::pin!(emptied(self.all_ended(), self.predecessor.clone(), started));
        let (routes, closed) = (&mut self.upstreams, &mut self.closed);
        loop {
            let instruction = tokio::select! {
                instruction = line.instructions.recv() => instruction,
                Some(Ok(report)) = drains.join_next(), if !drains.is_empty() => {
                    // One that cannot be told is gone, which is noticed above.
                    let _unless_it_is_gone = frames::write(&mut line.to, &report).await;
                    continue;
                }
                () = emptied.as_mut() => return After::Ended,
                () = over.as_mut() => {
                    tracing::warn!("the time for old connections is over; cutting them");
                    return After::Ended;
                }
                () = shutdown.cancelled() => return After::Ended,
            };
            match instruction {
                None => return After::Alone,
                Some(Instruction::End) => return After::Ended,
                Some(Instruction::Route { routes: table, ports }) => {
                    if let Some(predecessor) = &self.predecessor {
                        predecessor.route(table.clone(), ports.clone());
                    }
                    if let Some(kept) = kept.as_mut() {
                        kept.listeners.retain(|port, _| ports.contains(port));
                    }
                    for (name, balancer) in &self.balancers {
                        let destinations = table.get(name).into_iter().flatten();
                        let wanted = destinations.map(|destination| {
                            let target = destination.target.clone();
                            let upstream = routes
                                .entry(target.clone())
                                .or_insert_with(|| {
                                    balancer::reopen(closed, &target)
                                        .unwrap_or_else(|| Upstream::new(target, Arc::default()))
                                })
                                .clone();
                            Route { upstream, weight: destination.weight }
                        });
                        balancer.route(wanted.collect());
                    }
                }
                Some(Instruction::Drain { id, instances, limit_ms }) => {
                    let limit = Duration::from_millis(limit_ms);
                    let of_these = |upstream: &Arc<Upstream>| instances.contains(&upstream.target().instance);
                    let closing: Vec<_> = routes.extract_if(|_, upstream| of_these(upstream)).collect();
                    for (_, upstream) in closing {
                        upstream.close();
                        closed.push(upstream);
                    }
                    closed.retain(|upstream| upstream.in_flight() > 0);
                    let own: Vec<_> = closed.iter().filter(|upstream| of_these(upstream)).cloned().collect();
                    let before = self.predecessor.as_ref().map(|before| before.drain(instances.clone(), limit));
                    let own = balancer::drain(own, limit);
                    drains.spawn(async move {
                        let before = async { futures::future::OptionFuture::from(before).await.unwrap_or(0) };
                        let (own, before) = tokio::join!(own, before);
                        Report::Drained { id, cut: own + before }
                    });
                }
            }
        }
    }

    /// Ends what is left: lets requests finish for some seconds, then cuts them.
    pub(in crate::agent) async fn end(mut self) {
        if let Some(predecessor) = &self.predecessor {
            predecessor.end();
        }
        futures::future::join_all(self.balancers.values().map(|balancer| balancer.stop(LAST_REQUESTS))).await;
        for mut ending in std::mem::take(&mut self.ending) {
            ending.shutdown().await;
        }
        self.connections.stop().await;
        if let Some(predecessor) = self.predecessor.take() {
            // Else it would take this agent for killed, and serve in its place.
            let _ = tokio::time::timeout(LAST_REQUESTS, predecessor.gone()).await;
        }
    }

    /// Returns once all connections have ended.
    fn all_ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let ended: Vec<_> = self.balancers.values().map(balancer::Retired::ended).collect();
        async move {
            futures::future::join_all(ended).await;
        }
    }
}

/// Returns once there is nothing more to serve, here or in the agent before, and the successor has settled.
async fn emptied(ended: impl Future<Output = ()>, predecessor: Option<Predecessor>, started: Instant) {
    ended.await;
    if let Some(predecessor) = predecessor {
        predecessor.gone().await;
    }
    tokio::time::sleep_until(started + SETTLED).await;
}
