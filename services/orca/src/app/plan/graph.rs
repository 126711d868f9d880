//! The order in which the stages of a pipeline may start, and those that never can.

use std::collections::{BTreeSet, HashMap};

use gennaker_wire::Stage;

/// Who waits for whom, by the stages' places.
pub(super) struct Graph {
    /// By place: the places of the stages that must end first.
    pub(super) requisites: Vec<Vec<usize>>,
    /// Ref ids that a stage waits for and no stage has.
    pub(super) missing: Vec<(usize, String)>,
    /// Ref ids that a stage before it has, too.
    pub(super) repeated: Vec<(usize, String)>,
    /// The stages that wait for themselves, by way of others.
    pub(super) ring: BTreeSet<usize>,
    order: Vec<usize>,
}

impl Graph {
    pub(super) fn of(stages: &[Stage]) -> Self {
        let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut repeated = Vec::new();
        for (place, stage) in stages.iter().enumerate() {
            if let Some(ref_id) = &stage.ref_id {
                let places = named.entry(ref_id).or_default();
                if !places.is_empty() {
                    repeated.push((place, ref_id.clone()));
                }
                places.push(place);
            }
        }
        let mut missing = Vec::new();
        let mut requisites: Vec<Vec<usize>> = Vec::with_capacity(stages.len());
        for (place, stage) in stages.iter().enumerate() {
            let mut own = Vec::new();
            for ref_id in &stage.requisite_stage_ref_ids {
                match named.get(ref_id.as_str()) {
                    Some(places) => own.extend(places.iter().copied()),
                    None => missing.push((place, ref_id.clone())),
                }
            }
            own.sort_unstable();
            own.dedup();
            requisites.push(own);
        }
        let order = order(&requisites);
        let ring = ring(&requisites, &order);
        Graph { requisites, missing, repeated, ring, order }
    }

    /// The places in the order in which the stages may start; those that never can stand at the end.
    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> + use<> {
        let started: BTreeSet<usize> = self.order.iter().copied().collect();
        let never = (0..self.requisites.len()).filter(move |place| !started.contains(place));
        self.order.clone().into_iter().chain(never)
    }
}

/// Each place after those that it waits for, otherwise as they are listed.
fn order(requisites: &[Vec<usize>]) -> Vec<usize> {
    let after = turned(requisites);
    let mut open: Vec<usize> = requisites.iter().map(Vec::len).collect();
    let mut ready: BTreeSet<usize> = (0..open.len()).filter(|&place| open[place] == 0).collect();
    let mut order = Vec::with_capacity(open.len());
    while let Some(place) = ready.pop_first() {
        order.push(place);
        for &next in &after[place] {
            open[next] -= 1;
            if open[next] == 0 {
                ready.insert(next);
            }
        }
    }
    order
}

/// Of those that can never start: the ones that wait for themselves, or stand between such.
fn ring(requisites: &[Vec<usize>], order: &[usize]) -> BTreeSet<usize> {
    let after = turned(requisites);
    let started: BTreeSet<usize> = order.iter().copied().collect();
    let mut ring: BTreeSet<usize> = (0..requisites.len()).filter(|place| !started.contains(place)).collect();
    // What nobody in the ring waits for only stands behind it.
    let mut followers: Vec<usize> =
        after.iter().map(|after| after.iter().filter(|next| ring.contains(next)).count()).collect();
    let mut behind: Vec<usize> = ring.iter().copied().filter(|&place| followers[place] == 0).collect();
    while let Some(place) = behind.pop() {
        ring.remove(&place);
        for &requisite in requisites[place].iter().filter(|requisite| ring.contains(requisite)) {
            followers[requisite] -= 1;
            if followers[requisite] == 0 {
                behind.push(requisite);
            }
        }
    }
    ring
}

/// By place: those that wait for it.
fn turned(requisites: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut after = vec![Vec::new(); requisites.len()];
    for (place, own) in requisites.iter().enumerate() {
        own.iter().for_each(|&requisite| after[requisite].push(place));
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(stages: &[(&str, &[&str])]) -> Graph {
        let stages: Vec<Stage> = stages
            .iter()
            .map(|(ref_id, requisites)| Stage {
                ref_id: Some((*ref_id).to_owned()),
                requisite_stage_ref_ids: requisites.iter().map(|requisite| (*requisite).to_owned()).collect(),
                ..Stage::default()
            })
            .collect();
        Graph::of(&stages)
    }

    #[test]
    fn stages_stand_after_what_they_wait_for() {
        let graph = graph(&[("3", &["2", "1"]), ("1", &[]), ("2", &["1"]), ("4", &[]), ("5", &["9", "4"])]);
        assert_eq!(graph.in_order().collect::<Vec<_>>(), [1, 2, 0, 3, 4]);
        assert_eq!(graph.missing, [(4, "9".to_owned())]);
        assert!(graph.ring.is_empty());
        let twice = super::tests::graph(&[("1", &[]), ("1", &[]), ("2", &["1"])]);
        assert_eq!((twice.repeated.as_slice(), &twice.requisites[2]), (&[(1, "1".to_owned())][..], &vec![0, 1]));
    }

    #[test]
    fn a_ring_is_told_from_what_stands_behind_it() {
        let graph = graph(&[("0", &[]), ("a", &["b", "0"]), ("b", &["a"]), ("c", &["b"]), ("d", &["d"])]);
        assert_eq!(graph.in_order().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(graph.ring, BTreeSet::from([1, 2, 4]));
    }

    #[test]
    fn a_long_chain_and_a_long_ring_take_no_long_time() {
        let names: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
        let stage = |place: usize, before: usize| Stage {
            ref_id: Some(names[place].clone()),
            requisite_stage_ref_ids: vec![names[before].clone()],
            ..Stage::default()
        };
        let ring: Vec<Stage> = (0..names.len()).map(|place| stage(place, (place + 1) % names.len())).collect();
        assert_eq!(Graph::of(&ring).ring.len(), names.len());
        let chain: Vec<Stage> = (0..names.len()).map(|place| stage(place, (place + 1).min(names.len() - 1))).collect();
        assert_eq!(Graph::of(&chain).ring, BTreeSet::from([names.len() - 1]));
    }
}
