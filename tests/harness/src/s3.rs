//! A real S3 server for tests: versitygw over a folder, in which each object is a file that a test can damage.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use gennaker_harness::{S3Server, s3};
//!
//! let Some(server) = S3Server::start().await? else { return Ok(()) };
//! server.make_bucket("front50", true).await?;
//! println!("{} {} {}", server.endpoint(), s3::KEY, s3::SECRET);
//! std::fs::write(server.file("front50", "pipelines/1/pipeline-metadata.json"), "{")?;
//! # Ok(())
//! # }
//! ```
//!
//! `tools/peer.sh` builds it, once a machine. Where that cannot be done a test has nothing to talk to and ends; `make test`
//! says so in its last lines.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use gennaker_base::Kind;
use http::Method;
use reqsign_aws_v4::{RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context, Signer};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{Group, Launch, Program, eventually, program, reserve_port, wait};

/// The access key of every server.
pub const KEY: &str = "peer";
/// And its secret.
pub const SECRET: &str = "peer-secret";
/// The region that it says it is in.
pub const REGION: &str = "us-east-1";

/// How long it may take to answer first.
const START: Duration = Duration::from_secs(30);
/// What `tools/peer.sh` ends with where the program cannot be built.
const CANNOT_BE_BUILT: i32 = 3;

/// What went wrong with a server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be used.
    #[error("{} cannot be used", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The program could not be built.
    #[error("versitygw could not be built: {0}")]
    Build(String),
    /// All ports are taken.
    #[error("no port of 127.0.0.1 is free")]
    NoPort,
    /// The program could not be started, or ended.
    #[error(transparent)]
    Program(#[from] program::Error),
    /// It does not answer.
    #[error(transparent)]
    NotReady(#[from] wait::TimedOut),
    /// A request failed or was refused.
    #[error("{0}")]
    Request(String),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Folder { .. } | Error::NoPort | Error::Build(_) | Error::Request(_) => Kind::Unavailable,
            Error::Program(error) => error.kind(),
            Error::NotReady(error) => error.kind(),
        }
    }
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct S3Server {
    program: Program,
    _group: Group,
    endpoint: String,
    http: reqwest::Client,
    // Last, since a folder can only be removed once nobody writes to it.
    folder: TempDir,
}

impl S3Server {
    /// Starts a server without buckets; `None` where none can be built, after a line that says so.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn start() -> Result<Option<S3Server>, Error> {
        let Some(executable) = executable()? else { return Ok(None) };
        let folder = TempDir::with_prefix("gennaker-s3-").map_err(unusable(&std::env::temp_dir()))?;
        for part in ["data", "versions"] {
            let part = folder.path().join(part);
            std::fs::create_dir(&part).map_err(unusable(&part))?;
        }
        let port = reserve_port().ok_or(Error::NoPort)?;
        let group = Group::new();
        let program = launch(&executable, folder.path(), port).start(&group)?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(START).build();
        let http = http.map_err(|error| Error::Request(error.to_string()))?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut server = S3Server { program, _group: group, endpoint, http, folder };
        let (program, http, endpoint) = (&mut server.program, &server.http, &server.endpoint);
        eventually(START, "the S3 server to answer", async || {
            if let Err(error) = program.check_running() {
                return Ok(Err(error));
            }
            // Any answer will do.
            http.get(endpoint).send().await.map(|_| Ok(())).map_err(|error| error.to_string())
        })
        .await??;
        Ok(Some(server))
    }

    /// Its address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The program, for example to halt it.
    pub fn program(&mut self) -> &mut Program {
        &mut self.program
    }

    /// The file of an object.
    pub fn file(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.path().join("data").join(bucket).join(key)
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// [`Error::Request`].
    pub async fn make_bucket(&self, bucket: &str, versioned: bool) -> Result<(), Error> {
        self.put(&format!("/{bucket}"), "").await?;
        if versioned {
            let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
            self.put(&format!("/{bucket}?versioning="), versioning).await?;
        }
        Ok(())
    }

    async fn put(&self, path: &str, body: &'static str) -> Result<(), Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Request(format!("PUT {path}: {error}"));
        let request = http::Request::builder()
            .method(Method::PUT)
            .uri(format!("{}{path}", self.endpoint))
            .header("x-amz-content-sha256", format!("{:x}", Sha256::digest(body)))
            .body(body)
            .map_err(|error| failed(&error))?;
        let (mut parts, body) = request.into_parts();
        let keys = StaticCredentialProvider::new(KEY, SECRET);
        let signer = Signer::new(Context::new(), keys, RequestSigner::new("s3", REGION));
        signer.sign(&mut parts, None).await.map_err(|error| failed(&error))?;
        let request = reqwest::Request::try_from(http::Request::from_parts(parts, body));
        let answer = self.http.execute(request.map_err(|error| failed(&error))?).await;
        let answer = answer.map_err(|error| failed(&error))?;
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        if status.is_success() { Ok(()) } else { Err(failed(&format!("{status} {text}"))) }
    }
}

fn launch(executable: &Path, folder: &Path, port: u16) -> Launch {
    Launch::new("versitygw", executable, folder.join("log"))
        .args(["--port", &format!("127.0.0.1:{port}"), "--region", REGION, "posix", "--versioning-dir"])
        .arg(folder.join("versions"))
        .arg(folder.join("data"))
        .env("ROOT_ACCESS_KEY", KEY)
        .env("ROOT_SECRET_KEY", SECRET)
        .directory(folder)
}

/// The program, built if it was not.
fn executable() -> Result<Option<PathBuf>, Error> {
    /// The tests of a process run at the same time, and one of them builds it for all.
    static BUILT: LazyLock<Mutex<Option<PathBuf>>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if built.is_some() {
        return Ok(built.clone());
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/peer.sh");
    let output = Command::new(&script).arg("versitygw").stdin(Stdio::null()).output().map_err(unusable(&script))?;
    let words = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(CANNOT_BE_BUILT) {
        eprintln!("not run, there is no S3 server: {words}");
        return Ok(None);
    }
    if !output.status.success() {
        return Err(Error::Build(words.into_owned()));
    }
    *built = Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    Ok(built.clone())
}

fn unusable(path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::Folder { path, source }
}
