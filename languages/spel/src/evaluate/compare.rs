//! `== != < <= > >=`, `instanceof`, `matches`, `between`: Spring's `Operator.equalityCheck` and `StandardTypeComparator`.

use std::cmp::Ordering;

use super::{Evaluation, pattern};
use crate::{
    Error, Value,
    class::{Class, Element, Type},
    classes::natural,
    convert, cost,
    syntax::{Comparison, Node},
};

/// Characters that a pattern of `matches` may have (`OperatorMatches`).
const LONGEST_PATTERN: usize = 1000;

/// The answer of a comparison.
///
/// # Errors
/// The two have no order; equality never fails.
pub(super) fn compare(comparison: Comparison, left: &Value<'_>, right: &Value<'_>) -> Result<bool, Error> {
    Ok(match comparison {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        _ if left.is_number() && right.is_number() => match numbers(left, right) {
            // NaN is neither less nor greater than anything.
            None => false,
            Some(ordering) => decide(comparison, ordering),
        },
        _ => decide(comparison, order(left, right)?),
    })
}

fn decide(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::Less => ordering.is_lt(),
        Comparison::LessEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterEqual => ordering.is_ge(),
        Comparison::Equal => ordering.is_eq(),
        Comparison::NotEqual => ordering.is_ne(),
    }
}

/// Two numbers, by the larger type; `None` if one is not a number.
fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    let any = |wanted: fn(&Value<'_>) -> bool| wanted(left) || wanted(right);
    if any(|value| matches!(value, Value::Double(_))) {
        return convert::floating(left)?.partial_cmp(&convert::floating(right)?);
    }
    if any(|value| matches!(value, Value::Float(_))) {
        return (convert::floating(left)? as f32).partial_cmp(&(convert::floating(right)? as f32));
    }
    Some(convert::whole(left)?.cmp(&convert::whole(right)?))
}

fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    if left.is_number() && right.is_number() {
        return numbers(left, right) == Some(Ordering::Equal);
    }
    if let (Some(left), Some(right)) = (left.as_char_sequence(), right.as_char_sequence()) {
        return left == right;
    }
    match (left, right) {
        // Spring looks into arrays.
        (Value::Array(left), Value::Array(right)) => left.items == right.items,
        _ => left == right,
    }
}

/// Which comes first: `null` before everything, numbers by size, text by its UTF-16 units, others in their natural order.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>) -> Result<Ordering, Error> {
    match (left, right) {
        (Value::Null, Value::Null) => return Ok(Ordering::Equal),
        (Value::Null, _) => return Ok(Ordering::Less),
        (_, Value::Null) => return Ok(Ordering::Greater),
        _ => {}
    }
    if left.is_number() && right.is_number() {
        let fraction = |value: &Value<'_>| matches!(value, Value::Float(_) | Value::Double(_));
        return Ok(match (convert::floating(left), convert::floating(right)) {
            // `Double.compare`: -0.0 is less than 0.0, and NaN the greatest.
            (Some(left_number), Some(right_number)) if fraction(left) || fraction(right) => {
                left_number.total_cmp(&right_number)
            }
            _ => numbers(left, right).unwrap_or(Ordering::Equal),
        });
    }
    if let (Some(left), Some(right)) = (left.as_char_sequence(), right.as_char_sequence()) {
        return Ok(left.encode_utf16().cmp(right.encode_utf16()));
    }
    natural::order(left, right).ok_or_else(|| {
        let name = |value: &Value<'_>| value.kind().map_or("null", Type::short_name);
        Error::evaluation(format!("{} and {} cannot be compared", name(left), name(right)))
    })
}

impl<'a> Evaluation<'a> {
    pub(super) fn instance_of(&mut self, operands: &(Node, Node)) -> Result<Value<'a>, Error> {
        let (value, class) = self.both(operands)?;
        let Value::Class(class) = class else {
            return Err(Error::evaluation("'instanceof' needs a type after it, such as T(String)").or_at(operands.1.at));
        };
        Ok(Value::Boolean(value.kind().is_some_and(|kind| match (kind, class) {
            // A primitive type has no objects.
            (_, Type::Primitive(_)) => false,
            (Type::Array(Element::Primitive(own)), wanted) => wanted == Type::Array(Element::Primitive(own)),
            (kind, class) => kind.assignable_to(class),
        })))
    }

    pub(super) fn matches(&mut self, operands: &(Node, Node)) -> Result<Value<'a>, Error> {
        let (text, pattern) = self.both(operands)?;
        let text = match text {
            Value::Null => {
                return Err(Error::evaluation("'matches' needs text before it, and this is null").or_at(operands.0.at));
            }
            text => {
                cost::reading(self, &text)?;
                convert::convert(&text, Type::Class(Class::String)).map_err(|error| error.or_at(operands.0.at))?
            }
        };
        let Value::String(pattern) = pattern else {
            return Err(
                Error::evaluation("'matches' needs a regular expression in quotes after it").or_at(operands.1.at)
            );
        };
        if pattern.len() > LONGEST_PATTERN && pattern.encode_utf16().count() > LONGEST_PATTERN {
            return Err(Error::limit(format!("a pattern of 'matches' may have {LONGEST_PATTERN} characters")));
        }
        let text = text.as_str().unwrap_or_default();
        let matches = self.pattern(&pattern, text).and_then(|regex| regex.matches(text).map_err(pattern::failed));
        matches.map(Value::Boolean).map_err(|error| error.or_at(operands.1.at))
    }

    /// `a between {low, high}`, both ends included.
    pub(super) fn between(&mut self, operands: &(Node, Node)) -> Result<Value<'a>, Error> {
        let (value, ends) = self.both(operands)?;
        let bounds = match &ends {
            Value::List(list) if list.len() == 2 => list.get(0).zip(list.get(1)),
            _ => None,
        };
        let Some((low, high)) = bounds else {
            return Err(Error::evaluation("'between' needs a list of two after it: {1, 10}").or_at(operands.1.at));
        };
        Ok(Value::Boolean(order(&value, &low)?.is_ge() && order(&value, &high)?.is_le()))
    }
}
