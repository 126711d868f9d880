//! All sources of a service laid over each other, seen from one place.
//!
//! Rules (Spring Boot, "Externalized Configuration"): the highest source that has a value wins; sections and maps
//! are merged key by key over all sources; a list is taken whole from the highest source that has it.

use std::sync::Arc;

use crate::{
    branch::{Branch, Leaf},
    key::{self, Key},
};

/// One source of a service.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file's name, or what the source is.
    pub(crate) name: Arc<str>,
    /// Whether it is the environment, whose variables may be meant for somebody else.
    pub(crate) is_environment: bool,
    pub(crate) root: Arc<Branch>,
}

/// One source at the place that is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'a> {
    pub(crate) source: &'a Source,
    pub(crate) branch: &'a Branch,
}

/// A place in all sources; a source without that place has no layer here.
#[derive(Debug, Clone)]
pub(crate) struct View<'a> {
    pub(crate) key: Key,
    /// The highest first.
    pub(crate) layers: Vec<Layer<'a>>,
}

/// What a place holds.
pub(crate) enum Content<'a> {
    Nothing,
    Value(&'a Leaf),
    List,
    Section,
}

impl<'a> View<'a> {
    /// The top of `sources`, which stand highest first.
    pub(crate) fn root(sources: &'a [Source]) -> View<'a> {
        let layers = sources.iter().map(|source| Layer { source, branch: &source.root }).collect();
        View { key: Key::default(), layers }
    }

    /// The place of `key` below this one.
    pub(crate) fn descend(&self, key: &Key) -> View<'a> {
        key.elements().iter().fold(self.clone(), |view, element| view.child(element))
    }

    /// The child of that name, in any spelling.
    pub(crate) fn child(&self, name: &str) -> View<'a> {
        let words = key::words(name);
        let mut layers = Vec::new();
        for layer in &self.layers {
            let direct = layer.branch.child(name);
            layers.extend(direct.map(|branch| Layer { source: layer.source, branch }));
            if layer.source.is_environment && words.len() > 1 {
                let spelled = words.iter().try_fold(layer.branch, |branch, word| branch.children.get(word));
                layers.extend(spelled.map(|branch| Layer { source: layer.source, branch }));
            }
        }
        View { key: self.key.child(name), layers }
    }

    /// The children over all layers, each once. Spellings in different sources are one child, named as in the
    /// highest file that has it; different spellings in one source are different children.
    pub(crate) fn children(&self) -> Vec<(String, View<'a>)> {
        let mut children: Vec<(String, bool, View<'a>)> = Vec::new();
        for layer in &self.layers {
            let taken: Vec<&String> = layer.branch.children.keys().collect();
            for (name, branch) in &layer.branch.children {
                let below = Layer { source: layer.source, branch };
                let exact = children.iter().position(|(known, _, _)| known == name);
                let relaxed = || {
                    children
                        .iter()
                        .position(|(known, _, _)| key::uniform(known) == branch.uniform && !taken.contains(&known))
                };
                match exact.or_else(relaxed) {
                    Some(position) => {
                        let (known, from_environment, view) = &mut children[position];
                        if *from_environment && !layer.source.is_environment {
                            (*known, *from_environment) = (name.clone(), false);
                            view.key = self.key.child(name);
                        }
                        view.layers.push(below);
                    }
                    None => {
                        let view = View { key: self.key.child(name), layers: vec![below] };
                        children.push((name.clone(), layer.source.is_environment, view));
                    }
                }
            }
        }
        children.into_iter().map(|(name, _, view)| (name, view)).collect()
    }

    /// The value that counts here, whatever stands beside it.
    pub(crate) fn leaf(&self) -> Option<&'a Leaf> {
        self.layers.iter().find_map(|layer| layer.branch.leaf.as_ref())
    }

    /// Whether no source has this place.
    pub(crate) fn is_absent(&self) -> bool {
        self.layers.is_empty()
    }

    /// What the highest source that has anything here has. Where files say that it is a value, variables that merely
    /// begin with its name do not make it a section, and the other way round.
    pub(crate) fn content(&self) -> Content<'a> {
        let mut files = self.layers.iter().filter(|layer| !layer.source.is_environment).peekable();
        let undecided = files.peek().is_none();
        let section = files.any(|layer| layer.branch.leaf.is_none());
        let counts =
            |layer: &&Layer<'a>| !layer.source.is_environment || undecided || layer.branch.leaf.is_none() == section;
        let Some(layer) = self.layers.iter().find(counts) else { return Content::Nothing };
        match (&layer.branch.leaf, is_list(layer.branch)) {
            (Some(leaf), _) => Content::Value(leaf),
            (None, true) => Content::List,
            (None, false) => Content::Section,
        }
    }

    /// This place in one source alone.
    pub(crate) fn only(&self, layer: Layer<'a>) -> View<'a> {
        View { key: self.key.clone(), layers: vec![layer] }
    }
}

/// Whether the children are numbered.
pub(crate) fn is_list(branch: &Branch) -> bool {
    !branch.children.is_empty() && branch.children.keys().all(|name| name.parse::<usize>().is_ok())
}
