//! What a pipeline takes over from its template. Upstream: `PipelineConfigInheritanceTransform`, `StageInheritanceControlTransform`.

use gennaker_jsonpath::Path;
use serde_json::Value;

use super::{
    merge,
    model::{Config, Rule, Template},
};
use crate::{Object, problem::Failure};

/// Takes out of the template what the configuration does not say it inherits.
pub(super) fn drop_what_is_not_inherited(template: &mut Template, config: &Config) {
    let own = &mut template.configuration;
    if !config.inherits("concurrentExecutions") {
        own.concurrent = Object::new();
    }
    for (what, list) in [
        ("triggers", &mut own.triggers),
        ("parameters", &mut own.parameters),
        ("expectedArtifacts", &mut own.expected_artifacts),
        ("notifications", &mut own.notifications),
    ] {
        if !config.inherits(what) {
            *list = Some(Vec::new());
        }
    }
}

/// Changes the settings of stages as their `inheritanceControl` says.
pub(super) fn control_stages(template: &mut Template) -> Result<(), Failure> {
    for stage in &mut template.stages {
        let Some(control) = stage.inheritance.clone() else { continue };
        let rules = [
            (&control.merge, merged as fn(&Value, &Value, &str) -> Result<Value, Failure>),
            (&control.replace, replaced),
        ];
        for (rules, change) in rules {
            for rule in rules {
                let path = path(rule)?;
                let old = path.read(&stage.config).map_err(failed)?;
                let new = change(&old, &rule.value, &rule.path)?;
                path.set(&mut stage.config, &new).map_err(failed)?;
            }
        }
        for rule in &control.remove {
            path(rule)?.delete(&mut stage.config).map_err(failed)?;
        }
    }
    Ok(())
}

fn path(rule: &Rule) -> Result<Path, Failure> {
    Path::parse(&rule.path).map_err(failed)
}

fn failed(error: gennaker_jsonpath::Error) -> Failure {
    Failure::Unexpected(format!("inheritanceControl: {error}"))
}

fn wrong<T>(message: &str) -> Result<T, Failure> {
    Err(Failure::Configuration(message.to_owned()))
}

fn merged(old: &Value, value: &Value, path: &str) -> Result<Value, Failure> {
    match (old, value) {
        (Value::Array(old), Value::Array(more)) => Ok(old.iter().chain(more).cloned().collect()),
        (Value::Array(_), _) => wrong("cannot merge non-collection value into collection"),
        (Value::Object(old), Value::Object(more)) => merge::maps(old, more).map(Value::Object),
        (Value::Object(_), _) => wrong("cannot merge non-map value into map"),
        _ => wrong(&format!("merge inheritance control must be given a list or map value: {path}")),
    }
}

fn replaced(old: &Value, value: &Value, _path: &str) -> Result<Value, Failure> {
    match (old, value) {
        (Value::Array(_), value) if !value.is_array() => {
            wrong("cannot replace collection value with non-collection value")
        }
        (Value::Object(_), value) if !value.is_object() => wrong("cannot replace map value with non-map value"),
        (_, value) => Ok(value.clone()),
    }
}
