//! Whether an element passes a filter.
//!
//! Source: Jayway's `LogicalExpressionNode`, `RelationalExpressionNode`, `PathNode` and `EvaluatorFactory`.

use std::cmp::Ordering;

use gennaker_javaregex::Regex;
use serde_json::Value;

use super::{Evaluation, Fault, Outcome, Run, find, operand::Operand, value};
use crate::{
    Options,
    evaluate::Keep,
    limits::MAX_BACKTRACKING,
    syntax::{Compiled, Expression, Operator, Side},
};

/// What a match of a regular expression counts for, at least.
const MATCH_STEPS: usize = 64;

impl<'a> Evaluation<'_, 'a, '_> {
    /// Whether an expression holds for an element.
    pub(super) fn expression(&mut self, expression: &Expression, element: &'a Value) -> Outcome<bool> {
        match expression {
            Expression::Or(all) => {
                for expression in all {
                    if self.expression(expression, element)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Expression::And(all) => {
                for expression in all {
                    if !self.expression(expression, element)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Expression::Not(expression) => Ok(!self.expression(expression, element)?),
            Expression::Exists { path, wanted } => Ok(self.exists(path, element)? == *wanted),
            Expression::Compare { left, operator, right } => {
                let left = self.operand(left, element)?;
                let right = self.operand(right, element)?;
                compare(&left, *operator, &right, self.run)
            }
        }
    }

    /// Whether a path leads anywhere. One with many places always does, if its definite part does; one from `$` starts at
    /// the element too.
    fn exists(&mut self, path: &Compiled, element: &'a Value) -> Outcome<bool> {
        if path.plain && !self.root.is_null() {
            self.run.steps(path.tokens.len())?;
            return Ok(path.plain_place(element).is_some());
        }
        let options = Options { require_properties: true, ..Options::default() };
        let depth = self.run.depth;
        match find(path, element, self.root, options, Keep::Count, self.run) {
            Ok(found) => Ok(found.count > 0 || !path.definite),
            Err(Fault::NotFound) => {
                self.run.depth = depth;
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    fn operand<'o>(&mut self, side: &'o Side, element: &'a Value) -> Outcome<Operand<'o>>
    where
        'a: 'o,
    {
        let Side::Path(path) = side else { return Ok(Operand::of_side(side)) };
        if path.from_root
            && let Some((_, operand)) = self.from_root.iter().find(|(slot, _)| *slot == path.slot)
        {
            return Ok(operand.clone());
        }
        let document = if path.from_root { self.root } else { element };
        let depth = self.run.depth;
        let operand = match value(path, document, self.root, self.options, self.run) {
            Ok(item) => Operand::of_item(item)?,
            Err(Fault::NotFound) => {
                self.run.depth = depth;
                Operand::Undefined
            }
            Err(fault) => return Err(fault),
        };
        if path.from_root {
            self.from_root.push((path.slot, operand.clone()));
        }
        Ok(operand)
    }
}

fn compare(left: &Operand<'_>, operator: Operator, right: &Operand<'_>, run: &mut Run) -> Outcome<bool> {
    for side in [left, right] {
        if let Operand::Text(text) = side {
            run.text(text)?;
        }
    }
    let order = || left.compare(right);
    match operator {
        Operator::Equal => left.equals(right, run),
        Operator::NotEqual => Ok(!left.equals(right, run)?),
        Operator::SameTypeEqual => Ok(left.is_of_kind_of(right) && left.equals(right, run)?),
        Operator::SameTypeNotEqual => Ok(!(left.is_of_kind_of(right) && left.equals(right, run)?)),
        Operator::Less => Ok(order() == Some(Ordering::Less)),
        Operator::LessOrEqual => Ok(order().is_some_and(Ordering::is_le)),
        Operator::Greater => Ok(order() == Some(Ordering::Greater)),
        Operator::GreaterOrEqual => Ok(order().is_some_and(Ordering::is_ge)),
        Operator::Matches => matches(left, right, run),
        Operator::In => is_in(left, right, run),
        Operator::NotIn => Ok(!is_in(left, right, run)?),
        Operator::Contains => contains(left, right, run),
        Operator::Size => has_size(left, right),
        Operator::Empty => is_empty(left, right),
        Operator::Exists => match (left, right) {
            (Operand::Boolean(left), Operand::Boolean(right)) => Ok(left == right),
            (Operand::Boolean(_), _) | (_, Operand::Boolean(_)) => {
                Err(Fault::Invalid("`exists` is between two booleans".into()))
            }
            _ => Err(Fault::Failed("`exists` is between two booleans".into())),
        },
        Operator::SubsetOf => {
            let (left, right) = lists(left, right, run)?;
            let (Some(left), Some(right)) = (left, right) else { return Ok(false) };
            Ok(left.iter().all(|element| right.iter().any(|other| element.is_same(other))))
        }
        Operator::AnyOf => Ok(overlap(left, right, run)? == Some(true)),
        Operator::NoneOf => Ok(overlap(left, right, run)? == Some(false)),
        Operator::OfProgramsOnly => Err(Fault::Invalid("this operator cannot be used in the text of a path".into())),
    }
}

type List<'o> = Option<Vec<Operand<'o>>>;

/// The elements of an array; `None` for an object.
fn list<'o>(operand: &'o Operand<'_>, run: &mut Run) -> Outcome<List<'o>> {
    let Some(elements) = operand.elements()? else { return Ok(None) };
    elements.operands(run).map(Some)
}

/// Those of the right side are looked at first, and an object there hides what is wrong with the left side.
fn lists<'o>(left: &'o Operand<'_>, right: &'o Operand<'_>, run: &mut Run) -> Outcome<(List<'o>, List<'o>)> {
    let Some(right) = list(right, run)? else { return Ok((None, None)) };
    let left = list(left, run)?;
    run.steps(left.as_ref().map_or(0, Vec::len).saturating_mul(right.len()))?;
    Ok((left, Some(right)))
}

/// Whether two lists have an element in common; nothing if one of them is none.
fn overlap(left: &Operand<'_>, right: &Operand<'_>, run: &mut Run) -> Outcome<Option<bool>> {
    let (left, right) = lists(left, right, run)?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(None) };
    Ok(Some(left.iter().any(|element| right.iter().any(|other| element.is_same(other)))))
}

fn is_in(left: &Operand<'_>, right: &Operand<'_>, run: &mut Run) -> Outcome<bool> {
    Ok(list(right, run)?.is_some_and(|elements| elements.iter().any(|element| left.is_same(element))))
}

fn contains(left: &Operand<'_>, right: &Operand<'_>, run: &mut Run) -> Outcome<bool> {
    match (left, right) {
        (Operand::Text(left), Operand::Text(right)) => Ok(left.contains(&**right)),
        (left, right) if left.is_json() => is_in(right, left, run),
        _ => Ok(false),
    }
}

fn has_size(left: &Operand<'_>, right: &Operand<'_>) -> Outcome<bool> {
    let Operand::Number(expected) = right else { return Ok(false) };
    let size = match left {
        Operand::Text(text) => text.encode_utf16().count(),
        _ => match left.size()? {
            Some((size, true)) => size,
            // An object is said to have -1 elements.
            Some((_, false)) => return Ok(expected.to_i32() == -1),
            None => return Ok(false),
        },
    };
    Ok(i32::try_from(size).is_ok_and(|size| size == expected.to_i32()))
}

fn is_empty(left: &Operand<'_>, right: &Operand<'_>) -> Outcome<bool> {
    let empty = match left {
        Operand::Text(text) => text.is_empty(),
        _ => match left.size()? {
            Some((size, true)) => size == 0,
            Some((_, false)) => return Err(Fault::Failed("`empty` is for strings and arrays, not for objects".into())),
            None => return Ok(false),
        },
    };
    match right {
        Operand::Boolean(wanted) => Ok(empty == *wanted),
        _ => Err(Fault::Invalid("`empty` needs true or false on its right".into())),
    }
}

/// Whether the whole text, or that of an element, matches; exactly one side is a pattern.
fn matches(left: &Operand<'_>, right: &Operand<'_>, run: &mut Run) -> Outcome<bool> {
    let (regex, other) = match (left, right) {
        (Operand::Pattern(_), Operand::Pattern(_)) => return Ok(false),
        (Operand::Pattern(regex), other) | (other, Operand::Pattern(regex)) => (*regex, other),
        _ => return Ok(false),
    };
    let elements = if other.is_json() { other.elements()? } else { None };
    let Some(elements) = elements else { return is_match(regex, &other.text(), run) };
    for element in elements.operands(run)? {
        if is_match(regex, &element.text(), run)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_match(regex: &Regex, text: &str, run: &mut Run) -> Outcome<bool> {
    run.steps(MATCH_STEPS + text.len())?;
    regex.matches(text).map_err(|error| match error {
        gennaker_javaregex::Error::Backtracking { .. } => {
            Fault::Limit("steps back of a regular expression", MAX_BACKTRACKING)
        }
        error => Fault::Failed(error.to_string().into()),
    })
}
