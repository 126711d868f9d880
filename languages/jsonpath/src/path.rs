//! A compiled path, and what one does with it.

use std::{fmt, str::FromStr, sync::Arc};

use serde_json::Value;

use crate::{
    Error, Location, Options, Predicate, change,
    evaluate::{Fault, Keep, Run, find},
    parse::{parse, shorten},
    syntax::Compiled,
};

/// A path, read once and used on any number of documents; cheap to clone, and usable from any thread.
///
/// Source: Jayway's `JsonPath`.
#[derive(Debug, Clone)]
pub struct Path {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    text: String,
    compiled: Compiled,
}

impl Path {
    /// Reads a path; `$.` is put before one that starts with neither `$` nor `@`.
    ///
    /// Fails with [`Error::Syntax`] or [`Error::Limit`]. Source: Jayway's `PathCompiler.compile`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::parse_with(text, &[])
    }

    /// Reads a path with placeholders `[?]`, each of which takes the next of the predicates.
    ///
    /// Fails as [`Path::parse`] does, and if there are more placeholders than predicates.
    pub fn parse_with(text: &str, predicates: &[Predicate]) -> Result<Self, Error> {
        let compiled = parse(text, predicates)?;
        Ok(Path { shared: Arc::new(Shared { text: text.to_owned(), compiled }) })
    }

    /// The text that the path was read from, as it was given.
    pub fn text(&self) -> &str {
        &self.shared.text
    }

    /// Whether it leads to one place at most: it has no wildcard, `..`, filter or slice, no list of indexes, and a list of
    /// names at its end only.
    ///
    /// Source: Jayway's `JsonPath.isDefinite`.
    pub fn is_definite(&self) -> bool {
        self.compiled().definite
    }

    /// Whether its last step is a function.
    pub fn is_function(&self) -> bool {
        self.compiled().function
    }

    /// The value at the path with Jayway's default options: that of a definite path, the list of those of another.
    ///
    /// Several names at the end, `['a','b']`, give one object with what is there of them. Fails with [`Error::NotFound`]
    /// if a definite path leads nowhere, or the definite part of another; with [`Error::Inapplicable`] or
    /// [`Error::Failed`] if the path makes no sense for this document, and with [`Error::Limit`]. Source: Jayway's
    /// `JsonPath.read`.
    pub fn read(&self, document: &Value) -> Result<Value, Error> {
        self.read_with(document, Options::default())
    }

    /// The value at the path, in the form that the options ask for.
    ///
    /// Fails as [`Path::read`] does; [`Options::suppress_exceptions`] keeps it from failing for want of a place only. A
    /// function at the end goes neither with [`Options::as_path_list`] nor with [`Options::always_return_list`]. Source:
    /// Jayway's `JsonPath.read(Object, Configuration)`.
    pub fn read_with(&self, document: &Value, options: Options) -> Result<Value, Error> {
        let path = self.compiled();
        let Options { as_path_list, always_return_list, suppress_exceptions, .. } = options;
        if path.function && (as_path_list || always_return_list) {
            if suppress_exceptions {
                return Ok(if path.definite { Value::Null } else { Value::Array(Vec::new()) });
            }
            let message = "a function at its end gives neither paths nor a list; leave those options out";
            return Err(self.error(Fault::Failed(message.into())));
        }
        let mut run = Run::default();
        let keep = if as_path_list { Keep::Texts } else { Keep::Values };
        let found = find(path, document, document, options, keep, &mut run).map_err(|fault| self.error(fault))?;
        let is_missing = found.count == 0;
        if is_missing && suppress_exceptions {
            let list = as_path_list || always_return_list || !path.definite;
            return Ok(if list { Value::Array(Vec::new()) } else { Value::Null });
        }
        if is_missing && (as_path_list || path.definite) {
            return Err(self.error(Fault::NotFound));
        }
        if as_path_list {
            return Ok(Value::from(found.texts));
        }
        let value = found.into_value(path.definite, false).and_then(|item| item.into_value(&mut run));
        let value = value.map_err(|fault| self.error(fault))?;
        Ok(if always_return_list && path.definite { Value::Array(vec![value]) } else { value })
    }

    /// The matched places, borrowed from the document, in the order of [`Path::read`]; empty if there are none.
    ///
    /// Several names at the end are a place each. What a function makes is no place. Fails as [`Path::read`] does, but
    /// not with [`Error::NotFound`].
    pub fn nodes<'a>(&self, document: &'a Value) -> Result<Vec<&'a Value>, Error> {
        let found = find(self.compiled(), document, document, Options::default(), Keep::Nodes, &mut Run::default());
        self.or_empty(found.map(|found| found.nodes))
    }

    /// Where the places of [`Path::nodes`] are, in the same order; fails as that does.
    pub fn locations(&self, document: &Value) -> Result<Vec<Location>, Error> {
        let found = find(self.compiled(), document, document, Options::default(), Keep::Locations, &mut Run::default());
        self.or_empty(found.map(|found| found.locations))
    }

    /// Replaces every matched place by a copy of `value`; how many there were.
    ///
    /// Several names at the end are set whether they are there or not. Fails as [`Path::read`] does, with
    /// [`Error::NotFound`] if no place matches, and with [`Error::Modification`] if the root or an element by a negative
    /// index is to be set. If it fails the document is as it was. Source: Jayway's `WriteContext.set`.
    pub fn set(&self, document: &mut Value, value: &Value) -> Result<usize, Error> {
        let references = self.references(document)?;
        change::set(document, &references, value).map_err(|message| self.modification(message))
    }

    /// Replaces every matched place by what `f` makes of its value; `None` leaves it. How many were replaced.
    ///
    /// A place within another that matches is replaced first. Fails as [`Path::set`] does, but names that are not there
    /// are left out. Source: Jayway's `WriteContext.map`.
    pub fn update(&self, document: &mut Value, f: impl FnMut(&Value) -> Option<Value>) -> Result<usize, Error> {
        let references = self.references(document)?;
        change::update(document, &references, f).map_err(|message| self.modification(message))
    }

    /// Removes every matched place; how many there were.
    ///
    /// Fails as [`Path::set`] does. Source: Jayway's `WriteContext.delete`.
    pub fn delete(&self, document: &mut Value) -> Result<usize, Error> {
        let references = self.references(document)?;
        change::delete(document, &references).map_err(|message| self.modification(message))
    }

    fn compiled(&self) -> &Compiled {
        &self.shared.compiled
    }

    fn references(&self, document: &Value) -> Result<Vec<change::Reference>, Error> {
        let path = self.compiled();
        let found = find(path, document, document, Options::default(), Keep::References, &mut Run::default());
        let found = found.map_err(|fault| self.error(fault))?;
        if found.count == 0 { Err(self.error(Fault::NotFound)) } else { Ok(found.references) }
    }

    fn or_empty<T>(&self, found: Result<Vec<T>, Fault>) -> Result<Vec<T>, Error> {
        match found {
            Err(Fault::NotFound) => Ok(Vec::new()),
            found => found.map_err(|fault| self.error(fault)),
        }
    }

    fn error(&self, fault: Fault) -> Error {
        let path = shorten(self.text());
        match fault {
            Fault::NotFound => Error::NotFound { path },
            Fault::Invalid(message) => Error::Inapplicable { path, message: message.into_owned() },
            Fault::OutOfBounds => {
                Error::Failed { path, message: "the list that a function looks into is too short".into() }
            }
            Fault::Failed(message) => Error::Failed { path, message: message.into_owned() },
            Fault::Limit(what, limit) => Error::Limit { path, what, limit },
        }
    }

    fn modification(&self, message: &'static str) -> Error {
        Error::Modification { path: shorten(self.text()), message: message.to_owned() }
    }
}

