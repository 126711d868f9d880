//! One source's properties as a tree: a file's document, the environment, the command line.
//!
//! A key with dots is a path (`resilience4j.retry: ...`), list items are children named `0`, `1` and so on. A branch
//! may hold a value and children at once, as flat properties can (`logging.level.com` and `logging.level.com.netflix`).

use indexmap::IndexMap;

use crate::{
    key::{self, Key},
    origin::Origin,
    yaml::{
        Mark, Node, Value,
        scalar::{Kind, Scalar},
    },
};

/// How many elements a property name may have.
const DEPTH: usize = 128;

/// A value of a source.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) scalar: Scalar,
    pub(crate) origin: Origin,
}

/// A place of the tree with all below it.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) uniform: String,
    pub(crate) origin: Origin,
    pub(crate) leaf: Option<Leaf>,
    pub(crate) children: IndexMap<String, Branch>,
}

/// Why a value did not fit into the tree.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The name has more than [`DEPTH`] elements.
    TooDeep(Mark),
}

/// A key that one source sets twice in two spellings of the same path; the later one counts.
#[derive(Debug)]
pub(crate) struct Twice {
    pub(crate) key: Key,
    pub(crate) origin: Origin,
    pub(crate) replaced: Origin,
}

impl Branch {
    /// An empty tree.
    pub(crate) fn root() -> Branch {
        Branch::new("", Origin::Default)
    }

    fn new(name: &str, origin: Origin) -> Branch {
        Branch { uniform: key::uniform(name), origin, leaf: None, children: IndexMap::new() }
    }

    /// The tree of a document; `origin` makes an origin of a mark.
    pub(crate) fn of_document(
        document: &Node,
        origin: &dyn Fn(Mark) -> Origin,
    ) -> Result<(Branch, Vec<Twice>), Refused> {
        let mut builder = Builder { origin, twice: Vec::new(), path: Vec::new() };
        let mut root = Branch::root();
        builder.add(&mut root, document)?;
        Ok((root, builder.twice))
    }

    /// Sets the value of `key`; a name that is too long is left out and answered with `false`.
    pub(crate) fn set(&mut self, key: &[String], leaf: Leaf) -> bool {
        if key.len() > DEPTH {
            return false;
        }
        let branch = self.descend(key, &leaf.origin);
        branch.leaf = Some(leaf);
        true
    }

    fn descend(&mut self, path: &[String], origin: &Origin) -> &mut Branch {
        let mut branch = self;
        for element in path {
            branch = branch.children.entry(element.clone()).or_insert_with(|| Branch::new(element, origin.clone()));
        }
        branch
    }

    /// The child of that name: the same spelling if there is one, else the first that is relaxed the same.
    pub(crate) fn child(&self, name: &str) -> Option<&Branch> {
        self.children.get(name).or_else(|| {
            let wanted = key::uniform(name);
            self.children.values().find(|child| child.uniform == wanted)
        })
    }

    /// The place of a key below this one.
    pub(crate) fn find(&self, key: &str) -> Option<&Branch> {
        Key::parse(key).elements().iter().try_fold(self, |branch, element| branch.child(element))
    }

    /// The texts at `key`: one, a comma separated one, or a list. Empty ones are left out.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let Some(branch) = self.find(key) else { return Vec::new() };
        let leaves = branch.leaf.iter().chain(branch.children.values().filter_map(|child| child.leaf.as_ref()));
        leaves.flat_map(|leaf| split_list(&leaf.scalar.text)).collect()
    }
}

/// A comma separated text as its parts.
pub(crate) fn split_list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

struct Builder<'a> {
    origin: &'a dyn Fn(Mark) -> Origin,
    twice: Vec<Twice>,
    path: Vec<String>,
}

impl Builder<'_> {
    fn add(&mut self, branch: &mut Branch, node: &Node) -> Result<(), Refused> {
        if self.path.len() > DEPTH {
            return Err(Refused::TooDeep(node.mark));
        }
        match &node.value {
            Value::Scalar(scalar) => self.leaf(branch, scalar.clone(), node.mark),
            Value::List(items) if items.is_empty() => self.leaf(branch, Scalar::empty(Kind::EmptyList), node.mark),
            Value::Map(entries) if entries.is_empty() => self.leaf(branch, Scalar::empty(Kind::EmptyMap), node.mark),
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(branch, vec![index.to_string()], item.mark, item)?;
                }
            }
            Value::Map(entries) => {
                for (name, (mark, value)) in entries {
                    let parsed = Key::parse(name).elements().to_vec();
                    let path = if parsed.is_empty() { vec![name.clone()] } else { parsed };
                    self.below(branch, path, *mark, value)?;
                }
            }
        }
        Ok(())
    }

    fn below(&mut self, branch: &mut Branch, path: Vec<String>, mark: Mark, node: &Node) -> Result<(), Refused> {
        let outer = self.path.len();
        self.path.extend(path.iter().cloned());
        if self.path.len() > DEPTH {
            return Err(Refused::TooDeep(mark));
        }
        let place = branch.descend(&path, &(self.origin)(mark));
        self.add(place, node)?;
        self.path.truncate(outer);
        Ok(())
    }

    fn leaf(&mut self, branch: &mut Branch, scalar: Scalar, mark: Mark) {
        let origin = (self.origin)(mark);
        if let Some(before) = branch.leaf.replace(Leaf { scalar, origin: origin.clone() }) {
            let key = self.path.iter().fold(Key::default(), |key, element| key.child(element));
            self.twice.push(Twice { key, origin, replaced: before.origin });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> (Branch, Vec<Twice>) {
        let documents = crate::yaml::read(text).expect("valid");
        Branch::of_document(&documents[0], &|_| Origin::Default).expect("fits")
    }

    fn text<'a>(branch: &'a Branch, key: &str) -> Option<&'a str> {
        branch.find(key)?.leaf.as_ref().map(|leaf| leaf.scalar.text.as_str())
    }

    #[test]
    fn dotted_keys_and_lists_are_paths() {
        let (root, twice) = tree("a.b: 1\na: {base-url: 2}\nlist: [x, {y: 3}]\n'[p.q]': 4\nempty: []\n");
        assert!(twice.is_empty());
        for (key, value) in
            [("a.b", "1"), ("A.baseUrl", "2"), ("list[0]", "x"), ("list[1].y", "3"), ("[p.q]", "4"), ("empty", "")]
        {
            assert_eq!(text(&root, key), Some(value), "{key}");
        }
        assert_eq!(text(&root, "p.q"), None);
    }

    #[test]
    fn the_same_path_twice_is_noticed_and_the_later_counts() {
        let (root, twice) = tree("a.b: 1\na: {b: 2}\n");
        assert_eq!(text(&root, "a.b"), Some("2"));
        assert_eq!(twice[0].key.to_string(), "a.b");
    }

    #[test]
    fn a_name_of_too_many_elements_is_refused() {
        let documents = crate::yaml::read(&format!("a: {{{}: 1}}", "x.".repeat(DEPTH))).expect("valid");
        assert!(matches!(Branch::of_document(&documents[0], &|_| Origin::Default), Err(Refused::TooDeep(_))));
    }
}
