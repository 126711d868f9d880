//! A gate behind TLS: whom the command line trusts, and the certificate that it shows.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::Runtime,
};
use tokio_rustls::TlsAcceptor;

use crate::client::{Ran, command};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\nConnection: close\r\n\r\n[{\"name\":\"shop\"}]";

/// A gate that asks its clients for a certificate of its authority. It ends when it is dropped.
struct Gate {
    issuer: CertifiedIssuer<'static, KeyPair>,
    address: SocketAddr,
    _runtime: Runtime,
}

impl Gate {
    fn start() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let acceptor = TlsAcceptor::from(Arc::new(server(&issuer)));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 4096];
                // A request without a body comes in one piece.
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(ANSWER.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        Gate { issuer, address, _runtime: runtime }
    }

    /// Runs the command line with a context of these lines.
    fn run(&self, context: &str) -> Ran {
        let home = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: String| std::fs::write(home.path().join(name), text).expect("it is written");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        write("ca.pem", self.issuer.pem());
        write("cert.pem", certificate.pem());
        write("key.pem", key.serialize_pem());
        let gate = format!("https://localhost:{}", self.address.port());
        write("contexts.yml", format!("contexts:\n  shop:\n    gate: {gate}\n{context}"));
        let contexts = home.path().join("contexts.yml");
        let arguments = ["app", "list", "-q", "--contexts", contexts.to_str().expect("UTF-8")];
        command(&arguments).output().expect("it starts").into()
    }
}

fn server(issuer: &CertifiedIssuer<'static, KeyPair>) -> ServerConfig {
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).expect("a root");
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier.expect("a verifier"))
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a configuration")
}

const X509: &str = "    x509: {certPath: cert.pem, keyPath: key.pem}\n";

#[test]
fn a_context_says_whom_to_trust_and_who_to_be() {
    let gate = Gate::start();
    let ran = gate.run(&format!("{X509}    ca: ca.pem\n"));
    assert_eq!((ran.code, ran.out.as_str()), (0, "shop\n"), "{ran:?}");
    let insecure = gate.run(&format!("{X509}    insecure: true\n"));
    assert_eq!((insecure.code, insecure.out.as_str()), (0, "shop\n"), "{insecure:?}");
    let untrusted = gate.run(X509);
    assert!(
        untrusted.code == 3 && untrusted.err.contains("gate cannot be reached at https://localhost"),
        "{untrusted:?}"
    );
    let nobody = gate.run("    ca: ca.pem\n");
    assert_eq!((nobody.code, nobody.out.as_str()), (3, ""), "{nobody:?}");
}
