//! The sets that there are, one file each.

mod answers;
mod artifacts;
mod canary;
mod cron;
mod executions;
mod naming;
mod spel;

use anyhow::Context;

use crate::Set;

/// Every set, in the order of their names.
pub fn all() -> Vec<Box<dyn Set>> {
    vec![
        Box::new(artifacts::Artifacts),
        Box::new(canary::Canary),
        Box::new(cron::Cron),
        Box::<executions::Executions>::default(),
        Box::new(answers::Calls::front50()),
        Box::new(answers::Calls::gate()),
        Box::new(naming::Naming),
        Box::new(spel::Spel),
    ]
}

/// The set of that name; the error lists those that there are.
pub fn find(name: &str) -> anyhow::Result<Box<dyn Set>> {
    all().into_iter().find(|set| set.name() == name).with_context(|| {
        let known: Vec<_> = all().iter().map(|set| format!("{} ({})", set.name(), set.about())).collect();
        format!("there is no set {name:?}; there are: {}", known.join(", "))
    })
}
