//! How a command ends: its exit code, and what the standard error says.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done; with `--wait`, the execution succeeded |
//! | 1 | the execution or task failed or was cancelled, an expression has no value, a planned pipeline could not run, or a replay differs |
//! | 2 | wrong usage, or a file that cannot be used: nothing was changed |
//! | 3 | gate cannot be reached, does not answer in time, or fails (5xx) |
//! | 4 | the time to wait was over first |
//! | 5 | gate refused (4xx, or 501 for what is not supported) |
//! | 6 | a dry run found something that would change |
//! | 7 | a part was not done: some objects of an export or import failed |
//!
//! A reader that closes the pipe ends a command with 141, as it ends any program.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use gennaker_base::Kind;

use super::{document, gate};

/// The exit codes, for the help.
pub(super) const HELP: &str = "Exit codes: 0 succeeded, 1 failed or cancelled, 2 wrong usage, 3 gate cannot be reached \
or fails, 4 timed out waiting, 5 refused, 6 a dry run found changes, 7 done in part";

/// An exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Exit {
    Succeeded = 0,
    Failed = 1,
    Usage = 2,
    Unreachable = 3,
    TimedOut = 4,
    Refused = 5,
    Differs = 6,
    Partly = 7,
    /// 128 and the number of SIGPIPE.
    PipeClosed = 141,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The execution or task that was waited for did not succeed.
    #[error("{0}")]
    Failed(String),
    /// The command line or a file is wrong.
    #[error("{0}")]
    Usage(String),
    /// The time to wait was over.
    #[error("{0}")]
    TimedOut(String),
    /// What was asked for is not there, or not in that state.
    #[error("{message}")]
    Refused { message: String, request_id: Option<String>, hint: String },
    /// Something would change.
    #[error("{0}")]
    Differs(String),
    /// Some of it was done.
    #[error("{0}")]
    Partly(String),
    /// A file of settings is wrong.
    #[error(transparent)]
    Settings(#[from] document::Error),
    /// The call to gate failed.
    #[error(transparent)]
    Gate(#[from] gate::Error),
    /// The output could not be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    /// The exit code of it.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Error::Failed(_) => Exit::Failed,
            Error::Usage(_) | Error::Settings(_) => Exit::Usage,
            Error::Differs(_) => Exit::Differs,
            Error::Partly(_) => Exit::Partly,
            Error::TimedOut(_) => Exit::TimedOut,
            Error::Refused { .. } => Exit::Refused,
            Error::Gate(error) => match error {
                gate::Error::Name(_) | gate::Error::Credentials { .. } => Exit::Usage,
                gate::Error::Refused { .. } => Exit::Refused,
                _ => Exit::Unreachable,
            },
            Error::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::PipeClosed,
            Error::Output(_) => Exit::Failed,
        }
    }

    /// For a call about something named: if gate does not know it, say so in `message` with the `hint` how to find it.
    pub(super) fn missing(error: gate::Error, message: String, hint: String) -> Self {
        match error {
            gate::Error::Refused { ref request_id, .. } if error.kind() == Kind::NotFound => {
                Error::Refused { message, request_id: request_id.clone(), hint }
            }
            error => Error::Gate(error),
        }
    }

    fn request_id(&self) -> Option<&str> {
        match self {
            Error::Refused { request_id, .. } => request_id.as_deref(),
            Error::Gate(error) => error.request_id(),
            _ => None,
        }
    }

    fn hint(&self) -> Option<&str> {
        match self {
            Error::Refused { hint, .. } => Some(hint),
            Error::Gate(error) => error.hint(),
            _ => None,
        }
    }
}

/// Says on `err` what went wrong, if anything did, and gives the exit code.
pub(super) fn conclude(outcome: Result<(), Error>, err: &mut dyn Write) -> Exit {
    let Err(error) = outcome else { return Exit::Succeeded };
    let exit = error.exit();
    if exit != Exit::PipeClosed {
        // There is nowhere left to complain if even this fails.
        let _ = report(&error, err);
    }
    exit
}

fn report(error: &Error, err: &mut dyn Write) -> io::Result<()> {
    writeln!(err, "error: {}", super::table::clean_lines(&error.to_string()))?;
    if let Some(id) = error.request_id() {
        writeln!(err, "  request: {}", super::table::clean(id))?;
    }
    if let Some(hint) = error.hint() {
        writeln!(err, "  hint: {hint}")?;
    }
    err.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: Error) -> (Exit, String) {
        let mut err = Vec::new();
        let exit = conclude(Err(error), &mut err);
        (exit, String::from_utf8(err).expect("UTF-8"))
    }

    #[test]
    fn an_error_is_said_with_its_request_and_what_to_do() {
        let refused = gate::Error::refused_for_test(404, "nope", Some("r-1"));
        let missing = Error::missing(refused, "there is no application x".into(), "gennaker app list".into());
        let expected = "error: there is no application x\n  request: r-1\n  hint: gennaker app list\n";
        assert_eq!(said(missing), (Exit::Refused, expected.to_owned()));

        let conflict = gate::Error::refused_for_test(409, "taken", None);
        let (exit, text) = said(Error::missing(conflict, "there is none".into(), "look".into()));
        assert_eq!((exit, text.as_str()), (Exit::Refused, "error: taken\n"), "only a 404 says that it is missing");
    }

    #[test]
    fn a_closed_pipe_ends_without_a_word() {
        let closed = Error::Output(io::ErrorKind::BrokenPipe.into());
        assert_eq!(said(closed), (Exit::PipeClosed, String::new()));
        assert_eq!(said(Error::Output(io::ErrorKind::StorageFull.into())).0, Exit::Failed);
    }
}
