//! What goes through a whole evaluation: why it ends early, and what it counts.

use std::borrow::Cow;

use crate::limits::{MAX_DEPTH, MAX_STEPS};

/// Why an evaluation ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// There is nothing at the path.
    NotFound,
    /// The path does not fit the document; an element for which a filter fails so is not accepted.
    Invalid(Cow<'static, str>),
    /// A function looked behind the end of a list; within an element of an array, that element is left out.
    OutOfBounds,
    /// Anything else.
    Failed(Cow<'static, str>),
    Limit(&'static str, usize),
}

pub(super) type Outcome<T = ()> = Result<T, Fault>;

/// Bytes of a text that are one step.
const TEXT_STEP: usize = 32;

/// What is counted and kept through an evaluation, those within it included.
#[derive(Debug, Default)]
pub(crate) struct Run {
    steps: usize,
    /// Whoever goes on after a fault sets it back to what it was.
    pub(super) depth: usize,
    /// By the slots of tokens, the index of the element that was looked at in passing.
    passing: Vec<Option<usize>>,
}

impl Run {
    pub(super) fn step(&mut self) -> Outcome {
        self.steps(1)
    }

    pub(crate) fn steps(&mut self, count: usize) -> Outcome {
        self.steps = self.steps.saturating_add(count);
        if self.steps > MAX_STEPS { Err(Fault::Limit("steps", MAX_STEPS)) } else { Ok(()) }
    }

    pub(super) fn deeper(&mut self) -> Outcome {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Fault::Limit("levels within each other", MAX_DEPTH)) } else { self.step() }
    }

    /// Counts work on a text.
    pub(crate) fn text(&mut self, text: &str) -> Outcome {
        self.steps(text.len() / TEXT_STEP)
    }

    pub(super) fn passing(&self, slot: usize) -> Option<usize> {
        self.passing.get(slot).copied().flatten()
    }

    pub(super) fn pass(&mut self, slot: usize, index: usize) {
        if self.passing.len() <= slot {
            self.passing.resize(slot + 1, None);
        }
        self.passing[slot] = Some(index);
    }
}
