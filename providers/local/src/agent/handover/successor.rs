//! The successor's side until the hand-over. It happens before anything else runs, so it may wait where it stands.

use std::{
    collections::HashMap,
    io,
    net::TcpListener,
    os::{
        fd::OwnedFd,
        unix::net::{UnixListener, UnixStream},
    },
    path::Path,
    time::Duration,
};

use super::{
    Greeting, Inheritance, Predecessor,
    frames::{receive, receive_descriptors, send},
};
use crate::agent::{Error, lock::Lock, record::FORMAT};

const MESSAGE: Duration = Duration::from_secs(10);
/// How long the predecessor may take to stop accepting.
const YOURS: Duration = Duration::from_secs(60);

/// What was offered, before it is taken.
#[derive(Debug)]
pub(in crate::agent) struct Taken {
    stream: UnixStream,
}

/// Asks the agent that listens on `path` for what it has. It goes on serving until [`Taken::confirm`].
///
/// # Errors
/// [`Error::Refused`] with its reason, or what went wrong on the way.
pub(in crate::agent) fn take_over(path: &Path, account: &str, limit: Duration) -> Result<(Taken, Inheritance), Error> {
    let failed = |source| Error::io(format!("take over from the agent at {}", path.display()), source);
    let stream = UnixStream::connect(path).map_err(failed)?;
    let asked = || -> io::Result<Greeting> {
        stream.set_read_timeout(Some(MESSAGE))?;
        stream.set_write_timeout(Some(MESSAGE))?;
        let hello = Greeting::Hello {
            account: account.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            format: FORMAT,
            limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
        };
        send(&stream, &hello)?;
        receive(&stream)
    };
    let descriptors = match asked().map_err(failed)? {
        Greeting::Offer { descriptors } => receive_descriptors(&stream, descriptors).map_err(failed)?,
        Greeting::Refused { reason } => return Err(Error::Refused { reason }),
        _ => return Err(failed(io::Error::other("it answers something else"))),
    };
    let inheritance = inherit(descriptors).map_err(failed)?;
    Ok((Taken { stream }, inheritance))
}

impl Taken {
    /// Takes it: returns when the predecessor has stopped, as the one that has the remaining connections. None: it was
    /// gone before it could say so, and what it had is this agent's.
    ///
    /// # Errors
    /// If it cannot be known who serves; then the predecessor does, once this process has ended.
    pub(in crate::agent) fn confirm(self) -> Result<Option<Predecessor>, Error> {
        let failed = |source| Error::io("take over: the running agent does not let go", source);
        let answered = send(&self.stream, &Greeting::Ready)
            .and_then(|()| self.stream.set_read_timeout(Some(YOURS)))
            .and_then(|()| receive(&self.stream));
        match answered {
            Ok(Greeting::Yours) => Predecessor::follow(self.stream).map(Some).map_err(failed),
            Ok(Greeting::Refused { reason }) => Err(Error::Refused { reason }),
            Ok(_) => Err(failed(io::Error::other("it answers something else"))),
            Err(error) if is_gone(&error) => {
                tracing::warn!("the agent that was taken over from has ended by itself");
                Ok(None)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// The kernel says so only when no process has the other end any more.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

/// The lock, the control plane's socket, then the load balancers' sockets.
fn inherit(descriptors: Vec<OwnedFd>) -> io::Result<Inheritance> {
    let mut descriptors = descriptors.into_iter();
    let missing = || io::Error::other("the offer has too few descriptors");
    let lock = Lock::inherit(descriptors.next().ok_or_else(missing)?);
    let control = UnixListener::from(descriptors.next().ok_or_else(missing)?);
    let mut listeners = HashMap::new();
    for descriptor in descriptors {
        let socket = TcpListener::from(descriptor);
        listeners.insert(socket.local_addr()?.port(), socket);
    }
    Ok(Inheritance { lock, control: Some(control), listeners, predecessor: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a successor does when it is answered so, or not at all.
    fn confirmed(answer: Option<Greeting>) -> Result<Option<Predecessor>, Error> {
        let (stream, other) = UnixStream::pair().unwrap();
        let other = answer.map(|answer| {
            send(&other, &answer).unwrap();
            other
        });
        let confirmed = Taken { stream }.confirm();
        drop(other);
        confirmed
    }

    #[tokio::test]
    async fn an_agent_that_is_gone_leaves_what_it_had_and_one_that_refuses_keeps_it() {
        assert!(confirmed(None).unwrap().is_none(), "killed before it could let go");
        let predecessor = confirmed(Some(Greeting::Yours)).unwrap().expect("it is there");
        predecessor.gone().await;
        assert_eq!(predecessor.drain(vec!["a".to_owned()], Duration::MAX).await, 0, "nobody has anything running");
        let refused = confirmed(Some(Greeting::Refused { reason: "it is too late".into() }));
        assert!(refused.unwrap_err().to_string().contains("it is too late"));
        assert!(confirmed(Some(Greeting::Ready)).is_err());
    }

    #[test]
    fn an_agent_that_does_not_offer_is_not_taken_over_from() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.hand-over");
        let error = take_over(&path, "test", Duration::ZERO).unwrap_err();
        assert!(error.to_string().contains("agent.hand-over"), "{error}");
        let listener = UnixListener::bind(&path).unwrap();
        let other = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let hello: Greeting = receive(&stream).unwrap();
            send(&stream, &Greeting::Refused { reason: "another account".into() }).unwrap();
            hello
        });
        let refused = take_over(&path, "test", Duration::from_secs(1)).unwrap_err();
        assert!(refused.to_string().contains("another account"), "{refused}");
        assert!(matches!(other.join().unwrap(), Greeting::Hello { limit_ms: 1_000, .. }));
    }
}
