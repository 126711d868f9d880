//! Expressions as a pipeline uses them, and as somebody who means harm writes them.

// Marked as tests for clippy, so that their helpers may unwrap too.
#[cfg(test)]
mod errors;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod settings;
