//! `cargo xtask prune`: deletes the shared build folder once it is larger than 20 GB.
//!
//! Cargo never deletes what an older state of the code or an older compiler left there. A folder in which a build runs
//! is left alone.

use std::{
    collections::HashSet,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use cargo_metadata::MetadataCommand;

const MOST_BYTES: u64 = 20_000_000_000;

/// Looks at the folder that cargo's configuration names and deletes it if it is too large.
#[expect(clippy::print_stdout, reason = "a command says what it did")]
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let folder = metadata.build_directory.unwrap_or(metadata.target_directory).into_std_path_buf();
    let said = match prune(&folder, MOST_BYTES)? {
        Pruned::Kept(bytes) => format!("{} kept", gigabytes(bytes)),
        Pruned::Deleted(bytes) => format!("{} deleted", gigabytes(bytes)),
        Pruned::InUse(bytes) => format!("{}, too large but kept: a build is running in it", gigabytes(bytes)),
    };
    println!("prune: {}: {said} (the most is {})", folder.display(), gigabytes(MOST_BYTES));
    Ok(ExitCode::SUCCESS)
}

/// What became of the folder, with the bytes that it took.
#[derive(Debug, PartialEq)]
enum Pruned {
    Kept(u64),
    Deleted(u64),
    InUse(u64),
}

fn prune(folder: &Path, most: u64) -> anyhow::Result<Pruned> {
    let doomed = folder.with_extension("pruned");
    if doomed.exists() {
        // An earlier run was stopped half-way.
        remove(&doomed)?;
    }
    if !folder.exists() {
        return Ok(Pruned::Kept(0));
    }
    let bytes = size(folder, &mut HashSet::new()).with_context(|| format!("reading {}", folder.display()))?;
    if bytes <= most {
        return Ok(Pruned::Kept(bytes));
    }
    let Some(_locks) = lock_builds(folder)? else { return Ok(Pruned::InUse(bytes)) };
    // Moved away first, so that a build which starts meanwhile finds no half of a folder.
    fs::rename(folder, &doomed).with_context(|| format!("moving {} away", folder.display()))?;
    remove(&doomed)?;
    Ok(Pruned::Deleted(bytes))
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("deleting {}", folder.display()))
}

/// Bytes on the disk; a file with several names counts once.
fn size(folder: &Path, seen: &mut HashSet<u64>) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A build beside us may delete what was just listed.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            bytes += size(&entry.path(), seen)?;
        } else if metadata.nlink() == 1 || seen.insert(metadata.ino()) {
            bytes += metadata.blocks() * 512;
        }
    }
    Ok(bytes)
}

/// Takes the locks that cargo holds while it builds a profile (`<folder>/<profile>/.cargo-*lock`); `None` if one is held.
fn lock_builds(folder: &Path) -> anyhow::Result<Option<Vec<File>>> {
    let mut locks = Vec::new();
    for profile in fs::read_dir(folder)? {
        let profile = profile?.path();
        for lock in [".cargo-lock", ".cargo-build-lock", ".cargo-artifact-lock"] {
            let Ok(file) = File::open(profile.join(lock)) else { continue };
            match file.try_lock() {
                Ok(()) => locks.push(file),
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(error)) => return Err(error).context("asking whether a build is running"),
            }
        }
    }
    Ok(Some(locks))
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build_folder() -> (tempfile::TempDir, std::path::PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("build");
        fs::create_dir_all(folder.join("debug/deps")).unwrap();
        fs::write(folder.join("debug/.cargo-lock"), "").unwrap();
        fs::write(folder.join("debug/deps/lib.rlib"), vec![7; 100_000]).unwrap();
        fs::hard_link(folder.join("debug/deps/lib.rlib"), folder.join("debug/lib.rlib")).unwrap();
        (temporary, folder)
    }

    #[test]
    fn a_small_folder_stays_and_a_large_one_goes() {
        let (_temporary, folder) = build_folder();
        let Pruned::Kept(bytes) = prune(&folder, 1_000_000).unwrap() else { panic!("deleted") };
        assert!((100_000..190_000).contains(&bytes), "the two names of one file count once: {bytes}");
        assert!(folder.exists());

        assert_eq!(prune(&folder, bytes - 1).unwrap(), Pruned::Deleted(bytes));
        assert!(!folder.exists() && !folder.with_extension("pruned").exists());
        assert_eq!(prune(&folder, 0).unwrap(), Pruned::Kept(0), "nothing there is nothing to delete");
    }

    #[test]
    fn a_folder_in_which_a_build_runs_stays() {
        let (_temporary, folder) = build_folder();
        let lock = File::open(folder.join("debug/.cargo-lock")).unwrap();
        lock.lock().unwrap();
        assert!(matches!(prune(&folder, 0).unwrap(), Pruned::InUse(_)));
        assert!(folder.exists());
    }

    #[test]
    fn what_a_stopped_run_left_is_deleted() {
        let (_temporary, folder) = build_folder();
        fs::create_dir_all(folder.with_extension("pruned").join("debug")).unwrap();
        prune(&folder, u64::MAX).unwrap();
        assert!(!folder.with_extension("pruned").exists());
    }
}
