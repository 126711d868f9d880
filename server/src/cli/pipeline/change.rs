//! `gennaker pipeline enable`, `disable` and `update`: whether triggers start a pipeline.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Named, missing, saved};
use crate::cli::{Session, exit::Error, gate::Request};

/// What `spin pipeline update` takes.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("state").required(true)))]
pub(crate) struct Update {
    #[command(flatten)]
    pub(super) pipeline: Named,
    /// Let nothing start it; `--disabled=false` is `--enabled`.
    #[arg(long, short, group = "state", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    disabled: Option<bool>,
    /// Let triggers start it; `--enabled=false` is `--disabled`.
    #[arg(long, short, group = "state", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enabled: Option<bool>,
}

impl Update {
    /// Whether it is to be disabled.
    pub(super) fn disables(&self) -> bool {
        self.disabled.or(self.enabled.map(|enabled| !enabled)).unwrap_or_default()
    }
}

/// Saves the pipeline with another state, if it is not in that state already.
pub(super) async fn set_disabled(session: &mut Session<'_>, named: &Named, disabled: bool) -> Result<(), Error> {
    let mut pipeline = saved(session, named).await?;
    let Some(fields) = pipeline.as_object_mut() else {
        return Err(session.gate.unexpected("the pipeline is no JSON object".to_owned()).into());
    };
    let before = fields.get("disabled").and_then(Value::as_bool).unwrap_or_default();
    let state = if disabled { "disabled" } else { "enabled" };
    let Named { application, name } = named;
    let value = json!({ "application": application, "name": name, "disabled": disabled });
    if before == disabled {
        let sentence = format!("pipeline {name} of application {application} is {state} already");
        return Ok(session.console.done(&value, name, &sentence)?);
    }
    fields.insert("disabled".to_owned(), disabled.into());
    let saved = session.gate.send(Request::new(Method::POST, &["pipelines"]).body(pipeline)).await;
    saved.map_err(|error| missing(session, error, named))?;
    Ok(session.console.done(&value, name, &format!("pipeline {name} of application {application} is {state}"))?)
}
