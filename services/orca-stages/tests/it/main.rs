//! The stages' tasks against a clouddriver in this process.

mod clouddriver;
mod restarts;
