//! A text taken apart: fields, and the items of their lists.

use std::borrow::Cow;

use crate::{
    Error, Field,
    item::{Item, Wrong},
};

/// One field of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'t> {
    pub(crate) field: Field,
    /// What is written there.
    pub(crate) text: &'t str,
    /// Where it starts in the text, in bytes.
    offset: usize,
}

impl<'t> Part<'t> {
    /// The fields of a text, six or seven.
    pub(crate) fn all(text: &'t str) -> Result<Vec<Part<'t>>, Error> {
        let mut offset = 0;
        let mut parts = Vec::with_capacity(Field::ALL.len());
        let mut found = 0;
        for raw in text.split([' ', '\t']) {
            let part = raw.trim_start_matches(|c| c <= ' ');
            if let (false, Some(field)) = (raw.is_empty(), Field::ALL.get(found)) {
                let offset = offset + raw.len() - part.len();
                parts.push(Part { field: *field, text: part.trim_end_matches(|c| c <= ' '), offset });
            }
            found += usize::from(!raw.is_empty());
            offset += raw.len() + 1;
        }
        if matches!(found, 6 | 7) { Ok(parts) } else { Err(Error::Fields { found }) }
    }

    /// The items of its list, each with its text, and where that starts in the field.
    pub(crate) fn items(self) -> impl Iterator<Item = (usize, &'t str, Result<Item, Wrong>)> {
        self.text
            .split(',')
            .scan(0, |next, text| {
                let offset = *next;
                *next += text.len() + 1;
                Some((offset, text))
            })
            .filter(|(_, text)| !text.is_empty())
            .map(move |(offset, text)| (offset, text, Item::parse(self.field, text)))
    }

    /// Which of the whole text's characters stands at an offset in this field, from 1.
    pub(crate) fn column(self, whole: &str, offset: usize) -> usize {
        whole.get(..self.offset + offset).unwrap_or(whole).chars().count() + 1
    }

    /// The error for the list as a whole.
    pub(crate) fn wrong(self, whole: &str, wrong: &'static str, instead: impl Into<Cow<'static, str>>) -> Error {
        let column = self.column(whole, 0);
        Error::List { field: self.field, column, wrong: wrong.into(), instead: instead.into() }
    }
}
