//! Conformance: what the original answered, recorded as JSON cases, played against Gennaker.
//!
//! ```text
//! $ cargo run -q -p conformance -- naming tests/conformance/golden
//! naming parse-005: FAILED at /sequence
//!   file:     tests/conformance/golden/naming.json
//!   expected: 1
//!   got:      2
//!   whole expected: {"group":"app-v001","sequence":1}
//!   whole got:      {"group":"app-v001","sequence":2}
//! 139 passed, 1 failed
//! ```
//!
//! A *set* is a family of cases, `naming` or `cron`, with its own way to play one; `sets` registers them. A *case file* is
//! `{"cases": [...]}` or the list alone; every case has an `id` or a `name`. `golden/` holds the files that
//! `cargo test -p conformance` plays.
//!
//! `--only` and `--skip` take beginnings of names; what they leave out is counted before the last line. The sets
//! `executions`, `front50` and `gate` start the services that they play against, unless
//! `--target orca=http://localhost:8083` says where one runs already.
//!
//! Guarantees: every case of every file is played and counted, also after one that failed or panicked; nothing is played
//! if one of the files cannot be read.
//!
//! It records nothing, and it does not judge how fast an answer comes.
//!
//! A new set: one file under `src/sets/` with a type that implements `Set`, one line in `src/sets.rs`, and its golden file.

pub mod compare;
pub mod files;
pub mod play;
pub mod sets;

mod set;
mod target;
mod world;

pub use self::{
    set::{Answers, Case, Failure, Set},
    target::Target,
};
