//! The predecessor's side until the hand-over.

use std::{
    io,
    net::TcpListener,
    os::{
        fd::{AsFd as _, BorrowedFd},
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::{
    Greeting,
    frames::{receive, send, send_descriptors},
    listen,
};
use crate::agent::{Error, files::blocking, lock::Lock, record::FORMAT};

/// How long one message may take.
const MESSAGE: Duration = Duration::from_secs(5);
/// How long a successor may take to read the records and adopt the processes; meanwhile nothing is changed.
const READY: Duration = Duration::from_secs(30);

/// The director is asked to hold still and to give its listening sockets away.
#[derive(Debug)]
pub(in crate::agent) struct Asked {
    /// It holds still from here on.
    pub(in crate::agent) sockets: oneshot::Sender<io::Result<Vec<TcpListener>>>,
    /// Sent: it hands over. Dropped: it goes on.
    pub(in crate::agent) decision: oneshot::Receiver<Successor>,
}

/// Who takes over.
#[derive(Debug)]
pub(in crate::agent) struct Successor {
    pub(super) stream: UnixStream,
    pub(super) pid: u32,
    /// How long connections may stay.
    pub(super) limit: Duration,
}

/// Where successors ask.
#[derive(Debug)]
pub(in crate::agent) struct HandOverSocket {
    listener: tokio::net::UnixListener,
    account: String,
    lock: Lock,
    control: UnixListener,
}

impl HandOverSocket {
    /// Listens on `path`. `lock` and `control` are what a successor gets copies of.
    pub(in crate::agent) fn bind(
        path: &Path,
        account: &str,
        lock: &Lock,
        control: &UnixListener,
    ) -> Result<HandOverSocket, Error> {
        let bound = || -> io::Result<HandOverSocket> {
            Ok(HandOverSocket {
                listener: tokio::net::UnixListener::from_std(listen(path)?)?,
                account: account.to_owned(),
                lock: lock.try_clone()?,
                control: control.try_clone()?,
            })
        };
        bound().map_err(|source| Error::io(format!("listen on the socket {}", path.display()), source))
    }

    /// Answers one successor after the other, until one has taken over.
    pub(in crate::agent) async fn answer(self, director: mpsc::Sender<Asked>) {
        loop {
            let stream = match self.listener.accept().await.and_then(|(stream, _)| stream.into_std()) {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a successor");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            match self.offer(stream, &director).await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "a successor did not take over; this agent goes on"),
            }
        }
    }

    /// Whether the successor has taken over.
    async fn offer(&self, stream: UnixStream, director: &mpsc::Sender<Asked>) -> io::Result<bool> {
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(MESSAGE))?;
        stream.set_write_timeout(Some(MESSAGE))?;
        let (stream, hello) = talk(stream, receive::<Greeting>).await?;
        let Greeting::Hello { account, program, pid, format, limit_ms } = hello else {
            return Err(io::Error::other("a successor that does not say hello"));
        };
        if let Some(reason) = self.objection(&account, &program, format) {
            talk(stream, move |stream| send(stream, &Greeting::Refused { reason })).await?;
            return Ok(false);
        }
        tracing::info!(pid, program, "another agent wants to take over");
        let (sockets, given) = oneshot::channel();
        let (decide, decision) = oneshot::channel();
        let gone = |_| io::Error::other("the agent is ending");
        director.send(Asked { sockets, decision }).await.map_err(|_| gone(()))?;
        let sockets = given.await.map_err(|_| gone(()))??;
        let (lock, control) = (self.lock.try_clone()?, self.control.try_clone()?);
        let (stream, ()) = talk(stream, move |stream| {
            let mut descriptors: Vec<BorrowedFd<'_>> = vec![lock.as_fd(), control.as_fd()];
            descriptors.extend(sockets.iter().map(|socket| socket.as_fd()));
            send(stream, &Greeting::Offer { descriptors: descriptors.len() })?;
            send_descriptors(stream, &descriptors)?;
            stream.set_read_timeout(Some(READY))?;
            match receive(stream)? {
                Greeting::Ready => stream.set_read_timeout(Some(MESSAGE)),
                _ => Err(io::Error::other("a successor that does not say that it is ready")),
            }
        })
        .await?;
        let successor = Successor { stream, pid, limit: Duration::from_millis(limit_ms) };
        Ok(decide.send(successor).is_ok())
    }

    fn objection(&self, account: &str, program: &str, format: u32) -> Option<String> {
        if account != self.account {
            return Some(format!(
                "the agent that runs serves account {}, not {account}; give each account a state folder of its own",
                self.account
            ));
        }
        (format < FORMAT).then(|| {
            format!(
                "the agent that runs writes records of format {FORMAT}, which {program} cannot read; use a newer one"
            )
        })
    }
}

/// Says or hears something on a thread that may wait.
async fn talk<T: Send + 'static>(
    stream: UnixStream,
    words: impl FnOnce(&UnixStream) -> io::Result<T> + Send + 'static,
) -> io::Result<(UnixStream, T)> {
    blocking(move || {
        let said = words(&stream)?;
        Ok((stream, said))
    })
    .await
}
