//! Whom a process runs as, if that is not the agent's own user.
//!
//! Only an agent of root may become somebody else. Who that is, is asked of the machine once (`getent`, `id`), so that a process
//! that is started again is the same one's. The rights of a process are those of the thread that starts it: a thread of its
//! own gives up root's, starts the process, and ends.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::{
    process::{Gid, Uid},
    thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid},
};
use serde::{Deserialize, Serialize};
use tokio::{process::Command, time::timeout};

use super::error::Refusal;

/// How long the machine may take to say who a user is.
const PATIENCE: Duration = Duration::from_secs(5);

/// A user with its groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// All of its groups.
    pub(super) groups: Vec<u32>,
    pub(super) home: PathBuf,
}

impl User {
    /// The user of that name.
    ///
    /// # Errors
    /// `invalid` if there is none, or if the agent may not become it.
    pub(super) async fn named(name: &str) -> Result<User, Refusal> {
        let unknown = || Refusal::invalid(format!("`runAsUser` is `{name}`, which is no user of the agent's machine"));
        let line = said("getent", &["passwd", name]).await?.ok_or_else(unknown)?;
        let groups = said("id", &["-G", name]).await?.ok_or_else(unknown)?;
        let groups: Option<Vec<u32>> = groups.split_whitespace().map(|group| group.parse().ok()).collect();
        let user = groups.and_then(|groups| User::read(&line, groups)).ok_or_else(unknown)?;
        let own = rustix::process::geteuid();
        if own.is_root() || own.as_raw() == user.uid {
            return Ok(user);
        }
        Err(Refusal::invalid(format!(
            "`runAsUser` is `{name}`, and the agent may not start processes of it: it does not run as root. Leave it out, or \
             start the agent as root or as {name}"
        )))
    }

    /// A line of passwd(5).
    fn read(line: &str, groups: Vec<u32>) -> Option<User> {
        let fields: Vec<&str> = line.trim_end().split(':').collect();
        let [name, _, uid, gid, _, home, ..] = fields.as_slice() else { return None };
        let (uid, gid) = (uid.parse().ok()?, gid.parse().ok()?);
        Some(User { name: (*name).to_owned(), uid, gid, groups, home: PathBuf::from(home) })
    }

    /// Whether it may enter all folders of `path`, and read or run what is there.
    ///
    /// # Errors
    /// `invalid`, naming the first one that it may not.
    pub(super) fn check_way_to(&self, path: &Path) -> Result<(), Refusal> {
        let mut steps: Vec<&Path> = path.ancestors().filter(|step| step.is_absolute()).collect();
        steps.reverse();
        for step in steps {
            if let Ok(metadata) = fs::metadata(step)
                && !self.may_enter(&metadata)
            {
                return Err(Refusal::invalid(format!(
                    "the user {} may not enter or run {} (mode {:o}); give it the right to, or keep what it runs elsewhere",
                    self.name,
                    step.display(),
                    metadata.mode() & 0o777
                )));
            }
        }
        Ok(())
    }

    fn may_enter(&self, metadata: &Metadata) -> bool {
        let bit = match metadata {
            _ if self.uid == 0 => return true,
            own if own.uid() == self.uid => 0o100,
            shared if shared.gid() == self.gid || self.groups.contains(&shared.gid()) => 0o010,
            _ => 0o001,
        };
        metadata.mode() & bit != 0
    }

    /// Gives the calling thread the rights of this user, for good.
    fn become_it(&self) -> io::Result<()> {
        if rustix::process::geteuid().as_raw() == self.uid && !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let groups: Vec<Gid> = self.groups.iter().map(|group| Gid::from_raw(*group)).collect();
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let became = set_thread_groups(&groups)
            .and_then(|()| set_thread_res_gid(gid, gid, gid))
            .and_then(|()| set_thread_res_uid(uid, uid, uid));
        // Not by its own kind: that would read as if the program could not be run.
        became.map_err(|error| io::Error::other(format!("cannot become the user {}: {error}", self.name)))
    }
}

/// Starts something with the rights of `user`, or of the agent if there is none.
pub(super) fn start_as<T: Send>(user: Option<&User>, start: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    let Some(user) = user else { return start() };
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            user.become_it()?;
            start()
        });
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that starts processes has a defect")))
    })
}

/// What a program of the machine writes; None if it fails.
async fn said(program: &str, arguments: &[&str]) -> Result<Option<String>, Refusal> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let cannot = |why: String| Refusal::unavailable(format!("cannot learn who a user is: {program}: {why}"));
    match timeout(PATIENCE, command.output()).await {
        Err(_) => Err(cannot(format!("no answer within {} s; try again", PATIENCE.as_secs()))),
        Ok(Err(error)) => Err(cannot(error.to_string())),
        Ok(Ok(output)) => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            Ok(Some(text).filter(|text| output.status.success() && !text.trim().is_empty()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_as_the_machine_writes_it() {
        let user = User::read("shop:x:1001:1002:The shop:/srv/shop:/bin/false\n", vec![1002, 7]).unwrap();
        assert_eq!((user.uid, user.gid, user.home.as_path()), (1001, 1002, std::path::Path::new("/srv/shop")));
        assert_eq!(User::read("shop:x:many:1:::", Vec::new()), None);
        assert_eq!(User::read("broken", Vec::new()), None);
    }

    #[test]
    fn the_first_folder_that_it_may_not_enter_is_named() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let own = fs::metadata(folder.path()).unwrap();
        let set = |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
        let user = |uid, groups| User { name: "it".into(), uid, gid: 65_533, groups, home: "/".into() };
        let inside = folder.path().join("program");
        let (stranger, member) = (user(65_533, vec![65_533]), user(65_533, vec![65_533, own.gid()]));
        set(0o710);
        let refused = stranger.check_way_to(&inside).unwrap_err().message;
        assert!(refused.contains(&format!("may not enter or run {} (mode 710)", folder.path().display())), "{refused}");
        assert_eq!(member.check_way_to(&inside), Ok(()));
        set(0o701);
        assert_eq!(stranger.check_way_to(&inside), Ok(()));
        assert!(member.check_way_to(&inside).is_err(), "its group has fewer rights than everybody");
        assert_eq!(user(own.uid(), Vec::new()).check_way_to(&inside), Ok(()));
    }

    #[tokio::test]
    async fn who_is_not_there_is_named() {
        let refused = User::named("no-such-user").await.unwrap_err();
        assert!(refused.message.contains("no user of the agent's machine"), "{}", refused.message);
    }

    #[test]
    fn only_the_thread_that_starts_it_gives_up_its_rights() {
        let own = rustix::process::geteuid();
        let user = User { name: "it".into(), uid: 65_534, gid: 65_534, groups: vec![65_534, 7], home: "/".into() };
        let ids = || std::process::Command::new("sh").args(["-c", "id -u; id -g; id -G"]).output();
        let started = start_as(Some(&user), ids);
        if own.is_root() {
            let text = String::from_utf8(started.unwrap().stdout).unwrap();
            assert_eq!(text, "65534\n65534\n65534 7\n");
        } else {
            assert!(started.unwrap_err().to_string().contains("cannot become the user it"));
        }
        let after = String::from_utf8(ids().unwrap().stdout).unwrap();
        assert!(after.starts_with(&format!("{}\n", own.as_raw())), "{after}");
    }
}
