//! The services' addresses, and calls to them.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context as _, ensure};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::Target;

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(30);
/// The headers that every call carries unless the case says otherwise.
const USUAL: [(&str, &str); 2] = [("X-SPINNAKER-USER", "tester@example.com"), ("Accept", "application/json")];

/// What is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallFields {
    /// The service, orca if absent.
    pub(crate) service: Option<String>,
    /// The method.
    pub(crate) method: Option<String>,
    /// The path with its query.
    pub(crate) path: Option<String>,
    /// Headers besides the usual ones; `null` leaves a usual one out.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    /// `application/json` if absent.
    pub(crate) content_type: Option<String>,
    /// Sent as JSON.
    pub(crate) body: Option<Value>,
    /// Sent as it is.
    pub(crate) raw_body: Option<String>,
}

/// The fields of a call.
const CALL: [&str; 7] = ["service", "method", "path", "headers", "contentType", "body", "rawBody"];

/// Refuses steps with fields that are neither of a call nor among `more`: serde refuses none beside flattened ones.
pub(crate) fn known_only(steps: &Value, part: &str, more: &[&str]) -> Result<(), String> {
    let steps = steps.as_array().map_or(std::slice::from_ref(steps), Vec::as_slice);
    let fields = steps.iter().filter_map(Value::as_object).flat_map(|step| step.keys().map(String::as_str));
    match fields.into_iter().find(|field| !CALL.contains(field) && !more.contains(field)) {
        Some(field) => Err(format!("the case cannot be read: what `{field}` in `{part}` means is not known")),
        None => Ok(()),
    }
}

/// A service that cases call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// Runs pipelines.
    Orca,
    /// Keeps applications and pipelines.
    Front50,
    /// Takes events in.
    Echo,
    /// The front.
    Gate,
}

impl Service {
    /// All of them.
    pub(crate) const ALL: [Service; 4] = [Service::Orca, Service::Front50, Service::Echo, Service::Gate];

    /// Its name; `{name}` stands for its address.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Service::Orca => "orca",
            Service::Front50 => "front50",
            Service::Echo => "echo",
            Service::Gate => "gate",
        }
    }

    /// The one of that name.
    pub(crate) fn find(name: &str) -> Option<Service> {
        Service::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// Where services answer: base URLs without a slash at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Addresses {
    known: Vec<(Service, String)>,
}

impl Addresses {
    /// Adds one; says whether it was not there yet.
    pub(crate) fn add(&mut self, service: Service, url: &str) -> bool {
        let new = self.of(service).is_none();
        if new {
            self.known.push((service, url.to_owned()));
        }
        new
    }

    /// Adds those of services that run already.
    ///
    /// # Errors
    /// If one has another name, or is given twice.
    pub(crate) fn aim(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        for Target { service, url } in targets {
            let known = Service::ALL.map(Service::name);
            let named = Service::find(service);
            let named =
                named.with_context(|| format!("there is no service {service:?}; there are: {}", known.join(", ")))?;
            ensure!(self.add(named, url), "{service} is given twice");
        }
        Ok(())
    }

    /// A service's address, if it runs.
    pub(crate) fn of(&self, service: Service) -> Option<&str> {
        self.known.iter().find(|(known, _)| *known == service).map(|(_, url)| url.as_str())
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Service, &str)> {
        self.known.iter().map(|(service, url)| (*service, url.as_str()))
    }
}

/// An answer: `null` for an empty body, a text if it is not JSON.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The body.
    pub(crate) body: Value,
}

/// Calls services.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    client: reqwest::Client,
    addresses: Addresses,
}

impl Caller {
    /// A caller of the services at `addresses`.
    pub(crate) fn new(client: reqwest::Client, addresses: Addresses) -> Caller {
        Caller { client, addresses }
    }

    /// The services' addresses.
    pub(crate) fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Makes a call whose placeholders are filled in. The error says why there is no answer.
    pub(crate) async fn call(&self, call: &CallFields) -> Result<Answer, String> {
        let name = call.service.as_deref().unwrap_or("orca");
        let service = Service::find(name).ok_or_else(|| format!("there is no service {name:?}"))?;
        let base = self.addresses.of(service).ok_or_else(|| missing(service))?;
        let (Some(method), Some(path)) = (&call.method, &call.path) else {
            return Err("a step has neither a method with a path nor something to wait for".to_owned());
        };
        let shown = format!("{method} {name}{path}");
        let method: Method = method.parse().map_err(|_| format!("{shown}: no such method"))?;
        let url = Url::parse(&format!("{base}{path}")).map_err(|error| format!("{shown}: {error}"))?;
        let mut request = self.client.request(method, url).timeout(DEADLINE);
        let given = |name: &str| call.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        for (name, value) in USUAL {
            if given(name).is_none() {
                request = request.header(name, value);
            }
        }
        for (name, value) in &call.headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let body = call.raw_body.clone().or_else(|| call.body.as_ref().map(Value::to_string));
        if let Some(body) = body {
            let content_type = call.content_type.as_deref().unwrap_or("application/json");
            request = request.header("Content-Type", content_type).body(body);
        }
        let failed = |error: reqwest::Error| format!("{shown}: no answer: {error}");
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(failed)?;
        Ok(Answer { status, body: read(&bytes) })
    }

    /// Reads from orca.
    pub(crate) async fn get(&self, path: String) -> Result<Answer, String> {
        self.call(&CallFields { method: Some("GET".to_owned()), path: Some(path), ..CallFields::default() }).await
    }
}

/// Why a service cannot be called, and what to do.
pub(crate) fn missing(service: Service) -> String {
    let name = service.name();
    format!(
        "it needs {name}, which does not run: give one with --target {name}=URL, or leave such cases out with --skip"
    )
}

/// A body as the recordings have it: JSON, else its text.
pub(crate) fn read(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
}
