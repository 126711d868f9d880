//! Repositories for tests: git as one and the same person, and git's own server behind a test's web server.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use bytes::Bytes;
use http::{Request, Response};
use tokio::{io::AsyncWriteExt as _, process};

/// What ends the head of a CGI answer.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// Runs git in a folder and returns what it prints. Equal content becomes equal commits.
///
/// # Errors
/// If it cannot be run, or fails: then with its words.
pub fn git(at: &Path, arguments: &[&str]) -> io::Result<String> {
    let mut command = Command::new("git");
    command.current_dir(at).args(arguments).env("HOME", at).env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::null());
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "ann").env(format!("GIT_{who}_EMAIL"), "ann@example.com");
        command.env(format!("GIT_{who}_DATE"), "2024-01-01T00:00:00Z");
    }
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("git {arguments:?}: {said}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Makes what lies in a folder a repository with one more commit, on `master` at first. Returns the commit.
///
/// # Errors
/// As [`git`].
pub fn commit(at: &Path, message: &str) -> io::Result<String> {
    if !at.join(".git").exists() {
        git(at, &["init", "--quiet", "--initial-branch=master"])?;
    }
    git(at, &["add", "--all"])?;
    git(at, &["commit", "--quiet", "--allow-empty", "--message", message])?;
    git(at, &["rev-parse", "HEAD"])
}

/// The answer of `git http-backend` to a request for a repository below `root`.
///
/// # Errors
/// If it cannot be run, or what it says is no answer.
pub async fn http_backend(root: &Path, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
    let (head, body) = request.into_parts();
    let header =
        |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut command = process::Command::new("git");
    command.arg("http-backend").env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1").env("HOME", root);
    command.env("PATH_INFO", head.uri.path()).env("QUERY_STRING", head.uri.query().unwrap_or_default());
    command.env("REQUEST_METHOD", head.method.as_str()).env("CONTENT_TYPE", header("content-type"));
    command.env("HTTP_CONTENT_ENCODING", header("content-encoding")).env("GIT_PROTOCOL", header("git-protocol"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    input.write_all(&body).await?;
    drop(input);
    let output = Bytes::from(child.wait_with_output().await?.stdout);
    let end = output.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD);
    let end = end.ok_or_else(|| io::Error::other("git http-backend answered without a head"))?;
    let mut response = Response::builder();
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        response = match line.split_once(": ") {
            Some(("Status", status)) => response.status(status.split(' ').next().unwrap_or_default()),
            Some((name, value)) => response.header(name, value),
            None => response,
        };
    }
    response.body(output.slice(end + END_OF_HEAD.len()..)).map_err(io::Error::other)
}
