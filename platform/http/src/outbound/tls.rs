//! TLS towards servers that users name: whom to trust, and who to be.
//!
//! Trusted is what the machine trusts, and what a PEM file adds: authorities, or servers by their own certificate, as a
//! Java trust store holds both. The machine's certificates are read with the first call that needs them.

use std::{path::Path, sync::Arc, time::Duration};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use tokio::{net::TcpStream, sync::OnceCell, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Host;

use super::{Error, IdentityFiles, SetupError, TlsOptions, error::chain};

/// How TLS is spoken.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    trusted: Vec<CertificateDer<'static>>,
    identity: Option<Identity>,
    any_certificate: bool,
    any_name: bool,
    config: OnceCell<Result<Arc<ClientConfig>, String>>,
}

struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Tls {
    pub(super) fn load(options: &TlsOptions) -> Result<Self, SetupError> {
        let trusted = options.trusted.as_deref().map(certificates).transpose()?.unwrap_or_default();
        let tls = Tls {
            provider: Arc::new(ring::default_provider()),
            trusted,
            identity: options.identity.as_ref().map(Identity::load).transpose()?,
            any_certificate: options.any_certificate,
            any_name: options.any_name,
            config: OnceCell::new(),
        };
        // What the files are worth is seen now, not with the first call.
        let (trusted, identity) = (options.trusted.as_ref(), options.identity.as_ref());
        let mut roots = RootCertStore::empty();
        for certificate in &tls.trusted {
            let added = roots.add(certificate.clone());
            added.map_err(|error| SetupError::Content {
                path: trusted.cloned().unwrap_or_default(),
                problem: format!("has a certificate that cannot be trusted: {error}"),
            })?;
        }
        tls.config_with(roots).map_err(|cause| SetupError::Identity {
            path: identity.map(|identity| identity.certificates.clone()).unwrap_or_default(),
            cause,
        })?;
        Ok(tls)
    }

    /// Encrypts a connection to that host.
    pub(super) async fn connect(
        &self,
        at: &str,
        host: &Host<String>,
        stream: TcpStream,
        limit: Duration,
    ) -> Result<TlsStream<TcpStream>, Error> {
        let unreachable = |cause: String| Error::Unreachable { at: at.to_owned(), cause };
        let name = match host {
            Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|error| unreachable(error.to_string()))?,
            Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
            Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
        };
        let config = self.config.get_or_init(|| self.complete()).await.clone().map_err(unreachable)?;
        match timeout(limit, TlsConnector::from(config).connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(unreachable(format!("no TLS: {}", chain(&error)))),
            Err(_) => Err(Error::TimedOut { at: at.to_owned(), limit }),
        }
    }

    /// With the machine's certificates, too.
    async fn complete(&self) -> Result<Arc<ClientConfig>, String> {
        let machine = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
        let machine = machine.map_err(|error| format!("the certificates of this machine cannot be read: {error}"))?;
        if machine.certs.is_empty() {
            tracing::warn!(
                errors = ?machine.errors,
                "this machine trusts nobody: install its CA certificates (package ca-certificates)"
            );
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(machine.certs);
        roots.add_parsable_certificates(self.trusted.iter().cloned());
        self.config_with(roots).map(Arc::new)
    }

    fn config_with(&self, roots: RootCertStore) -> Result<ClientConfig, String> {
        let builder = ClientConfig::builder_with_provider(self.provider.clone()).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?;
        let by_authorities = if roots.is_empty() {
            None
        } else {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone()).build();
            Some(verifier.map_err(|error| error.to_string())?)
        };
        let verifier = Verifier {
            provider: self.provider.clone(),
            by_authorities,
            trusted: self.trusted.clone(),
            any_certificate: self.any_certificate,
            any_name: self.any_name,
        };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(own) => builder
                .with_client_auth_cert(own.certificates.clone(), own.key.clone_key())
                .map_err(|error| error.to_string())?,
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl Identity {
    fn load(files: &IdentityFiles) -> Result<Self, SetupError> {
        let certificates = certificates(&files.certificates)?;
        let pem = read(&files.key)?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| SetupError::Content {
            path: files.key.clone(),
            problem: if text_has(&pem, "ENCRYPTED") {
                "has an encrypted key: write it without a password (openssl pkey -in KEY -out PLAIN), \
                 readable by this user only"
                    .to_owned()
            } else {
                "has no key in PEM (-----BEGIN PRIVATE KEY-----)".to_owned()
            },
        })?;
        Ok(Identity { certificates, key })
    }
}

/// The certificates of a PEM file, at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let pem = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(SetupError::Content {
            path: path.to_owned(),
            problem: "has no certificate in PEM (-----BEGIN CERTIFICATE-----)".to_owned(),
        }),
    }
}

/// A PEM file; of what is something else, how to make one of it.
fn read(path: &Path) -> Result<Vec<u8>, SetupError> {
    let bytes = std::fs::read(path).map_err(|source| SetupError::File { path: path.to_owned(), source })?;
    let problem = if bytes.starts_with(&[0xFE, 0xED, 0xFE, 0xED]) {
        "is a Java key store (JKS), which is not read here: write its certificates as PEM with \
         keytool -list -rfc -keystore STORE > FILE; a key needs first \
         keytool -importkeystore -srckeystore STORE -destkeystore STORE.p12 -deststoretype PKCS12"
    } else if bytes.starts_with(&[0x30]) {
        "is binary, a PKCS12 store or a certificate in DER, which is not read here: write PEM with \
         openssl pkcs12 -in STORE -nodes -out FILE, or openssl x509 -inform DER -in CERTIFICATE -out FILE"
    } else {
        return Ok(bytes);
    };
    Err(SetupError::Content { path: path.to_owned(), problem: problem.to_owned() })
}

fn text_has(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Judges a server's certificate.
#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    by_authorities: Option<Arc<WebPkiServerVerifier>>,
    trusted: Vec<CertificateDer<'static>>,
    any_certificate: bool,
    any_name: bool,
}

impl Verifier {
    fn check_name(&self, certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> Result<(), rustls::Error> {
        if self.any_name {
            return Ok(());
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // A server that is trusted by its own certificate needs no authority.
        if self.any_certificate || self.trusted.iter().any(|trusted| trusted == certificate) {
            self.check_name(certificate, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let Some(authorities) = &self.by_authorities else { return Err(CertificateError::UnknownIssuer.into()) };
        match authorities.verify_server_cert(certificate, between, name, stapled, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.any_name => Ok(ServerCertVerified::assertion()),
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }

    fn root_hint_subjects(&self) -> Option<&[DistinguishedName]> {
        None
    }
}
