//! Evaluation: the value of a parsed expression.
//!
//! What a name refers to is Spring's rule (`ExpressionState`): the *active* object is what stands before the last point,
//! at the start the root; inside `.?[...]` and `.![...]` it is the element, and arguments of methods go back to that
//! element; an index always starts at the root.

mod arithmetic;
mod assign;
mod compare;
mod construct;
mod navigate;
pub(crate) mod pattern;
mod select;

use std::rc::Rc;

use gennaker_javaregex::Regex;
use serde_json::Value as Json;

use crate::{
    Error, Host, Limits, Question, Value, convert, cost,
    syntax::{Node, Part},
    value::Bean,
};

/// What an expression is evaluated in.
pub(crate) struct Evaluation<'a> {
    /// Addresses, time, chance.
    pub(crate) host: &'a dyn Host,
    /// The stage that is being evaluated (`#currentStage`).
    pub(crate) stage: Option<Bean<'a>>,
    /// Who is signed in (`#currentUser`).
    pub(crate) user: Option<&'a str>,
    limits: &'a Limits,
    root: Value<'a>,
    allow_unknown_keys: bool,
    active: Vec<Value<'a>>,
    scopes: Vec<Value<'a>>,
    variables: Vec<(Rc<str>, Value<'a>)>,
    /// What the method that was just called made of the list or map that it was called on.
    changed: Option<Value<'a>>,
    patterns: Vec<(Box<str>, Regex)>,
    operations: u32,
    looks: u32,
    bytes: usize,
    all_operations: usize,
    all_bytes: usize,
    questions: usize,
}

/// How many elements a selection may look at for each operation that is allowed.
const LOOKS: u32 = 100;

impl<'a> Evaluation<'a> {
    /// One that starts from `root`. A key that a map has not is `null` if `allow_unknown_keys`, else an error.
    pub(crate) fn new(root: Value<'a>, host: &'a dyn Host, limits: &'a Limits, allow_unknown_keys: bool) -> Self {
        Evaluation {
            host,
            stage: None,
            user: None,
            limits,
            active: Vec::new(),
            root,
            allow_unknown_keys,
            scopes: Vec::new(),
            variables: Vec::new(),
            changed: None,
            patterns: Vec::new(),
            operations: 0,
            looks: 0,
            bytes: 0,
            all_operations: 0,
            all_bytes: 0,
            questions: 0,
        }
    }

