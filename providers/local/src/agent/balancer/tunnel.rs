//! An upgraded connection: bytes both ways until one side is through.
//!
//! A client may end its side and still wait for the rest, so that is passed on. An instance that has ended its side is
//! done: a client that keeps its side open all the same is not waited for long, since a drain waits for the tunnel.

use std::{io, time::Duration};

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, copy, split},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::upstream::InFlight;

const AFTER_INSTANCE: Duration = Duration::from_secs(1);

/// Runs until both sides have ended, or until it is cut.
pub(super) async fn tunnel(client: OnUpgrade, instance: OnUpgrade, in_flight: InFlight, abort: CancellationToken) {
    let copied = async {
        match tokio::try_join!(client, instance) {
            Ok((client, instance)) => both_ways(TokioIo::new(client), TokioIo::new(instance)).await,
            Err(error) => Err(io::Error::other(error)),
        }
    };
    tokio::select! {
        ended = copied => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a tunnel broke");
            }
        }
        () = in_flight.upstream().cut_token().cancelled() => {}
        () = abort.cancelled() => {}
    }
}

async fn both_ways(client: impl AsyncRead + AsyncWrite, instance: impl AsyncRead + AsyncWrite) -> io::Result<()> {
    let ((mut from_client, mut to_client), (mut from_instance, mut to_instance)) = (split(client), split(instance));
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
            timeout(AFTER_INSTANCE, up).await.unwrap_or(Ok(()))
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn a_half_closed_client_gets_the_rest_and_a_finished_instance_ends_it() {
        let ((mut client, inner_client), (mut instance, inner_instance)) = (duplex(64), duplex(64));
        let tunnel = tokio::spawn(both_ways(inner_client, inner_instance));
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

        let ((client, inner_client), (instance, inner_instance)) = (duplex(64), duplex(64));
        let tunnel = tokio::spawn(both_ways(inner_client, inner_instance));
        drop(instance);
        tunnel.await.unwrap().unwrap();
        drop(client);
    }
}
