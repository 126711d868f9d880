//! What stands in a source and nobody reads.

use std::sync::Arc;

use crate::{
    branch::Branch,
    key::Key,
    report::{Ledger, Problem, Unknown, Warning},
    view::Source,
};

/// Properties of Spring that are looked at when files are loaded, not bound.
const SPRINGS_OWN: [&str; 2] = ["spring.config.", "spring.profiles."];

/// The topmost keys of `source` that nobody has read, nor anything below them.
pub(crate) fn keys(source: &Source, ledger: &Ledger) -> Vec<Unknown> {
    let mut found = Vec::new();
    collect(source, &source.root, &Key::parse(""), ledger, &mut found);
    found
}

fn collect(source: &Source, branch: &Branch, key: &Key, ledger: &Ledger, found: &mut Vec<Unknown>) {
    for (name, child) in &branch.children {
        let key = key.child(name);
        let place = (Arc::clone(&source.name), key.uniform());
        if SPRINGS_OWN.contains(&place.1.as_str()) {
            continue;
        }
        if ledger.is_read(&place) || place.1 == "spring." {
            collect(source, child, &key, ledger, found);
            continue;
        }
        let problem = Problem::UnknownKey { suggestion: None };
        let warning = Warning { origin: child.origin.clone(), key: key.to_string(), problem };
        found.push(Unknown { warning, place });
    }
}
