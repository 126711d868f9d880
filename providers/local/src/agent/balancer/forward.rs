//! A request on its way through: choose an instance, try, perhaps try again, pass the response on.

use std::{io, time::Duration};

use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header, request};
use http_body::Body as _;
use hyper::{
    body::Incoming,
    upgrade::{OnUpgrade, on},
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::time::Instant;

use super::{
    body::{Lease, ResponseBody},
    client::Client,
    exchange::{Exchange, Failed},
    headers,
    pool::Pool,
    tunnel::{Ending, tunnel},
};

/// So many instances are tried that do not take a connection: a whole server group may have crashed at once.
const MOST_UNREACHED: usize = 8;
/// How long a client may keep an upgraded connection that the instance has ended.
const AFTER_INSTANCE: Duration = Duration::from_secs(1);

/// Always answers: with the instance's response, or with an error in JSON.
pub(super) async fn forward(pool: &Pool, client: &Client, request: Request<Incoming>) -> Response<ResponseBody> {
    let asked = client.pace.ask(request.version());
    let forwarding = Forwarding { pool, client };
    forwarding.forward(request).await.map(|body| body.answers(asked))
}

struct Forwarding<'a> {
    pool: &'a Pool,
    client: &'a Client,
}

impl Forwarding<'_> {
    async fn forward(&self, mut request: Request<Incoming>) -> Response<ResponseBody> {
        if request.method() == Method::CONNECT {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "CONNECT is not supported by this load balancer");
        }
        let hosts = request.headers().get_all(header::HOST).iter().count();
        if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
            return refuse(StatusCode::BAD_REQUEST, "a request names its host once, in the field Host");
        }
        let wanted = headers::upgrade(request.headers()).filter(|_| request.version() == Version::HTTP_11);
        let client_side = wanted.is_some().then(|| on(&mut request));
        let (mut head, body) = request.into_parts();
        headers::forward(&mut head, self.client.address, wanted.as_ref());
        let body = (!body.is_end_stream()).then_some(body);
        match self.exchange(&head, body, wanted.is_some()).await {
            Ok((response, lease)) => self.pass_on(response, lease, client_side),
            Err(response) => response,
        }
    }

    /// At most two instances get to see the request, and the second one only if the first one cannot have acted on it.
    async fn exchange(
        &self,
        head: &request::Parts,
        mut body: Option<Incoming>,
        upgrade: bool,
    ) -> Result<(Response<Incoming>, Lease), Response<ResponseBody>> {
        let limits = self.pool.limits();
        let exchange = Exchange {
            upgrade,
            connect_timeout: limits.connect_timeout,
            response_timeout: limits.response_timeout,
            connections: &self.pool.connections,
        };
        let repeatable = body.is_none() && head.method.is_idempotent();
        // An idle connection may be closed by the instance just now. That is made good by sending again, so only what
        // may be sent again goes on one.
        let mut reuse = repeatable && !upgrade;
        let (mut sent, mut unreached) = (0, 0);
        let mut without: Vec<String> = Vec::new();
        let mut last: Option<String> = None;
        while sent < 2 && unreached < MOST_UNREACHED {
            let Some(in_flight) = self.pool.enter(&without) else { break };
            let instance = in_flight.upstream().instance().to_owned();
            let (counters, since) = (in_flight.upstream().counters().clone(), Instant::now());
            let attempted = exchange.attempt(in_flight, head, body.take(), reuse).await;
            match &attempted {
                Ok((response, _)) => counters.answer(since.elapsed(), response.status()),
                Err(Failed::ClientStalled | Failed::Cut) => {}
                Err(_) => counters.fail(),
            }
            match attempted {
                Ok(answered) => return Ok(answered),
                Err(Failed::Unsent { reason, body: given_back }) => {
                    unreached += 1;
                    body = given_back;
                    last = Some(format!("{instance}: {reason}"));
                    without.push(instance);
                }
                Err(Failed::Broken { reason, stale }) => {
                    // A stale one says nothing of its instance, and the next attempt takes a new one. Not so in HTTP/2, where a
                    // connection that was shared before may live: what breaks on it again is the instance's doing.
                    let stale = stale && reuse;
                    sent += usize::from(!stale);
                    last = Some(format!("{instance}: the connection broke: {reason}"));
                    if !repeatable {
                        break;
                    }
                    without.extend((!stale).then_some(instance));
                    reuse = false;
                }
                Err(Failed::Late) => {
                    return Err(refuse(
                        StatusCode::GATEWAY_TIMEOUT,
                        &format!(
                            "instance {instance} gave no response within {} ms",
                            limits.response_timeout.as_millis()
                        ),
                    ));
                }
                Err(Failed::ClientStalled) => {
                    return Err(refuse(StatusCode::REQUEST_TIMEOUT, "the request's body did not arrive in time"));
                }
                Err(Failed::Cut) => {
                    return Err(refuse(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "the server group was disabled and its drain time is over",
                    ));
                }
            }
        }
        Err(match last {
            Some(reason) => {
                tracing::warn!(balancer = self.pool.name, reason, "a request failed");
                refuse(StatusCode::BAD_GATEWAY, &format!("no instance answered; the last one tried was {reason}"))
            }
            None => refuse(
                StatusCode::SERVICE_UNAVAILABLE,
                &format!("load balancer {} has no healthy instance of an enabled server group", self.pool.name),
            ),
        })
    }

    fn pass_on(
        &self,
        mut response: Response<Incoming>,
        lease: Lease,
        client_side: Option<OnUpgrade>,
    ) -> Response<ResponseBody> {
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let (mut head, body) = response.into_parts();
            headers::remove_hop_by_hop(&mut head.headers);
            head.version = Version::HTTP_11;
            return Response::from_parts(head, ResponseBody::stream(body, lease));
        }
        let Some(client_side) = client_side else {
            return refuse(StatusCode::BAD_GATEWAY, "the instance changed the protocol though nobody asked for it");
        };
        let instance_side = on(&mut response);
        let ending = Ending {
            in_flight: lease.in_flight,
            abort: self.client.owner.abort.clone(),
            idle: self.pool.limits().idle_timeout,
            after_instance: AFTER_INSTANCE,
        };
        let client = self.client.clone();
        self.client.owner.tasks.spawn(async move {
            let opening = async {
                let (client, instance) = tokio::try_join!(client_side, instance_side).map_err(io::Error::other)?;
                Ok((TokioIo::new(client), TokioIo::new(instance)))
            };
            tunnel(opening, ending).await;
            drop(client);
        });
        let (mut head, _) = response.into_parts();
        let protocol = head.headers.get(header::UPGRADE).cloned();
        headers::remove_hop_by_hop(&mut head.headers);
        head.headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        if let Some(protocol) = protocol {
            head.headers.insert(header::UPGRADE, protocol);
        }
        Response::from_parts(head, ResponseBody::text(""))
    }
}

fn refuse(status: StatusCode, message: &str) -> Response<ResponseBody> {
    let text = json!({"status": status.as_u16(), "error": status.canonical_reason(), "message": message});
    let mut response = Response::new(ResponseBody::text(text.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
