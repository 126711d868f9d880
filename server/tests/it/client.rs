//! The built program, run against a gate.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use crate::gate::FakeGate;

/// What a run printed and how it ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// The standard output.
    pub(crate) out: String,
    /// The standard error.
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// The program with these arguments, in an environment without settings.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gennaker"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the client against `gate`.
pub(crate) fn run(gate: &FakeGate, arguments: &[&str]) -> Ran {
    command(arguments).env("GENNAKER_GATE", gate.url()).output().expect("it starts").into()
}

/// Runs the client against `gate` with `input` on its standard input.
pub(crate) fn run_with_input(gate: &FakeGate, arguments: &[&str], input: &str) -> Ran {
    let mut child =
        command(arguments).env("GENNAKER_GATE", gate.url()).stdin(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends").into()
}

/// A client whose output is read while it runs.
pub(crate) struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    read: String,
}

impl Running {
    /// Starts the client against `gate`.
    pub(crate) fn start(gate: &FakeGate, arguments: &[&str]) -> Self {
        let mut child = command(arguments).env("GENNAKER_GATE", gate.url()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        Running { child, out, read: String::new() }
    }

    /// Reads until a line has `text` in it.
    pub(crate) fn until(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            let length = self.out.read_line(&mut line).expect("UTF-8");
            assert!(length > 0, "it ended without {text:?}: {}", self.read);
            self.read += &line;
        }
    }

    /// Reads to the end.
    pub(crate) fn end(mut self) -> Ran {
        let mut line = String::new();
        while self.out.read_line(&mut line).expect("UTF-8") > 0 {
            self.read += &std::mem::take(&mut line);
        }
        Ran { out: self.read, ..self.child.wait_with_output().expect("it ends").into() }
    }
}
