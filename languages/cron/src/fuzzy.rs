//! Spinnaker's `H`: a second, minute or hour that a trigger's id decides, so that not all triggers fire at once.
//!
//! ```
//! use gennaker_cron::{Expression, fuzzy};
//!
//! let text = "0 H/15 * * * ?";
//! assert!(fuzzy::is_fuzzy(text));
//! assert_eq!(fuzzy::settle(text, "abcd"), "0 34/15 * * * ?");
//! assert!(Expression::of_trigger(text, "abcd").is_ok());
//! # Ok::<(), gennaker_cron::Error>(())
//! ```
//!
//! Guarantee: the same text and id always give the same expression; a text without `H` stays as it is.
//!
//! It does not judge the result. Source: `CronExpressionFuzzer` of Spinnaker's echo.

use std::borrow::Cow;

use crate::{Error, Expression};

/// What is said of a fuzzy expression instead of a description.
const NO_DESCRIPTION: &str = "No description available for fuzzy cron expressions";

/// Whether one of the first three fields, separated by single blanks, holds an `H`.
pub fn is_fuzzy(text: &str) -> bool {
    fields(text).is_some_and(|fields| fields.iter().take(3).any(|field| field.contains('H')))
}

/// The text with each `H` of the first three fields replaced by a number that the id decides: 0 to 59 as second and as
/// minute, 0 to 23 as hour.
///
/// Fields are what stands between single blanks; of a text of fewer than six nothing is replaced. A text with an `H` and
/// more than seven loses what comes after the sixth.
pub fn settle<'t>(text: &'t str, trigger_id: &str) -> Cow<'t, str> {
    let Some(mut fields) = fields(text).filter(|_| is_fuzzy(text)) else { return Cow::Borrowed(text) };
    if fields.len() != 7 {
        fields.truncate(6);
    }
    let hash = java_hash(trigger_id);
    let settled = fields.iter().zip([60, 60, 24].into_iter().map(Some).chain(std::iter::repeat(None)));
    let settled: Vec<_> = settled
        .map(|(field, values)| match values {
            Some(values) => Cow::Owned(field.replace('H', &(hash % values).abs().to_string())),
            None => Cow::Borrowed(*field),
        })
        .collect();
    Cow::Owned(settled.join(" "))
}

/// What there is to say to someone who writes an expression: its description, or that a fuzzy one has none.
///
/// The error is what is wrong with it. As echo's `GET /validateCronExpression`.
pub fn validate(text: &str) -> Result<String, Error> {
    let expression = Expression::of_trigger(text, "")?;
    Ok(if is_fuzzy(text) { NO_DESCRIPTION.to_owned() } else { expression.description() })
}

/// What Java's `trim` and `split(" ")` leave, if that are six or more.
fn fields(text: &str) -> Option<Vec<&str>> {
    let fields: Vec<_> = text.trim_matches(|c| c <= ' ').split(' ').collect();
    (fields.len() >= 6).then_some(fields)
}

/// `String.hashCode`.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_decides_each_field() {
        assert_eq!(settle("H * * * * *", "abcd"), "34 * * * * *");
        assert_eq!(settle("* * H * * *", "abcde"), "* * 3 * * *");
        assert_eq!(settle("H/5 * * * * *", "abcd"), "34/5 * * * * *");
        assert_eq!(settle("0 H H * * ? 2027", "polygenelubricants"), "0 8 8 * * ? 2027");
    }

    #[test]
    fn without_h_nothing_changes() {
        for text in ["00 05 09 ? * MON-THU", "* * * * * THU", " 0 0 12 * * ? ", "H", "0 H * *", "0\tH\t* * * ?", ""] {
            assert_eq!(settle(text, "abcd"), text);
            assert!(!is_fuzzy(text), "{text}");
        }
    }

    #[test]
    fn a_second_blank_moves_the_fields() {
        assert_eq!(settle("0  H * * ?", "a"), "0  1 * * ?");
        assert_eq!(settle(" H 0 12 * * ? 2027 2028", "a"), "37 0 12 * * ?");
    }

    #[test]
    fn validation_describes_or_refuses() {
        assert_eq!(validate("0 0 10 ? * THU").as_deref(), Ok("At 10:00 AM, only on Thursday"));
        assert_eq!(validate("H 0 10 ? * 1").as_deref(), Ok(NO_DESCRIPTION));
        assert_eq!(validate("0 0 10 * * 1"), Err(Error::BothDays));
    }
}
