//! Answers that are lost on their way: the write was carried out, and its writer does not know.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use gennaker_objects::{Condition, Error, Objects};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{bucket, key};

/// Passes everything on to a server; the next answer after [`Lossy::lose_next`] is dropped with its connection.
struct Lossy {
    endpoint: String,
    lose: Arc<AtomicBool>,
}

impl Lossy {
    async fn before(server: &str) -> Lossy {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let lose = Arc::new(AtomicBool::new(false));
        let losing = lose.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("the server");
                tokio::spawn(pass_on(client, server, losing.clone()));
            }
        });
        Lossy { endpoint, lose }
    }

    fn lose_next(&self) {
        self.lose.store(true, Ordering::SeqCst);
    }
}

async fn pass_on(client: TcpStream, server: TcpStream, lose: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let forth = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut buffer = vec![0; 65_536];
    while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
        // A server may ask to go on before it answers.
        let is_answer = !buffer.starts_with(b"HTTP/1.1 100");
        if (is_answer && lose.swap(false, Ordering::SeqCst)) || to_client.write_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
    forth.abort();
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_known_by_its_content() {
    let Some(server) = bucket::server(true).await else { return };
    let lossy = Lossy::before(server.endpoint()).await;
    let objects = bucket::open(bucket::at(&lossy.endpoint)).await.expect("a bucket");
    let name = key("group/a");

    lossy.lose_next();
    let first = objects.put(&name, "1".into(), Condition::IfAbsent).await.expect("it was written");
    lossy.lose_next();
    let second = objects.put(&name, "2".into(), Condition::IfVersion(first)).await.expect("it was written");
    assert_eq!(objects.get(&name).await.expect("a read").expect("an object").version, second);
    assert_eq!(objects.history(&name, 10).await.expect("a history").len(), 2, "each was written once");

    lossy.lose_next();
    assert!(objects.get(&name).await.expect("a read is repeated").is_some());
    let other = bucket::open(bucket::options(&server)).await.expect("a bucket");
    other.put(&name, "3".into(), Condition::Any).await.expect("a write");
    lossy.lose_next();
    let error = objects.put(&name, "x".into(), Condition::IfVersion(second)).await.expect_err("the version is old");
    assert!(matches!(error, Error::Uncertain { .. }), "{error}");
    assert_eq!(error.kind(), gennaker_base::Kind::Conflict);
}
