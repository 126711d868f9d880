//! Runs the program `git`: what it is given, what it is kept from, and what its failures mean.
//!
//! It gets no configuration of the machine or of a user, no terminal, no hooks and no credentials but the account's; it
//! speaks one protocol, to the addresses that were looked at, and follows no redirect. No file that it writes can be
//! larger than the limit. It ends with the fetch, with all that it started.

use std::{
    ffi::OsString,
    io,
    net::IpAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use bytes::{Bytes, BytesMut};
use gennaker_base::Redacted;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::Command,
};
use url::Host;

use super::{
    super::{Error, content::Spool},
    address::{Address, Scheme},
    login::Proof,
};

/// The most that is read of what git prints, where that is not the content.
const PRINTED: u64 = 64 << 20;
/// How much of its words is kept, and shown.
const WORDS: usize = 64 << 10;
const SHOWN: usize = 500;
/// Sets the limit for files, which is counted in blocks, and becomes the program. A write that is over it fails, and does
/// not end the program without a word (signal 25, SIGXFSZ).
const LIMITED: &str = r#"trap '' 25 && ulimit -f "$1" && shift && exec "$@""#;
const BLOCK: u64 = 512;
/// Prints the passphrase of a key.
const PASSPHRASE: &str = "#!/bin/sh\nprintf '%s\\n' \"$GENNAKER_PASSPHRASE\"\n";
/// What is passed on of this process's environment.
const PASSED_ON: [&str; 3] = ["PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The program in the folder of a clone.
pub(super) struct Program<'a> {
    executable: &'a str,
    folder: &'a Path,
    environment: Vec<(String, OsString)>,
    secrets: &'a [Redacted<String>],
    limit: u64,
}

/// Why it did not do what it was told.
pub(super) enum Failure {
    /// It cannot be started.
    NotThere(io::Error),
    /// It is too old.
    TooOld { said: String },
    /// It failed.
    Ended { said: String },
    /// It found no such branch, tag or commit.
    NoSuchVersion,
    /// Anything else.
    Other(Error),
}

impl<'a> Program<'a> {
    /// For fetching from an address.
    pub(super) async fn new(
        executable: &'a str,
        folder: &'a Path,
        address: &Address,
        addresses: &[IpAddr],
        proof: &'a Proof,
        limit: u64,
    ) -> Result<Self, Error> {
        let mut environment: Vec<(String, OsString)> = PASSED_ON
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), std::env::var_os(name)?)))
            .chain([("HOME".to_owned(), folder.as_os_str().to_owned())])
            .collect();
        let mut set = |name: &str, value: &str| environment.push((name.to_owned(), value.into()));
        for (name, value) in [
            ("LC_ALL", "C"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_ALLOW_PROTOCOL", address.scheme.name()),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_OPTIONAL_LOCKS", "0"),
        ] {
            set(name, value);
        }
        if let Some(ssh) = &proof.ssh {
            set("GIT_SSH_COMMAND", ssh);
        }
        let configuration = configuration(address, addresses, proof);
        set("GIT_CONFIG_COUNT", &configuration.len().to_string());
        for (at, (name, value)) in configuration.iter().enumerate() {
            set(&format!("GIT_CONFIG_KEY_{at}"), name);
            set(&format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        if let Some(passphrase) = &proof.passphrase {
            let path = folder.join("passphrase");
            script(path.clone()).await.map_err(|source| Error::Disk { path: path.clone(), source })?;
            environment.push(("SSH_ASKPASS".to_owned(), path.into()));
            environment.push(("GENNAKER_PASSPHRASE".to_owned(), passphrase.expose().into()));
        } else if let Some(path) = &proof.passphrase_program {
            environment.push(("SSH_ASKPASS".to_owned(), path.into()));
        }
        environment.push(("SSH_ASKPASS_REQUIRE".to_owned(), "force".into()));
        Ok(Program { executable, folder, environment, secrets: &proof.secrets, limit })
    }

    /// Runs it, and gives what it printed.
    pub(super) async fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        self.run_with(arguments, Stdio::null()).await
    }

    /// The same with something to read.
    pub(super) async fn run_with(&self, arguments: &[&str], input: Stdio) -> Result<Vec<u8>, Failure> {
        let mut spool = Spool::in_memory(PRINTED);
        self.perform(arguments, input, &mut spool).await?;
        Ok(spool.into_bytes().into())
    }

    /// Runs it, and puts what it prints into `spool`.
    pub(super) async fn run_into(&self, arguments: &[&str], spool: &mut Spool) -> Result<(), Failure> {
        self.perform(arguments, Stdio::null(), spool).await
    }

    /// A file of the clone, to be read by the program.
    pub(super) async fn input(&self, text: String) -> Result<Stdio, Failure> {
        let path = self.folder.join("input");
        let written = async {
            tokio::fs::write(&path, text).await?;
            tokio::fs::File::open(&path).await
        };
        let fail = |source| Failure::Other(Error::Disk { path: path.clone(), source });
        Ok(written.await.map_err(fail)?.into_std().await.into())
    }

    async fn perform(&self, arguments: &[&str], input: Stdio, spool: &mut Spool) -> Result<(), Failure> {
        let blocks = self.limit.div_ceil(BLOCK).to_string();
        let mut command = Command::new("sh");
        command.args(["-c", LIMITED, "git", &blocks, self.executable]).args(arguments);
        command.current_dir(self.folder).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
        let mut child = command.spawn().map_err(Failure::NotThere)?;
        let mut group = Group(child.id());
        let (output, words) = (child.stdout.take(), child.stderr.take());
        let (output, words) = tokio::join!(pour(output, spool), listen(words));
        let status = child.wait().await.map_err(Failure::NotThere)?;
        group.0 = None;
        output.map_err(Failure::Other)?;
        let said = self.said(&words);
        match status.code() {
            Some(0) => Ok(()),
            // What a shell says of a program that is not there, or is none.
            Some(126 | 127) => Err(Failure::NotThere(io::Error::new(io::ErrorKind::NotFound, said))),
            _ => Err(Failure::Ended { said }),
        }
    }

    /// The end of what it said, without secrets.
    fn said(&self, words: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(words).into_owned();
        for secret in self.secrets.iter().filter(|secret| !secret.expose().is_empty()) {
            text = text.replace(secret.expose().as_str(), "[redacted]");
        }
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let text = lines.join("; ");
        let skipped = text.chars().count().saturating_sub(SHOWN);
        text.chars().skip(skipped).collect()
    }
}

