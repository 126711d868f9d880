//! Which server groups of a cluster a stage acts on: a function without I/O.
//!
//! Never on those that the deployment which it belongs to, or follows, has just created, nor on newer ones. Of the others as many as
//! are to remain are spared, the first by the rule's order; those that are spared for another reason count among them.
//!
//! Upstream: `AbstractClusterWideClouddriverTask`, `DisableClusterTask`, `ShrinkClusterTask`, `ScaleDownClusterTask`.

use std::cmp::Reverse;

use gennaker_wire::{HealthState, ServerGroup};

/// What is acted on, and what is spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    /// Which of the others come into question.
    pub(super) among: Among,
    /// How many remain.
    pub(super) remaining: i64,
    /// Whether larger ones are spared before newer ones.
    pub(super) larger_first: bool,
}

/// Which server groups come into question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those in traffic; those that are not count as remaining no more than those that are.
    Active,
    /// Those out of traffic; those in traffic are spared, and count as remaining.
    Inactive,
    /// All; those in traffic are spared first.
    All,
}

/// The server groups, all of one place, that are acted on; `deployed` are those that were just created.
pub(super) fn chosen<'a>(groups: &[&'a ServerGroup], deployed: &[String], rule: Rule) -> Vec<&'a ServerGroup> {
    let is_deployed = |group: &ServerGroup| deployed.contains(&group.name);
    let oldest = groups.iter().filter(|group| is_deployed(group)).map(|group| group.created_time).min();
    let is_older = |group: &ServerGroup| oldest.is_none_or(|oldest| group.created_time <= oldest);
    let mut others: Vec<&ServerGroup> =
        groups.iter().copied().filter(|group| !is_deployed(group) && is_older(group)).collect();
    if rule.among == Among::Inactive {
        others.retain(|group| !is_active(group));
    }
    let spared_already = groups.len() - others.len();
    if rule.among == Among::Active {
        others.retain(|group| is_active(group));
    }
    let spared = usize::try_from(rule.remaining).unwrap_or(0).saturating_sub(spared_already);
    others.sort_by_key(|group| {
        let active = rule.among == Among::All && is_active(group);
        let size = if rule.larger_first { group.instances.len() } else { 0 };
        Reverse((active, size, group.created_time, group.moniker.sequence))
    });
    others.split_off(spared.min(others.len()))
}

fn is_active(group: &ServerGroup) -> bool {
    !group.disabled || group.instances.iter().any(|instance| instance.health_state == HealthState::Up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_base::Timestamp;
    use gennaker_wire::Instance;

    /// A server group by its number, which is its age too.
    fn group(number: i64, disabled: bool, size: usize) -> ServerGroup {
        ServerGroup {
            name: format!("a-v{number:03}"),
            created_time: Some(Timestamp::from_millis(number)),
            disabled,
            instances: vec![Instance::default(); size],
            ..ServerGroup::default()
        }
    }

    fn names(groups: &[ServerGroup], deployed: &[&str], rule: Rule) -> Vec<String> {
        let deployed: Vec<String> = deployed.iter().map(|name| (*name).to_owned()).collect();
        let groups: Vec<&ServerGroup> = groups.iter().collect();
        chosen(&groups, &deployed, rule).into_iter().map(|group| group.name.clone()).collect()
    }

    #[test]
    fn everything_in_traffic_is_disabled_but_the_new_group() {
        let groups = [group(1, false, 3), group(2, true, 1), group(3, false, 1), group(4, false, 1)];
        for (deployed, remaining, larger_first, expected) in [
            (vec!["a-v003"], 1, false, vec!["a-v001"]),
            (vec!["a-v004"], 1, false, vec!["a-v003", "a-v001"]),
            (vec!["a-v004"], 2, false, vec!["a-v001"]),
            (vec![], 1, false, vec!["a-v003", "a-v001"]),
            (vec![], 1, true, vec!["a-v004", "a-v003"]),
            (vec![], 0, false, vec!["a-v004", "a-v003", "a-v001"]),
            (vec![], 9, false, vec![]),
        ] {
            let rule = Rule { among: Among::Active, remaining, larger_first };
            assert_eq!(names(&groups, &deployed, rule), expected, "{deployed:?} {rule:?}");
        }
    }

    #[test]
    fn the_oldest_are_destroyed_and_scaled_down() {
        let groups = [group(1, true, 3), group(2, true, 1), group(3, false, 1), group(4, false, 1)];
        for (among, deployed, remaining, larger_first, expected) in [
            (Among::Inactive, vec![], 1, false, vec!["a-v002", "a-v001"]),
            (Among::Inactive, vec![], 3, false, vec!["a-v001"]),
            (Among::Inactive, vec![], 3, true, vec!["a-v002"]),
            (Among::All, vec![], 1, false, vec!["a-v003", "a-v002", "a-v001"]),
            (Among::All, vec![], 3, true, vec!["a-v002"]),
            (Among::All, vec!["a-v004"], 1, false, vec!["a-v003", "a-v002", "a-v001"]),
            (Among::All, vec!["a-v003"], 0, false, vec!["a-v002", "a-v001"]),
        ] {
            let rule = Rule { among, remaining, larger_first };
            assert_eq!(names(&groups, &deployed, rule), expected, "{deployed:?} {rule:?}");
        }
    }
}
