//! Whether the files of a repository stay in the folder that they are unpacked into.
//!
//! A link may lead to any other place of the repository, and not out of it; no name leads up or into git's own folder.

use super::program::{Failure, Program};

/// What does not stay inside.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outside {
    pub(super) path: String,
    /// The sentence goes on after the path.
    pub(super) problem: String,
}

/// A symbolic link.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    path: String,
    object: String,
}

/// Looks at a commit, or at a folder of it.
pub(super) async fn check(
    program: &Program<'_>,
    commit: &str,
    path: Option<&str>,
) -> Result<Result<(), Outside>, Failure> {
    let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", commit];
    arguments.extend(path.map(|path| ["--", path]).into_iter().flatten());
    let links = match links(&program.run(&arguments).await?) {
        Ok(links) if links.is_empty() => return Ok(Ok(())),
        Ok(links) => links,
        Err(outside) => return Ok(Err(outside)),
    };
    let objects: String = links.iter().map(|link| format!("{}\n", link.object)).collect();
    let input = program.input(objects).await?;
    let printed = program.run_with(&["cat-file", "--batch"], input).await?;
    let mut rest = &printed[..];
    for link in links {
        let Some((target, after)) = content(rest) else {
            let said = format!("the target of the link {} cannot be read", link.path);
            return Err(Failure::Ended { said });
        };
        let target = String::from_utf8_lossy(target);
        if leaves(&link.path, &target) {
            let problem = format!("is a link that may lead out of it (to {target})");
            return Ok(Err(Outside { path: link.path, problem }));
        }
        rest = after;
    }
    Ok(Ok(()))
}

/// The links in what `ls-tree -z` prints: `MODE TYPE OBJECT<tab>PATH`, each with a zero behind it.
fn links(listed: &[u8]) -> Result<Vec<Link>, Outside> {
    let mut links = Vec::new();
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry);
        let Some((head, path)) = entry.split_once('\t') else { continue };
        let strange = |part: &str| matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git");
        if path.split('/').any(strange) {
            return Err(Outside { path: path.to_owned(), problem: "has a name that leads elsewhere".to_owned() });
        }
        let mut head = head.split(' ');
        if let (Some("120000"), _, Some(object)) = (head.next(), head.next(), head.next()) {
            links.push(Link { path: path.to_owned(), object: object.to_owned() });
        }
    }
    Ok(links)
}

/// The first object that `cat-file --batch` printed, and what follows: `OBJECT TYPE SIZE<line end>CONTENT<line end>`.
fn content(printed: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = printed.iter().position(|byte| *byte == b'\n')?;
    let head = str::from_utf8(&printed[..end]).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let rest = &printed[end + 1..];
    Some((rest.get(..size)?, rest.get(size + 1..)?))
}

/// Whether a link at `path` may lead out of the folder that `path` is relative to.
///
/// Steps up are only counted at its begin: behind a name, which may be a link itself, they lead nobody knows where. A link
/// that goes down only stays inside if all links do.
fn leaves(path: &str, target: &str) -> bool {
    let depth = path.split('/').count() - 1;
    let mut parts = target.split('/').filter(|part| !matches!(*part, "" | ".")).peekable();
    let mut up = 0;
    while parts.next_if(|part| *part == "..").is_some() {
        up += 1;
    }
    target.is_empty() || target.starts_with('/') || up > depth || parts.any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_may_lead_anywhere_inside() {
        for (path, target) in [("a", "b"), ("a/b/c", "../../d"), ("a/b", "./../a/b"), ("a", "./b//c")] {
            assert!(!leaves(path, target), "{path} -> {target}");
        }
        // With `d/l -> ..` the last one is above the folder.
        for (path, target) in [("a", "/etc/passwd"), ("a", ".."), ("a/b", "../../c"), ("a", ""), ("a", "d/l/../..")] {
            assert!(leaves(path, target), "{path} -> {target}");
        }
    }

    #[test]
    fn listings_and_objects_are_read_as_git_prints_them() {
        let listed = b"100644 blob 11\ta b/c\x00120000 blob 22\tl\n1\x00160000 commit 33\tsub\0";
        assert_eq!(links(listed), Ok(vec![Link { path: "l\n1".to_owned(), object: "22".to_owned() }]));
        for name in ["../x", "a/../b", ".git/config", "a/.GIT/hooks/x", "a//b"] {
            let listed = format!("100644 blob 11\t{name}\0");
            assert!(links(listed.as_bytes()).is_err(), "{name}");
        }
        let printed = b"22 blob 3\na\nb\n33 blob 0\n\n";
        let (first, rest) = content(printed).expect("an object");
        assert_eq!(first, b"a\nb");
        assert_eq!(content(rest), Some((&b""[..], &b""[..])));
        assert_eq!(content(b"22 missing\n"), None);
    }
}
