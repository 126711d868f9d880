//! What a match has found.

use std::sync::Arc;

use crate::engine::Groups;

/// Names of groups with their numbers, in the order of the pattern.
pub(crate) type Names = Arc<[(Box<str>, usize)]>;

/// A part of the text that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'t> {
    text: &'t str,
    start: usize,
    end: usize,
}

impl<'t> Match<'t> {
    pub(crate) fn new(text: &'t str, start: usize, end: usize) -> Match<'t> {
        Match { text, start, end }
    }

    /// The byte offset at which it begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The byte offset behind its last character.
    pub fn end(&self) -> usize {
        self.end
    }

    /// What matched.
    pub fn as_str(&self) -> &'t str {
        &self.text[self.start..self.end]
    }

    /// Whether it is empty, as those of `a*` may be.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// The groups of one match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captures<'t> {
    text: &'t str,
    groups: Groups,
    names: Names,
}

impl<'t> Captures<'t> {
    pub(crate) fn new(text: &'t str, groups: Groups, names: Names) -> Captures<'t> {
        Captures { text, groups, names }
    }

    /// The whole match, group 0.
    pub fn whole(&self) -> Match<'t> {
        let (start, end) = self.groups[0].unwrap_or_default();
        Match::new(self.text, start, end)
    }

    /// What the group of this number matched last; 0 is the whole match. None if it took no part or is not there.
    pub fn group(&self, number: usize) -> Option<&'t str> {
        self.get(number).map(|found| found.as_str())
    }

    /// What the group of this name matched last. None if it took no part or is not there.
    pub fn name(&self, name: &str) -> Option<&'t str> {
        let (_, number) = self.names.iter().find(|(known, _)| &**known == name)?;
        self.group(*number)
    }

    /// As [`Captures::group`], with offsets.
    pub fn get(&self, number: usize) -> Option<Match<'t>> {
        let (start, end) = (*self.groups.get(number)?)?;
        Some(Match::new(self.text, start, end))
    }

    /// How many groups there are, the whole match not counted (`Matcher.groupCount`).
    pub fn group_count(&self) -> usize {
        self.groups.len().saturating_sub(1)
    }
}
