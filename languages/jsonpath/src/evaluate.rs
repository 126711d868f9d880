//! Walking through a document along a path.
//!
//! The rules are those of Jayway's tokens as they are, oddities included. One is a state: behind `..` and an index, a
//! wildcard or a filter, elements of arrays are looked at in passing, and a token that was so once keeps to that index
//! ([`Run`]). An evaluation starts without it, as one with a freshly compiled path does.
//!
//! Source: Jayway's `PathToken` and the classes derived from it, `EvaluationContextImpl`.

mod filter;
mod found;
mod function;
mod operand;
mod run;
mod scan;

use serde_json::{Map, Value};

use self::run::Outcome;
pub(crate) use self::{
    found::{Found, Item, Keep, Reference, Target, Trail},
    run::{Fault, Run},
};
use crate::{
    Options,
    syntax::{Compiled, Kind, Token},
};

static NULL: Value = Value::Null;

/// One path on one document.
struct Evaluation<'c, 'a, 'r> {
    path: &'c Compiled,
    root: &'a Value,
    options: Options,
    run: &'r mut Run,
    found: Found<'a>,
    /// What the paths of filters that start at the root lead to, by their slots.
    from_root: Vec<(usize, operand::Operand<'a>)>,
}

/// All that a path leads to from `document`; paths within filters that start at `$` do so at `root`.
pub(crate) fn find<'a>(
    path: &Compiled,
    document: &'a Value,
    root: &'a Value,
    options: Options,
    keep: Keep,
    run: &mut Run,
) -> Outcome<Found<'a>> {
    if root.is_null() {
        return Err(Fault::Failed("the document is null".into()));
    }
    let found = Found::new(keep, path.definite, path.from_root);
    let mut evaluation = Evaluation { path, root, options, run, found, from_root: Vec::new() };
    let start = Trail::root();
    if path.tokens.is_empty() {
        evaluation.found.add(&start, &start, Item::Node(document), evaluation.run)?;
    } else {
        evaluation.token(0, &start, &start, document)?;
    }
    Ok(evaluation.found)
}

/// What a path leads to: the value of a definite one, the list of values of another.
pub(crate) fn value<'a>(
    path: &Compiled,
    document: &'a Value,
    root: &'a Value,
    options: Options,
    run: &mut Run,
) -> Outcome<Item<'a>> {
    if path.plain && !options.default_path_leaf_to_null && !options.suppress_exceptions && !root.is_null() {
        run.steps(path.tokens.len())?;
        return path.plain_place(document).map(Item::Node).ok_or(Fault::NotFound);
    }
    let found = find(path, document, root, options, Keep::Values, run)?;
    found.into_value(path.definite, options.suppress_exceptions)
}

impl<'a> Evaluation<'_, 'a, '_> {
    /// What a token makes of a value. `trail` is the way to the value, `reference` what a change would be made to, which
    /// differs where elements are looked at in passing.
    fn token(&mut self, at: usize, trail: &Trail<'_>, reference: &Trail<'_>, model: &'a Value) -> Outcome {
        self.run.deeper()?;
        let path = self.path;
        let Some(token) = path.tokens.get(at) else { return Err(Fault::Failed("the path ends in '..'".into())) };
        match &token.kind {
            Kind::Property(names) => self.properties(at, token, names, trail, model),
            Kind::Wildcard => self.wildcard(at, trail, model),
            Kind::Scan => self.scan(at + 1, trail, reference, model),
            Kind::Index(indexes) => self.indexes(at, token, indexes, trail, model),
            Kind::Slice(from, to) => self.slice(at, token, (*from, *to), trail, model),
            Kind::Filter(_) | Kind::Placeholder(_) => self.filtered(at, token, trail, reference, model),
            Kind::Function(_) => self.function_token(at, trail, reference, model),
        }?;
        self.run.depth -= 1;
        Ok(())
    }

    fn is_leaf(&self, at: usize) -> bool {
        at + 1 == self.path.tokens.len()
    }

