//! The golden cases, and the runner as a program: what it prints and its exit codes.

// Marked as tests for clippy, so that their helpers may unwrap too.
#[cfg(test)]
mod golden;
#[cfg(test)]
mod program;
