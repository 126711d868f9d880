//! `artifacts.git-repo`: a git repository or a folder of it, as a tar file packed by gzip, `git/repo`.
//!
//! The reference is the repository's address (`https://…`, `ssh://…`, `git@HOST:PATH`), the version a branch, tag or
//! commit (`master` if there is none), the location or the metadata's `subPath` a folder. Paths in the tar file are those
//! of the repository; the same commit is the same bytes.
//!
//! It is the program `git` that fetches, because nothing else speaks to every server, and no library is kept as well:
//! it needs the least of its history (`--depth 1`), and no files: they go from git's own store into the tar, so that no
//! hook, filter or link of a repository does anything here. What it is given, and what it is kept from, is in
//! [`program`]; that the tar has nothing outside of its folder, in [`tree`].

mod address;
mod login;
mod program;
mod tree;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use gennaker_artifacts::Artifact;
use gennaker_base::Timestamp;
use gennaker_javaregex::Regex;
use gennaker_wire::ObjectExt as _;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use self::{
    address::{Address, Servers},
    login::Login,
    program::{Failure, Program},
};
use super::{AccountKind, Error, FetchOptions, Fetcher, GitAccount, GitAccounts, content::Spool, reference};

pub(super) const KIND: AccountKind = AccountKind { name: "git/repo", types: &["git/repo"] };
/// What folders of clones are called.
const CLONE: &str = "git-";
/// The oldest git that takes the addresses to connect to (`http.curloptResolve`).
const OLDEST: (u32, u32) = (2, 37);
/// What is fetched is called so here.
const WANTED: &str = "refs/gennaker/wanted";

pub(super) struct Git {
    name: String,
    executable: String,
    pattern: Regex,
    servers: Servers,
    login: Login,
    limit: u64,
    folder: Arc<PathBuf>,
    /// Whether the program can be used, or why not.
    usable: OnceCell<()>,
}

impl Git {
    pub(super) fn new(
        account: &GitAccount,
        options: &GitAccounts,
        limits: &FetchOptions,
        folder: Arc<PathBuf>,
    ) -> Result<Self, String> {
        let pattern = Regex::new(&options.valid_git_url_regex);
        Ok(Git {
            name: account.name.clone(),
            executable: options.git_executable.clone(),
            pattern: pattern.map_err(|error| format!("artifacts.git-repo.validGitUrlRegex cannot be read: {error}"))?,
            servers: Servers::new(&account.allowed_hosts, &account.url_restrictions)?,
            login: Login::new(account),
            limit: limits.size_limit,
            folder,
            usable: OnceCell::new(),
        })
    }

    /// The repository that an artifact names, if it may be asked.
    fn address(&self, artifact: &Artifact) -> Result<Address, Error> {
        let text = reference::text(artifact)?;
        let bad = |advice: String| reference::bad("reference", text, advice);
        if !self.pattern.matches(text).map_err(|error| bad(error.to_string()))? {
            return Err(bad("it does not look like the address of a repository (validGitUrlRegex)".to_owned()));
        }
        let address = Address::parse(text).map_err(bad)?;
        self.login.check(&address).map_err(bad)?;
        Ok(address)
    }

    async fn check_program(&self, program: &Program<'_>) -> Result<(), Failure> {
        let check = async || {
            let said = program.run(&["version"]).await?;
            let said = String::from_utf8_lossy(&said).trim().to_owned();
            match program::version(&said) {
                Some(version) if version >= OLDEST => Ok(()),
                _ => Err(Failure::TooOld { said }),
            }
        };
        self.usable.get_or_try_init(check).await.copied()
    }

