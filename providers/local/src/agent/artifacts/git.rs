//! A commit's files as a tar archive, with the machine's `git`: a library of its own would be larger than the agent.

use std::{path::Path, process::Stdio};

use tokio::{
    io::AsyncReadExt as _,
    process::{Child, Command},
};

use super::{download::pour, too_large};
use crate::{
    agent::{error::Refusal, process::KillGroup},
    protocol::without_secrets,
};

/// What is read of what git complains.
const MOST_WORDS: u64 = 4_096;

/// Fetches `reference` of `url` and writes its files to `to`. Returns the commit.
pub(super) async fn archive(
    url: &str,
    reference: Option<&str>,
    folder: Option<&str>,
    work: &Path,
    to: &Path,
    limit: u64,
) -> Result<String, Refusal> {
    let repository = work.join("repository");
    let words = without_secrets(url);
    let git = |arguments: &[&str]| git(&repository, limit, arguments);
    output(git(&["init", "--quiet", "--bare"]), &words).await?;
    let fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--", url, reference.unwrap_or("HEAD")];
    output(git(&fetch), &words).await?;
    let commit = output(git(&["rev-parse", "FETCH_HEAD^{commit}"]), &words).await?.trim().to_owned();
    let tree = match folder.map(|folder| folder.trim_matches('/')).filter(|folder| !folder.is_empty()) {
        Some(folder) => format!("{commit}:{folder}"),
        None => commit.clone(),
    };
    let (mut archive, _group) = start(git(&["archive", "--format=tar", &tree]))?;
    let stdout = archive.stdout.take().ok_or_else(|| Refusal::unavailable("git has no output"))?;
    let (size, _) = pour(stdout, to, limit).await?;
    if size > limit {
        return Err(too_large(&words, limit));
    }
    finish(archive, &words).await?;
    Ok(commit)
}

/// A git that reads nobody's configuration, asks nobody anything, runs nothing else, and writes no larger file.
fn git(repository: &Path, limit: u64, arguments: &[&str]) -> Command {
    // The shell sets the limit, in blocks of 512 bytes, and becomes git.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "ulimit -f \"$1\"; shift; exec git \"$@\"", "sh", &limit.div_ceil(512).to_string()]);
    command.arg("--git-dir").arg(repository);
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "credential.helper=", "-c", "gc.auto=0"]);
    command.args(arguments);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "https:http:ssh:file");
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).process_group(0);
    command
}

/// Starts it. What it starts itself, as who fetches for it over the network, ends with it.
fn start(mut command: Command) -> Result<(Child, KillGroup), Refusal> {
    let child = command.spawn().map_err(|error| Refusal::unavailable(format!("cannot start git: {error}")))?;
    let group = KillGroup(child.id());
    Ok((child, group))
}

async fn output(command: Command, words: &str) -> Result<String, Refusal> {
    let (mut child, _group) = start(command)?;
    let mut text = String::new();
    if let Some(stdout) = child.stdout.take() {
        let read = stdout.take(MOST_WORDS).read_to_string(&mut text).await;
        read.map_err(|error| Refusal::unavailable(format!("cannot read what git says: {error}")))?;
    }
    finish(child, words).await?;
    Ok(text)
}

async fn finish(mut child: Child, words: &str) -> Result<(), Refusal> {
    let mut complaint = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let read = stderr.take(MOST_WORDS).read_to_end(&mut complaint).await;
        read.map_err(|error| Refusal::unavailable(format!("cannot read what git says: {error}")))?;
    }
    let status = child.wait().await.map_err(|error| Refusal::unavailable(format!("git is lost: {error}")))?;
    if status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let last = complaint.trim().lines().last().unwrap_or("it was ended").to_owned();
    Err(match status.code() {
        Some(127) => {
            Refusal::invalid("the agent's machine has no git; install it there, or give the artifact as an archive")
        }
        _ => Refusal::invalid(format!("git cannot fetch the artifact {words}: {last}")),
    })
}