impl FromStr for Path {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Path::parse(text)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    #[test]
    fn paths_are_shared_between_threads() {
        fn shared<T: Send + Sync + Clone>(_: &T) {}
        shared(&path("$.a"));
    }

    #[test]
    fn errors_say_where_and_of_what() {
        let column = |text: &str| match Path::parse(text) {
            Err(Error::Syntax { column, path, .. }) => {
                assert_eq!(path, text);
                column
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(column("$a"), 2);
        assert_eq!(column("$.a b"), 4);
        assert_eq!(column("$.é[?(@.a = 1)]"), 11);
        assert_eq!(column("$['a', b]"), 9);
        assert_eq!(column("a..b."), 6);
        let missing = path("$.a.b").read(&json!({})).unwrap_err().to_string();
        assert_eq!(missing, "nothing in the document is at `$.a.b`; check the names in it against the document");
    }

    #[test]
    fn several_names_are_places_of_their_own() {
        let document = json!({"a": 1, "c": 3});
        let several = path("$['a','b','c']");
        assert_eq!(several.read(&document).unwrap(), json!({"a": 1, "c": 3}));
        assert_eq!(several.nodes(&document).unwrap(), [&json!(1), &json!(3)]);
        let pointers: Vec<_> = several.locations(&document).unwrap().iter().map(Location::pointer).collect();
        assert_eq!(pointers, ["/a", "/c"]);
        let mut changed = document;
        assert_eq!(several.set(&mut changed, &json!(0)).unwrap(), 3);
        assert_eq!(changed, json!({"a": 0, "c": 0, "b": 0}));
    }

    #[test]
    fn updates_start_with_the_innermost() {
        let mut document = json!({"a": {"a": 1, "b": 2}});
        let wrap = |value: &Value| if value["b"].is_null() { Some(json!([value])) } else { None };
        assert_eq!(path("$..a").update(&mut document, wrap).unwrap(), 1);
        assert_eq!(document, json!({"a": {"a": [1], "b": 2}}));
    }

    #[test]
    fn elements_are_deleted_where_they_were_found() {
        let mut document = json!([[1, 2, 3], 0, [4, 5, 6]]);
        assert_eq!(path("$..[0,2]").delete(&mut document).unwrap(), 6);
        assert_eq!(document, json!([0]));
        let mut list = json!([1, 2, 3]);
        assert_eq!(path("$[0,0]").delete(&mut list).unwrap(), 1);
        assert_eq!(list, json!([2, 3]));
    }

    #[test]
    fn what_cannot_be_changed_stays() {
        let mut document = json!({"a": [1, 2]});
        for (text, error) in [("$", "the root"), ("$.a[-1]", "negative")] {
            let message = path(text).set(&mut document, &json!(0)).unwrap_err().to_string();
            assert!(message.contains(error), "{message}");
        }
        assert!(matches!(path("$.b").delete(&mut document), Err(Error::NotFound { .. })));
        assert_eq!(document, json!({"a": [1, 2]}));
    }

    #[test]
    fn what_a_function_makes_is_no_place() {
        let document = json!({"a": [[1], [2]]});
        assert_eq!(path("$.a.length()").read(&document).unwrap(), json!(2));
        assert!(path("$.a.length()").nodes(&document).unwrap().is_empty());
        assert_eq!(path("$.a.append(3)[1][0]").read(&document).unwrap(), json!(2));
        assert!(path("$.a.append(3)[1][0]").locations(&document).unwrap().is_empty());
    }

    #[test]
    fn placeholders_need_predicates() {
        let big = Predicate::new(|element| element.as_i64() > Some(1));
        assert!(Path::parse_with("$.a[?].b[?]", std::slice::from_ref(&big)).is_err());
        assert!(Path::parse("$.a[?]").is_err());
        let both = Path::parse_with("$.a[?,?]", &[big, Predicate::new(|element| element.as_i64() < Some(4))]).unwrap();
        assert_eq!(both.read(&json!({"a": [1, 2, 3, 4]})).unwrap(), json!([2, 3]));
    }
}
