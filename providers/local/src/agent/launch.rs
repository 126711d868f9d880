//! What a process is started with, whatever it belongs to.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    error::Refusal,
    identity::{INSTANCE, MARK},
    job::KEEP_CODE,
    users::User,
};
use crate::protocol::{Artifact, ResourceLimits, ServerGroupSpec};

/// The variable with the folder of the artifact.
const ARTIFACT: &str = "ARTIFACT";
/// Waits for a line, then becomes the rest of its arguments. Without one, because the agent is gone, it ends.
const GATE: &str = "read -r GENNAKER_GATE && exec \"$0\" \"$@\" </dev/null";

/// A command with its environment and folder.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Launch {
    /// The program: absolute, in the artifact or else the folder if it has a slash, else looked up in `PATH`.
    pub(super) command: String,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    /// Where it runs.
    pub(super) folder: PathBuf,
    /// The folder of its artifact.
    artifact: Option<PathBuf>,
    /// Whom it runs as; the agent itself if nobody is named.
    pub(super) user: Option<User>,
    pub(super) limits: ResourceLimits,
}

impl Launch {
    /// An instance of a server group.
    pub(super) fn of_group(spec: &ServerGroupSpec, artifact: Option<PathBuf>, user: Option<User>) -> Launch {
        let folder = spec.working_directory.as_deref();
        let launch =
            Launch::of_command((&spec.command, spec.artifact.as_ref()), &spec.args, spec.env.clone(), folder, artifact);
        Launch { user, ..launch.with_variable("SERVER_GROUP", &spec.name).with_limits(spec.limits) }
    }

    /// A command of nobody yet. `command` may be empty if the artifact is a single file.
    pub(super) fn of_command(
        (command, artifact): (&str, Option<&Artifact>),
        args: &[String],
        env: BTreeMap<String, String>,
        folder: Option<&Path>,
        artifact_folder: Option<PathBuf>,
    ) -> Launch {
        Launch {
            command: command_of(command, artifact),
            args: args.to_vec(),
            env,
            folder: folder_of(folder, artifact_folder.as_deref()),
            artifact: artifact_folder,
            user: None,
            limits: ResourceLimits::default(),
        }
    }

    /// The same with a variable of the agent's.
    pub(super) fn with_variable(mut self, name: &str, value: &str) -> Launch {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with limits.
    pub(super) fn with_limits(self, limits: ResourceLimits) -> Launch {
        Launch { limits, ..self }
    }

    /// The same below a shell that writes the exit code of `program` into `status`.
    pub(super) fn keeping_code(mut self, program: &Path, status: &Path) -> Launch {
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        let mut args = vec!["-c".to_owned(), KEEP_CODE.to_owned(), "sh".to_owned(), shown(status), shown(program)];
        args.append(&mut self.args);
        Launch { command: "/bin/sh".to_owned(), args, ..self }
    }

    /// The same below a shell that waits for a line before it becomes the program.
    pub(super) fn behind_gate(&self) -> Launch {
        let program = self.program(&self.command).to_string_lossy().into_owned();
        let mut args = vec!["-c".to_owned(), GATE.to_owned(), program];
        args.extend(self.args.iter().cloned());
        Launch { command: "/bin/sh".to_owned(), args, ..self.clone() }
    }

    /// Where a program is, unless it is looked up in `PATH`.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        // Rust leaves open whether a relative program is looked up before or after the change of folder.
        let base = self.artifact.as_ref().unwrap_or(&self.folder);
        if name.contains('/') { base.join(name) } else { PathBuf::from(name) }
    }

