//! TLS towards servers that users name: whom to trust, and who to be.

use std::{convert::Infallible, path::PathBuf, sync::Arc};

use axum::http::{Method, Response, Version};
use bytes::Bytes;
use gennaker_http::outbound::{Error, IdentityFiles, Outbound, Request, SetupError, TlsOptions};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::peer::{Peer, answer, local};

/// An authority, and a folder for what it issues.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        Authority { issuer, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Writes a file of this name.
    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    fn trusted(&self) -> Option<PathBuf> {
        Some(self.file("authority.pem", self.issuer.pem()))
    }

    /// A server with a certificate for that name, and whether it asks its clients for one of this authority.
    fn server(&self, name: &str, asks: bool, protocols: &[&[u8]]) -> ServerConfig {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("versions");
        let builder = if asks {
            let mut roots = RootCertStore::empty();
            roots.add(self.issuer.der().clone()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.expect("a verifier"))
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).expect("a configuration");
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }

    /// A client's certificate.
    fn client(&self) -> IdentityFiles {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        IdentityFiles {
            certificates: self.file("client.pem", certificate.pem()),
            key: self.file("client-key.pem", key.serialize_pem()),
        }
    }
}

async fn peer(config: ServerConfig) -> Peer {
    Peer::over(Some(config), |_| answer("200 OK", "", "private")).await
}

async fn call(peer: &Peer, tls: TlsOptions) -> Result<String, Error> {
    call_by(&local(|options| options.tls = tls), "localhost", peer).await
}

async fn call_by(outbound: &Outbound, host: &str, peer: &Peer) -> Result<String, Error> {
    let url = Url::parse(&format!("https://{host}:{}/", peer.address.port())).expect("a URL");
    let answer = outbound.send(Request::new(Method::GET, url)).await?;
    Ok(String::from_utf8(answer.body.to_vec()).expect("text"))
}

fn refused(result: Result<String, Error>) {
    assert!(matches!(result, Err(Error::Unreachable { .. } | Error::Broken { .. })), "{result:?}");
}

#[tokio::test]
async fn a_server_is_trusted_by_its_authority_or_by_itself() {
    let authority = Authority::new();
    let server = peer(authority.server("localhost", false, &[])).await;
    refused(call(&server, TlsOptions::default()).await);
    let other = Authority::new();
    refused(call(&server, TlsOptions { trusted: other.trusted(), ..TlsOptions::default() }).await);
    let trusting = TlsOptions { trusted: authority.trusted(), ..TlsOptions::default() };
    assert_eq!(call(&server, trusting.clone()).await.expect("an answer"), "private");

    // Made out to another name.
    let elsewhere = peer(authority.server("elsewhere.example", false, &[])).await;
    refused(call(&elsewhere, trusting.clone()).await);
    let any_name = TlsOptions { any_name: true, ..trusting };
    assert_eq!(call(&elsewhere, any_name).await.expect("an answer"), "private");
    refused(call(&elsewhere, TlsOptions { any_name: true, ..TlsOptions::default() }).await);
    let any_certificate = TlsOptions { any_certificate: true, ..TlsOptions::default() };
    refused(call(&elsewhere, any_certificate.clone()).await);
    assert_eq!(call(&server, any_certificate).await.expect("an answer"), "private");
}

#[tokio::test]
async fn a_self_signed_server_is_trusted_by_its_own_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    // As openssl req -x509 makes them.
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate");
    let path = folder.path().join("server.pem");
    std::fs::write(&path, certificate.pem()).expect("a file");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .expect("a configuration");
    let server = peer(config).await;
    refused(call(&server, TlsOptions::default()).await);
    let trusting = TlsOptions { trusted: Some(path), ..TlsOptions::default() };
    assert_eq!(call(&server, trusting).await.expect("an answer"), "private");
}

#[tokio::test]
async fn a_server_that_asks_gets_the_clients_certificate() {
    let authority = Authority::new();
    let server = peer(authority.server("localhost", true, &[])).await;
    let nobody = TlsOptions { trusted: authority.trusted(), ..TlsOptions::default() };
    refused(call(&server, nobody.clone()).await);
    let other = Authority::new();
    let stranger = TlsOptions { identity: Some(other.client()), ..nobody.clone() };
    refused(call(&server, stranger).await);
    let known = TlsOptions { identity: Some(authority.client()), ..nobody };
    assert_eq!(call(&server, known).await.expect("an answer"), "private");
}

#[tokio::test]
async fn files_that_are_no_pem_say_how_to_make_one() {
    let authority = Authority::new();
    let setup = |tls: TlsOptions| {
        let options = gennaker_http::outbound::Options { tls, ..Default::default() };
        Outbound::new(options).err().expect("an error").to_string()
    };
    let trusted = |bytes: &[u8]| TlsOptions { trusted: Some(authority.file("store", bytes)), ..TlsOptions::default() };
    assert!(setup(trusted(&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2])).contains("keytool -list -rfc"));
    assert!(setup(trusted(&[0x30, 0x82, 1, 2])).contains("openssl pkcs12"));
    assert!(setup(trusted(b"hello")).contains("has no certificate in PEM"));
    let missing = TlsOptions { trusted: Some("/no/such/file".into()), ..TlsOptions::default() };
    assert!(setup(missing).starts_with("/no/such/file cannot be read"));

    let own = authority.client();
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let key = IdentityFiles { key: authority.file("encrypted.pem", encrypted), ..own.clone() };
    assert!(setup(TlsOptions { identity: Some(key), ..TlsOptions::default() }).contains("without a password"));
    let foreign = KeyPair::generate().expect("a key").serialize_pem();
    let key = IdentityFiles { key: authority.file("foreign.pem", foreign), ..own };
    let options = gennaker_http::outbound::Options {
        tls: TlsOptions { identity: Some(key), ..TlsOptions::default() },
        ..Default::default()
    };
    assert!(matches!(Outbound::new(options), Err(SetupError::Identity { .. })));
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_offers_it() {
    let authority = Authority::new();
    let config = authority.server("localhost", false, &[b"h2"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let port = listener.local_addr().expect("an address").port();
    let mut running = JoinSet::new();
    running.spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.expect("TLS");
        let echo = service_fn(|request: http::Request<Incoming>| async move {
            assert_eq!(request.version(), Version::HTTP_2);
            let uri = request.uri().to_string();
            let body = request.into_body().collect().await.expect("a body").to_bytes();
            let response = Response::builder().header("X-Uri", uri).body(Full::new(body));
            Ok::<_, Infallible>(response.expect("an answer"))
        });
        let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), echo).await;
    });
    let trusting = TlsOptions { trusted: authority.trusted(), ..TlsOptions::default() };
    let url = Url::parse(&format!("https://localhost:{port}/a?b=c")).expect("a URL");
    let mut request = Request::new(Method::POST, url.clone());
    request.body = Bytes::from(vec![b'x'; 200_000]);
    let answer = local(|options| options.tls = trusting).send(request).await.expect("an answer");
    assert_eq!(answer.header("x-uri"), Some(url.as_str()));
    assert_eq!((answer.body.len(), answer.reason.as_str()), (200_000, ""));
}
