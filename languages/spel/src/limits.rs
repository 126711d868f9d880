//! What one expression may cost: no expression hangs or blows up a node.

/// The most that reading and evaluating one expression may take. What is over it ends in an error of
/// [`Kind::Limit`](crate::Kind::Limit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Characters of an expression; 10,000 (Spring's `maximumExpressionLength`; upstream's
    /// `expression.maxExpressionLength`).
    pub length: usize,
    /// How deep brackets, arguments and operators may nest; 64: a level takes 12 KiB of stack or less, and a thread has 2 MiB.
    pub depth: usize,
    /// Operations: each property, call, element and operator counts one; 10,000 (Spring's `maxOperations`).
    pub operations: u32,
    /// Bytes of all text and elements that it makes on its way; 16 MiB.
    pub bytes: usize,
    /// What all expressions of one evaluation (`pipeline::process`) may take together, as a multiple of what one may; 16.
    pub together: usize,
    /// Questions to the host that all of them may ask together; 100.
    pub questions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { length: 10_000, depth: 64, operations: 10_000, bytes: 16 << 20, together: 16, questions: 100 }
    }
}
