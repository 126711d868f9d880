//! `cargo xtask test`: builds the programs, runs every suite, streams what they print, adds the totals up.
//!
//! The last line is `N passed, N failed`; the exit code is 0 only if something passed and nothing failed. A suite (one
//! test binary, or the examples in one crate's documentation) may take ten minutes: then it is killed with
//! everything it started, and counts as one failure, as does a suite that ends without a result.

mod absent;
mod descendants;
mod tally;

use std::{
    collections::HashMap,
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Child, ExitCode, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use cargo_metadata::{Message, MetadataCommand};

use self::tally::Tally;
use crate::process;

/// How long a suite may take.
const LIMIT: Duration = Duration::from_secs(600);
/// How often it is looked whether a suite is over its limit or cargo has ended.
const LOOK: Duration = Duration::from_millis(200);
/// How long after cargo's end its output may still arrive.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs `cargo test` on `what`; by default on the whole workspace, whose programs are built first, since the system's
/// tests start them and cargo builds a package's programs for its own tests only.
pub(crate) fn run(what: &[String]) -> anyhow::Result<ExitCode> {
    let everything = ["--workspace".to_owned()];
    let what = if what.is_empty() { &everything[..] } else { what };
    let (selection, _) = split_test_arguments(what);
    let programs = selection != everything || build_programs()?;
    let Some(names) = programs.then(|| build_tests(selection)).transpose()?.flatten() else {
        return print_end("the build failed, so nothing ran: it counts as one failure", 0, 1);
    };

    let mut tally = Tally::new(names);
    if selection == everything {
        absent::notes()?.iter().for_each(|note| tally.note(note));
    }
    let status = run_suites(what, &mut tally)?;
    let (passed, mut failed) = (tally.passed(), tally.failed());
    let mut report = tally.report(LIMIT);
    if !status.success() && failed == 0 {
        failed = 1;
        report
            .push_str(&format!("cargo test ended with {status} after suites that passed: it counts as one failure\n"));
    }
    print_end(report.trim_end(), passed, failed)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print_end(report: &str, passed: usize, failed: usize) -> anyhow::Result<ExitCode> {
    println!("\n{report}\n{passed} passed, {failed} failed");
    Ok(if passed > 0 && failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What cargo is told, and what the test binaries are told after `--`.
fn split_test_arguments(what: &[String]) -> (&[String], &[String]) {
    let end = what.iter().position(|word| word == "--").unwrap_or(what.len());
    what.split_at(end)
}

/// Builds every program of the product and the examples, with the features that the tests' build has; false if that
/// failed.
fn build_programs() -> anyhow::Result<bool> {
    let mut cargo = process::command("cargo");
    cargo.args(["build", "--workspace"]);
    let metadata = MetadataCommand::new().no_deps().exec()?;
    for package in &metadata.packages {
        let shipped = ["server", "examples"]
            .iter()
            .any(|top| package.manifest_path.starts_with(metadata.workspace_root.join(top)));
        for program in package.targets.iter().filter(|target| shipped && target.is_bin()) {
            cargo.args(["--bin", &program.name]);
        }
    }
    Ok(cargo.status().context("cargo could not be started")?.success())
}

/// Builds the test binaries; their file names with the names to show, or `None` if that failed.
fn build_tests(selection: &[String]) -> anyhow::Result<Option<HashMap<String, String>>> {
    let mut cargo = process::command("cargo");
    cargo.args(["test", "--no-run", "--message-format=json-render-diagnostics"]).args(selection);
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let mut names = HashMap::new();
    for message in Message::parse_stream(BufReader::new(child.stdout.take().context("cargo without its output")?)) {
        let Message::CompilerArtifact(artifact) = message? else { continue };
        let Some(file) = artifact.executable.as_ref().and_then(|path| path.file_name()) else { continue };
        let package = artifact.manifest_path.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        let kind = if artifact.target.is_test() { artifact.target.name.as_str() } else { "unit" };
        names.insert(file.to_owned(), format!("{package} ({kind})"));
    }
    Ok(child.wait()?.success().then_some(names))
}

/// Runs the built suites to their end and tells the tally each line.
fn run_suites(what: &[String], tally: &mut Tally) -> anyhow::Result<ExitStatus> {
    let (selection, arguments) = split_test_arguments(what);
    let mut cargo = process::command("cargo");
    cargo.args(["test", "--no-fail-fast"]).args(selection).args(arguments);
    // One pipe for both, so that cargo's headings stay before the suites that they announce.
    let (reader, writer) = io::pipe()?;
    cargo.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let start = Instant::now();
    let mut child = cargo.spawn().context("cargo could not be started")?;
    // It holds the pipe's writing ends, and the pipe ends only when all of them are closed.
    drop(cargo);
    let lines = read_lines(reader);

    let mut ended: Option<Instant> = None;
    loop {
        let line = lines.recv_timeout(LOOK);
        if let Ok(line) = &line {
            io::stdout().write_all(line)?;
            tally.line(&String::from_utf8_lossy(line), start.elapsed());
        }
        // A program that a test left behind may hold the pipe open for ever, silent or not.
        let left_behind = ended.is_some_and(|at| line == Err(RecvTimeoutError::Timeout) || at.elapsed() > LAST_WORDS);
        if left_behind {
            tally.note("a program that a test started is still running and holds the output: end it in that test");
        }
        if left_behind || line == Err(RecvTimeoutError::Disconnected) {
            break;
        }
        if ended.is_none() && child.try_wait()?.is_some() {
            ended = Some(Instant::now());
        }
        if tally.stop_if_over(LIMIT, start.elapsed()) {
            kill_suite(&mut child)?;
        }
    }
    tally.end(start.elapsed());
    Ok(child.wait()?)
}

/// Reads in a thread of its own; the channel ends with the stream. The thread ends with the stream or this process.
fn read_lines(stream: impl io::Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(1024);
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Kills what runs below cargo, which then goes on with the next suite.
fn kill_suite(cargo: &mut Child) -> anyhow::Result<()> {
    let below = descendants::of(cargo.id(), &descendants::processes()?);
    if below.is_empty() {
        // Without /proc there is no telling which process is the suite.
        cargo.kill()?;
    }
    for pid in below.into_iter().filter_map(|pid| rustix::process::Pid::from_raw(pid as i32)) {
        // One that has ended meanwhile is what was wanted.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
    Ok(())
}
