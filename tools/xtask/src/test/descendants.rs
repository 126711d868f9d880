//! Which processes a process started, directly or not. Linux only: elsewhere there are none to be found.

use std::{fs, io};

/// A process and the one that started it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
}

/// All processes of this machine; none where there is no `/proc`.
pub(crate) fn processes() -> io::Result<Vec<Process>> {
    let entries = match fs::read_dir("/proc") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    // One that ends while it is looked at has no file any more.
    Ok(entries.flatten().filter_map(|entry| parse(&fs::read_to_string(entry.path().join("stat")).ok()?)).collect())
}

/// Everything below `ancestor`, which is not itself among them.
pub(crate) fn of(ancestor: u32, all: &[Process]) -> Vec<u32> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = all.iter().filter(|process| process.parent == parent).map(|process| process.pid);
        let children: Vec<u32> = children.filter(|pid| !found.contains(pid)).collect();
        found.extend(children);
        next += 1;
    }
    found.split_off(1)
}

/// `/proc/<pid>/stat`: `pid (name) state parent ...`, where the name may hold spaces and parentheses.
fn parse(stat: &str) -> Option<Process> {
    let (pid, rest) = stat.split_once(" (")?;
    let (_, after_name) = rest.rsplit_once(") ")?;
    Some(Process { pid: pid.parse().ok()?, parent: after_name.split(' ').nth(1)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "42 (a) (b c) S 7 42 42 0";
        assert_eq!(parse(stat), Some(Process { pid: 42, parent: 7 }));
        assert_eq!(parse("nothing of the kind"), None);
    }

    #[test]
    fn children_and_their_children_and_nobody_else() {
        let all = [(2, 1), (3, 2), (4, 3), (5, 1), (6, 5)].map(|(pid, parent)| Process { pid, parent });
        assert_eq!(of(2, &all), [3, 4]);
        assert_eq!(of(6, &all), Vec::<u32>::new());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_test_is_below_its_parent() {
        let own = std::process::id();
        let parent = std::os::unix::process::parent_id();
        assert!(of(parent, &processes().unwrap()).contains(&own));
    }
}
