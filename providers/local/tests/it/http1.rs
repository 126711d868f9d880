//! An HTTP/1.1 client that shows everything: one connection, no retry, no pool.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, task::JoinHandle};

pub(crate) type Failed = Box<dyn std::error::Error + Send + Sync>;

/// One connection.
pub(crate) struct Connection {
    address: String,
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
}

/// An answer, read to its end.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// Whether the balancer asks for a new connection.
    pub(crate) closes: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn version(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self.json()["version"].as_str().unwrap_or_default().to_owned()
    }
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Connection, Failed> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        Ok(Connection { address: address.to_owned(), sender, driver: tokio::spawn(connection) })
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failed> {
        self.send("GET", path, Bytes::new()).await
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Bytes) -> Result<Answer, Failed> {
        self.sender.ready().await?;
        let request =
            Request::builder().method(method).uri(path).header("host", &self.address).body(Full::new(body))?;
        let response: Response<_> = self.sender.send_request(request).await?;
        let status = response.status();
        let closes = response.headers().get("connection").is_some_and(|value| value == "close");
        Ok(Answer { status, body: response.into_body().collect().await?.to_bytes(), closes })
    }

    /// Waits for the other side to hang up.
    pub(crate) async fn closed(self) {
        let _either_way = self.driver.await;
    }
}

/// One request on a new connection.
pub(crate) async fn get(address: &str, path: &str) -> Result<Answer, Failed> {
    Connection::open(address).await?.get(path).await
}