/// What git is told besides its arguments.
fn configuration(address: &Address, addresses: &[IpAddr], proof: &Proof) -> Vec<(&'static str, String)> {
    let mut configuration: Vec<(&'static str, String)> = [
        ("core.hooksPath", "/dev/null"),
        ("credential.helper", ""),
        ("fetch.unpackLimit", "1"),
        ("gc.auto", "0"),
        ("http.followRedirects", "false"),
        ("http.lowSpeedLimit", "1"),
        ("http.lowSpeedTime", "30"),
        ("maintenance.auto", "false"),
        ("transfer.bundleURI", "false"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    if let (Host::Domain(name), true) = (&address.host, address.scheme != Scheme::Ssh) {
        let written = addresses.iter().map(|address| match address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
        let written: Vec<String> = written.collect();
        configuration.push(("http.curloptResolve", format!("{name}:{}:{}", address.port, written.join(","))));
    }
    if let Some(header) = &proof.header {
        configuration.push(("http.extraHeader", format!("Authorization: {}", header.expose())));
    }
    configuration
}

/// The version in what `git version` prints.
pub(super) fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("git version ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

impl Failure {
    /// Whether a server refuses a commit that has no name.
    pub(super) fn is_of_unnamed(&self) -> bool {
        let Failure::Ended { said } = self else { return false };
        ["not our ref", "unadvertised object", "no such remote ref"].iter().any(|words| has(said, words))
    }

    /// What it means for an account; `at` is the repository with the version.
    pub(super) fn into_error(self, account: &str, at: &str, limit: u64) -> Error {
        let (account, at) = (account.to_owned(), at.to_owned());
        let said = match self {
            Failure::Other(error) => return error,
            Failure::NoSuchVersion => return Error::Missing { at, account },
            Failure::NotThere(error) => {
                let problem = format!("the program git cannot be run ({error}): install it, or set gitExecutable");
                return Error::Broken { account, problem };
            }
            Failure::TooOld { said } => {
                let problem = format!("git 2.37 or newer is needed, and this is {said:?}: install a newer one");
                return Error::Broken { account, problem };
            }
            Failure::Ended { said } => said,
        };
        let says = |words: &[&str]| words.iter().any(|words| has(&said, words));
        if says(&["file too large"]) {
            return Error::TooLarge { limit };
        }
        let refused = |answer: &str, advice| Error::Refused {
            at: at.clone(),
            answer: answer.to_owned(),
            account: account.clone(),
            advice,
        };
        if says(&["returned error: 401", "authentication failed", "could not read username", "could not read password"])
        {
            let advice = "its password or token is missing, wrong or has expired: renew it in the configuration";
            return refused("401 Unauthorized", advice);
        }
        if says(&["returned error: 403"]) {
            return refused("403 Forbidden", "it may not read this: give it the right to, or name another account");
        }
        if says(&["permission denied (", "too many authentication failures"]) {
            return refused("permission denied", "its key is not one of the server's: check sshPrivateKeyFilePath");
        }
        if says(&["host key verification failed"]) {
            let advice = "the server's key is not known: add it to the file of sshKnownHostsFilePath";
            return refused("an unknown key", advice);
        }
        if says(&[
            "returned error: 404",
            "repository not found",
            "does not appear to be a git repository",
            "' not found",
        ]) {
            return Error::Missing { at, account };
        }
        if says(&["did not match any files"]) {
            return Error::Missing { at, account };
        }
        if says(&["returned error: 30", "unable to update url base from redirection"]) {
            let advice = "git follows no redirects here: write the address that it redirects to";
            return Error::Unexpected { at, what: "a redirect".to_owned(), account, advice };
        }
        let passing =
            ["returned error: 5", "returned error: 429", "could not connect", "failed to connect", "timed out"];
        let passing = [&passing[..], &["connection refused", "connection reset", "hung up", "too slow"]].concat();
        let may_pass = says(&passing);
        let said = if said.is_empty() { "it said nothing".to_owned() } else { said };
        Error::Git { repository: at, account, said, may_pass }
    }
}

fn has(said: &str, words: &str) -> bool {
    said.to_ascii_lowercase().contains(words)
}

/// Ends the processes of a program that is not waited for any more.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let Some(pid) = self.0.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw) else { return };
        let _unless_it_has_ended = kill_process_group(pid, Signal::KILL);
    }
}

/// Puts what it prints into `spool`; a program whose output is not taken any more ends.
async fn pour(output: Option<impl AsyncRead + Unpin>, spool: &mut Spool) -> Result<(), Error> {
    let Some(mut output) = output else { return Ok(()) };
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(64 << 10);
        let read = output.read_buf(&mut buffer).await;
        if read.map_err(|source| spool.error(source))? == 0 {
            return Ok(());
        }
        let part: Bytes = buffer.split().freeze();
        spool.put(part).await?;
    }
}

/// The end of what it says.
async fn listen(words: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let Some(mut words) = words else { return Vec::new() };
    let mut kept = Vec::new();
    // What cannot be read was not said.
    while words.read_buf(&mut kept).await.is_ok_and(|read| read > 0) {
        if kept.len() > WORDS {
            kept.drain(..kept.len() - WORDS / 2);
        }
    }
    kept
}

/// The script that prints the passphrase, for this user only.
async fn script(path: PathBuf) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    tokio::fs::write(&path, PASSPHRASE).await?;
    tokio::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_told_as_what_to_do() {
        for (said, part) in [
            (
                "fatal: Authentication failed for 'https://h/a/'",
                "answered 401 Unauthorized to the artifact account acc",
            ),
            ("fatal: could not read Username for 'https://h': terminal prompts disabled", "renew it"),
            ("remote: Not Found; fatal: repository 'https://h/a/' not found", "is not there, or"),
            ("The requested URL returned error: 403", "403 Forbidden"),
            ("The requested URL returned error: 301", "follows no redirects"),
            ("git@h: Permission denied (publickey).", "sshPrivateKeyFilePath"),
            ("Host key verification failed.", "sshKnownHostsFilePath"),
            ("fatal: write error: File too large", "more than 7 bytes"),
            ("fatal: early EOF", "git could not fetch r (v) with the artifact account acc: fatal: early EOF"),
        ] {
            let error = Failure::Ended { said: said.to_owned() }.into_error("acc", "r (v)", 7).to_string();
            assert!(error.contains(part), "{said}: {error}");
        }
        let refused = Failure::Ended { said: "fatal: unable to access: Connection refused".to_owned() };
        assert!(matches!(refused.into_error("acc", "r", 7), Error::Git { may_pass: true, .. }));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(version("hub"), None);
    }
}
