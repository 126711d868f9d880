//! What the demo tells the person who watches.

use std::{
    fmt,
    io::{Write as _, stdout},
};

/// Prints a line at once. A reader that has gone away is no reason to stop.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let mut out = stdout().lock();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}
