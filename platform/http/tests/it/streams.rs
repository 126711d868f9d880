//! Answers that are read as they come, over a socket and in this process.

use std::{sync::atomic::Ordering, time::Duration};

use gennaker_base::Kind;
use gennaker_http::{Call, GuardOptions, TransportOptions};
use http::header::HeaderName;
use tokio::time::timeout;

use crate::{
    app::PATIENCE,
    transports::{Pair, ann, both, usual},
};

const LAST: HeaderName = HeaderName::from_static("last-event-id");

async fn next(pair: &Pair, streamed: &mut gennaker_http::Streamed) -> Option<String> {
    pair.seen.release.add_permits(1);
    let part = timeout(PATIENCE, streamed.chunk()).await.expect("a part comes").expect(pair.name);
    part.map(|bytes| String::from_utf8(bytes.to_vec()).expect("text"))
}

#[tokio::test]
async fn parts_are_read_as_they_come_and_a_break_is_an_error() {
    for pair in usual().await {
        let call = Call::get(&["parts"]).header_if(LAST, Some("7"));
        let mut streamed = pair.transport.stream(&ann(), call).await.expect(pair.name);
        assert_eq!(streamed.status(), 200, "{}", pair.name);
        assert_eq!(streamed.content_type().map(|kind| kind.as_bytes()), Some(&b"text/event-stream"[..]));
        // A call that is given up while nothing comes loses nothing.
        assert!(timeout(Duration::from_millis(1), streamed.chunk()).await.is_err(), "{}", pair.name);
        let mut read = Vec::new();
        for _ in 0..3 {
            read.extend(next(&pair, &mut streamed).await);
        }
        assert_eq!(read.concat(), "*/* 7part 1part 2", "{}", pair.name);
        pair.seen.release.add_permits(1);
        let error = timeout(PATIENCE, streamed.chunk()).await.expect("it breaks").expect_err(pair.name);
        assert_eq!(error.kind(), Kind::Unavailable, "{}", pair.name);
        assert!(error.message().starts_with("the answer of example broke off"), "{error}");
        assert_eq!(streamed.chunk().await, Ok(None), "it is over");
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_the_peers_answer() {
    for pair in usual().await {
        let mut streamed = pair.transport.stream(&ann(), Call::get(&["parts"])).await.expect(pair.name);
        assert_eq!(next(&pair, &mut streamed).await.as_deref(), Some("*/* -"), "{}", pair.name);
        drop(streamed);
        let dropped = async {
            while pair.seen.dropped.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, dropped).await.expect(pair.name);
    }
}

#[tokio::test]
async fn an_error_is_the_peers_and_is_retried_as_any_call_is() {
    for pair in usual().await {
        let stream = async |segments: &[&str]| pair.transport.stream(&ann(), Call::get(segments)).await;
        let error = stream(&["things", "none"]).await.expect_err(pair.name);
        assert_eq!((error.kind(), error.message()), (Kind::NotFound, "there is no thing none"), "{}", pair.name);
        stream(&["flaky", "2"]).await.expect("the third try succeeds");
        assert_eq!(pair.seen.tries.load(Ordering::SeqCst), 3, "{}", pair.name);
        let call = Call::get(&["parts"]).header_if(LAST, Some("a\nb"));
        assert_eq!(pair.transport.stream(&ann(), call).await.expect_err(pair.name).kind(), Kind::Invalid);
    }
}

#[tokio::test]
async fn a_silent_stream_ends_and_the_deadline_is_for_the_head() {
    let options =
        TransportOptions { deadline: PATIENCE, idle: Duration::from_millis(20), ..TransportOptions::default() };
    for pair in both(GuardOptions::default(), options).await {
        let mut streamed = pair.transport.stream(&ann(), Call::get(&["parts"])).await.expect(pair.name);
        let error = timeout(PATIENCE, streamed.chunk()).await.expect("it gives up").expect_err(pair.name);
        assert_eq!(error.kind(), Kind::Timeout, "{}", pair.name);
        assert_eq!(error.message(), "example sent nothing of its answer for 20ms: ask again");
        assert_eq!(streamed.chunk().await, Ok(None), "it is over");
        let call = Call::get(&["wait"]).deadline(Duration::from_millis(20));
        let error = pair.transport.stream(&ann(), call).await.expect_err(pair.name);
        assert_eq!(error.kind(), Kind::Timeout, "{}", pair.name);
    }
}
