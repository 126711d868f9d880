//! The HTTP server of one case: answers by method and path in order, and keeps what it was asked.
//!
//! Its addresses begin with the case's name, as those of the recordings did: an answer that names its own address then has
//! the recorded length. JSON is written with a space after `:` and `,` for the same reason. What nothing is given for gets
//! 404 and is kept too. It sends no headers but the type and the length of its body.
//!
//! It ends, with its connections, when it is dropped.

use std::{collections::BTreeMap, convert::Infallible, io, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use serde::Serialize as _;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use super::case::{MockAnswer, MockRoute};
use crate::world;

/// Headers that the transport adds, and those by which ours lets a receiver recognise a repeated request.
const NOT_KEPT: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "user-agent",
    "te",
    "idempotency-key",
    "x-gennaker-fence",
];

/// A running server.
pub(super) struct MockServer {
    base: String,
    desk: Arc<Mutex<Desk>>,
    _connections: JoinSet<()>,
}

/// What is answered, and what was asked.
struct Desk {
    routes: Vec<Prepared>,
    requests: Vec<Value>,
}

/// A route with its answers as they are sent.
struct Prepared {
    method: String,
    path: String,
    answers: Vec<PreparedAnswer>,
    next: usize,
}

#[derive(Clone)]
struct PreparedAnswer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl MockServer {
    /// Starts a server for the case called `name` on a free port of loopback.
    pub(super) async fn start(name: &str, routes: &[MockRoute]) -> io::Result<MockServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}/{name}", listener.local_addr()?);
        let routes = routes.iter().map(|route| Prepared::of(route, &base)).collect();
        let desk = Arc::new(Mutex::new(Desk { routes, requests: Vec::new() }));
        let mut connections = JoinSet::new();
        connections.spawn(accept(listener, format!("/{name}"), desk.clone()));
        Ok(MockServer { base, desk, _connections: connections })
    }

    /// Its base URL, without a slash at the end.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// How many requests reached it.
    pub(super) fn hits(&self) -> usize {
        self.desk.lock().requests.len()
    }

    /// The requests that reached it, as recordings have them: `{"method", "path", "headers", "body"}`.
    pub(super) fn requests(&self) -> Vec<Value> {
        self.desk.lock().requests.clone()
    }
}

impl Prepared {
    fn of(route: &MockRoute, base: &str) -> Prepared {
        let answers = route.answers.iter().map(|answer| PreparedAnswer::of(answer, base)).collect();
        Prepared { method: route.method.clone(), path: route.path.clone(), answers, next: 0 }
    }

    fn is_for(&self, method: &Method, path: &str) -> bool {
        (self.method == "*" || self.method.eq_ignore_ascii_case(method.as_str())) && self.path == path
    }

    fn answer(&mut self) -> Option<PreparedAnswer> {
        let answer = self.answers.get(self.next).or(self.answers.last()).cloned();
        self.next += 1;
        answer
    }
}

impl PreparedAnswer {
    fn of(answer: &MockAnswer, base: &str) -> PreparedAnswer {
        let (usual_type, body) = match &answer.body {
            Value::Null => ("application/json", String::new()),
            Value::String(text) => ("text/plain", text.clone()),
            json => ("application/json", spaced(json)),
        };
        let mut headers: Vec<(String, String)> =
            answer.headers.iter().map(|(name, value)| (name.clone(), value.replace("{mock}", base))).collect();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("content-type".to_owned(), usual_type.to_owned()));
        }
        PreparedAnswer { status: answer.status, headers, body: body.replace("{mock}", base).into() }
    }

    fn response(self) -> Response<Full<Bytes>> {
        // Said explicitly, because `HEAD` has it too.
        let mut response = Response::builder().status(self.status).header(header::CONTENT_LENGTH, self.body.len());
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        // A case whose answer cannot be sent shows by that.
        response.body(Full::new(self.body)).unwrap_or_else(|_| nothing(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

async fn accept(listener: TcpListener, prefix: String, desk: Arc<Mutex<Desk>>) {
    let mut connections = JoinSet::new();
    // A connection that cannot be accepted any more ends the server; its clients see that.
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (prefix, desk) = (prefix.clone(), desk.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let (prefix, desk) = (prefix.clone(), desk.clone());
                async move { Ok::<_, Infallible>(answer(request, &prefix, &desk).await) }
            });
            let connection =
                http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service);
            // A client that goes away in the middle is its own business.
            let _ = connection.await;
        });
    }
}

