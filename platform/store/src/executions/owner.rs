//! Who owns an execution, and how that is told to others.

use crate::Epoch;

/// A node in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// The node's name.
    pub node: String,
    /// Its epoch.
    pub epoch: Epoch,
}

/// Who asks for a side effect: the receiver refuses a lower epoch than the highest it has seen for that execution.
/// On the wire: `X-Gennaker-Fence: <execution>/<epoch>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fence {
    /// The asking execution.
    pub execution: String,
    /// The epoch of its owner.
    pub epoch: Epoch,
}

/// The longest execution id of a fence, in bytes.
const LONGEST_ID: usize = 512;

impl Fence {
    /// The fence that a header holds, `<execution>/<epoch>`; `None` if it is malformed.
    pub fn read(text: &str) -> Option<Fence> {
        let (execution, epoch) = text.rsplit_once('/')?;
        let sane = (1..=LONGEST_ID).contains(&execution.len()) && execution.bytes().all(|byte| byte.is_ascii_graphic());
        let digits = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
        // No store could hold more.
        let epoch = epoch.parse().ok().filter(|epoch| i64::try_from(*epoch).is_ok())?;
        (sane && digits).then(|| Fence { execution: execution.to_owned(), epoch: Epoch(epoch) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_an_execution_and_an_epoch() {
        let read = Fence::read("01E/7").expect("a fence");
        assert_eq!(read, Fence { execution: "01E".to_owned(), epoch: Epoch(7) });
        for wrong in ["", "7", "/7", "01E/", "01E/-1", "01E/+1", "01E/x", "0 1E/7"] {
            assert_eq!(Fence::read(wrong), None, "{wrong}");
        }
        assert_eq!(Fence::read(&format!("e/{}", u64::MAX)), None);
    }
}
