//! A pattern that has been read.

use crate::ast::Node;
use crate::captures::Names;
use crate::emit::{self, Form, Unwritable};
use crate::error::Error;
use crate::options::Options;
use crate::parse;
use crate::set;

/// What matching and replacing need to know of a pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    root: Node,
    groups: Box<[bool]>,
    names: Names,
    ascii_form: bool,
    last_match: bool,
}

impl Pattern {
    pub(crate) fn parse(pattern: &str, options: &Options) -> Result<Pattern, Error> {
        let parsed = parse::parse(pattern, options)?;
        Ok(Pattern {
            root: parsed.root,
            groups: parsed.groups.into(),
            names: parsed.names.into(),
            ascii_form: parsed.ascii_form,
            last_match: parsed.last_match,
        })
    }

    pub(crate) fn group_count(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn group_number(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| &**known == name).map(|(_, number)| *number)
    }

    pub(crate) fn names(&self) -> Names {
        self.names.clone()
    }

    /// Whether it is worth writing it differently for texts of ASCII.
    pub(crate) fn has_ascii_form(&self) -> bool {
        self.ascii_form
    }

    /// Whether it asks where the last match ended.
    pub(crate) fn has_last_match(&self) -> bool {
        self.last_match
    }

    /// The text that it stands for, if it is no more than that.
    pub(crate) fn literal(&self) -> Option<String> {
        match &self.root {
            Node::Characters(set) => set::only(set).map(String::from),
            Node::Sequence(parts) => parts
                .iter()
                .map(|part| match part {
                    Node::Characters(set) => set::only(set),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }

    /// The pattern in the engine's syntax.
    pub(crate) fn emit(&self, form: Form) -> Result<String, Unwritable> {
        emit::emit(&self.root, &self.groups, form)
    }
}