    /// The value of one expression. What the one before it did cost is forgotten.
    ///
    /// # Errors
    /// It has none; the offset in the error is in bytes.
    pub(crate) fn value(&mut self, expression: &Node) -> Result<Value<'a>, Error> {
        (self.operations, self.looks, self.bytes) = (0, 0, 0);
        self.active.clear();
        self.active.push(self.root.clone());
        self.scopes.clear();
        self.node(expression)
    }

    /// The value of one expression that is going to be written out.
    ///
    /// # Errors
    /// It has none, or it is larger than the limits: a list may hold another one many times over.
    pub(crate) fn whole(&mut self, expression: &Node) -> Result<Value<'a>, Error> {
        let value = self.value(expression)?;
        cost::writing(self, &value)?;
        Ok(value)
    }

    /// The value of one expression as text; `None` for `null`.
    ///
    /// # Errors
    /// It has none, or its value has no text.
    pub(crate) fn text(&mut self, expression: &Node) -> Result<Option<String>, Error> {
        let value = self.whole(expression)?;
        if value.is_null() {
            return Ok(None);
        }
        convert::to_text(&value).map(Some).map_err(|error| error.or_at(expression.at))
    }

    /// Counts an operation.
    pub(crate) fn operation(&mut self) -> Result<(), Error> {
        self.operations += 1;
        self.all_operations += 1;
        if self.all_operations > self.limits.operations as usize * self.limits.together {
            return Err(Error::limit("the expressions of these settings take too many operations together"));
        }
        if self.operations > self.limits.operations {
            return Err(Error::limit(format!("the expression takes more than {} operations", self.limits.operations)));
        }
        Ok(())
    }

    /// Asks the host, a limited number of times.
    pub(crate) fn ask(&mut self, question: &Question<'_>) -> Result<Json, Error> {
        self.questions += 1;
        if self.questions > self.limits.questions {
            return Err(Error::limit(format!("the expressions ask more than {} questions", self.limits.questions)));
        }
        self.host.ask(question).map_err(Error::thrown)
    }

    /// Counts an element that is looked at; these cost less than operations, and more of them are allowed.
    pub(crate) fn look(&mut self) -> Result<(), Error> {
        self.looks += 1;
        if self.looks > self.limits.operations.saturating_mul(LOOKS) {
            return Err(Error::limit("the expression looks at too many elements"));
        }
        Ok(())
    }

    /// Counts what is about to be made, in bytes; a method that makes much asks before it does.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(bytes);
        self.all_bytes = self.all_bytes.saturating_add(bytes);
        if self.all_bytes > self.limits.bytes.saturating_mul(self.limits.together) {
            return Err(Error::limit("the expressions of these settings make too much text and lists together"));
        }
        if self.bytes > self.limits.bytes {
            return Err(Error::limit(format!(
                "the expression makes more than {} MiB of text and lists",
                self.limits.bytes >> 20
            )));
        }
        Ok(())
    }

    fn node(&mut self, node: &Node) -> Result<Value<'a>, Error> {
        self.part(node).map_err(|error| error.or_at(node.at))
    }

    fn part(&mut self, node: &Node) -> Result<Value<'a>, Error> {
        match &node.part {
            Part::Literal(value) => Ok(value.clone()),
            Part::Path(start, steps) => self.path(start, steps),
            Part::Property { name, safe } => {
                let target = self.active();
                self.property(&target, name, *safe)
            }
            Part::Method { name, safe, arguments } => {
                let target = self.active();
                self.method(&target, name, arguments, *safe)
            }
            Part::Index { index, safe } => {
                let target = self.active();
                self.index(&target, index, *safe)
            }
            Part::Project { of, safe } => self.project(of, *safe),
            Part::Select { which, condition, safe } => self.select(*which, condition, *safe),
            Part::Function { name, arguments } => self.function(name, arguments),
            Part::Variable(name) => Ok(self.variable(name)),
            Part::Arithmetic(first, rest) => self.arithmetic(first, rest),
            Part::Plus(of) => self.plus(of),
            Part::Minus(of) => self.minus(of),
            Part::Step { before, up, of } => self.step(*before, *up, of),
            Part::Compare(comparison, operands) => {
                let (left, right) = self.both(operands)?;
                cost::reading(self, &left)?;
                compare::compare(*comparison, &left, &right).map(Value::Boolean)
            }
            Part::InstanceOf(operands) => self.instance_of(operands),
            Part::Matches(operands) => self.matches(operands),
            Part::Between(operands) => self.between(operands),
            Part::And(operands) => self.all_or_any(operands, false),
            Part::Or(operands) => self.all_or_any(operands, true),
            Part::Not(of) => Ok(Value::Boolean(!self.condition(of)?)),
            Part::Elvis(operands) => {
                self.operation()?;
                let value = self.node(&operands.0)?;
                match value {
                    Value::Null => self.node(&operands.1),
                    Value::String(text) if text.is_empty() => self.node(&operands.1),
                    value => Ok(value),
                }
            }
            Part::Ternary(parts) => {
                let (condition, yes, no) = &**parts;
                if self.condition(condition)? { self.node(yes) } else { self.node(no) }
            }
            Part::Assign(operands) => self.assign(operands),
            Part::Type { name, dimensions } => construct::type_named(name, *dimensions).map(Value::Class),
            Part::New { name, arguments } => self.construct(name, arguments),
            Part::NewArray { name, element, sizes, items } => {
                self.construct_array(name, *element, sizes, items.as_deref())
            }
            Part::List(items) => self.list(items),
            Part::Map(entries) => self.map(entries),
            Part::Bean(name) => Err(Error::evaluation(format!(
                "there are no beans here, so {name} means nothing; a key is read as #root['{name}']"
            ))),
        }
    }

    fn path(&mut self, start: &Node, steps: &[Node]) -> Result<Value<'a>, Error> {
        if let Some(Node { part: Part::Function { name, .. }, at }) = steps.last() {
            return Err(
                Error::evaluation(format!("a function is not asked of a value: write #{name}(...) alone")).or_at(*at)
            );
        }
        let mut value = self.node(start)?;
        for (index, step) in steps.iter().enumerate() {
            let next = self.node_from(value, step);
            if let Some(changed) = self.changed.take() {
                if index == 0 && is_constant(start) {
                    return Err(Error::thrown("a list or map of literals cannot be changed").or_at(step.at));
                }
                self.write_path(start, &steps[..index], changed)?;
            }
            value = next?;
        }
        Ok(value)
    }

    /// What stands before the last point.
    fn active(&self) -> Value<'a> {
        self.active.last().cloned().unwrap_or(Value::Null)
    }

    /// The value of a part that starts from another object.
    fn node_from(&mut self, active: Value<'a>, node: &Node) -> Result<Value<'a>, Error> {
        self.active.push(active);
        let value = self.node(node);
        self.active.pop();
        value
    }

    fn both(&mut self, operands: &(Node, Node)) -> Result<(Value<'a>, Value<'a>), Error> {
        let left = self.node(&operands.0)?;
        let right = self.node(&operands.1)?;
        self.operation()?;
        Ok((left, right))
    }

    fn condition(&mut self, node: &Node) -> Result<bool, Error> {
        let value = self.node(node)?;
        self.operation()?;
        convert::condition(&value).map_err(|error| error.or_at(node.at))
    }

    /// `&&` stops at the first `false`, `||` at the first `true`.
    fn all_or_any(&mut self, operands: &[Node], any: bool) -> Result<Value<'a>, Error> {
        for operand in operands {
            if self.condition(operand)? == any {
                return Ok(Value::Boolean(any));
            }
        }
        Ok(Value::Boolean(!any))
    }
}

/// Whether it is a list or map of nothing but literals: the original makes those once, for good (`InlineList.isConstant`).
fn is_constant(node: &Node) -> bool {
    let constant = |node: &Node| match &node.part {
        Part::Literal(_) => true,
        Part::Minus(of) => matches!(of.part, Part::Literal(_)),
        _ => is_constant(node),
    };
    match &node.part {
        Part::List(items) => items.iter().all(constant),
        Part::Map(entries) => entries
            .iter()
            .all(|(key, value)| (constant(key) || matches!(key.part, Part::Property { .. })) && constant(value)),
        _ => false,
    }
}
