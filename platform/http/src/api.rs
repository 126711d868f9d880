//! A service's routes, each declared with its permission and its coverage of upstream's endpoint.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, MethodRouter, Route as AxumRoute, on},
};
use http::Method;
use tower::{Layer, Service};

use crate::{
    Caller, Error, GuardOptions, Permission, dispatch,
    guard::{self, Deadline, RouteLimits, RouteTable},
};

/// How much of upstream's endpoint a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Coverage {
    /// All of it.
    Done,
    /// A part; the text says what is missing.
    Partly(&'static str),
    /// Ours: upstream has no such endpoint.
    Beyond,
    /// Nothing yet: it answers 501.
    Unsupported,
}

/// A declared route as the documentation and the coverage tests see it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Endpoint {
    /// The service, for example `front50`.
    pub service: &'static str,
    /// The method, for example `GET`.
    pub method: String,
    /// The path with its parameters in braces, as upstream writes it.
    pub path: &'static str,
    /// What the route needs of its caller; `None` fails a test.
    pub permission: Option<Permission>,
    /// How much of upstream's endpoint it does.
    pub coverage: Coverage,
    /// The query parameters that it reads, for the documentation.
    pub query: Vec<&'static str>,
}

/// A route before it is added to an [`Api`].
pub struct Route<S> {
    method: Method,
    path: &'static str,
    upstream: Option<&'static str>,
    permission: Option<Permission>,
    coverage: Coverage,
    query: Vec<&'static str>,
    limits: RouteLimits,
    handler: MethodRouter<S>,
}

impl<S> Route<S> {
    /// Declares the permission that the route needs.
    pub fn needs(mut self, permission: Permission) -> Self {
        self.permission = Some(permission);
        self
    }

    /// Declares that a part of upstream's endpoint is missing, and which.
    pub fn partly(mut self, missing: &'static str) -> Self {
        self.coverage = Coverage::Partly(missing);
        self
    }

    /// Declares how upstream writes the path, where the router cannot: `/task/{id}:resume` is `/task/{idAndAction}` here.
    pub fn as_upstream(mut self, path: &'static str) -> Self {
        self.upstream = Some(path);
        self
    }

    /// Names the query parameters that the route reads, for the documentation.
    pub fn reads(mut self, query: impl IntoIterator<Item = &'static str>) -> Self {
        self.query = query.into_iter().collect();
        self
    }

    /// Declares that upstream has no such endpoint.
    pub fn beyond(mut self) -> Self {
        self.coverage = Coverage::Beyond;
        self
    }

    /// Gives the handler another deadline than the service's ([`GuardOptions::deadline`]): for long polls.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.limits.deadline = Deadline::Own(deadline);
        self
    }

    /// Lets the handler take as long as its caller waits; it ends where it awaits when the caller gives up. A handler
    /// that returns its answer and streams the answer's body needs no such thing: the deadline is for the handler.
    pub fn no_deadline(mut self) -> Self {
        self.limits.deadline = Deadline::Caller;
        self
    }

    /// Answers even when the service works on as many requests as it may: for health checks and metrics.
    pub fn always(mut self) -> Self {
        self.limits.always = true;
        self
    }
}

