//! Performs what a table says.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequest as _, FromRequestParts as _, Request, State},
    response::{IntoResponse as _, Response},
};
use gennaker_base::Kind as ErrorKind;
use gennaker_clients::Call;
use gennaker_http::{Caller, Error, Json, Path, Query, Result, Route};
use gennaker_wire::Object;
use http::{StatusCode, request::Parts};
use serde_json::{Value, json};

use super::{
    Body, Forward, Otherwise, Parameter, Service,
    specification::{Kind, Verb},
};
use crate::{Gate, app::optional::is_absent, routes::input::Parameters};

/// The route of an endpoint.
pub(crate) fn route(endpoint: &'static Forward) -> Route<Gate> {
    let handler = async move |State(gate): State<Gate>, request: Request| answer(endpoint, &gate, request).await;
    let route = match endpoint.verb {
        Verb::Get => gennaker_http::get(endpoint.path, handler),
        Verb::Post => gennaker_http::post(endpoint.path, handler),
        Verb::Put => gennaker_http::put(endpoint.path, handler),
        Verb::Delete => gennaker_http::delete(endpoint.path, handler),
    };
    let named = endpoint.query.iter().map(|parameter| parameter.name).filter(|name| !name.is_empty());
    let route = route.needs(endpoint.permission).reads(named);
    if endpoint.is_ours { route.beyond() } else { route }
}

async fn answer(endpoint: &'static Forward, gate: &Gate, request: Request) -> Result<Response> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_headers(&parts.headers)?.onward();
    let values = Values::of(endpoint, &mut parts).await?;
    let call = values.call()?;
    let request = Request::from_parts(parts, body);
    let call = match endpoint.body {
        Body::None => call,
        Body::Object => call.body(&Json::<Object>::from_request(request, &()).await?.0)?,
        Body::List => call.body(&Json::<Vec<Value>>::from_request(request, &()).await?.0)?,
    };
    let answer = values.otherwise(send(gate, endpoint.service, &caller, call).await)?;
    Ok(if endpoint.is_silent { StatusCode::OK.into_response() } else { Json(answer).into_response() })
}

/// Sends a call to one of the services.
async fn send(gate: &Gate, service: Service, caller: &Caller, call: Call) -> Result<Value> {
    let clients = &gate.clients;
    match service {
        Service::Front50 => clients.front50.forward(caller, call).await,
        Service::Orca => clients.orca.forward(caller, call).await,
        Service::Clouddriver => clients.clouddriver.forward(caller, call).await,
        Service::Echo => clients.echo.forward(caller, call).await,
    }
}

/// An endpoint with the parameters of a request.
struct Values {
    endpoint: &'static Forward,
    path: BTreeMap<String, String>,
    query: Parameters,
}

impl Values {
    async fn of(endpoint: &'static Forward, parts: &mut Parts) -> Result<Self> {
        let Path(path) = Path::from_request_parts(parts, &()).await?;
        let Query(query) = Query::from_request_parts(parts, &()).await?;
        Ok(Values { endpoint, path, query })
    }

    /// The value of a parameter: of the path, else of the query, else its default.
    fn text(&self, name: &str) -> Option<&str> {
        let default = || self.endpoint.query.iter().find(|parameter| parameter.name == name)?.default;
        self.path.get(name).map(String::as_str).or_else(|| self.query.text(name)).or_else(default)
    }

    /// What the service is asked.
    fn call(&self) -> Result<Call> {
        let mut segments = Vec::new();
        for segment in self.endpoint.to.split('/').skip(1) {
            match segment.strip_prefix("{*").and_then(|name| name.strip_suffix('}')) {
                Some(name) => segments.extend(self.text(name).unwrap_or_default().split('/').map(str::to_owned)),
                None => segments.push(self.filled(segment)),
            }
        }
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let call = Call::new(self.endpoint.verb.method(), &segments);
        self.endpoint.query.iter().try_fold(call, |call, parameter| self.add(call, parameter))
    }

    /// Adds a query parameter, if there is a value and if it is not in the path.
    fn add(&self, call: Call, parameter: &Parameter) -> Result<Call> {
        let name = parameter.name;
        let value = self.text(name);
        if parameter.is_needed && value.is_none() {
            return Err(Error::invalid(format!("{name} is missing: say {name}=... in the query")));
        }
        if parameter.kind == Kind::Rest {
            let named: Vec<&str> = self.endpoint.query.iter().map(|parameter| parameter.name).collect();
            return Ok(self.query.others(&named).iter().fold(call, |call, (name, value)| call.query(name, value)));
        }
        if self.endpoint.to.contains(&format!("{{{name}}}")) {
            return Ok(call);
        }
        match parameter.kind {
            Kind::Text | Kind::Rest => Ok(call.query_if(name, value)),
            Kind::List => Ok(self.query.texts(name).iter().fold(call, |call, value| call.query(name, value))),
            // What is sent is what was said, once it was looked at.
            Kind::Number => self.query.number(name).map(|_| call.query_if(name, value)),
            Kind::Flag => self.query.flag(name).map(|_| call.query_if(name, value)),
        }
    }

    /// A text with values in the place of the names in braces.
    fn filled(&self, template: &str) -> String {
        let mut filled = String::new();
        let mut left = template;
        while let Some((before, name, after)) = next_name(left) {
            filled.push_str(before);
            filled.push_str(self.text(name).unwrap_or_default());
            left = after;
        }
        filled + left
    }

    /// The answer, or what the endpoint says instead of it.
    fn otherwise(&self, answer: Result<Value>) -> Result<Value> {
        let Err(error) = answer else { return answer };
        match self.endpoint.otherwise {
            Otherwise::NotFound(words) if error.kind() == ErrorKind::NotFound => {
                Err(Error::not_found(self.filled(words)))
            }
            Otherwise::NoneOf if is_absent(&error) => Ok(json!([])),
            Otherwise::Nothing if is_absent(&error) => Ok(json!({})),
            Otherwise::Always(value) if is_absent(&error) || error.kind().is_transient() => {
                let service = self.endpoint.service.name();
                tracing::debug!(service, path = self.endpoint.path, %error, "answered without the service");
                Ok(value())
            }
            _ => Err(error),
        }
    }
}

/// What stands before a name in braces, the name, and what follows.
fn next_name(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}