    fn properties(
        &mut self,
        at: usize,
        token: &Token,
        names: &[String],
        trail: &Trail<'_>,
        model: &'a Value,
    ) -> Outcome {
        let Value::Object(map) = model else { return self.unless_definite(token) };
        if names.len() > 1 && self.is_leaf(at) {
            return self.merged(names, trail, map);
        }
        for name in names {
            match map.get(name) {
                Some(value) => self.property(at, name, trail, value)?,
                None => self.missing_property(at, token, names, name, trail)?,
            }
        }
        Ok(())
    }

    /// Nothing where the path may lead to many places, an error where it leads to one.
    fn unless_definite(&self, token: &Token) -> Outcome {
        if !token.upstream_definite || self.options.suppress_exceptions { Ok(()) } else { Err(Fault::NotFound) }
    }

    fn property(&mut self, at: usize, name: &str, trail: &Trail<'_>, value: &'a Value) -> Outcome {
        let here = trail.property(name);
        if !self.is_leaf(at) {
            return self.token(at + 1, &here, &here, value);
        }
        self.run.step()?;
        let passing = self.path.tokens.get(at).and_then(|token| self.run.passing(token.slot));
        let is_meant = |index| i32::try_from(index).is_ok_and(|index| self.path.index_before_last == Some(index));
        if passing.is_none_or(is_meant) {
            self.found.add(&here, &here, Item::Node(value), self.run)?;
        }
        Ok(())
    }

    fn missing_property(
        &mut self,
        at: usize,
        token: &Token,
        names: &[String],
        name: &str,
        trail: &Trail<'_>,
    ) -> Outcome {
        let Options { require_properties, suppress_exceptions, .. } = self.options;
        if self.is_leaf(at) {
            if self.options.default_path_leaf_to_null {
                return self.property(at, name, trail, &NULL);
            }
            return if suppress_exceptions || !require_properties { Ok(()) } else { Err(Fault::NotFound) };
        }
        let definite = token.upstream_definite && names.len() == 1;
        if (!definite && !require_properties) || suppress_exceptions { Ok(()) } else { Err(Fault::NotFound) }
    }

    /// Several properties at the end of a path make one object.
    fn merged(&mut self, names: &[String], trail: &Trail<'_>, map: &'a Map<String, Value>) -> Outcome {
        let mut values = Vec::with_capacity(names.len());
        for name in names {
            match map.get(name) {
                Some(value) => values.push((name.as_str(), value)),
                None if self.options.default_path_leaf_to_null => values.push((name, &NULL)),
                None if self.options.require_properties => return Err(Fault::NotFound),
                None => {}
            }
        }
        self.found.add_merged(trail, names, &values, self.run)
    }

