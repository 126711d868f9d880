//! What is asked for: what a node wants to own, and what a list holds.

use gennaker_base::Timestamp;

use super::{owner::Owner, rows::Execution};

/// What a node asks to own.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who claims.
    pub owner: Owner,
    /// The kinds of work that it runs.
    pub kinds: Vec<String>,
    /// The highest format that it reads.
    pub format: u32,
    /// How many at most.
    pub limit: u32,
}

/// What a claim took.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    /// The executions, the claimer's now.
    pub executions: Vec<Execution>,
    /// What it met and could not read. It is set aside: nobody owns it, and it is claimable again only after a signal.
    pub unreadable: Vec<Unreadable>,
}

/// An execution whose rows cannot be read: damaged, or written by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id.
    pub id: String,
    /// What is wrong.
    pub reason: String,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By creation, the newest first; of equal times the highest id first.
    #[default]
    NewestFirst,
    /// By creation, the oldest first: the exact reverse of the other order.
    OldestFirst,
}

/// A list's filter; an empty field filters nothing.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// With one of these ids.
    pub ids: Vec<String>,
    /// With this correlation, ended ones too.
    pub correlation: Option<String>,
    /// Of this group.
    pub group: Option<String>,
    /// Of one of these definitions.
    pub definitions: Vec<String>,
    /// With one of these names of the definition.
    pub names: Vec<String>,
    /// Owned by this one.
    pub owner: Option<Owner>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
    /// Created at or after.
    pub from: Option<Timestamp>,
    /// Created before.
    pub until: Option<Timestamp>,
    /// The order.
    pub order: Order,
    /// So many are passed over.
    pub offset: u32,
    /// So many at most; 0 means 1,000.
    pub limit: u32,
    /// So many at most of each definition, the newest ones, counted after all filters but before `offset` and `limit`.
    /// What runs no definition counts as one definition.
    pub limit_per_definition: Option<u32>,
}

/// What is old enough to be deleted.
#[derive(Debug, Clone, Default)]
pub struct Expiry {
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// Ended before; an execution whose head has no end counts by its creation.
    pub before: Timestamp,
    /// So many are kept whatever their age: the newest ones of each definition in a group, by creation. What runs no
    /// definition counts as one definition of its group.
    pub keep: u32,
    /// Created at or after: where the last page ended, for who does not delete all that it gets.
    pub from: Option<Timestamp>,
    /// So many at most; 0 means 1,000.
    pub limit: u32,
}

/// An execution that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its id.
    pub id: String,
    /// What kind of work it was.
    pub kind: String,
    /// Its group.
    pub group: String,
    /// The definition that it ran.
    pub definition: Option<String>,
    /// The definition's name at that time.
    pub name: Option<String>,
    /// Its status.
    pub status: String,
    /// When it was accepted.
    pub created: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}