async fn answer(request: Request<Incoming>, prefix: &str, desk: &Mutex<Desk>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return nothing(StatusCode::BAD_REQUEST) };
    let body = body.to_bytes();
    let path = path_below(&head.uri, prefix);
    let mut desk = desk.lock();
    desk.requests.push(json!({
        "method": head.method.as_str(),
        "path": path,
        "headers": kept(&head.headers),
        "body": if body.is_empty() { Value::Null } else { world::read(&body) },
    }));
    let route_path = path.split('?').next().unwrap_or_default();
    let route = desk.routes.iter_mut().find(|route| route.is_for(&head.method, route_path));
    match route.and_then(Prepared::answer) {
        Some(answer) => answer.response(),
        None => nothing(StatusCode::NOT_FOUND),
    }
}

fn nothing(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn path_below(uri: &Uri, prefix: &str) -> String {
    let whole = uri.path_and_query().map_or("/", |path| path.as_str());
    whole.strip_prefix(prefix).unwrap_or(whole).to_owned()
}

/// The last value of each header, as the recordings have it.
fn kept(headers: &HeaderMap) -> Map<String, Value> {
    let kept = headers.iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
    let values: BTreeMap<_, _> =
        kept.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned())).collect();
    values.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

/// JSON with a space after `:` and `,`.
fn spaced(json: &Value) -> String {
    struct Spaced;

    impl serde_json::ser::Formatter for Spaced {
        fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }

        fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
            if first { Ok(()) } else { writer.write_all(b", ") }
        }

        fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
            writer.write_all(b": ")
        }
    }

    let mut text = Vec::new();
    // A value in memory can always be written.
    let _ = json.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Spaced));
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use gennaker_http::http_client;

    use super::*;

    fn routes(json: Value) -> Vec<MockRoute> {
        serde_json::from_value(json).unwrap()
    }

    #[tokio::test]
    async fn answers_come_in_order_and_the_last_one_repeats() {
        let routes = routes(json!([
            {"method": "*", "path": "/hook", "answers": [{"status": 500, "body": {"e": 1}}, {"body": ["{mock}/x", 1]}]},
            {"method": "GET", "path": "/text", "answers": [{"body": "not json"}]},
            {"method": "GET", "path": "/there", "answers": [{"status": 201, "headers": {"Location": "{mock}/x"}}]},
            {"method": "POST", "path": "/text", "answers": [{"status": 204, "body": null}]},
        ]));
        let mock = MockServer::start("case-1", &routes).await.unwrap();
        let client = http_client().unwrap();
        let base = mock.base().to_owned();
        let ask = async |method: Method, path: &str| {
            let answer = client.request(method, format!("{base}{path}")).send().await.unwrap();
            let status = answer.status().as_u16();
            let headers: Vec<_> =
                answer.headers().iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
            (status, headers, answer.text().await.unwrap())
        };
        let header = |name: &str, value: &str| (name.to_owned(), value.parse().unwrap());
        let json = |length: usize| {
            vec![header("content-length", &length.to_string()), header("content-type", "application/json")]
        };
        assert_eq!(ask(Method::PUT, "/hook").await, (500, json(8), "{\"e\": 1}".to_owned()));
        for _ in 0..2 {
            let body = format!("[\"{base}/x\", 1]");
            assert_eq!(ask(Method::GET, "/hook?a=b").await, (200, json(body.len()), body));
        }
        let text = vec![header("content-length", "8"), header("content-type", "text/plain")];
        assert_eq!(ask(Method::GET, "/text").await, (200, text, "not json".to_owned()));
        assert_eq!(ask(Method::POST, "/text").await, (204, json(0)[1..].to_vec(), String::new()));
        assert_eq!(ask(Method::HEAD, "/hook").await.1, json(format!("[\"{base}/x\", 1]").len()));
        assert_eq!(ask(Method::GET, "/nothing").await.0, 404);
        assert!(ask(Method::GET, "/there").await.1.contains(&header("location", &format!("{base}/x"))));
        assert_eq!(mock.hits(), 8);
        assert_eq!(mock.requests()[1]["path"], "/hook?a=b");
    }

    #[tokio::test]
    async fn requests_are_kept_as_the_recordings_have_them() {
        let mock = MockServer::start("case-1", &[]).await.unwrap();
        let client = http_client().unwrap();
        let chunks = stream::iter(["{\"a\":", " 2}"].map(Ok::<_, io::Error>));
        let request = client.post(format!("{}/hook", mock.base())).header("X-L", "a").header("X-L", "b");
        request.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap();
        client.get(format!("{}/hook", mock.base())).header("Idempotency-Key", "k").send().await.unwrap();
        let expected = [
            json!({"method": "POST", "path": "/hook", "headers": {"accept": "*/*", "x-l": "b"}, "body": {"a": 2}}),
            json!({"method": "GET", "path": "/hook", "headers": {"accept": "*/*"}, "body": null}),
        ];
        assert_eq!(mock.requests(), expected);
    }
}
