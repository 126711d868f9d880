//! An upgraded or TCP connection: bytes both ways until both sides are through.
//!
//! A client may end its side and still wait for the rest, so that is passed on; so is the end of an instance's side. How
//! long a client may go on after that is the caller's choice: an instance that has ended a WebSocket is done, while TCP is
//! two streams that end on their own.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, copy, split},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{counters::Counters, progress::Progress, upstream::InFlight};

/// What ends a tunnel besides its two sides.
pub(super) struct Ending {
    pub(super) in_flight: InFlight,
    pub(super) abort: CancellationToken,
    /// How long nothing may move.
    pub(super) idle: Duration,
    /// How long a client may go on after the instance has ended its side.
    pub(super) after_instance: Duration,
}

/// Runs until both sides of what `opening` brings have ended, or until it is cut.
pub(super) async fn tunnel<C, I>(opening: impl Future<Output = io::Result<(C, I)>>, ending: Ending)
where
    C: AsyncRead + AsyncWrite,
    I: AsyncRead + AsyncWrite,
{
    let Ending { in_flight, abort, idle, after_instance } = ending;
    let progress = Progress::begin();
    let counters = in_flight.upstream().counters();
    let copied = async {
        let (client, instance) = opening.await?;
        both_ways(client, instance, after_instance, counters, &progress).await
    };
    tokio::select! {
        ended = copied => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a tunnel broke");
            }
        }
        () = progress.stalled(idle) => tracing::debug!("a tunnel was idle for too long"),
        () = in_flight.upstream().cut_token().cancelled() => {}
        () = abort.cancelled() => {}
    }
}

async fn both_ways(
    client: impl AsyncRead + AsyncWrite,
    instance: impl AsyncRead + AsyncWrite,
    after_instance: Duration,
    counters: &Arc<Counters>,
    progress: &Arc<Progress>,
) -> io::Result<()> {
    let ((from_client, mut to_client), (from_instance, mut to_instance)) = (split(client), split(instance));
    let (of_client, of_instance) = ((counters.clone(), progress.clone()), (counters.clone(), progress.clone()));
    let mut from_client = Counting { stream: from_client, count: Counters::receive, noted: of_client };
    let mut from_instance = Counting { stream: from_instance, count: Counters::send, noted: of_instance };
    let mut up = std::pin::pin!(async {
        copy(&mut from_client, &mut to_instance).await?;
        to_instance.shutdown().await
    });
    let mut down = std::pin::pin!(async {
        copy(&mut from_instance, &mut to_client).await?;
        to_client.shutdown().await
    });
    tokio::select! {
        ended = up.as_mut() => {
            ended?;
            down.await
        }
        ended = down.as_mut() => {
            ended?;
            timeout(after_instance, up).await.unwrap_or(Ok(()))
        }
    }
}

/// A side that is read from, counted.
struct Counting<S> {
    stream: S,
    count: fn(&Counters, usize),
    noted: (Arc<Counters>, Arc<Progress>),
}

impl<S: AsyncRead + Unpin> AsyncRead for Counting<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let (counters, progress) = &self.noted;
        (self.count)(counters, buffer.filled().len() - before);
        progress.note();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn start(after_instance: Duration) -> (DuplexStream, DuplexStream, tokio::task::JoinHandle<io::Result<()>>) {
        let ((client, inner_client), (instance, inner_instance)) = (duplex(64), duplex(64));
        let tunnel = tokio::spawn(async move {
            both_ways(inner_client, inner_instance, after_instance, &Arc::default(), &Progress::begin()).await
        });
        (client, instance, tunnel)
    }

    #[tokio::test]
    async fn a_half_closed_client_gets_the_rest_and_a_finished_instance_ends_it() {
        let (mut client, mut instance, tunnel) = start(SECOND);
        client.write_all(b"question").await.unwrap();
        client.shutdown().await.unwrap();
        let mut question = String::new();
        instance.read_to_string(&mut question).await.unwrap();
        assert_eq!(question, "question");
        instance.write_all(b"answer").await.unwrap();
        instance.shutdown().await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "answer");
        tunnel.await.unwrap().unwrap();

        let (client, instance, tunnel) = start(Duration::ZERO);
        drop(instance);
        tunnel.await.unwrap().unwrap();
        drop(client);
    }

    #[tokio::test]
    async fn a_client_may_go_on_after_the_instance_has_ended_its_side() {
        let (mut client, mut instance, tunnel) = start(60 * SECOND);
        instance.shutdown().await.unwrap();
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        client.write_all(b"more").await.unwrap();
        client.shutdown().await.unwrap();
        let mut more = String::new();
        instance.read_to_string(&mut more).await.unwrap();
        assert_eq!(more, "more");
        tunnel.await.unwrap().unwrap();
    }
}