    /// Fetches the version into the store of `program`, as [`WANTED`].
    async fn obtain(&self, program: &Program<'_>, address: &Address, version: &str) -> Result<(), Failure> {
        program.run(&["init", "--quiet", "--bare", "."]).await?;
        let url = address.text();
        if is_commit(version) && version.len() == 40 {
            let fetched = self.fetch(program, url, &["--depth=1"], &[&format!("+{version}:{WANTED}")]).await;
            match fetched {
                // The server gives only what has a name: look for it in all that has one.
                Err(failure) if failure.is_of_unnamed() => {}
                done => return done,
            }
            return self.search(program, url, version).await;
        }
        match self.named(program, url, version).await? {
            Some(name) => self.fetch(program, url, &["--depth=1"], &[&format!("+{name}:{WANTED}")]).await,
            None if is_commit(version) => self.search(program, url, version).await,
            None => Err(Failure::NoSuchVersion),
        }
    }

    /// The full name of a branch or a tag; a branch counts before a tag of that name.
    async fn named(&self, program: &Program<'_>, url: &str, version: &str) -> Result<Option<String>, Failure> {
        let names = [version.to_owned(), format!("refs/heads/{version}"), format!("refs/tags/{version}")];
        let names = if version.starts_with("refs/") { &names[..1] } else { &names[1..] };
        let mut arguments = vec!["ls-remote", "--quiet", "--", url];
        arguments.extend(names.iter().map(String::as_str));
        let listed = program.run(&arguments).await?;
        let listed = String::from_utf8_lossy(&listed);
        let is_there = |name: &&String| listed.lines().any(|line| line.split('\t').nth(1) == Some(name.as_str()));
        Ok(names.iter().find(is_there).cloned())
    }

    /// Fetches all branches and tags, and looks for a commit.
    async fn search(&self, program: &Program<'_>, url: &str, commit: &str) -> Result<(), Failure> {
        let all = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
        self.fetch(program, url, &[], &all).await?;
        let found = program.run(&["rev-parse", "--verify", "--quiet", &format!("{commit}^{{commit}}")]).await;
        let Ok(found) = found else { return Err(Failure::NoSuchVersion) };
        let found = String::from_utf8_lossy(&found).trim().to_owned();
        program.run(&["update-ref", WANTED, &found]).await.map(drop)
    }

    async fn fetch(&self, program: &Program<'_>, url: &str, how: &[&str], what: &[&str]) -> Result<(), Failure> {
        let always = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];
        program.run(&[&always, how, &["--", url], what].concat()).await.map(drop)
    }

    /// Packs what was fetched, or a folder of it.
    async fn pack(
        &self,
        program: &Program<'_>,
        address: &Address,
        path: Option<&str>,
        spool: &mut Spool,
    ) -> Result<(), Failure> {
        tree::check(program, WANTED, path).await?.map_err(|found| {
            Failure::Other(Error::Unsafe {
                repository: address.text().to_owned(),
                path: found.path,
                problem: found.problem,
            })
        })?;
        let mut arguments = vec!["archive", "--format=tar.gz", WANTED];
        arguments.extend(path.map(|path| ["--", path]).into_iter().flatten());
        program.run_into(&arguments, spool).await
    }

    fn error(&self, failure: Failure, address: &Address, version: &str, path: Option<&str>) -> Error {
        let within = path.map(|path| format!(", {path}")).unwrap_or_default();
        let at = format!("{} ({version}{within})", address.text());
        failure.into_error(&self.name, &at, self.limit)
    }
}

#[async_trait]
impl Fetcher for Git {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> AccountKind {
        KIND
    }

    async fn fetch(&self, artifact: &Artifact, spool: &mut Spool) -> Result<(), Error> {
        let address = self.address(artifact)?;
        let version = reference::version(artifact);
        check_version(version)?;
        let path = folder_of(artifact)?;
        let addresses = self.servers.addresses(&self.name, &address).await?;
        let login = self.login.read(&address, &addresses).await?;
        let work = clone_folder(self.folder.clone()).await?;
        let program = Program::new(&self.executable, work.path(), &address, &addresses, &login, self.limit).await?;
        let done = async {
            self.check_program(&program).await?;
            self.obtain(&program, &address, version).await?;
            self.pack(&program, &address, path.as_deref(), spool).await
        };
        done.await.map_err(|failure| self.error(failure, &address, version, path.as_deref()))
    }
}

