//! front50 behind its guard, on a real folder and on a bucket of a real S3 server.

mod bucket;
mod fences;
mod following;
mod kinds;
mod pipelines;
mod races;
mod refusals;
mod routes;
mod store;
mod versions;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use gennaker_base::SystemClock;
use gennaker_front50::{Deps, Front50, Options};
use gennaker_http::GuardOptions;
use gennaker_objects::{FolderObjects, FolderOptions, Objects};
use gennaker_store::{Epoch, Fence, Fences};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Who asks in all tests.
const USER: &str = "tester@example.com";

/// One node on a folder.
struct Node {
    front50: Front50,
    router: Router,
    fences: Arc<Memory>,
}

/// The fences that a test's front50 has seen.
#[derive(Default)]
struct Memory(Mutex<HashMap<String, Epoch>>);

#[async_trait]
impl Fences for Memory {
    async fn admit(&self, fence: &Fence) -> gennaker_store::Result<()> {
        let mut seen = self.0.lock().expect("no panic");
        let highest = seen.entry(fence.execution.clone()).or_insert(fence.epoch);
        if fence.epoch < *highest {
            let (id, epoch) = (fence.execution.clone(), fence.epoch.0);
            return Err(gennaker_store::Error::Fenced { id, node: "a former owner".to_owned(), epoch });
        }
        *highest = fence.epoch;
        Ok(())
    }
}

/// An answer: JSON if it is, else text.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    status: StatusCode,
    body: Value,
}

impl Node {
    /// Starts front50 on `folder`.
    async fn start(folder: &TempDir) -> Node {
        Node::start_with(folder, Options::default()).await
    }

    async fn start_with(folder: &TempDir, options: Options) -> Node {
        let clock = Arc::new(SystemClock);
        let objects = FolderObjects::open(folder.path().to_owned(), FolderOptions::default(), clock);
        Node::on(Arc::new(objects.expect("a temporary folder can be used")), options).await
    }

    /// Starts front50 on any store.
    async fn on(objects: Arc<dyn Objects>, options: Options) -> Node {
        let clock = Arc::new(SystemClock);
        let fences = Arc::new(Memory::default());
        let deps = Deps { objects, fences: fences.clone(), clock };
        let front50 = Front50::new(options, deps).await.expect("front50 starts");
        Node { router: front50.api().into_service((), GuardOptions::default()), front50, fences }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        let kind = body.as_ref().map(|_| "application/json");
        self.send(method, path, kind, body.unwrap_or_default()).await
    }

    async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("X-SPINNAKER-USER", USER);
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(body.into()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router never fails");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_else(|_| text()) }
    }
}

/// A pipeline with a name and an id, as the body of a save.
fn pipeline(application: &str, name: &str, id: &str) -> Value {
    serde_json::json!({ "application": application, "name": name, "id": id, "stages": [], "triggers": [] })
}
