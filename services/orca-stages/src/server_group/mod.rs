//! Stages that deploy, switch and remove server groups of any cloud.

mod capacity;
mod create;
mod deploy;
mod destroy;
mod disable_cluster;
mod health;
mod operation;
mod refresh;
mod replacement;
mod rollback;
mod settings;
mod source;
mod strategy;
mod switch;

use crate::{Catalogue, Options};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options) {
    operation::register(catalogue);
    health::register(catalogue);
    refresh::register(catalogue);
    let strategies = strategy::register(catalogue, options);
    deploy::register(catalogue, strategies);
    source::register(catalogue);
    create::register(catalogue);
    capacity::register(catalogue);
    rollback::register(catalogue, options);
    switch::register(catalogue);
    destroy::register(catalogue);
    disable_cluster::register(catalogue);
}
