//! A deployment as its strategy sees it: where it acts, what it replaces, what it has made.
//!
//! Upstream: `StageData`, `AbstractDeployStrategyStage.CleanupConfig`, `ResizeStrategy.Source`.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::{
    NewStage, StageView, TaskError,
    server_group::settings::{account, cluster, deployed, provider},
};

/// A `createServerGroup` or `cloneServerGroup` stage.
pub(in crate::server_group) struct Deployment<'v> {
    /// The stage.
    pub(super) view: &'v StageView,
}

/// Where a server group is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    /// Its field in a context: `region`, `namespace` or `zone`.
    pub(super) field: &'static str,
    /// Its name.
    pub(super) value: String,
}

impl Location {
    /// As a context says it under `targetLocation`.
    pub(super) fn to_json(&self) -> Value {
        json!({ "type": self.field.to_ascii_uppercase(), "value": self.value })
    }
}

impl<'v> Deployment<'v> {
    /// The deployment of this stage.
    pub(super) fn of(view: &'v StageView) -> Self {
        Deployment { view }
    }

    /// The stage's settings and findings.
    pub(super) fn settings(&self) -> &'v Object {
        &self.view.stage.context
    }

    /// Where it deploys: the namespace, else the region, else the zone.
    pub(super) fn location(&self) -> Result<Location, TaskError> {
        let settings = self.settings();
        let zones = settings.object("availabilityZones");
        let region = || settings.text("region").or_else(|| zones?.keys().next().cloned());
        let zone = || zones?.values().filter_map(Value::as_array).flatten().find_map(Value::as_str).map(str::to_owned);
        let found = settings.text("namespace").map(|value| ("namespace", value));
        let found = found.or_else(|| region().map(|value| ("region", value)));
        let found = found.or_else(|| zone().map(|value| ("zone", value)));
        let (field, value) =
            found.ok_or_else(|| TaskError::invalid("the stage names no place: set region (or namespace)"))?;
        Ok(Location { field, value })
    }

    /// What every stage that acts on the cluster is told: where it is, and how long requests may take to end.
    pub(super) fn base(&self) -> Result<Object, TaskError> {
        let settings = self.settings();
        let location = self.location()?;
        let mut base = Object::new();
        base.insert(location.field.to_owned(), location.value.into());
        base.insert("cluster".to_owned(), cluster(self.view)?.name.into());
        for kept in ["moniker", "drainTimeoutMs"] {
            if let Some(value) = settings.get(kept).filter(|value| !value.is_null()) {
                base.insert(kept.to_owned(), value.clone());
            }
        }
        base.insert("credentials".to_owned(), account(settings)?.into());
        base.insert("cloudProvider".to_owned(), provider(settings).into());
        Ok(base)
    }

    /// The same with the sources of health that count, if the stage names them.
    pub(super) fn base_with_health(&self) -> Result<Object, TaskError> {
        let mut base = self.base()?;
        let names = self.settings().get("interestingHealthProviderNames").filter(|names| !names.is_null());
        if let Some(names) = names {
            base.insert("interestingHealthProviderNames".to_owned(), names.clone());
        }
        Ok(base)
    }

    /// The server group that is replaced, as the stage found it before it created anything.
    pub(super) fn source(&self) -> Result<Option<Source>, TaskError> {
        let settings = self.settings();
        let Some(found) = settings.object("source") else { return Ok(None) };
        let Some(name) = found.text("serverGroupName").or_else(|| found.text("asgName")) else { return Ok(None) };
        Ok(Some(Source {
            name,
            account: found.text("account"),
            region: found.text("region"),
            credentials: account(settings)?,
            provider: provider(settings),
        }))
    }

    /// The server group that was created, if it came to that: its region and name.
    pub(super) fn created(&self) -> Option<(String, String)> {
        deployed(self.settings()).into_iter().next()
    }

    /// How long to wait before what is replaced is touched, in seconds; 0 is not at all.
    pub(super) fn delay_before_cleanup(&self) -> i64 {
        let settings = self.settings();
        let delays = ["delayBeforeCleanup", "delayBeforeDisableSec"].iter().filter_map(|name| settings.integer(name));
        delays.into_iter().find(|seconds| *seconds > 0).unwrap_or(0)
    }

    /// How long to wait before what was replaced is scaled down, in seconds; 0 is not at all.
    pub(super) fn delay_before_scale_down(&self) -> i64 {
        self.settings().integer("delayBeforeScaleDownSec").unwrap_or(0)
    }

    /// Whether the settings say yes under that name.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.settings().boolean(name) == Some(true)
    }

    /// How many server groups of the cluster may remain; 0 is all of them.
    pub(super) fn max_remaining(&self) -> i64 {
        self.settings().integer("maxRemainingAsgs").unwrap_or(0)
    }
}

/// A server group that is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Its name.
    pub(super) name: String,
    /// Its account, if the stage said so.
    pub(super) account: Option<String>,
    /// Its region.
    pub(super) region: Option<String>,
    /// The account of the deployment.
    pub(super) credentials: String,
    /// The cloud.
    pub(super) provider: String,
}

impl Source {
    /// As stages that resize are told of it.
    pub(super) fn to_json(&self) -> Value {
        Value::Object(extended(
            &Object::new(),
            json!({
                "region": self.region,
                "serverGroupName": self.name,
                "credentials": self.credentials,
                "cloudProvider": self.provider,
                "location": self.region,
            }),
        ))
    }

    /// What pins or unpins its minimum: the stage's context before it says which.
    pub(super) fn pin_context(&self, base: &Object) -> Object {
        extended(
            base,
            json!({
                "serverGroupName": self.name,
                "action": "scale_to_server_group",
                "source": self.to_json(),
                "useNameAsLabel": true,
            }),
        )
    }
}

/// The fields of `base`, and over them those of `own` that are not null.
pub(in crate::server_group) fn extended(base: &Object, own: Value) -> Object {
    let mut context = base.clone();
    if let Value::Object(own) = own {
        context.extend(own.into_iter().filter(|(_, value)| !value.is_null()));
    }
    context
}

/// A stage that waits, if there is a time to wait.
pub(super) fn wait(seconds: i64, name: &str) -> Option<NewStage> {
    (seconds > 0).then(|| NewStage::then("wait", name, extended(&Object::new(), json!({ "waitTime": seconds }))))
}
