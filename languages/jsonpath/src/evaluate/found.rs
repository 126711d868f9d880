//! What an evaluation has found, and the way to it.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Fault, Outcome, Run};
use crate::{Location, location::Step};

/// A value that was found or made.
#[derive(Debug, Clone)]
pub(crate) enum Item<'a> {
    /// A place in the document.
    Node(&'a Value),
    /// The result of a function.
    Made(Rc<Value>),
    /// The places that a path with many of them leads to.
    List(Rc<Vec<Item<'a>>>),
    /// The names of an object's properties, which are no list for what follows.
    Keys(Rc<Vec<String>>),
}

impl Item<'_> {
    pub(crate) fn made(value: impl Into<Value>) -> Self {
        Item::Made(Rc::new(value.into()))
    }

    pub(crate) fn into_value(self, run: &mut Run) -> Outcome<Value> {
        match self {
            Item::Node(value) => copy(value, run),
            Item::Made(value) => Rc::try_unwrap(value).or_else(|shared| copy(&shared, run)),
            Item::List(items) => {
                items.iter().map(|item| item.clone().into_value(run)).collect::<Outcome<_>>().map(Value::Array)
            }
            Item::Keys(names) => {
                run.steps(names.len())?;
                Ok(Value::from(names.as_slice()))
            }
        }
    }
}

/// A copy of a value, each value within it counted as a step.
pub(crate) fn copy(value: &Value, run: &mut Run) -> Outcome<Value> {
    run.step()?;
    Ok(match value {
        Value::Array(list) => {
            let mut copies = Vec::with_capacity(list.len());
            for value in list {
                copies.push(copy(value, run)?);
            }
            Value::Array(copies)
        }
        Value::Object(map) => {
            let mut copies = Map::with_capacity(map.len());
            for (name, value) in map {
                run.text(name)?;
                copies.insert(name.clone(), copy(value, run)?);
            }
            Value::Object(copies)
        }
        Value::String(text) => {
            run.text(text)?;
            Value::String(text.clone())
        }
        single => single.clone(),
    })
}

/// The way from the root to a value; it lives on the stack, and becomes text only where someone asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trail<'t> {
    parent: Option<&'t Trail<'t>>,
    step: TrailStep<'t>,
}

#[derive(Debug, Clone, Copy)]
enum TrailStep<'t> {
    Root,
    Property(&'t str),
    /// Where the element is, and the index as it was written.
    Element(usize, i32),
    Function(&'t str),
}

impl<'t> Trail<'t> {
    pub(super) fn root() -> Self {
        Trail { parent: None, step: TrailStep::Root }
    }

    pub(super) fn property(&'t self, name: &'t str) -> Self {
        Trail { parent: Some(self), step: TrailStep::Property(name) }
    }

    pub(super) fn element(&'t self, index: usize, written: i32) -> Self {
        Trail { parent: Some(self), step: TrailStep::Element(index, written) }
    }

    pub(super) fn function(&'t self, name: &'t str) -> Self {
        Trail { parent: Some(self), step: TrailStep::Function(name) }
    }

    fn steps_down(&self) -> Vec<TrailStep<'t>> {
        let mut steps: Vec<_> =
            std::iter::successors(Some(self), |trail| trail.parent).map(|trail| trail.step).collect();
        steps.reverse();
        steps
    }

    /// Jayway's text of it.
    fn text(&self, from_root: bool) -> String {
        let mut text = String::new();
        for step in self.steps_down() {
            match step {
                TrailStep::Root => text.push(if from_root { '$' } else { '@' }),
                TrailStep::Property(name) => text.extend(["['", name, "']"]),
                TrailStep::Element(_, written) => text.extend(["[", &written.to_string(), "]"]),
                TrailStep::Function(name) => text.extend([".", name]),
            }
        }
        text
    }

    fn location(&self) -> Vec<Step> {
        let steps = self.steps_down().into_iter();
        steps
            .filter_map(|step| match step {
                TrailStep::Property(name) => Some(Step::Property(name.to_owned())),
                TrailStep::Element(index, _) => Some(Step::Element(index)),
                TrailStep::Root | TrailStep::Function(_) => None,
            })
            .collect()
    }

    fn reference(&self) -> Reference {
        let mut container = self.location();
        let target = match self.step {
            TrailStep::Property(name) => Target::Properties(vec![name.to_owned()]),
            TrailStep::Element(index, written) => Target::Element(index, written),
            TrailStep::Root | TrailStep::Function(_) => return Reference { container, target: Target::Root },
        };
        container.pop();
        Reference { container, target }
    }
}

/// What a change is made to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    /// The way to the object or array that holds it.
    pub(crate) container: Vec<Step>,
    pub(crate) target: Target,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Root,
    Properties(Vec<String>),
    /// Where the element is, and the index as it was written.
    Element(usize, i32),
}

