//! Frigga: how an application, a stack, a detail and a number make the name of a server group, and come back out of it.
//!
//! `app-stack-detail-v000`: the application and the stack hold letters, digits, `.` and `_`; the detail may hold `-`, `~`
//! and `^` too; the number has three to six digits. A detail without a stack leaves the stack's place empty: `app--detail`.
//!
//! ```
//! use gennaker_naming::frigga::{Names, ServerGroupName};
//!
//! let name = ServerGroupName { detail: Some("canary".into()), sequence: Some(7), ..ServerGroupName::new("shop") };
//! assert_eq!(name.compose()?, "shop--canary-v007");
//! assert_eq!(Names::parse("shop--canary-v007").detail.as_deref(), Some("canary"));
//! # Ok::<(), gennaker_naming::frigga::Error>(())
//! ```
//!
//! Guarantee: a name that `validated_cluster` let through parses back into the parts that it was made of.
//!
//! It does not ask which names are taken, and knows no cloud's own limits on names.

mod characters;
mod compose;
mod error;
mod labels;
mod names;
mod next;
mod validate;

pub(crate) use self::characters::{is_line_terminator, split_push};
pub use self::{
    compose::ServerGroupName,
    error::Error,
    labels::Labels,
    names::Names,
    next::{SEQUENCES, TakenSlot, latest, next_group_name},
    validate::{check_name, check_name_with_hyphen, uses_reserved_format},
};
