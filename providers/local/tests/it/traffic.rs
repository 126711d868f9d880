//! What went through the load balancers, as the agent counts it.

use bytes::Bytes;
use serde_json::json;
use tokio_tungstenite::connect_async;

use crate::{
    agent::{Agent, server, until},
    http1::{Connection, get},
};

#[tokio::test]
async fn requests_are_counted_per_instance_group_and_balancer() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 2}))).await;
    let mut connection = Connection::open(&address).await.expect("connected");
    for _ in 0..10 {
        connection.send("POST", "/echo", Bytes::from_static(b"12345")).await.expect("an answer");
    }
    let (socket, _) = connect_async(format!("ws://{address}/ws")).await.expect("a WebSocket");
    let traffic = agent.client.traffic().await.expect("the traffic");
    let group = &traffic.server_groups[0];
    assert_eq!((group.counts.requests, group.counts.failed, group.counts.in_flight), (11, 0, 1));
    assert_eq!((group.counts.bytes_received, group.counts.bytes_sent), (50, 50));
    assert!(group.counts.latency_p50_ms.is_some());
    assert_eq!(group.instances.iter().map(|instance| instance.counts.requests).sum::<u64>(), 11);
    assert!(group.instances.iter().all(|instance| instance.counts.requests >= 3), "{group:?}");
    let balancer = &traffic.load_balancers[0];
    assert_eq!((balancer.connections, balancer.refused_connections, balancer.open_connections), (2, 0, 2));
    drop((socket, connection));
    until("nothing is open", || async {
        let traffic = agent.client.traffic().await.expect("the traffic");
        traffic.load_balancers[0].open_connections == 0 && traffic.server_groups[0].counts.in_flight == 0
    })
    .await;

    // Counts outlive a disabling.
    agent.set_traffic("shop-v000", false, 1_000).await;
    assert_eq!(get(&address, "/").await.expect("an answer").status, 503);
    agent.set_traffic("shop-v000", true, 0).await;
    get(&address, "/").await.expect("an answer");
    assert_eq!(agent.client.traffic().await.expect("the traffic").server_groups[0].counts.requests, 12);

    let metrics = agent.text("/metrics").await;
    let sum = |name: &str| -> u64 {
        let lines = metrics.lines().filter(|line| line.starts_with(&format!("{name}{{")));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    };
    assert_eq!((sum("gennaker_local_requests_total"), sum("gennaker_local_request_seconds_count")), (12, 12));
    assert_eq!(sum("gennaker_local_connections_total"), 4);
    assert!(metrics.contains("server_group=\"shop-v000\"") && metrics.contains("le=\"+Inf\""), "{metrics}");
}