/// What is kept of the places that are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Keep {
    /// How many there are.
    Count,
    /// Their values, as [`crate::Path::read`] has them.
    Values,
    /// The values in the document, each of several properties at the end on its own.
    Nodes,
    /// Jayway's texts of where they are.
    Texts,
    /// Where they are, each of several properties at the end on its own.
    Locations,
    /// What a change is made to.
    References,
}

/// What has been found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    keep: Keep,
    /// Whether only the last value counts.
    definite: bool,
    from_root: bool,
    /// Whether what is found is in what a function made, and not in the document.
    detached: bool,
    /// How many places were found.
    pub(crate) count: usize,
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) nodes: Vec<&'a Value>,
    pub(crate) texts: Vec<String>,
    pub(crate) locations: Vec<Location>,
    pub(crate) references: Vec<Reference>,
}

impl<'a> Found<'a> {
    pub(super) fn new(keep: Keep, definite: bool, from_root: bool) -> Self {
        Found {
            keep,
            definite,
            from_root,
            detached: false,
            count: 0,
            items: Vec::new(),
            nodes: Vec::new(),
            texts: Vec::new(),
            locations: Vec::new(),
            references: Vec::new(),
        }
    }

    /// For what is found behind a function.
    pub(super) fn beside<'b>(&self) -> Found<'b> {
        Found { detached: true, ..Found::new(self.keep, self.definite, self.from_root) }
    }

    pub(super) fn add(&mut self, trail: &Trail<'_>, reference: &Trail<'_>, item: Item<'a>, run: &mut Run) -> Outcome {
        self.count += 1;
        if !matches!(self.keep, Keep::Count | Keep::Values | Keep::Nodes) {
            // A name is copied for each step of the way.
            for step in trail.steps_down() {
                run.step()?;
                if let TrailStep::Property(name) = step {
                    run.text(name)?;
                }
            }
        }
        let is_place = !self.detached && !matches!(trail.step, TrailStep::Function(_));
        match self.keep {
            Keep::Values => {
                if self.definite {
                    self.items.clear();
                }
                self.items.push(item);
            }
            Keep::Nodes => {
                if let (true, Item::Node(node)) = (is_place, item) {
                    self.nodes.push(node);
                }
            }
            Keep::Texts => self.texts.push(trail.text(self.from_root)),
            Keep::Locations if is_place => self.locations.push(Location::new(trail.location())),
            Keep::References if !self.detached => self.references.push(reference.reference()),
            Keep::Count | Keep::Locations | Keep::References => {}
        }
        Ok(())
    }

    /// Several properties at the end of a path: their names, and those that are there.
    pub(super) fn add_merged(
        &mut self,
        trail: &Trail<'_>,
        names: &[String],
        values: &[(&str, &'a Value)],
        run: &mut Run,
    ) -> Outcome {
        run.steps(values.len())?;
        match self.keep {
            Keep::Count => self.count += 1,
            Keep::Values => {
                let mut merged = Map::with_capacity(values.len());
                for (name, value) in values {
                    merged.insert((*name).to_owned(), copy(value, run)?);
                }
                self.add(trail, trail, Item::made(merged), run)?;
            }
            Keep::Nodes | Keep::Locations => {
                for (name, value) in values {
                    let here = trail.property(name);
                    self.add(&here, &here, Item::Node(value), run)?;
                }
            }
            Keep::Texts => {
                self.count += 1;
                self.texts.push(format!("{}['{}']", trail.text(self.from_root), names.join("', '")));
            }
            Keep::References => {
                self.count += 1;
                if !self.detached {
                    let target = Target::Properties(names.to_vec());
                    self.references.push(Reference { container: trail.location(), target });
                }
            }
        }
        Ok(())
    }

    /// Takes over what was found in what a function made.
    pub(super) fn take_over(&mut self, other: Found<'_>, run: &mut Run) -> Outcome {
        self.count += other.count;
        self.texts.extend(other.texts);
        if self.definite && !other.items.is_empty() {
            self.items.clear();
        }
        for item in other.items {
            let item = match item {
                Item::Keys(names) => Item::Keys(names),
                item => Item::made(item.into_value(run)?),
            };
            self.items.push(item);
        }
        Ok(())
    }

    /// The value of a definite path, the list of values of another.
    pub(crate) fn into_value(mut self, definite: bool, suppress_exceptions: bool) -> Outcome<Item<'a>> {
        if !definite {
            return Ok(Item::List(Rc::new(self.items)));
        }
        match self.items.pop() {
            Some(item) => Ok(item),
            None if suppress_exceptions => Ok(Item::Node(&super::NULL)),
            None => Err(Fault::NotFound),
        }
    }
}