    /// Whether its folder is there, and its program may be run: said before anything is changed, or where a shell that runs it would
    /// only say so in the log.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.check_folder()?;
        if let Some(user) = &self.user {
            user.check_way_to(&self.folder)?;
        }
        let program = self.program(&self.command);
        let shown = program.display();
        let found = if program.components().count() > 1 { Some(program.clone()) } else { self.in_path(&program) };
        let metadata = found.map_or_else(|| Err(io::ErrorKind::NotFound.into()), fs::metadata);
        match metadata {
            Ok(metadata) if metadata.is_file() && metadata.permissions().mode() & 0o111 != 0 => {
                self.user.as_ref().map_or(Ok(()), |user| user.check_way_to(&program))
            }
            Ok(_) => Err(Refusal::invalid(format!(
                "the command {shown} may not be run; make it executable for the agent's user"
            ))),
            Err(_) => Err(Refusal::invalid(format!(
                "the command {shown} was not found; give its absolute path, or one that PATH leads to"
            ))),
        }
    }

    /// Whether its folder is there.
    pub(super) fn check_folder(&self) -> Result<(), Refusal> {
        if self.folder.is_dir() {
            return Ok(());
        }
        Err(Refusal::invalid(format!(
            "the working directory {} does not exist; create it or name another one",
            self.folder.display()
        )))
    }

    fn in_path(&self, program: &Path) -> Option<PathBuf> {
        let path = self.env.get("PATH").map(OsString::from).or_else(|| std::env::var_os("PATH"))?;
        let candidates: Vec<PathBuf> = std::env::split_paths(&path).map(|folder| folder.join(program)).collect();
        let files = || candidates.iter().filter(|candidate| candidate.is_file());
        let may_be_run =
            |path: &&PathBuf| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o111 != 0);
        files().find(may_be_run).or_else(|| files().next()).cloned()
    }

    /// The command for `instance` of the agent with that `mark`.
    pub(super) fn command(&self, mark: &str, instance: &str, port: Option<u16>) -> Command {
        self.other_command(&self.command, &self.args, mark, instance, port)
    }

    /// Another program with the same environment and folder.
    pub(super) fn other_command(
        &self,
        program: &str,
        args: &[String],
        mark: &str,
        instance: &str,
        port: Option<u16>,
    ) -> Command {
        let mut command = Command::new(self.program(program));
        command.args(args).current_dir(&self.folder);
        if let Some(User { name, home, .. }) = &self.user {
            command.env("USER", name).env("LOGNAME", name).env("HOME", home);
        }
        command.envs(&self.env);
        if let Some(artifact) = &self.artifact {
            command.env(ARTIFACT, artifact);
        }
        if let Some(port) = port {
            command.env("PORT", port.to_string());
        }
        command.env(INSTANCE, instance).env(MARK, mark);
        command
    }
}

/// The command; a single file that was fetched needs none.
fn command_of(command: &str, artifact: Option<&Artifact>) -> String {
    match artifact {
        Some(artifact) if command.is_empty() => format!("./{}", artifact.file_name()),
        _ => command.to_owned(),
    }
}

/// The working folder: the one that is named, relative to the artifact if it is not absolute.
fn folder_of(named: Option<&Path>, artifact: Option<&Path>) -> PathBuf {
    let base = artifact.unwrap_or_else(|| Path::new("/"));
    named.map_or_else(|| base.to_owned(), |named| base.join(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(command: &str, artifact: Option<&str>, folder: Option<&str>) -> (PathBuf, PathBuf) {
        let spec = ServerGroupSpec {
            working_directory: folder.map(PathBuf::from),
            ..serde_json::from_value(serde_json::json!({"name": "a-v000", "command": command})).unwrap()
        };
        let launch = Launch::of_group(&spec, artifact.map(PathBuf::from), None);
        let command = launch.command("/state", "a-v000-1", Some(1));
        (command.get_program().into(), command.get_current_dir().unwrap().to_owned())
    }

    #[test]
    fn a_command_with_a_slash_is_in_the_artifact_or_else_in_the_folder() {
        let paths = |program: &str, folder: &str| (PathBuf::from(program), PathBuf::from(folder));
        assert_eq!(program("sleep", None, None), paths("sleep", "/"));
        assert_eq!(program("bin/run", None, Some("/opt/a")), paths("/opt/a/bin/run", "/opt/a"));
        assert_eq!(program("bin/run", Some("/art/1"), None), paths("/art/1/bin/run", "/art/1"));
        assert_eq!(program("bin/run", Some("/art/1"), Some("/var")), paths("/art/1/bin/run", "/var"));
        assert_eq!(program("/bin/run", Some("/art/1"), Some("data")), paths("/bin/run", "/art/1/data"));
    }
}
