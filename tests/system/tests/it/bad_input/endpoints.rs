//! The endpoints as the services declare them, with values in the place of parameters.

use std::fmt;

use gennaker_harness::Service;

/// The value of a parameter: an id that nobody has.
const UNKNOWN: &str = "unknown";

/// Endpoints that upstream answers with success when there is nothing to do, and which so answer alike.
const SUCCEED_WITH_NOTHING: [(&str, &str, &str); 9] = [
    ("clouddriver", "POST", "/cache/"),
    ("front50", "DELETE", "/permissions/applications/"),
    ("front50", "DELETE", "/pipelineTemplates/"),
    ("front50", "DELETE", "/v2/applications/"),
    ("front50", "DELETE", "/v2/pipelineTemplates/"),
    ("front50", "DELETE", "/v2/projects/"),
    ("front50", "DELETE", "/v2/tags/"),
    ("gate", "DELETE", "/pipelines/"),
    ("gate", "POST", "/auth/"),
];

/// Endpoints that take any object, as upstream's: events, which start what is configured for them, templates' plans, which say what
/// would be started, and the deletion of tags, which says what it has found.
const TAKE_ANYTHING: [(&str, &str); 6] = [
    ("clouddriver", "/admin/tags/deleteBy"),
    ("echo", "/webhooks/"),
    ("gate", "/pipelines/v2/"),
    ("gate", "/v2/pipelineTemplates/plan"),
    ("gate", "/webhooks/"),
    ("orca", "/v2/pipelineTemplates/plan"),
];

/// Endpoints that upstream fails at (500) where a well-formed request names what is not there, and which so answer alike.
const FAIL_AS_UPSTREAM: [(&str, &str, &str); 1] = [("orca", "POST", "/orchestrate/{pipelineConfigId}")];

/// Endpoints that have no body although their method could have one.
const HAVE_NO_BODY: [(&str, &str, &str); 1] = [("clouddriver", "POST", "/admin/tags/deleteBy")];

/// Endpoints that answer with a task, which says whether it went well.
const ANSWER_WITH_A_TASK: [(&str, &str); 2] = [("gate", "/pipelineTemplates"), ("gate", "/v2/pipelineTemplates")];

/// One endpoint to send requests to.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) service: Service,
    pub(super) method: String,
    pub(super) path: String,
    declared: String,
    /// Whether its path has parameters.
    pub(super) has_id: bool,
}

impl Endpoint {
    pub(super) fn new(service: Service, method: &str, declared: &str) -> Self {
        let (path, has_id) = filled(declared, UNKNOWN);
        Endpoint { service, method: method.to_owned(), path, declared: declared.to_owned(), has_id }
    }

    /// Whether a request of this method and path reaches it, however its parameters are called.
    pub(super) fn is_reached_by(&self, other: &Endpoint) -> bool {
        let (own, path): (Vec<&str>, Vec<&str>) = (self.declared.split('/').collect(), other.path.split('/').collect());
        let same = |(own, segment): (&&str, &&str)| own == segment || own.contains('{');
        let rest = own.last().is_some_and(|last| last.starts_with("{*")) && path.len() >= own.len();
        self.service == other.service
            && self.method == other.method
            && (own.len() == path.len() || rest)
            && own.iter().zip(&path).all(same)
    }

    /// The same path with another method.
    pub(super) fn with_method(&self, method: &str) -> Endpoint {
        Endpoint { method: method.to_owned(), ..self.clone() }
    }

    /// The same with another value for its parameters.
    pub(super) fn with_id(&self, id: &str) -> Endpoint {
        Endpoint { path: filled(&self.declared, id).0, ..self.clone() }
    }

    /// Whether success with an empty answer is upstream's answer where there is nothing to do.
    pub(super) fn succeeds_with_nothing(&self) -> bool {
        self.is_among(&SUCCEED_WITH_NOTHING)
    }

    fn is_among(&self, known: &[(&str, &str, &str)]) -> bool {
        let same = |known: &(&str, &str, &str)| {
            known.0 == self.service.name() && known.1 == self.method && self.declared.starts_with(known.2)
        };
        known.iter().any(same)
    }

    /// Whether success is upstream's answer to any object.
    pub(super) fn takes_anything(&self) -> bool {
        let is = |(service, path): &(&str, &str)| *service == self.service.name() && self.declared.starts_with(path);
        self.method == "POST" && TAKE_ANYTHING.iter().any(is)
    }

    /// Whether it is a task that says whether it went well.
    pub(super) fn answers_with_a_task(&self) -> bool {
        let is = |(service, path): &(&str, &str)| *service == self.service.name() && self.declared.starts_with(path);
        self.method != "GET" && ANSWER_WITH_A_TASK.iter().any(is)
    }

    /// Whether 500 is upstream's answer where what is named is not there.
    pub(super) fn fails_as_upstream(&self) -> bool {
        FAIL_AS_UPSTREAM.contains(&(self.service.name(), self.method.as_str(), self.declared.as_str()))
    }

    pub(super) fn takes_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method.as_str()) && !self.is_among(&HAVE_NO_BODY)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.service.name(), self.method, self.path)
    }
}

/// All endpoints of all services.
pub(super) fn all() -> Vec<Endpoint> {
    let declared = [
        (Service::Gate, gennaker_gate::Gate::endpoints()),
        (Service::Orca, gennaker_orca::Orca::endpoints()),
        (Service::Front50, gennaker_front50::Front50::endpoints()),
        (Service::Clouddriver, gennaker_clouddriver::Clouddriver::endpoints()),
        (Service::Echo, gennaker_echo::Echo::endpoints()),
        (Service::Deck, gennaker_deck::Deck::endpoints()),
    ];
    let mut all = Vec::new();
    for (service, endpoints) in declared {
        all.extend(endpoints.iter().map(|endpoint| Endpoint::new(service, &endpoint.method, endpoint.path)));
        // Added where the services are put together.
        all.extend(["/health", "/prometheus"].map(|path| Endpoint::new(service, "GET", path)));
    }
    assert!(all.len() > 50, "only {} endpoints", all.len());
    all
}

/// The path with `id` in the place of each parameter, and whether there are any.
fn filled(declared: &str, id: &str) -> (String, bool) {
    let mut path = String::new();
    let mut rest = declared;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').expect("a parameter ends");
        path.push_str(before);
        path.push_str(id);
        rest = after;
    }
    let has_id = !path.is_empty();
    path.push_str(rest);
    (path, has_id)
}
