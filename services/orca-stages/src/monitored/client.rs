//! Calls to deployment monitors.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use gennaker_http::outbound::{self, Outbound, Request, UrlRuleOptions, UrlRules};
use http::{
    HeaderValue, Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::Value;
use url::Url;

use super::{DeploymentMonitorOptions, MonitoredDeployOptions};
use crate::{OptionsError, TaskError};

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// The monitors of this install, by their ids.
pub(super) struct Monitors {
    monitors: BTreeMap<String, Arc<Monitor>>,
}

/// A deployment monitor.
pub(super) struct Monitor {
    pub(super) options: DeploymentMonitorOptions,
    base: Url,
    outbound: Outbound,
}

impl Monitors {
    /// Reads where they are.
    ///
    /// # Errors
    /// If a monitor has no id, or its place is no URL.
    pub(super) fn new(options: &MonitoredDeployOptions) -> Result<Self, OptionsError> {
        // Operators name these servers, so they may be anywhere, this machine included.
        let rules = UrlRuleOptions {
            allowed_hostnames_regex: ".*".to_owned(),
            reject_localhost: false,
            reject_link_local: false,
            reject_verbatim_ips: false,
            excluded_domains: Vec::new(),
            ..UrlRuleOptions::default()
        };
        let options_of_calls =
            outbound::Options { rules: UrlRules::new(&rules)?, deadline: DEADLINE, ..outbound::Options::default() };
        let outbound = Outbound::new(options_of_calls)?;
        let mut monitors = BTreeMap::new();
        for monitor in &options.deployment_monitors {
            let wrong = |problem: &str| OptionsError::Monitor { id: monitor.id.clone(), problem: problem.to_owned() };
            if monitor.id.is_empty() {
                return Err(wrong("it has no id"));
            }
            let mut base = monitor.base_url.clone();
            if !base.ends_with('/') {
                base.push('/');
            }
            let base = Url::parse(&base).map_err(|error| wrong(&format!("baseUrl is no URL: {error}")))?;
            let monitor = Monitor { options: monitor.clone(), base, outbound: outbound.clone() };
            monitors.insert(monitor.options.id.clone(), Arc::new(monitor));
        }
        Ok(Monitors { monitors })
    }

    /// The monitor of that id.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn named(&self, id: &str) -> Result<&Arc<Monitor>, TaskError> {
        self.monitors.get(id).ok_or_else(|| {
            let message = format!(
                "there is no deployment monitor {id:?}: add it to monitored-deploy.deploymentMonitors in orca.yml"
            );
            TaskError::invalid(message)
        })
    }
}

impl Monitor {
    /// Posts the question; the answer, whatever it is.
    ///
    /// # Errors
    /// In words, if there is none, it tells of a failure, or it is no JSON where one is expected.
    pub(super) async fn ask(&self, path: &str, question: &Value) -> Result<Value, String> {
        let url = self.base.join(path).map_err(|error| error.to_string())?;
        let mut request = Request::new(Method::POST, url);
        let json = HeaderValue::from_static("application/json");
        request.headers.insert(CONTENT_TYPE, json.clone());
        request.headers.insert(ACCEPT, json);
        request.body = question.to_string().into();
        let answer = self.outbound.send(request).await.map_err(|error| error.to_string())?;
        if !answer.status.is_success() {
            let body = String::from_utf8_lossy(&answer.body).chars().take(500).collect::<String>();
            return Err(format!("it answered {}: {body}", answer.status));
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }
}
