//! The stages' tasks against a clouddriver in this process.

mod applications;
mod clouddriver;
mod front50;
mod restarts;
