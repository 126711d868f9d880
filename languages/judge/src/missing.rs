//! What becomes of the gaps in a series, that is of NaN.
//!
//! ```
//! use gennaker_judge::missing::Strategy;
//!
//! let series = [1.0, f64::NAN, 2.0];
//! assert_eq!(Strategy::Remove.apply(&series).as_ref(), [1.0, 2.0]);
//! assert_eq!(Strategy::Replace.apply(&series).as_ref(), [1.0, 0.0, 2.0]);
//! ```
//!
//! Guarantees: what comes out has no NaN, and its values are in the series' order.
//!
//! It does not look at infinite values, and does not align the two series of a metric with each other.

use std::borrow::Cow;

/// A metric's `nanStrategy`: `remove` or `replace` in JSON.
///
/// Source: upstream's `NaNStrategy`, `Transforms.removeNaNs`, `Transforms.replaceNaNs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// Leave gaps out: for what is measured now and then. A series of gaps is no data.
    #[default]
    Remove,
    /// Take gaps as 0: for counts, where nothing was sent because nothing happened. A series of nothing at all passes.
    Replace,
}

impl Strategy {
    /// The strategy of that name; [`Strategy::Remove`] for any name but `replace`.
    pub fn parse(name: &str) -> Self {
        if name == "replace" { Strategy::Replace } else { Strategy::Remove }
    }

    /// The series without gaps; the same if it has none.
    pub fn apply(self, values: &[f64]) -> Cow<'_, [f64]> {
        if !values.iter().any(|value| value.is_nan()) {
            return Cow::Borrowed(values);
        }
        match self {
            Strategy::Remove => values.iter().copied().filter(|value| !value.is_nan()).collect(),
            Strategy::Replace => values.iter().map(|&value| if value.is_nan() { 0.0 } else { value }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_replace_replaces() {
        let strategies = ["remove", "replace", "none", "", "REPLACE"].map(Strategy::parse);
        assert_eq!(strategies.map(|strategy| strategy == Strategy::Replace), [false, true, false, false, false]);
    }

    #[test]
    fn a_series_of_gaps_is_emptied_or_zero() {
        let gaps = [f64::NAN, -f64::NAN];
        assert!(Strategy::Remove.apply(&gaps).is_empty());
        assert_eq!(Strategy::Replace.apply(&gaps).as_ref(), [0.0, 0.0]);
        assert!(Strategy::Replace.apply(&[]).is_empty());
    }

    #[test]
    fn a_series_without_gaps_is_not_copied() {
        for strategy in [Strategy::Remove, Strategy::Replace] {
            assert!(matches!(strategy.apply(&[1.0, f64::INFINITY]), Cow::Borrowed(_)));
        }
    }
}
