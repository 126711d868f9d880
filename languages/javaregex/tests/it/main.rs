//! Java's regular expressions, from outside.

mod hostile;
mod interface;
mod recorded;
