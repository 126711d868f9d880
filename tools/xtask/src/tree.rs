//! The repository as the checks see it: its crates with what they use, its text files with what they say.
//!
//! Files are those that git tracks or would add; ignored ones are not looked at, nor are files that are not UTF-8.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::process;

/// The repository.
pub(crate) struct Tree {
    /// Absolute path of the workspace's root.
    pub(crate) root: String,
    pub(crate) members: Vec<Member>,
    /// Path from the root, to text.
    pub(crate) files: BTreeMap<String, String>,
}

/// A crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    /// From the root, e.g. `platform/store-sql`.
    pub(crate) folder: String,
    /// The crates of this workspace that it names in its manifest.
    pub(crate) uses: Vec<Use>,
    /// Paths of its crate roots from the repository's root: libraries, programs, test binaries, build scripts.
    pub(crate) crate_roots: Vec<String>,
}

/// An arrow from one crate to another.
pub(crate) struct Use {
    /// Folder of the used crate, e.g. `platform/base`.
    pub(crate) folder: String,
    /// Whether only its tests need it.
    pub(crate) dev: bool,
}

impl Tree {
    /// Asks cargo and git, then reads every file.
    pub(crate) fn load() -> anyhow::Result<Tree> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let root = metadata.workspace_root.as_std_path();
        let from_root = |path: &Path| -> anyhow::Result<String> {
            let inside = path.strip_prefix(root).with_context(|| format!("{} is outside the tree", path.display()))?;
            Ok(inside.to_string_lossy().into_owned())
        };

        let mut members = Vec::new();
        for package in &metadata.packages {
            let folder = package.manifest_path.parent().context("a manifest without a folder")?;
            let mut uses = Vec::new();
            for dependency in &package.dependencies {
                if let Some(path) = &dependency.path {
                    let dev = dependency.kind == DependencyKind::Development;
                    uses.push(Use { folder: from_root(path.as_std_path())?, dev });
                }
            }
            let crate_roots =
                package.targets.iter().map(|target| from_root(target.src_path.as_std_path())).collect::<Result<_, _>>();
            members.push(Member {
                name: package.name.to_string(),
                folder: from_root(folder.as_std_path())?,
                uses,
                crate_roots: crate_roots?,
            });
        }

        let mut git = process::command("git");
        git.arg("-C").arg(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let mut files = BTreeMap::new();
        for path in process::stdout(git)?.split_terminator('\0') {
            // A tracked file may be gone from the work tree, and a binary one is not text.
            if let Ok(text) = fs::read_to_string(root.join(path)) {
                files.insert(path.to_owned(), text);
            }
        }
        Ok(Tree { root: root.to_string_lossy().into_owned(), members, files })
    }
}

#[cfg(test)]
impl Tree {
    /// A tree of files alone, for the tests of checks.
    pub(crate) fn of_files(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
        Tree { root: "/build/clone".to_owned(), members: Vec::new(), files }
    }

    /// A tree of crates alone: name, folder, folders used, folders used by its tests.
    pub(crate) fn of_members(members: &[(&str, &str, &[&str], &[&str])]) -> Tree {
        let arrow = |folder: &&str, dev| Use { folder: folder.to_string(), dev };
        let members = members
            .iter()
            .map(|(name, folder, uses, dev)| Member {
                name: name.to_string(),
                folder: folder.to_string(),
                uses: uses.iter().map(|to| arrow(to, false)).chain(dev.iter().map(|to| arrow(to, true))).collect(),
                crate_roots: Vec::new(),
            })
            .collect();
        Tree { root: "/build/clone".to_owned(), members, files: BTreeMap::new() }
    }
}
