//! One job: its process, and how it is known what it ended with.
//!
//! The process is started by a shell that writes its exit code into a file. So it is known also of a job that ended while no
//! agent was there, or whose process another agent had started.

use std::{fs, path::Path, time::Duration};

use tokio::sync::watch;

use super::{
    instance::Order,
    process::{Ending, Process},
};
use crate::protocol::JobEndReason;

/// Runs the rest of its arguments and writes what they ended with into the first. It outlives SIGTERM, which is for them, and
/// says nothing of its own.
pub(super) const KEEP_CODE: &str = "trap : TERM INT HUP\nstatus=$1\nshift\nexec 3>&2 2>/dev/null\n\"$@\" 2>&3 3>&-\n\
    code=$?\necho $code >\"$status.new\" && mv -f \"$status.new\" \"$status\"\nexit $code";

/// A job whose process has ended, or that the agent looks after no more.
#[derive(Debug)]
pub(super) struct JobOver {
    pub(super) name: String,
    /// None if its process was left running.
    pub(super) end: Option<(JobEndReason, Ending)>,
}

/// Watches a job's process until it ends, its time is over, or it is ordered to stop.
pub(super) async fn watch(
    name: String,
    mut process: Process,
    time: Duration,
    grace: Duration,
    mut orders: watch::Receiver<Order>,
    stopped_because: watch::Receiver<JobEndReason>,
) -> JobOver {
    let end = tokio::select! {
        biased;
        ending = process.ended() => Some((JobEndReason::Ended, ending)),
        order = super::instance::next_order(&mut orders) => match order {
            Order::Stop(grace) => {
                let ending = process.stop(grace).await;
                Some((*stopped_because.borrow(), ending))
            }
            Order::Leave | Order::Run => None,
        },
        () = tokio::time::sleep(time) => Some((JobEndReason::TimedOut, process.stop(grace).await)),
    };
    JobOver { name, end }
}

/// The exit code that was written down.
pub(super) fn read_code(status: &Path) -> Option<i32> {
    fs::read_to_string(status).ok()?.trim().parse().ok()
}
