//! `preconfiguredJob`: a job that operators have prepared; the author of a pipeline fills in its parameters.
//!
//! In `orca.yml` by cloud, what is not listed in [`PreconfiguredJob`] being the job's own settings:
//!
//! ```yaml
//! job.preconfigured.local:
//! - type: backup
//!   label: Backup
//!   credentials: local
//!   command: /usr/bin/backup
//!   environment: {}
//!   parameters: [{ name: target, label: Target, mapping: environment.TARGET, defaultValue: disk }]
//! ```
//!
//! What is set there wins over what a pipeline says; a parameter goes to the place that its `mapping` names (`a.b[0].c`). A stage in a
//! pipeline has the job's type, and says `"alias": "preconfiguredJob"`.
//!
//! Upstream: `PreconfiguredJobStage`, `PreconfiguredJobStageProperties`, `GET /jobs/preconfigured`.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::run::{composed, end_job, forget_run};
use crate::{CancelContext, Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, TaskError};

/// The jobs that operators have prepared, under `job` in `orca.yml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobOptions {
    /// By the name of the cloud; none by default.
    pub preconfigured: BTreeMap<String, Vec<PreconfiguredJob>>,
}

/// A parameter that the author of a pipeline fills in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobParameter {
    /// The name.
    pub name: String,
    /// What the web UI calls it.
    pub label: String,
    /// What it is for.
    pub description: Option<String>,
    /// The place in the job's settings, for example `environment.TARGET` or `containers[0].image`.
    pub mapping: Option<String>,
    /// What it is without a value.
    pub default_value: Option<String>,
    /// Its type: `string`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its place among the others in the web UI.
    pub order: Option<i64>,
}

/// A job that operators have prepared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PreconfiguredJob {
    /// Whether pipelines may have it; yes by default.
    pub enabled: bool,
    /// Its stage type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the web UI calls it.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// What the author of a pipeline fills in.
    pub parameters: Vec<JobParameter>,
    /// Whether its end is waited for; yes by default.
    pub wait_for_completion: bool,
    /// Whether the web UI offers artifacts for it; no by default.
    pub produces_artifacts: bool,
    /// How the web UI shows it: `BASIC` or `CUSTOM`.
    pub ui_type: Option<String>,
    /// The job's own settings.
    #[serde(flatten)]
    pub settings: Object,
}

impl Default for PreconfiguredJob {
    fn default() -> Self {
        PreconfiguredJob {
            enabled: true,
            kind: String::new(),
            label: None,
            description: None,
            parameters: Vec::new(),
            wait_for_completion: true,
            produces_artifacts: false,
            ui_type: None,
            settings: Object::new(),
        }
    }
}

impl PreconfiguredJob {
    /// As the web UI wants to know of it.
    fn listed(&self) -> Value {
        json!({
            "label": self.label,
            "description": self.description,
            "type": self.kind,
            "waitForCompletion": self.wait_for_completion,
            "noUserConfigurableFields": true,
            "parameters": self.parameters,
            "producesArtifacts": self.produces_artifacts,
            "uiType": self.ui_type,
        })
    }

    /// Puts what is set here into the settings of a stage, and the stage's parameters where they belong.
    ///
    /// # Errors
    /// If a parameter's place is none.
    fn settle(&self, settings: &mut Object, provider: &str, application: &str) -> Result<(), String> {
        settings.extend(self.settings.clone().into_iter().filter(|(_, value)| !value.is_null()));
        settings.entry("cloudProvider").or_insert_with(|| provider.into());
        settings.insert("waitForCompletion".to_owned(), self.wait_for_completion.into());
        if let Some(Value::Object(cluster)) = settings.get_mut("cluster")
            && cluster.get("application").is_none_or(Value::is_null)
        {
            cluster.insert("application".to_owned(), application.into());
        }
        let given = settings.object("parameters").cloned().unwrap_or_default();
        for parameter in &self.parameters {
            let value = given.text(&parameter.name).or_else(|| parameter.default_value.clone());
            if let (Some(value), Some(mapping)) = (value, &parameter.mapping) {
                put(settings, mapping, value)?;
            }
        }
        let dynamic = settings.object("dynamicParameters").cloned().unwrap_or_default();
        for name in dynamic.keys() {
            put(settings, name, dynamic.text(name).unwrap_or_default())?;
        }
        settings.insert("preconfiguredJobParameters".to_owned(), json!(self.parameters));
        Ok(())
    }
}

