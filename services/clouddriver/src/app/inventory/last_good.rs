//! The last good version of a cluster: which server group a return goes back to, and why. Pure.
//!
//! Good is what was seen to serve well ([`crate::app::served`]). Of what was never seen, because it is older than this
//! install, a server group whose instances are healthy now is taken, with that reason; one that is not healthy never.

use std::cmp::Reverse;

use gennaker_base::Timestamp;
use gennaker_wire::{GoodCandidate, HealthState, Instance, LastGood, ServerGroup};

use super::{Result, View};

/// The source of health that says what a load balancer was told, not whether an instance could serve.
const BALANCERS: [&str; 3] = ["LoadBalancer", "TargetGroup", "Discovery"];

/// When a server group was first seen to serve well, if ever.
pub(crate) trait ServedSince {
    /// When, by the name under which it was noted.
    fn served_since(&self, group: &ServerGroup) -> Option<Timestamp>;
}

impl View {
    /// The last good version of a cluster, one entry a region.
    ///
    /// # Errors
    /// If there is no such cluster, or nothing is known of the account yet.
    pub(crate) fn last_good(
        &self,
        application: &str,
        account: &str,
        cluster: &str,
        provider: &str,
        served: &dyn ServedSince,
    ) -> Result<Vec<LastGood>> {
        let groups = self.cluster_server_groups(application, account, cluster, provider)?;
        let mut regions: Vec<&str> = groups.iter().map(|group| group.region.as_str()).collect();
        regions.sort_unstable();
        regions.dedup();
        let of_region = |region: &str| {
            let groups = groups.iter().copied().filter(|group| group.region == region).collect();
            LastGood {
                account: account.to_owned(),
                cluster: cluster.to_owned(),
                cloud_provider: provider.to_owned(),
                region: region.to_owned(),
                ..judge(groups, served)
            }
        };
        Ok(regions.into_iter().map(of_region).collect())
    }
}

fn judge(mut groups: Vec<&ServerGroup>, served: &dyn ServedSince) -> LastGood {
    groups.sort_by_key(|group| Reverse((group.created_time, group.moniker.sequence, group.name.clone())));
    let current = groups.iter().position(|group| !group.disabled).map(|place| groups.remove(place));
    let candidates: Vec<GoodCandidate> = groups.iter().map(|group| candidate(group, served)).collect();
    let seen = candidates.iter().find(|candidate| candidate.good && candidate.served.is_some());
    let found = seen.or_else(|| candidates.iter().find(|candidate| candidate.good));
    let reason = match found {
        Some(found) => format!("{}: {}", found.name, found.reason),
        None if candidates.is_empty() => "the cluster has no other server group to return to".to_owned(),
        None => "none of the other server groups is known to have served well, or is healthy now".to_owned(),
    };
    LastGood {
        current: current.map(|group| group.name.clone()),
        last_good: found.map(|found| found.name.clone()),
        reason,
        candidates,
        ..LastGood::default()
    }
}

fn candidate(group: &ServerGroup, served: &dyn ServedSince) -> GoodCandidate {
    let served = served.served_since(group);
    let ready = group.instances.iter().filter(|instance| could_serve(instance)).count();
    let (instances, ready) = (count(group.instances.len()), count(ready));
    let whole = instances > 0 && ready == instances;
    let (good, judgment) = match served {
        Some(since) => (true, format!("it served with all its instances healthy, first seen at {}", since.millis())),
        None if whole => (true, "it was not seen to serve, and all its instances are healthy now".to_owned()),
        None if instances == 0 => (false, "it was not seen to serve, and has no instances".to_owned()),
        None => (false, format!("it was not seen to serve, and {ready} of its {instances} instances are healthy")),
    };
    let now = match (group.disabled, instances) {
        (_, 0) => "it has to be resized first",
        (true, _) if whole => "it can take over at once",
        (true, _) => "its instances have to become healthy first",
        (false, _) => "it is enabled",
    };
    let reason = if good { format!("{judgment}; {now}") } else { judgment };
    GoodCandidate { name: group.name.clone(), good, reason, served, disabled: group.disabled, instances, ready }
}

