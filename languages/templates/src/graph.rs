//! Stages that are put into a graph: by what they depend on, and by where they ask to be injected.
//!
//! Upstream: `ConfigStageInjectionTransform`, `V2ConfigStageInjectionTransform`, with the order of stages that Java's maps give.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde_json::{Value, json};

use crate::{Object, java, problem::Failure, read};

/// The ids of stages, each once. A clone is the same list: in a v1 template what a stage depends on and what it requires become one.
pub(crate) type Links = Rc<RefCell<Vec<String>>>;

/// A list of its own with these ids.
pub(crate) fn links(ids: impl IntoIterator<Item = String>) -> Links {
    let made = Links::default();
    ids.into_iter().for_each(|id| link(&made, id));
    made
}

/// Adds an id, unless it is there.
pub(crate) fn link(links: &Links, id: String) {
    let mut links = links.borrow_mut();
    if !links.contains(&id) {
        links.push(id);
    }
}

/// Takes an id out; says whether it was there.
pub(crate) fn unlink(links: &Links, id: &str) -> bool {
    let mut links = links.borrow_mut();
    let before = links.len();
    links.retain(|other| other != id);
    links.len() < before
}

/// Where a stage asks to be put.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Inject {
    first: bool,
    last: bool,
    before: Option<Vec<String>>,
    after: Option<Vec<String>>,
}

impl Inject {
    pub(crate) fn of(rule: &Object) -> Result<Self, String> {
        Ok(Inject {
            first: read::flag(rule, "first")?,
            last: read::flag(rule, "last")?,
            before: read::texts(rule, "before")?,
            after: read::texts(rule, "after")?,
        })
    }

    fn count(&self) -> usize {
        [self.first, self.last, self.before.is_some(), self.after.is_some()].into_iter().filter(|is| *is).count()
    }

    pub(crate) fn has_any(&self) -> bool {
        self.count() > 0
    }

    pub(crate) fn has_many(&self) -> bool {
        self.count() > 1
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({"first": self.first, "last": self.last});
        for (name, ids) in [("before", &self.before), ("after", &self.after)] {
            if let Some(ids) = ids {
                json[name] = json!(ids);
            }
        }
        json
    }
}

/// A stage in a graph.
pub(crate) trait Node: Clone {
    fn id(&self) -> &str;
    /// The ids of the stages before it.
    fn requisites(&self) -> &Links;
    fn inject(&self) -> Option<&Inject>;
}

/// The stages each after those that it requires.
pub(crate) fn sorted<N: Node>(nodes: &[N]) -> Result<Vec<N>, Failure> {
    Ok(walk(nodes)?.0.into_iter().map(|place| nodes[place].clone()).collect())
}

/// The ids of the stages that no other one requires.
pub(crate) fn leaves<N: Node>(nodes: &[N]) -> Result<Vec<String>, Failure> {
    let (order, required) = walk(nodes)?;
    let ids = order.into_iter().map(|place| nodes[place].id()).filter(|id| !required.contains_key(*id));
    Ok(ids.map(str::to_owned).collect())
}

fn duplicate(id: String) -> Failure {
    Failure::Unexpected(format!("two stages have the id {id}: rename one of them"))
}

/// The places of the stages, each after those that it requires, and how often each id is required.
fn walk<N: Node>(nodes: &[N]) -> Result<(Vec<usize>, BTreeMap<String, usize>), Failure> {
    let ids: Vec<&str> = nodes.iter().map(Node::id).collect();
    let starts = java::hash_order(&ids).map_err(duplicate)?;
    let places: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let mut seen: BTreeMap<usize, bool> = BTreeMap::new();
    let (mut order, mut required) = (Vec::new(), BTreeMap::new());
    for start in starts {
        if seen.contains_key(&start) {
            continue;
        }
        // Each stage that is being visited, with what it requires and how far that was followed.
        let mut path = vec![(start, nodes[start].requisites().borrow().clone(), 0)];
        seen.insert(start, false);
        while let Some((place, requisites, next)) = path.last_mut() {
            let Some(requisite) = requisites.get(*next) else {
                order.push(*place);
                seen.insert(*place, true);
                requisites.iter().for_each(|id| *required.entry(id.clone()).or_insert(0) += 1);
                path.pop();
                continue;
            };
            *next += 1;
            let Some(&at) = places.get(requisite.as_str()) else { continue };
            match seen.get(&at) {
                Some(true) => {}
                Some(false) => {
                    let on = nodes[*place].id();
                    return Err(Failure::Configuration(format!("Cycle detected in graph (discovered on stage: {on})")));
                }
                None => {
                    seen.insert(at, false);
                    path.push((at, nodes[at].requisites().borrow().clone(), 0));
                }
            }
        }
    }
    Ok((order, required))
}

