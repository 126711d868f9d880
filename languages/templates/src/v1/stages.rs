//! The stages of template and configuration as one graph: loops and partials by their stages, replaced, injected, and without those
//! whose conditions do not hold. Upstream: `ConfigStageInjectionTransform`, `ConditionalStanzaTransform`, `TrimConditionalsTransform`.

use super::model::{Config, Stage, Template};
use crate::{
    graph::{self, Node as _, link, unlink},
    java,
    problem::Failure,
};

pub(super) fn put_together(template: &mut Template, config: &Config) -> Result<(), Failure> {
    expand_loops(template)?;
    expand_partials(template)?;
    for stage in &config.stages {
        let same = template.stages.iter_mut().filter(|known| known.id() == stage.id());
        same.for_each(|known| *known = stage.clone());
    }
    let mut stages = std::mem::take(&mut template.stages);
    stages.extend(config.stages.iter().filter(|stage| !stage.depends_on.borrow().is_empty()).cloned());
    // What was replaced stands there already.
    let mut known: Vec<String> = Vec::new();
    stages.retain(|stage| {
        let is_new = !known.iter().any(|id| id == stage.id());
        known.push(stage.id().to_owned());
        is_new || !config.stages.iter().any(|other| other.id() == stage.id())
    });
    let mut stages = connected(stages)?;
    graph::inject(&stages.clone(), &mut stages)?;
    graph::inject(&config.stages, &mut stages)?;
    template.stages = stages;
    expand_partials(template)
}

/// In their order, each requiring what it depends on.
fn connected(mut stages: Vec<Stage>) -> Result<Vec<Stage>, Failure> {
    stages.iter_mut().for_each(|stage| stage.requisites = stage.depends_on.clone());
    graph::sorted(&stages)
}

/// The ids of those that no other one requires, as a set of Java's has them.
fn leaves(stages: &[Stage]) -> Result<Vec<String>, Failure> {
    let leaves = graph::leaves(stages)?;
    let ids: Vec<&str> = leaves.iter().map(String::as_str).collect();
    let places = java::hash_order(&ids).map_err(|id| Failure::Unexpected(format!("two stages have the id {id}")))?;
    Ok(places.into_iter().map(|place| leaves[place].clone()).collect())
}

/// Puts stages in the place of one: its first ones depend on what that depended on, and who depended on that depends on its last ones.
fn replace(place: &Stage, mut stages: Vec<Stage>, all: &[Stage]) -> Result<Vec<Stage>, Failure> {
    stages.iter_mut().for_each(|stage| stage.requisites = stage.depends_on.clone());
    graph::sorted(&stages)?;
    let leaves = leaves(&stages)?;
    for stage in stages.iter_mut().filter(|stage| stage.depends_on.borrow().is_empty()) {
        stage.depends_on = place.depends_on.clone();
        stage.requisites = place.requisites.clone();
    }
    for other in all {
        for links in [&other.depends_on, &other.requisites] {
            if unlink(links, place.id()) {
                leaves.iter().for_each(|leaf| link(links, leaf.clone()));
            }
        }
    }
    Ok(stages)
}

fn expand_loops(template: &mut Template) -> Result<(), Failure> {
    let mut added = Vec::new();
    for place in template.stages.iter().filter(|stage| stage.is_looping()) {
        added.extend(replace(place, place.looped.clone(), &template.stages)?);
    }
    template.stages.extend(added);
    template.stages.retain(|stage| !stage.is_looping());
    Ok(())
}

fn expand_partials(template: &mut Template) -> Result<(), Failure> {
    let mut added = Vec::new();
    for place in template.stages.iter().filter(|stage| stage.is_partial()) {
        let rendered = template.partials.iter().find_map(|partial| partial.rendered.get(place.id()));
        let missing = || Failure::Configuration(format!("Could not find rendered partial: {}", place.id()));
        added.extend(replace(place, rendered.ok_or_else(missing)?.clone(), &template.stages)?);
    }
    template.stages.extend(added);
    template.stages.retain(|stage| !stage.is_partial());
    Ok(())
}

/// Takes out the stages whose conditions do not hold; who depended on one depends on what that depended on.
pub(super) fn drop_conditional(template: &mut Template) {
    for gone in template.stages.iter().filter(|stage| stage.is_left_out()) {
        for other in &template.stages {
            if unlink(&other.depends_on, gone.id()) {
                let before = gone.depends_on.borrow().clone();
                before.into_iter().for_each(|id| link(&other.depends_on, id));
            }
        }
    }
    template.stages.retain(|stage| !stage.is_left_out());
}
