//! What an endpoint of a table says.

use gennaker_http::Permission;
use http::Method;
use serde_json::{Value, json};

/// A service behind gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Front50,
    Orca,
    Clouddriver,
    Echo,
}

impl Service {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Service::Front50 => "front50",
            Service::Orca => "orca",
            Service::Clouddriver => "clouddriver",
            Service::Echo => "echo",
        }
    }
}

/// A method, in a form that constants can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    pub(crate) fn method(self) -> Method {
        match self {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        }
    }
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Sent if the caller sends none.
    pub(super) default: Option<&'static str>,
    /// 400 without it.
    pub(super) is_needed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    /// Repeated, or with commas; sent repeated.
    List,
    /// Every parameter that no other entry names.
    Rest,
}

const fn parameter(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, default: None, is_needed: false }
}

/// Any text.
pub(crate) const fn text(name: &'static str) -> Parameter {
    parameter(name, Kind::Text)
}

/// A number from 0.
pub(crate) const fn number(name: &'static str) -> Parameter {
    parameter(name, Kind::Number)
}

/// `true` or `false`.
pub(crate) const fn flag(name: &'static str) -> Parameter {
    parameter(name, Kind::Flag)
}

/// Several texts.
pub(crate) const fn list(name: &'static str) -> Parameter {
    parameter(name, Kind::List)
}

/// Every parameter that is not named beside it.
pub(crate) const fn rest() -> Parameter {
    parameter("", Kind::Rest)
}

impl Parameter {
    /// With a value for callers that send none.
    pub(crate) const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Refused (400) without a value.
    pub(crate) const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }
}

/// What comes with the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Object,
    List,
}

/// What is answered where the service has no such thing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Otherwise {
    /// The service's error.
    Error,
    /// 404 with these words, which may name parameters in braces.
    NotFound(&'static str),
    /// An empty list: what cannot be made is not there.
    NoneOf,
    /// An empty object.
    Nothing,
    /// This, also while the service cannot be reached: the web UI asks on every page.
    Always(fn() -> Value),
}

impl Otherwise {
    /// An empty list, also while the service cannot be reached.
    pub(crate) const NONE_EVER: Otherwise = Otherwise::Always(|| json!([]));
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forward {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) service: Service,
    pub(crate) to: &'static str,
    pub(crate) permission: Permission,
    pub(super) query: &'static [Parameter],
    pub(super) body: Body,
    pub(super) otherwise: Otherwise,
    pub(super) is_silent: bool,
    pub(super) is_ours: bool,
}

const fn forward(
    verb: Verb,
    path: &'static str,
    service: Service,
    to: &'static str,
    permission: Permission,
) -> Forward {
    Forward {
        verb,
        path,
        service,
        to,
        permission,
        query: &[],
        body: Body::None,
        otherwise: Otherwise::Error,
        is_silent: false,
        is_ours: false,
    }
}

/// A `GET` of `to`.
pub(crate) const fn get(path: &'static str, service: Service, to: &'static str, permission: Permission) -> Forward {
    forward(Verb::Get, path, service, to, permission)
}

/// A `POST` of an object to `to`.
pub(crate) const fn post(path: &'static str, service: Service, to: &'static str, permission: Permission) -> Forward {
    forward(Verb::Post, path, service, to, permission).with(Body::Object)
}

/// A `PUT` of an object to `to`.
pub(crate) const fn put(path: &'static str, service: Service, to: &'static str, permission: Permission) -> Forward {
    forward(Verb::Put, path, service, to, permission).with(Body::Object)
}

/// A `DELETE` of `to`.
pub(crate) const fn delete(path: &'static str, service: Service, to: &'static str, permission: Permission) -> Forward {
    forward(Verb::Delete, path, service, to, permission)
}

impl Forward {
    /// With these query parameters; no others go along.
    pub(crate) const fn asks(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }

    /// With this kind of body.
    pub(crate) const fn with(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With this answer where the service has no such thing.
    pub(crate) const fn or(mut self, otherwise: Otherwise) -> Self {
        self.otherwise = otherwise;
        self
    }

    /// Answers 200 with no body, as upstream's.
    pub(crate) const fn silent(mut self) -> Self {
        self.is_silent = true;
        self
    }

    /// Whether there is an answer where the service has no such thing.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self.otherwise, Otherwise::NoneOf | Otherwise::Nothing | Otherwise::Always(_))
    }

    /// Declares that upstream has no such endpoint.
    pub(crate) const fn beyond(mut self) -> Self {
        self.is_ours = true;
        self
    }
}
