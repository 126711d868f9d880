//! Names that are being saved at this moment: two saves that run side by side cannot both find a name free.
//!
//! It holds for this process. Between processes the time between looking for a name and the write stays.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// The reserved names.
#[derive(Debug, Default)]
pub(crate) struct Reservations {
    names: Mutex<HashSet<String>>,
}

/// A name that is reserved until this is dropped.
#[derive(Debug)]
pub(crate) struct Reserved<'a> {
    name: String,
    all: &'a Reservations,
}

impl Reservations {
    /// Reserves a name, or gives `None` if somebody has it.
    pub(crate) fn take(&self, name: String) -> Option<Reserved<'_>> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.clone()).then(|| Reserved { name, all: self })
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.all.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_reserved_once_at_a_time() {
        let all = Reservations::default();
        let first = all.take("a".into());
        assert!(first.is_some() && all.take("a".into()).is_none() && all.take("b".into()).is_some());
        drop(first);
        assert!(all.take("a".into()).is_some());
    }
}