/// A folder of its own for a clone, which is deleted with what it returns.
async fn clone_folder(folder: Arc<PathBuf>) -> Result<TempDir, Error> {
    let below = folder.clone();
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&*below)?;
        tempfile::Builder::new().prefix(CLONE).tempdir_in(&*below)
    });
    let made = made.await.map_err(std::io::Error::other).flatten();
    made.map_err(|source| Error::Disk { path: (*folder).clone(), source })
}

/// Deletes clones that are older than any fetch can take.
pub(super) fn clear(folder: &Path, now: Timestamp, oldest: Duration) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(CLONE)) {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let modified = modified.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let is_old = modified.is_some_and(|modified| Timestamp::ZERO.after(modified).after(oldest) < now);
        if is_old && let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::warn!(path = %entry.path().display(), %error, "the clone of an artifact cannot be deleted");
        }
    }
}

/// Whether it may be a commit, whole or shortened.
fn is_commit(version: &str) -> bool {
    (7..=40).contains(&version.len()) && version.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte))
}

fn check_version(version: &str) -> Result<(), Error> {
    if is_plain(version) && !version.starts_with(['-', '/', '.']) && !version.contains("..") {
        return Ok(());
    }
    Err(reference::bad("version", version, "a branch, tag or commit has letters, digits and / _ . - only"))
}

/// The folder within the repository.
fn folder_of(artifact: &Artifact) -> Result<Option<String>, Error> {
    let location = artifact.location.clone().filter(|location| !location.is_empty());
    let path = location.or_else(|| artifact.metadata.text("subPath"));
    let Some(path) = path.filter(|path| !path.trim_matches('/').is_empty()) else { return Ok(None) };
    let is_inside = path.split('/').all(|part| part != ".." && part != ".git");
    if !is_plain(&path) || path.starts_with(['-', '/']) || !is_inside {
        let advice = "a folder has letters, digits and / _ . - only, and is within the repository";
        return Err(reference::bad("location", &path, advice));
    }
    Ok(Some(path.trim_end_matches('/').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_and_a_folder_cannot_be_taken_for_something_else() {
        for version in ["main", "release/1.x", "v1.0.0", "refs/tags/v1", "0123abc"] {
            assert!(check_version(version).is_ok(), "{version}");
        }
        for version in ["--upload-pack=x", "a b", "a;b", "../x", "a..b", "$x", "/a", ".hidden", "a:b", "a\nb", "^a"] {
            assert!(check_version(version).is_err(), "{version}");
        }
        let of = |location: &str, below: &str| {
            let mut artifact = Artifact { location: Some(location.to_owned()), ..Artifact::default() };
            artifact.metadata.insert("subPath".to_owned(), below.into());
            folder_of(&artifact).ok()
        };
        assert_eq!(of("", ""), Some(None));
        assert_eq!(of("a/b/", "c"), Some(Some("a/b".to_owned())));
        assert_eq!(of("", "c"), Some(Some("c".to_owned())));
        for path in ["../a", "a/../../b", "/etc", "-x", "a b", ":(top)a", ".git"] {
            assert_eq!(of(path, ""), None, "{path}");
        }
        assert!(is_commit("0123abc") && !is_commit("012345") && !is_commit("0123ABC") && !is_commit("master1"));
    }

    #[test]
    fn only_clones_that_nobody_can_need_any_more_are_cleared() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["git-old", "other"] {
            std::fs::create_dir_all(folder.path().join(name).join("objects")).expect("a folder");
        }
        let modified = std::fs::metadata(folder.path().join("git-old")).and_then(|metadata| metadata.modified());
        let modified = modified.expect("a time").duration_since(std::time::UNIX_EPOCH).expect("a time after 1970");
        let then = Timestamp::ZERO.after(modified);
        clear(folder.path(), then.after(Duration::from_secs(9)), Duration::from_secs(10));
        assert!(folder.path().join("git-old").exists());
        clear(folder.path(), then.after(Duration::from_secs(11)), Duration::from_secs(10));
        assert!(!folder.path().join("git-old").exists() && folder.path().join("other").exists());
    }
}
