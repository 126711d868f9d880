//! Webhooks behind TLS, with certificates on both sides.

use std::{path::Path, sync::Arc};

use gennaker_orca_stages::{
    Options,
    webhook::{IdentityOptions, TrustOptions},
};
use gennaker_wire::Status;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use crate::drive::{Driven, local};

/// A server that answers whom its authority knows, and the files of a client that it knows.
fn prepare(folder: &Path) -> ServerConfig {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let issue = |params: CertificateParams| {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &authority).expect("a certificate");
        (certificate, key)
    };
    let mut client = CertificateParams::new(Vec::new()).expect("parameters");
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let (certificate, key) = issue(client);
    for (name, text) in
        [("trust.pem", authority.pem()), ("cert.pem", certificate.pem()), ("key.pem", key.serialize_pem())]
    {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let (certificate, key) = issue(CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("a root");
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.build().expect("a verifier"))
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a configuration")
}

/// Answers each connection once; gives the port.
async fn serve(config: ServerConfig, running: &mut JoinSet<()>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    running.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            let answer = "HTTP/1.1 200 OK\r\nX-Secret: Yes\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

fn options(folder: &Path, trust: bool, identity: bool) -> Options {
    let file = |name: &str| Some(folder.join(name).to_str().expect("a path").to_owned());
    let mut options = local();
    options.webhook.trust = TrustOptions { enabled: trust, trust_pem: file("trust.pem"), ..TrustOptions::default() };
    options.webhook.identity = IdentityOptions {
        enabled: identity,
        identity_key_pem: file("key.pem"),
        identity_cert_pem: file("cert.pem"),
        ..IdentityOptions::default()
    };
    options
}

#[tokio::test]
async fn both_sides_show_who_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = JoinSet::new();
    let port = serve(prepare(folder.path()), &mut running).await;
    for (trust, identity, expected) in
        [(true, true, Status::Succeeded), (true, false, Status::Terminal), (false, true, Status::Terminal)]
    {
        let settings = json!({"url": format!("https://localhost:{port}/hook"), "method": "GET"});
        let mut driven = Driven::new(&options(folder.path(), trust, identity), "webhook", settings);
        driven.compose().await.expect("tasks");
        assert_eq!(driven.run("createWebhook").await, expected, "trust {trust}, identity {identity}");
        if expected == Status::Succeeded {
            assert_eq!(driven.webhook()["body"], "ok");
            assert_eq!(driven.webhook()["headers"]["X-Secret"], "Yes", "names stay as the server writes them");
        }
    }
}