macro_rules! method {
    ($name:ident, $method:ident) => {
        #[doc = concat!("A `", stringify!($method), "` route.")]
        pub fn $name<H, T, S>(path: &'static str, handler: H) -> Route<S>
        where
            H: Handler<T, S>,
            T: 'static,
            S: Clone + Send + Sync + 'static,
        {
            Route {
                method: Method::$method,
                path,
                upstream: None,
                permission: None,
                coverage: Coverage::Done,
                query: Vec::new(),
                limits: RouteLimits::default(),
                handler: on(MethodFilter::$method, handler),
            }
        }
    };
}

method!(get, GET);
method!(post, POST);
method!(put, PUT);
method!(patch, PATCH);
method!(delete, DELETE);

/// An endpoint of upstream's that is not there yet: it answers 501 with `message`, which says what is missing.
///
/// # Panics
/// If `method` is not one of HTTP's own: a defect that the first start shows.
pub fn unsupported<S>(method: Method, path: &'static str, message: &'static str) -> Route<S>
where
    S: Clone + Send + Sync + 'static,
{
    let filter = MethodFilter::try_from(method.clone()).expect("one of HTTP's own methods");
    let handler = on(filter, move |_caller: Caller| async move { Error::unsupported(message) });
    let (permission, query, limits) = (None, Vec::new(), RouteLimits::default());
    Route { method, path, upstream: None, permission, coverage: Coverage::Unsupported, query, limits, handler }
}

/// The routes of a service.
///
/// A request is looked up among the routes of its method: that `PUT /pipelines/{id}/cancel` is there hides no
/// `DELETE /pipelines/{application}/{name}` of something called `cancel`.
pub struct Api<S = ()> {
    service: &'static str,
    endpoints: Vec<Endpoint>,
    limits: RouteTable,
    routers: Vec<(Method, Router<S>)>,
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// No routes yet.
    pub fn new(service: &'static str) -> Self {
        Api { service, endpoints: Vec::new(), limits: RouteTable::new(), routers: Vec::new() }
    }

    /// Adds a route.
    ///
    /// # Panics
    /// If the same method and path are there already: a defect that the first start shows.
    pub fn route(mut self, route: Route<S>) -> Self {
        self.endpoints.push(Endpoint {
            service: self.service,
            method: route.method.to_string(),
            path: route.upstream.unwrap_or(route.path),
            permission: route.permission,
            coverage: route.coverage,
            query: route.query,
        });
        self.limits.insert((route.method.clone(), route.path), route.limits);
        self.add(route.method, |router| router.route(route.path, route.handler));
        self
    }

    /// Adds all routes of another part of the same service.
    pub fn merge(mut self, other: Api<S>) -> Self {
        self.endpoints.extend(other.endpoints);
        self.limits.extend(other.limits);
        for (method, router) in other.routers {
            self.add(method, |own| own.merge(router));
        }
        self
    }

    /// Adds to the routes of a method.
    fn add(&mut self, method: Method, change: impl FnOnce(Router<S>) -> Router<S>) {
        match self.routers.iter_mut().find(|(known, _)| *known == method) {
            Some((_, router)) => *router = change(std::mem::take(router)),
            None => self.routers.push((method, change(Router::new()))),
        }
    }

    /// What is declared.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// Wraps every route in a layer of the service's own.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        L::Service: Service<axum::extract::Request, Error = Infallible> + Clone + Send + Sync + 'static,
        <L::Service as Service<axum::extract::Request>>::Response: axum::response::IntoResponse + 'static,
        <L::Service as Service<axum::extract::Request>>::Future: Send + 'static,
    {
        for (_, router) in &mut self.routers {
            *router = std::mem::take(router).layer(layer.clone());
        }
        self
    }

    /// The same routes with their state given to them, so that routes of other states can be merged.
    pub fn with_state(self, state: S) -> Api {
        let Api { service, endpoints, limits, routers } = self;
        let routers = routers.into_iter().map(|(method, router)| (method, router.with_state(state.clone())));
        Api { service, endpoints, limits, routers: routers.collect() }
    }

    /// The router behind the guard that every request passes, over a socket or in this process: request id, JSON errors
    /// for unknown paths and wrong methods, body limit, deadline, panic guard, one log line and the request metrics.
    pub fn into_service(self, state: S, options: GuardOptions) -> Router {
        let Api { service, limits, routers, .. } = self;
        let rest = dispatch::not_declared(service, limits.keys());
        let guarded = guard::wrapper(service, options, limits);
        let routers = routers.into_iter().map(|(method, router)| {
            let router = router.fallback_service(rest.clone()).with_state(state.clone());
            (method, guarded(router))
        });
        dispatch::by_method(routers.collect(), guarded(rest.clone()))
    }
}
