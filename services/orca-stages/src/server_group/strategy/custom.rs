//! `custom`: a strategy pipeline does all of it. Its `deploy` stage creates the server group that this stage describes.
//!
//! `strategyApplication` and `strategyPipeline` name it; `pipelineParameters` are its own parameters. Upstream:
//! `CustomStrategy`.

use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use super::{Deployment, Strategy, deployment::extended};
use crate::{NewStage, TaskError};

pub(super) struct Custom;

impl Strategy for Custom {
    fn key(&self) -> &'static str {
        "custom"
    }

    fn problems(&self, settings: &Object) -> Vec<String> {
        let missing = |name: &&str| settings.text(name).is_none_or(|text| text.is_empty());
        let names = ["strategyApplication", "strategyPipeline"];
        let names = names.into_iter().filter(missing);
        names.map(|name| format!("strategy custom needs {name}: name the strategy pipeline")).collect()
    }

    fn replaces_creation(&self) -> bool {
        true
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let settings = deployment.settings();
        let view = deployment.view;
        let own = json!({
            "application": settings.get("application"),
            "strategy": true,
            "clone": view.stage.kind == super::stage::CLONE,
            "parentPipelineId": view.execution.id,
            "parentStageId": view.stage.id,
        });
        let mut parameters = extended(&deployment.base()?, own);
        if let Some(given) = settings.object("pipelineParameters") {
            parameters.extend(given.clone());
        }
        let context = json!({
            "application": settings.get("application"),
            "pipelineApplication": settings.get("strategyApplication"),
            "pipelineId": settings.get("strategyPipeline"),
            "pipelineParameters": parameters,
        });
        Ok(vec![NewStage::then("pipeline", "pipeline", extended(&Object::new(), context))])
    }
}