/// Puts those of `stages` that ask for it into `all`, in place of the ones of their ids.
pub(crate) fn inject<N: Node>(stages: &[N], all: &mut Vec<N>) -> Result<(), Failure> {
    for stage in stages {
        let Some(rule) = stage.inject().filter(|rule| rule.has_any()) else { continue };
        all.retain(|other| other.id() != stage.id());
        if rule.first {
            for other in all.iter().filter(|other| other.requisites().borrow().is_empty()) {
                link(other.requisites(), stage.id().to_owned());
            }
            all.insert(0, stage.clone());
            continue;
        }
        let at = if rule.last {
            leaves(all)?.into_iter().for_each(|leaf| link(stage.requisites(), leaf));
            all.len()
        } else if let Some(targets) = &rule.before {
            before(stage, targets, all)?
        } else {
            after(stage, rule.after.as_deref().unwrap_or_default(), all)?
        };
        all.insert(at, stage.clone());
        walk(all)?;
    }
    Ok(())
}

fn place_of<N: Node>(target: &str, stage: &N, all: &[N]) -> Result<usize, Failure> {
    all.iter().position(|other| other.id() == target).ok_or_else(|| {
        let stage = stage.id();
        Failure::Configuration(format!("could not inject '{stage}' stage: unknown target stage id '{target}'"))
    })
}

fn nowhere<N: Node>(stage: &N) -> Failure {
    Failure::Unexpected(format!("stage {} asks to be injected, and names no stage: name one", stage.id()))
}

/// Between each target and what it required; where the last of the targets stands.
fn before<N: Node>(stage: &N, targets: &[String], all: &[N]) -> Result<usize, Failure> {
    let mut edges = Vec::new();
    let mut last = None;
    for target in targets {
        let place = place_of(target, stage, all)?;
        let taken = all[place].requisites().replace(vec![stage.id().to_owned()]);
        edges.extend(taken);
        last = last.max(Some(place));
    }
    edges.into_iter().for_each(|edge| link(stage.requisites(), edge));
    last.ok_or_else(|| nowhere(stage))
}

/// Between each target and who required it; behind the last of the targets.
fn after<N: Node>(stage: &N, targets: &[String], all: &[N]) -> Result<usize, Failure> {
    walk(all)?;
    let mut last = None;
    for target in targets {
        let place = place_of(target, stage, all)?;
        link(stage.requisites(), target.clone());
        for other in all {
            if unlink(other.requisites(), target) {
                link(other.requisites(), stage.id().to_owned());
            }
        }
        last = last.max(Some(place + 1));
    }
    last.ok_or_else(|| nowhere(stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Stage(&'static str, Links, Option<Inject>);

    impl Node for Stage {
        fn id(&self) -> &str {
            self.0
        }

        fn requisites(&self) -> &Links {
            &self.1
        }

        fn inject(&self) -> Option<&Inject> {
            self.2.as_ref()
        }
    }

    fn stage(id: &'static str, after: &[&str]) -> Stage {
        Stage(id, links(after.iter().map(|id| (*id).to_owned())), None)
    }

    fn injected(id: &'static str, rule: Value) -> Stage {
        Stage(id, Links::default(), Some(Inject::of(rule.as_object().expect("an object")).expect("a rule")))
    }

    fn shown(stages: &[Stage]) -> String {
        let one = |stage: &Stage| format!("{}<{}", stage.0, stage.1.borrow().join(","));
        stages.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    fn with(rule: Value) -> Result<String, Failure> {
        let mut all = sorted(&[stage("c", &["b"]), stage("b", &["a"]), stage("a", &[])]).expect("no ring");
        inject(&[injected("x", rule)], &mut all)?;
        Ok(shown(&all))
    }

    #[test]
    fn a_stage_is_put_where_it_asks_for() {
        assert_eq!(with(json!({"first": true})), Ok("x< a<x b<a c<b".into()));
        assert_eq!(with(json!({"last": true})), Ok("a< b<a c<b x<c".into()));
        assert_eq!(with(json!({"before": ["b"]})), Ok("a< x<a b<x c<b".into()));
        assert_eq!(with(json!({"after": ["a"]})), Ok("a< x<a b<x c<b".into()));
        assert_eq!(with(json!({})), Ok("a< b<a c<b".into()));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let unknown = "could not inject 'x' stage: unknown target stage id 'z'";
        assert_eq!(with(json!({"after": ["z"]})), Err(Failure::Configuration(unknown.into())));
        assert_eq!(with(json!({"before": ["z"]})), Err(Failure::Configuration(unknown.into())));
        assert!(matches!(with(json!({"before": []})), Err(Failure::Unexpected(_))));
        let between = with(json!({"before": ["b", "c"]}));
        assert!(matches!(between, Err(Failure::Configuration(_))), "c comes after b: {between:?}");
        let ring = sorted(&[stage("a", &["b"]), stage("b", &["a"])]).map(|_| ());
        assert!(matches!(ring, Err(Failure::Configuration(_))));
        assert!(matches!(sorted(&[stage("a", &[]), stage("a", &[])]).map(|_| ()), Err(Failure::Unexpected(_))));
        assert_eq!(
            leaves(&[stage("a", &["gone"]), stage("b", &["a"]), stage("c", &[])]),
            Ok(vec!["b".into(), "c".into()])
        );
    }
}
