//! Limits: how many executions may be under way at a time, and who is next.
//!
//! A limit is a name that executions share, for example one for each definition. An execution that asks for a place
//! under it ([`NewExecution::place`](super::NewExecution::place), [`PlaceChange::Take`]) holds one, or waits for one in
//! the order of arrival. It holds the place, whoever owns it and however often it is released, until it ends.
//!
//! * Never do more executions hold a place under a limit than the one that got it last allowed.
//! * Nobody overtakes: who asks while others wait, waits behind them.
//! * A place is given on in the transaction that gives it back: as long as somebody waits, as many places are held as
//!   the one in front allows. Who got one is claimable at once.
//! * A waiting execution has no owner and no due time. It is claimable for a signal only, or if its owner died; released
//!   again it waits on in its old position. Its claimer must not begin it: [`Standing`] says so.

/// A place under a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The limit's name.
    pub limit: String,
    /// How many executions may hold a place under it, this one included; at least 1, and 0 counts as 1. Each execution
    /// is judged by its own number: a limit that changes counts for those that come later.
    pub most: u32,
}

/// How an execution stands with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// It has none: it may begin.
    #[default]
    None,
    /// It waits for a place, or was superseded while it waited: it must not begin.
    Waiting,
    /// It holds a place: it may begin.
    Held,
}

/// What a commit does with the execution's place. The end of an execution gives its place back in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PlaceChange {
    /// Nothing.
    #[default]
    Keep,
    /// It needs this place from now on. If it has to wait, the commit releases it as `Ahead::Wait` does. Who has or
    /// waits for a place under that limit already keeps it; one under another limit is given back, to the longest
    /// waiting.
    Take(Place),
}

/// Who gets a place that is given back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Next {
    /// The longest waiting, and further ones as far as they allow it.
    #[default]
    Oldest,
    /// The newest waiting; the others that wait get a signal, and no place any more: whoever claims them ends them. Only
    /// the end of an execution that held a place does this; one that ends while it waits supersedes nobody.
    Newest {
        /// The signal's body.
        superseded: String,
    },
}
