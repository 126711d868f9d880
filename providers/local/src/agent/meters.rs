//! The counters of everything there is, read when somebody asks: as [`Traffic`], or as metrics in Prometheus' text format.

use std::{fmt::Write as _, sync::Arc};

use super::balancer::{BUCKETS_MS, Connected, Count, Counters, Meter};
use crate::protocol::{InstanceTraffic, LoadBalancerTraffic, ServerGroupTraffic, Traffic, TrafficCounts};

/// Where everything is counted. The director replaces it when something comes or goes.
#[derive(Debug, Default)]
pub(super) struct Meters {
    /// Server groups.
    pub(super) groups: Vec<GroupMeters>,
    /// Load balancers.
    pub(super) balancers: Vec<(String, Meter)>,
}

/// Where the instances of one server group are counted.
#[derive(Debug)]
pub(super) struct GroupMeters {
    pub(super) name: String,
    /// By the instance's id.
    pub(super) instances: Vec<(String, Arc<Counters>)>,
}

impl Meters {
    pub(super) fn traffic(&self) -> Traffic {
        let groups = self.groups.iter().map(|GroupMeters { name, instances }| {
            let mut sum = Count::default();
            let instances = instances.iter().map(|(id, counters)| {
                let count = counters.read();
                sum += &count;
                InstanceTraffic { id: id.clone(), counts: shown(&count) }
            });
            let instances = instances.collect();
            ServerGroupTraffic { name: name.clone(), counts: shown(&sum), instances }
        });
        let balancers = self.balancers.iter().map(|(name, meter)| {
            let Connected { admitted, refused, open } = meter.read();
            LoadBalancerTraffic {
                name: name.clone(),
                connections: admitted,
                refused_connections: refused,
                open_connections: open,
            }
        });
        Traffic { server_groups: groups.collect(), load_balancers: balancers.collect() }
    }

    /// The same as metrics. The names hold letters, digits and `-_.~^`, so nothing has to be escaped.
    pub(super) fn metrics(&self, account: &str) -> String {
        let counts: Vec<(String, Count)> = self
            .groups
            .iter()
            .flat_map(|GroupMeters { name: group, instances }| {
                instances.iter().map(move |(id, counters)| {
                    let labels = format!("account=\"{}\",server_group=\"{group}\",instance=\"{id}\"", escaped(account));
                    (labels, counters.read())
                })
            })
            .collect();
        let connections: Vec<(String, Connected)> = self
            .balancers
            .iter()
            .map(|(name, meter)| (format!("account=\"{}\",load_balancer=\"{name}\"", escaped(account)), meter.read()))
            .collect();
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, values: &mut dyn Iterator<Item = (&str, u64)>| {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "# TYPE {name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(text, "{name}{{{labels}}} {value}");
            }
        };
        let mut of_instances = |name: &str, kind: &str, value: fn(&Count) -> u64| {
            family(name, kind, &mut counts.iter().map(|(labels, count)| (labels.as_str(), value(count))));
        };
        of_instances("gennaker_local_requests_total", "counter", |count| count.begun);
        of_instances("gennaker_local_failed_requests_total", "counter", |count| count.failed);
        of_instances("gennaker_local_requests_in_flight", "gauge", |count| count.in_flight);
        of_instances("gennaker_local_received_bytes_total", "counter", |count| count.received);
        of_instances("gennaker_local_sent_bytes_total", "counter", |count| count.sent);
        let mut of_balancers = |name: &str, kind: &str, value: fn(&Connected) -> u64| {
            family(name, kind, &mut connections.iter().map(|(labels, read)| (labels.as_str(), value(read))));
        };
        of_balancers("gennaker_local_connections_total", "counter", |read| read.admitted);
        of_balancers("gennaker_local_refused_connections_total", "counter", |read| read.refused);
        of_balancers("gennaker_local_open_connections", "gauge", |read| read.open);
        let _ = writeln!(text, "# TYPE gennaker_local_request_seconds histogram");
        for (labels, count) in &counts {
            histogram(&mut text, labels, count);
        }
        text
    }
}

fn histogram(text: &mut String, labels: &str, count: &Count) {
    const NAME: &str = "gennaker_local_request_seconds";
    let mut seen = 0;
    for (number, bound) in count.answered.iter().zip(BUCKETS_MS) {
        seen += number;
        let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{}\"}} {seen}", bound as f64 / 1_000.0);
    }
    let all: u64 = count.answered.iter().sum();
    let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {all}");
    let _ = writeln!(text, "{NAME}_sum{{{labels}}} {}", count.latency_micros as f64 / 1_000_000.0);
    let _ = writeln!(text, "{NAME}_count{{{labels}}} {all}");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn shown(count: &Count) -> TrafficCounts {
    TrafficCounts {
        requests: count.begun,
        failed: count.failed,
        in_flight: count.in_flight,
        bytes_received: count.received,
        bytes_sent: count.sent,
        latency_p50_ms: count.latency_within(0.5),
        latency_p99_ms: count.latency_within(0.99),
    }
}
