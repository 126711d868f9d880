//! Which transitions between phases the tests take: each that the table allows, and no other.

use std::{cell::RefCell, collections::BTreeSet};

use super::{super::Phase, random};

thread_local! {
    /// Those that the test of this thread took.
    static TAKEN: RefCell<BTreeSet<(Phase, Phase)>> = const { RefCell::new(BTreeSet::new()) };
}

/// A stage turned from one phase to another.
pub(in super::super) fn note(from: Phase, to: Phase) {
    TAKEN.with_borrow_mut(|taken| taken.insert((from, to)));
}

/// The random executions take every transition of the table; that they take no other is asserted where a phase is entered.
#[test]
fn every_transition_is_taken() {
    random::many();
    let taken = TAKEN.with_borrow(Clone::clone);
    let allowed = Phase::ALL.into_iter().flat_map(|from| from.followers().iter().map(move |to| (from, *to)));
    let never: Vec<_> = allowed.filter(|transition| !taken.contains(transition)).collect();
    assert!(never.is_empty(), "no test takes these transitions: {never:?}");
}
