//! An answer that is read as it comes.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use gennaker_base::Kind;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::{Error, Result};

/// An answer whose body is read as it comes. Dropping it ends the peer's answer.
#[derive(Debug)]
pub struct Streamed {
    service: &'static str,
    idle: Duration,
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    /// Since when the next part is waited for.
    waiting: Option<Instant>,
    ended: bool,
}

impl Streamed {
    pub(super) fn new(service: &'static str, idle: Duration, response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Streamed { service, idle, status: head.status, headers: head.headers, body, waiting: None, ended: false }
    }

    /// The status, one of success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the body is.
    pub fn content_type(&self) -> Option<&HeaderValue> {
        self.headers.get(header::CONTENT_TYPE)
    }

    /// The next part of the body; `None` after its end, and after an error. A call that is given up loses nothing.
    ///
    /// # Errors
    /// `Unavailable` if the answer breaks off, `Timeout` if nothing came for as long as
    /// [`TransportOptions::idle`](super::TransportOptions::idle) says, counted from the first call that waited for it.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        let until = *self.waiting.get_or_insert_with(Instant::now) + self.idle;
        let data = async {
            // Trailers say nothing here.
            loop {
                match self.body.frame().await {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) if data.is_empty() => {}
                        Ok(data) => return Some(Ok(data)),
                        Err(_trailers) => {}
                    },
                    Some(Err(error)) => return Some(Err(error)),
                    None => return None,
                }
            }
        };
        let service = self.service;
        let failure = match timeout_at(until, data).await {
            Ok(Some(Ok(data))) => {
                self.waiting = None;
                return Ok(Some(data));
            }
            Ok(None) => {
                self.ended = true;
                return Ok(None);
            }
            Ok(Some(Err(error))) => {
                Error::new(Kind::Unavailable, format!("the answer of {service} broke off: {error}"))
            }
            Err(_) => {
                let idle = self.idle;
                Error::new(Kind::Timeout, format!("{service} sent nothing of its answer for {idle:?}: ask again"))
            }
        };
        self.ended = true;
        self.body = Body::empty();
        Err(failure)
    }
}
