//! Deployment monitors: servers of the users' own that judge a deployment while it grows, and the stages that ask them.
//!
//! | stage | asks |
//! |---|---|
//! | `notifyDeployStarting` | `POST deployment/starting`: may it begin? |
//! | `evaluateDeploymentHealth` | `POST deployment/evaluateHealth`: may it go on? |
//! | `notifyDeployCompleted` | `POST deployment/completed`: tells how it ended; a failure to tell is none of the deployment's |
//!
//! The strategy `monitored` puts them around its steps; they are not for pipelines to name. A monitor answers
//! `{"nextStep": {"directive": "continue"}, "statusReason": {...}}` with `continue`, `complete`, `wait` or `abort`. While it says
//! `wait` it is asked again, less and less often, for `maxAnalysisMinutes`. A call that fails is made again three times; then
//! `failOnError` decides.
//!
//! Everything may be asked more than once: a monitor knows a call by its `stageId`.
//!
//! Upstream: `orca-deploymentmonitor`, `MonitoredDeployBaseTask` and its classes.

mod answer;
mod client;
mod options;
mod request;
mod stages;
mod task;

use std::sync::Arc;

pub use self::options::{DeploymentMonitorOptions, MonitoredDeployOptions};
use crate::{Catalogue, OptionsError};

/// Adds the stages and their tasks, where there are monitors.
pub(crate) fn register(catalogue: &mut Catalogue, options: &MonitoredDeployOptions) -> Result<(), OptionsError> {
    if !options.enabled {
        return Ok(());
    }
    let monitors = Arc::new(client::Monitors::new(options)?);
    stages::register(catalogue);
    for question in task::Question::ALL {
        catalogue.add_task(task::MonitorTask { question, monitors: monitors.clone() });
    }
    Ok(())
}
