//! One client connection of a TCP listener: an instance is chosen for it, then bytes go both ways.

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpStream, time::timeout};

use super::{
    client::Client,
    pool::Pool,
    tunnel::{Ending, tunnel},
    upstream::InFlight,
};

/// How many instances are tried; nothing was sent to those that did not take the connection.
const MOST_TRIED: usize = 3;

/// Serves a client until both sides have ended, nothing has moved for the idle time-out, or it is cut. Without an
/// instance the connection is closed.
pub(super) async fn serve(stream: TcpStream, client: Client, pool: Arc<Pool>) {
    let limits = pool.limits();
    let mut without: Option<String> = None;
    for _ in 0..MOST_TRIED {
        let Some(in_flight) = pool.enter(without.as_deref()) else { break };
        let connected = tokio::select! {
            connected = connect(&in_flight, limits.connect_timeout) => connected,
            () = in_flight.upstream().cut_token().cancelled() => return,
            () = client.owner.abort.cancelled() => return,
        };
        match connected {
            Ok(instance) => {
                let ending = Ending {
                    in_flight,
                    abort: client.owner.abort.clone(),
                    idle: limits.idle_timeout,
                    after_instance: limits.idle_timeout,
                };
                return tunnel(async { Ok((stream, instance)) }, ending).await;
            }
            Err(reason) => {
                in_flight.upstream().counters().fail();
                let instance = in_flight.upstream().instance().to_owned();
                tracing::warn!(balancer = pool.name, instance, reason, "an instance took no connection");
                without = Some(instance);
            }
        }
    }
    tracing::debug!(balancer = pool.name, "closed a connection: no instance took it");
}

/// A connection to the instance that was entered.
///
/// # Errors
/// Why there is none, in words.
pub(super) async fn connect(in_flight: &InFlight, limit: Duration) -> Result<TcpStream, String> {
    let stream = timeout(limit, TcpStream::connect(in_flight.upstream().address()))
        .await
        .map_err(|_| format!("no connection within {} ms", limit.as_millis()))?
        .map_err(|error| format!("cannot connect: {error}"))?;
    stream.set_nodelay(true).map_err(|error| error.to_string())?;
    Ok(stream)
}