/// Puts a value at a place like `a.b[0].c`; all but its last part has to be there.
fn put(settings: &mut Object, place: &str, value: String) -> Result<(), String> {
    let (path, last) = place.rsplit_once('.').unwrap_or(("", place));
    let missing = |part: &str| format!("the job has no {part}, where the parameter for {place} belongs");
    let mut current = settings;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (name, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
            Some((name, index)) => (name, Some(index.parse::<usize>().map_err(|_| missing(part))?)),
            None => (part, None),
        };
        let next = current.get_mut(name).ok_or_else(|| missing(part))?;
        let next = match index {
            Some(index) => next.get_mut(index).ok_or_else(|| missing(part))?,
            None => next,
        };
        current = next.as_object_mut().ok_or_else(|| missing(part))?;
    }
    current.insert(last.to_owned(), value.into());
    Ok(())
}

/// The enabled ones as `GET /jobs/preconfigured` answers.
pub(crate) fn list(options: &JobOptions) -> Vec<Value> {
    options.preconfigured.values().flatten().filter(|job| job.enabled).map(PreconfiguredJob::listed).collect()
}

/// Adds the stage.
pub(super) fn register(catalogue: &mut Catalogue, jobs: Arc<JobOptions>) {
    catalogue.add_stage(PreconfiguredJobStage { jobs });
}

struct PreconfiguredJobStage {
    jobs: Arc<JobOptions>,
}

#[async_trait]
impl StageDefinition for PreconfiguredJobStage {
    fn kind(&self) -> &'static str {
        "preconfiguredJob"
    }

    fn schema(&self) -> Schema {
        Schema::of("Runs a job that operators have prepared; its type is the job's, its alias this one.")
            .with(Field::object("parameters", "The values of the job's parameters, by name.", []))
            .with(Field::object("dynamicParameters", "Values by their place in the job's settings.", []))
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let kind = &context.view.stage.kind;
        let mut all = self.jobs.preconfigured.iter();
        let found = all.find_map(|(provider, jobs)| Some((provider, jobs.iter().find(|job| job.kind == *kind)?)));
        let (provider, job) = found.ok_or_else(|| {
            TaskError::invalid(format!(
                "no preconfigured job has the type {kind}: GET /jobs/preconfigured lists those that are set up"
            ))
        })?;
        let mut settings = context.view.context().clone();
        job.settle(&mut settings, provider, &context.view.execution.application).map_err(TaskError::invalid)?;
        Ok(Composition { context: Some(settings.clone()), ..composed(&settings) })
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        end_job(context).await
    }

    fn prepare_restart(&self, context: &mut Object) {
        forget_run(context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> PreconfiguredJob {
        serde_json::from_value(json!({
            "type": "backup", "label": "Backup", "credentials": "local", "environment": {}, "steps": [{"command": "a"}],
            "parameters": [
                {"name": "target", "mapping": "environment.TARGET", "defaultValue": "disk"},
                {"name": "command", "mapping": "steps[0].command"},
            ],
        }))
        .expect("a job")
    }

    #[test]
    fn what_is_set_wins_and_parameters_go_to_their_places() {
        let settle = |settings: Value| {
            let mut settings = settings.as_object().cloned().expect("an object");
            job().settle(&mut settings, "local", "shop").map(|()| settings)
        };
        let settings = settle(json!({"credentials": "mine", "parameters": {"command": "b"}})).expect("settings");
        assert_eq!(settings["credentials"], "local");
        assert_eq!(settings["cloudProvider"], "local");
        assert_eq!(settings["environment"], json!({"TARGET": "disk"}));
        assert_eq!(settings["steps"], json!([{"command": "b"}]));
        let given = settle(json!({"parameters": {"target": 3}})).expect("settings");
        assert_eq!(given["environment"], json!({"TARGET": "3"}));
        assert!(settle(json!({"dynamicParameters": {"nowhere.a": "b"}})).is_err());
        assert!(settle(json!({"dynamicParameters": {"steps[7].a": "b"}})).is_err());
    }

    #[test]
    fn the_list_has_what_is_enabled() {
        let off = PreconfiguredJob { enabled: false, ..job() };
        let options = JobOptions { preconfigured: [("local".to_owned(), vec![job(), off])].into_iter().collect() };
        let listed = list(&options);
        assert_eq!(listed.len(), 1);
        assert_eq!((&listed[0]["type"], &listed[0]["noUserConfigurableFields"]), (&json!("backup"), &json!(true)));
        assert_eq!(listed[0]["parameters"][0]["mapping"], "environment.TARGET");
    }
}
