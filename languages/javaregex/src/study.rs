//! How far back a look-behind may look, by Java's own arithmetic.
//!
//! Java adds the greatest lengths up in 32 bits, where "without bound" is 2^31 - 1 and sums wrap around. It refuses some
//! look-behinds whose length is bounded, and takes some that are not; of these it runs most as one would expect, and
//! lets others never match. Which is which follows from the sums (`Pattern.TreeInfo`, `Node.study`).

use crate::ast::{Greed, Node};

const MANY: i32 = i32::MAX;

/// What Java makes of a look-behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It has no obvious maximum length.
    Refused,
    /// It looks back far enough.
    Far,
    /// The greatest length came out below the least: it finds nothing, ever.
    Nowhere,
    /// Without bound, but Java miscounts it, so that it finds some of its matches only.
    Patchy,
}

/// Measures the body of a look-behind.
pub(crate) fn reach(body: &Node) -> Reach {
    let mut sum = Sum::START;
    sum.add(body);
    // Java looks back as far as the position less `most`, which wraps too: below 0, all is well, from the position on
    // by which `most` is above the least number.
    let lost = sum.most.wrapping_sub(i32::MIN);
    match sum.most {
        _ if !sum.known => Reach::Refused,
        1_073_741_824.. => Reach::Far,
        ..=-1_073_741_824 if lost <= sum.least => Reach::Far,
        ..=-1_073_741_824 => Reach::Patchy,
        most if most < sum.least => Reach::Nowhere,
        _ if sum.endless => Reach::Patchy,
        _ => Reach::Far,
    }
}

/// Whether Java sees one way only in which this can match.
pub(crate) fn is_deterministic(node: &Node) -> bool {
    Sum::of(node).deterministic
}

#[derive(Debug, Clone, Copy)]
struct Sum {
    least: i32,
    most: i32,
    /// The part of `most` that has come up since the last alternatives, where Java begins to count anew.
    recent: i32,
    /// Whether `most` means anything.
    known: bool,
    deterministic: bool,
    /// Whether there is a repetition without bound.
    endless: bool,
}

impl Sum {
    const START: Sum = Sum { least: 0, most: 0, recent: 0, known: true, deterministic: true, endless: false };

    fn add(&mut self, node: &Node) {
        match node {
            Node::Empty | Node::Assertion(_) | Node::Look { .. } => {}
            Node::Characters(_) => self.advance(1, 1),
            Node::LineBreak => self.advance(1, 2),
            Node::BackReference { .. } => self.known = false,
            Node::Capture(body) | Node::Atomic(body) => self.add(body),
            Node::Sequence(parts) => parts.iter().for_each(|part| self.add(part)),
            Node::Alternatives(parts) => self.add_branches(&parts.iter().map(Sum::of).collect::<Vec<_>>()),
            Node::Repeat { body, min, max, greed, group } => {
                let once = Sum::of(body);
                self.endless |= once.endless || max.is_none() && !body.extent().zero_width;
                let min = i32::try_from(*min).unwrap_or(MANY);
                let optional = (min, *max) == (0, Some(1));
                let looped = *group && *greed != Greed::Possessive;
                match (&**body, *max) {
                    _ if looped && optional => self.add_branches(&[once, Sum::START]),
                    _ if looped && !once.deterministic => (self.known, self.deterministic) = (false, false),
                    _ if optional => {
                        let least = self.least;
                        self.add(body);
                        self.least = least;
                        self.deterministic = false;
                    }
                    (Node::Characters(_), None) if !*group && *greed == Greed::Greedy => {
                        self.advance(min, MANY);
                        self.deterministic = false;
                    }
                    (_, max) => {
                        let max = max.map_or(MANY, |max| i32::try_from(max).unwrap_or(MANY));
                        let before = self.recent;
                        self.advance(once.least.wrapping_mul(min), once.most.wrapping_mul(max));
                        self.known &= once.known && self.recent >= before;
                        self.deterministic &= once.deterministic && min == max;
                    }
                }
            }
        }
    }

    fn of(node: &Node) -> Sum {
        let mut sum = Sum::START;
        sum.add(node);
        sum
    }

    fn advance(&mut self, least: i32, most: i32) {
        self.least = self.least.wrapping_add(least);
        self.most = self.most.wrapping_add(most);
        self.recent = self.recent.wrapping_add(most);
    }

    fn add_branches(&mut self, branches: &[Sum]) {
        let least = branches.iter().map(|branch| branch.least).min().unwrap_or(0);
        let most = branches.iter().map(|branch| branch.most).max().unwrap_or(0).max(-1);
        self.advance(least, most);
        self.recent = 0;
        self.known &= branches.iter().all(|branch| branch.known);
        self.endless |= branches.iter().any(|branch| branch.endless);
        self.deterministic = false;
    }
}
