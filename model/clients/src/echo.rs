//! echo: events, webhooks, and what is said of triggers.

use bytes::Bytes;
use gennaker_http::{Call, Caller, Result, Transport};
use http::Method;
use serde::Serialize;
use serde_json::Value;

/// Calls echo.
#[derive(Clone)]
pub struct EchoClient {
    transport: Transport,
}

/// The headers of a webhook that echo looks at; the others need not go along.
const WEBHOOK_HEADERS: [&str; 5] = ["x-event-key", "x-github-event", "x-github-delivery", "x-hub-signature", "ce-data"];

impl EchoClient {
    /// A client over `transport`.
    pub fn new(transport: Transport) -> Self {
        EchoClient { transport }
    }

    /// Forwards a call and gives its answer unread, so that no field is lost on the way: for gate, which passes on most
    /// answers as they are.
    pub async fn forward(&self, caller: &Caller, call: Call) -> Result<Value> {
        self.transport.send(caller, call).await
    }

    /// Posts an event: `{"details": {"type": ...}, "content": {...}}`. Ours answers once whatever it starts is started;
    /// the same event may be posted again, and starts nothing twice that has an identity.
    pub async fn post_event(&self, caller: &Caller, event: &impl Serialize) -> Result<()> {
        let call = Call::new(Method::POST, &[]).body(event)?;
        self.transport.send::<Value>(caller, call).await.map(drop)
    }

    /// Posts a webhook of a type, and of a source if it names one, with those of `headers` that echo looks at, and its JSON byte
    /// by byte, since it may be signed. The caller's `Idempotency-Key` goes along. Answers `{"eventProcessed": ..., "eventId": ...}`.
    pub async fn webhook(
        &self,
        caller: &Caller,
        kind: &str,
        source: Option<&str>,
        headers: &http::HeaderMap,
        body: Bytes,
    ) -> Result<Value> {
        let path: Vec<&str> = ["webhooks", kind].into_iter().chain(source).collect();
        let mut call = Call::new(Method::POST, &path).json(body);
        for name in WEBHOOK_HEADERS {
            if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
                call = call.header(name, value);
            }
        }
        self.transport.send(caller, call).await
    }

    /// What a cron expression means: `{"response": ..., "description": ...}`; invalid if it is none.
    pub async fn validate_cron(&self, caller: &Caller, expression: &str) -> Result<Value> {
        let call = Call::get(&["validateCronExpression"]).query("cronExpression", expression);
        self.transport.send(caller, call).await
    }

    /// The quiet period, and whether it is now.
    pub async fn quiet_period(&self, caller: &Caller) -> Result<Value> {
        self.transport.send(caller, Call::get(&["quietPeriod"])).await
    }

    /// The kinds of notifications that can be sent.
    pub async fn notification_metadata(&self, caller: &Caller) -> Result<Value> {
        self.transport.send(caller, Call::get(&["notifications", "metadata"])).await
    }

    /// The subscriptions whose messages can start pipelines.
    pub async fn subscriptions(&self, caller: &Caller) -> Result<Value> {
        self.transport.send(caller, Call::get(&["pubsub", "subscriptions"])).await
    }
}
