//! Stages that deploy, switch and remove server groups of any cloud.

mod create;
mod deploy;
mod destroy;
mod disable_cluster;
mod health;
mod operation;
mod refresh;
mod settings;
mod strategy;
mod switch;

use crate::Catalogue;

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    operation::register(catalogue);
    health::register(catalogue);
    refresh::register(catalogue);
    deploy::register(catalogue);
    create::register(catalogue);
    switch::register(catalogue);
    destroy::register(catalogue);
    disable_cluster::register(catalogue);
}