/// Whether an instance is healthy by all that looks at itself.
fn could_serve(instance: &Instance) -> bool {
    let mut own =
        instance.health.iter().filter(|health| !BALANCERS.contains(&health.kind.as_str())).map(|health| health.state);
    match instance.health.is_empty() {
        true => instance.health_state == HealthState::Up,
        false => {
            // A source that knows nothing speaks neither for nor against it.
            let states: Vec<_> = own.by_ref().filter(|state| *state != HealthState::Unknown).collect();
            let all_up = states.iter().all(|state| *state == HealthState::Up);
            all_up && (!states.is_empty() || instance.health_state == HealthState::Up)
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::{Health, Object, naming::Moniker};

    struct Notes(Vec<&'static str>);

    impl ServedSince for Notes {
        fn served_since(&self, group: &ServerGroup) -> Option<Timestamp> {
            self.0.contains(&group.name.as_str()).then(|| Timestamp::from_millis(7))
        }
    }

    fn group(name: &str, disabled: bool, states: &[HealthState]) -> ServerGroup {
        let instance = |state: &HealthState| Instance {
            health_state: if disabled { HealthState::OutOfService } else { *state },
            health: vec![
                Health { kind: "LocalAgent".to_owned(), state: *state, other: Object::new() },
                Health { kind: "LoadBalancer".to_owned(), state: HealthState::OutOfService, other: Object::new() },
            ],
            ..Instance::default()
        };
        let moniker = Moniker::parse(name);
        let created_time = moniker.sequence.map(|number| Timestamp::from_millis(i64::from(number)));
        let instances = states.iter().map(instance).collect();
        ServerGroup { name: name.to_owned(), moniker, created_time, disabled, instances, ..ServerGroup::default() }
    }

    fn judged(groups: &[ServerGroup], served: &[&'static str]) -> LastGood {
        judge(groups.iter().collect(), &Notes(served.to_vec()))
    }

    #[test]
    fn the_newest_that_served_is_good_not_a_newer_one_that_never_did() {
        use HealthState::{Down, Up};
        let groups = [
            group("shop-v001", true, &[Up]),
            group("shop-v002", true, &[Up, Up]),
            group("shop-v003", true, &[Up]),
            group("shop-v004", false, &[Down]),
        ];
        let found = judged(&groups, &["shop-v001", "shop-v002"]);
        assert_eq!((found.current.as_deref(), found.last_good.as_deref()), (Some("shop-v004"), Some("shop-v002")));
        assert!(found.reason.contains("it can take over at once"), "{}", found.reason);
        let names: Vec<_> = found.candidates.iter().map(|candidate| candidate.name.as_str()).collect();
        assert_eq!(names, ["shop-v003", "shop-v002", "shop-v001"]);
    }

    #[test]
    fn what_was_never_seen_is_good_only_while_it_is_healthy() {
        use HealthState::{Down, Up};
        let groups = [
            group("shop-v001", true, &[Up]),
            group("shop-v002", true, &[Up, Down]),
            group("shop-v003", true, &[]),
            group("shop-v004", false, &[Up]),
        ];
        let found = judged(&groups, &[]);
        assert_eq!(found.last_good.as_deref(), Some("shop-v001"));
        let reasons: Vec<_> = found.candidates.iter().map(|candidate| candidate.reason.as_str()).collect();
        assert!(reasons[0].contains("no instances") && reasons[1].contains("1 of its 2"), "{reasons:?}");
    }

    #[test]
    fn one_without_instances_that_served_is_good_and_has_to_be_resized() {
        let groups = [group("shop-v001", true, &[]), group("shop-v002", false, &[HealthState::Up])];
        let found = judged(&groups, &["shop-v001"]);
        assert!(found.reason.contains("it has to be resized first"), "{}", found.reason);
        let lonely = judged(&groups[1..], &["shop-v002"]);
        assert_eq!((lonely.current.as_deref(), lonely.last_good), (Some("shop-v002"), None));
        assert_eq!(lonely.reason, "the cluster has no other server group to return to");
    }
}
