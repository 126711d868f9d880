//! Requests that bring the content of their artifact. It is sent once: whoever repeats such a request fetches the artifact again.

use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use gennaker_provider_api::ArtifactContent;
use http::{Method, Request, header};
use http_body::Frame;
use http_body_util::StreamBody;
use serde::{Serialize, de::DeserializeOwned};

use super::{Call, Client, Error, START_DEADLINE, encoded, parsed, written};
use crate::protocol::{FENCE_HEADER, JSON_BYTES_HEADER, Job, JobSpec, MOST_FETCH_MS, ServerGroup, ServerGroupSpec};

impl Client {
    /// [`Client::create_server_group`] with the content of its artifact, unless that is there already.
    pub async fn create_server_group_with(
        &self,
        spec: &ServerGroupSpec,
        content: Option<ArtifactContent>,
        call: &Call,
    ) -> Result<ServerGroup, Error> {
        match content {
            Some(content) => self.send(&format!("/serverGroups/{}", encoded(&spec.name)), spec, content, call).await,
            None => self.create_server_group(spec, call).await,
        }
    }

    /// [`Client::change_launch`] with the content of its artifact.
    pub async fn change_launch_with(
        &self,
        spec: &ServerGroupSpec,
        content: Option<ArtifactContent>,
        call: &Call,
    ) -> Result<ServerGroup, Error> {
        let path = format!("/serverGroups/{}/launchConfiguration", encoded(&spec.name));
        match content {
            Some(content) => self.send(&path, spec, content, call).await,
            None => self.change_launch(spec, call).await,
        }
    }

    /// [`Client::run_job`] with the content of its artifact, unless that is there already.
    pub async fn run_job_with(
        &self,
        spec: &JobSpec,
        content: Option<ArtifactContent>,
        call: &Call,
    ) -> Result<Job, Error> {
        match content {
            Some(content) => self.send(&format!("/jobs/{}", encoded(&spec.name)), spec, content, call).await,
            None => self.run_job(spec, call).await,
        }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        content: ArtifactContent,
        call: &Call,
    ) -> Result<T, Error> {
        let json = Bytes::from(written(body)?);
        let mut request = Request::builder()
            .method(Method::PUT)
            .uri(format!("{path}?requestId={}", encoded(&call.request_id)))
            .header(header::HOST, "agent")
            .header(header::CONNECTION, "close")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, json.len() as u64 + content.length)
            .header(JSON_BYTES_HEADER, json.len());
        if let Some(fence) = &call.fence {
            request = request.header(FENCE_HEADER, fence.to_string());
        }
        let unread = Arc::new(OnceLock::new());
        let noted = unread.clone();
        let content = content.parts.inspect_err(move |error| {
            let _only_the_first = noted.set(again(error));
        });
        let parts = stream::iter([Ok::<_, io::Error>(json)]).chain(content);
        let unwritable = |error| Error::Malformed(format!("the request cannot be written: {error}"));
        let request = request.body(StreamBody::new(parts.map_ok(Frame::data)));
        let deadline = START_DEADLINE + Duration::from_millis(MOST_FETCH_MS);
        let answer = self.answer(request.map_err(unwritable)?, deadline).await;
        match unread.get() {
            Some(error) => Err(Error::Content(again(error))),
            None => parsed(&answer?),
        }
    }
}

/// The same error, which cannot be cloned.
fn again(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