    fn wildcard(&mut self, at: usize, trail: &Trail<'_>, model: &'a Value) -> Outcome {
        match model {
            Value::Object(map) => {
                for (name, value) in map {
                    self.property(at, name, trail, value)?;
                }
            }
            Value::Array(list) => {
                for index in 0..list.len() {
                    let depth = self.run.depth;
                    match self.element(at, index as i32, trail, list) {
                        Err(Fault::NotFound) if !self.options.require_properties => self.run.depth = depth,
                        outcome => outcome?,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// One element of an array, counted from the end if the index is negative; nothing if there is none.
    fn element(&mut self, at: usize, written: i32, trail: &Trail<'_>, list: &'a [Value]) -> Outcome {
        let from_end = written.unsigned_abs() as usize;
        let index = if written >= 0 { Some(from_end) } else { list.len().checked_sub(from_end) };
        let Some((index, value)) = index.and_then(|index| Some((index, list.get(index)?))) else { return Ok(()) };
        let here = trail.element(index, written);
        if self.is_leaf(at) {
            self.run.step()?;
            return self.found.add(&here, &here, Item::Node(value), self.run);
        }
        let depth = self.run.depth;
        match self.token(at + 1, &here, &here, value) {
            Err(Fault::OutOfBounds) => {
                self.run.depth = depth;
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn indexes(&mut self, at: usize, token: &Token, indexes: &[i32], trail: &Trail<'_>, model: &'a Value) -> Outcome {
        let Value::Array(list) = model else { return self.unless_definite(token) };
        for index in indexes {
            self.element(at, *index, trail, list)?;
        }
        Ok(())
    }

    fn slice(
        &mut self,
        at: usize,
        token: &Token,
        bounds: (Option<i32>, Option<i32>),
        trail: &Trail<'_>,
        model: &'a Value,
    ) -> Outcome {
        let Value::Array(list) = model else { return self.unless_definite(token) };
        let length = i32::try_from(list.len()).unwrap_or(i32::MAX);
        let from_end = |index: i32| if index < 0 { length + index } else { index };
        let (from, to) = match bounds {
            // A negative start of both stays negative: `[-2:1]` goes from the last but one over the end to the first.
            (Some(from), Some(to)) => (from.max(-length), to.min(length)),
            (from, to) => (from.map_or(0, from_end).max(0), to.map_or(length, from_end).min(length)),
        };
        for index in from..to {
            self.element(at, index, trail, list)?;
        }
        Ok(())
    }

    fn filtered(
        &mut self,
        at: usize,
        token: &Token,
        trail: &Trail<'_>,
        reference: &Trail<'_>,
        model: &'a Value,
    ) -> Outcome {
        match model {
            Value::Object(_) => {
                if !self.accepts(at, model)? {
                    return Ok(());
                }
                if self.is_leaf(at) {
                    return self.found.add(trail, reference, Item::Node(model), self.run);
                }
                self.token(at + 1, trail, reference, model)
            }
            Value::Array(list) => {
                for (index, element) in list.iter().enumerate() {
                    if self.accepts(at, element)? {
                        self.element(at, index as i32, trail, list)?;
                    }
                }
                Ok(())
            }
            _ if token.upstream_definite => {
                Err(Fault::Invalid("a filter is for arrays and objects, not for a single value".into()))
            }
            _ => Ok(()),
        }
    }

    /// Whether the filter at a token lets an element through.
    fn accepts(&mut self, at: usize, element: &'a Value) -> Outcome<bool> {
        self.run.step()?;
        let path = self.path;
        match path.tokens.get(at).map(|token| &token.kind) {
            Some(Kind::Filter(filter)) => {
                let depth = self.run.depth;
                match self.expression(filter, element) {
                    Err(Fault::Invalid(_) | Fault::NotFound) => {
                        self.run.depth = depth;
                        Ok(false)
                    }
                    outcome => outcome,
                }
            }
            Some(Kind::Placeholder(predicates)) => Ok(predicates.iter().all(|predicate| predicate.accepts(element))),
            _ => Ok(false),
        }
    }

    /// A function gives a result, and what follows it is applied to that.
    fn function_token(&mut self, at: usize, trail: &Trail<'_>, reference: &Trail<'_>, model: &'a Value) -> Outcome {
        let path = self.path;
        let Some(Token { kind: Kind::Function(function), .. }) = path.tokens.get(at) else { return Ok(()) };
        let result = self.function(function, model)?;
        self.found.add(&trail.function(&function.name), reference, result.clone(), self.run)?;
        if self.is_leaf(at) {
            return Ok(());
        }
        // What a function made lives no longer than this call; what is found in it is copied.
        let value = match result {
            // Neither an object nor an array to what follows.
            Item::Keys(_) => Value::Bool(true),
            result => result.into_value(self.run)?,
        };
        let mut behind = Evaluation {
            path,
            root: self.root,
            options: self.options,
            run: self.run,
            found: self.found.beside(),
            from_root: Vec::new(),
        };
        behind.token(at + 1, trail, reference, &value)?;
        let found = behind.found;
        self.found.take_over(found, self.run)
    }
}
