//! A listening port of a balancer: accepts clients, one task a connection.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::{
    client::{Client, ClientConnections, Place},
    http,
    pace::Pace,
    pool::Pool,
    tcp,
};
use crate::protocol::Protocol;

const BACKLOG: u32 = 1_024;

/// A listening port. It must be ended with [`Listener::stop`] or [`Listener::deafen`].
#[derive(Debug)]
pub(in crate::agent) struct Listener {
    address: SocketAddr,
    protocol: watch::Sender<Protocol>,
    socket: Arc<TcpListener>,
    clients: ClientConnections,
    deaf: CancellationToken,
    accepting: JoinHandle<()>,
}

/// A socket that listens on `address`: `inherited`, or a new one.
pub(super) fn listen(address: SocketAddr, inherited: Option<std::net::TcpListener>) -> std::io::Result<TcpListener> {
    if let Some(inherited) = inherited {
        inherited.set_nonblocking(true)?;
        return TcpListener::from_std(inherited);
    }
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A restarted agent takes the port although old connections on it have not timed out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

impl Listener {
    pub(super) fn start(socket: TcpListener, protocol: Protocol, pool: Arc<Pool>) -> std::io::Result<Listener> {
        let (address, socket) = (socket.local_addr()?, Arc::new(socket));
        let (protocol, receiver) = watch::channel(protocol);
        let (clients, deaf) = (ClientConnections::default(), CancellationToken::new());
        let accepting = Accepting { address, protocol: receiver, pool, clients: clients.clone() };
        let accepting = tokio::spawn(accepting.run(socket.clone(), deaf.clone()));
        Ok(Listener { address, protocol, socket, clients, deaf, accepting })
    }

    pub(in crate::agent) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes the next clients as ones that speak `protocol`.
    pub(in crate::agent) fn speak(&self, protocol: Protocol) {
        self.protocol.send_replace(protocol);
    }

    /// The same listening socket once more, for another agent.
    ///
    /// # Errors
    /// If this process has no room for another descriptor.
    pub(in crate::agent) fn socket(&self) -> std::io::Result<std::net::TcpListener> {
        use std::os::fd::AsFd as _;
        Ok(self.socket.as_fd().try_clone_to_owned()?.into())
    }

    /// Frees the port, lets requests finish for `patience`, then breaks off what is left.
    pub(in crate::agent) async fn stop(self, patience: Duration) {
        self.deafen().await.end(patience).await;
    }

    /// Accepts no more; returns the connections that are there.
    pub(super) async fn deafen(self) -> ClientConnections {
        self.deaf.cancel();
        if let Err(error) = self.accepting.await {
            tracing::error!(%error, "a listening task failed");
        }
        self.clients
    }
}

/// What the accepting task knows.
struct Accepting {
    address: SocketAddr,
    protocol: watch::Receiver<Protocol>,
    pool: Arc<Pool>,
    clients: ClientConnections,
}

impl Accepting {
    async fn run(self, socket: Arc<TcpListener>, deaf: CancellationToken) {
        deaf.run_until_cancelled(async {
            self.pool.opened.cancelled().await;
            loop {
                self.accept(&socket).await;
            }
        })
        .await;
    }

    async fn accept(&self, socket: &TcpListener) {
        // Without room the next client waits in the kernel's queue.
        let Ok(room) = self.pool.room.clone().acquire_owned().await else { return };
        match socket.accept().await {
            Ok((stream, address)) => {
                if !self.pool.admit(address.ip(), self.address.port()) {
                    tracing::debug!(balancer = self.pool.name, %address, "no security group lets this client in");
                    return;
                }
                let pace = Arc::new(Pace::default());
                let client =
                    Client { address, pace, owner: self.clients.clone(), _place: Place::take(self.pool.clone(), room) };
                self.serve(stream, client);
            }
            Err(error) => {
                // Mostly out of file descriptors: give the running connections a moment to end.
                tracing::warn!(balancer = self.pool.name, %error, "cannot accept a connection");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    fn serve(&self, stream: TcpStream, client: Client) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a client was gone before it was served");
            return;
        }
        let pool = self.pool.clone();
        match *self.protocol.borrow() {
            Protocol::Http => self.clients.tasks.spawn(http::serve(stream, client, pool)),
            Protocol::Tcp => self.clients.tasks.spawn(tcp::serve(stream, client, pool)),
        };
    }
}
