//! The years of an expression.

use crate::item::Item;

/// Years, as the steps that they were written as: `2020/5` has no end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Years(Vec<Steps>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Steps {
    first: i32,
    last: i32,
    step: i32,
}

impl Years {
    /// Adds what an item stands for; those that no year field has add nothing.
    pub(crate) fn add(&mut self, item: Item) {
        let (smallest, largest) = crate::Field::Year.bounds();
        let (first, last, step) = match item {
            Item::Every => (smallest, largest, 1),
            Item::Value(year) => (year, year, 1),
            Item::Range { first, last, step } => (first, last, step),
            Item::From { first, step } => (first.unwrap_or(smallest), largest, step),
            _ => return,
        };
        self.0.push(Steps { first, last, step });
    }

    /// The first of them that is `year` or later.
    pub(crate) fn next(&self, year: i32) -> Option<i32> {
        self.0.iter().filter_map(|steps| steps.next(year)).min()
    }
}

impl Steps {
    fn next(&self, year: i32) -> Option<i32> {
        let missing = i64::from(year) - i64::from(self.first);
        let step = i64::from(self.step.max(1));
        let next = match missing {
            ..=0 => i64::from(self.first),
            _ => i64::from(self.first) + (missing + step - 1) / step * step,
        };
        i32::try_from(next).ok().filter(|next| *next <= self.last)
    }
}
