//! Stages that deploy, switch, size and remove server groups of any cloud.

mod bulk;
mod capacity;
pub(crate) mod changed;
mod check_application;
mod cluster;
mod create;
mod deploy;
mod destroy;
mod determine_target;
pub(crate) mod guard;
pub(crate) mod health;
pub(crate) mod instance_search;
pub(crate) mod on_group;
pub(crate) mod operation;
pub(crate) mod refresh;
pub(crate) mod replacement;
mod resize;
mod rollback;
pub(crate) mod settings;
mod source;
mod strategy;
mod switch;
pub(crate) mod target;

use self::guard::Guards;
use crate::{Catalogue, Options};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options) {
    operation::register(catalogue);
    health::register(catalogue);
    refresh::register(catalogue);
    check_application::register(catalogue, &options.tasks.clouddriver.check_if_application_exists_task);
    determine_target::register(catalogue);
    let strategies = strategy::register(catalogue, options);
    deploy::register(catalogue, strategies);
    source::register(catalogue);
    create::register(catalogue);
    capacity::register(catalogue);
    rollback::register(catalogue, options);
    let guards = Guards::new(&options.traffic_guards);
    switch::register(catalogue, guards);
    destroy::register(catalogue, guards);
    resize::register(catalogue, guards);
    cluster::register(catalogue, guards);
    bulk::register(catalogue, guards);
}
