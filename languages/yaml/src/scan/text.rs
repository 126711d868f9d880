//! The texts of scalars. Most stand in the input as they are; folded lines and escapes are made.

use std::mem;

/// Which text it is: a position in one of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextId(u32);

/// Set in the ids of texts that were made.
const MADE: u32 = 1 << 31;

#[derive(Debug, Default)]
pub(crate) struct Texts<'a> {
    parts: Vec<&'a str>,
    made: Vec<String>,
}

impl<'a> Texts<'a> {
    /// A part of the input.
    #[inline]
    pub(super) fn add_part(&mut self, part: &'a str) -> TextId {
        self.parts.push(part);
        TextId(self.parts.len() as u32 - 1)
    }

    pub(super) fn add_made(&mut self, text: String) -> TextId {
        self.made.push(text);
        TextId((self.made.len() as u32 - 1) | MADE)
    }

    #[inline]
    pub(crate) fn get(&self, id: TextId) -> &str {
        match id.0 & MADE {
            0 => self.parts[id.0 as usize],
            _ => &self.made[(id.0 & !MADE) as usize],
        }
    }

    /// The text, which is not needed again.
    #[inline]
    pub(crate) fn take(&mut self, id: TextId) -> String {
        match id.0 & MADE {
            0 => self.parts[id.0 as usize].into(),
            _ => mem::take(&mut self.made[(id.0 & !MADE) as usize]),
        }
    }

    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.made.clear();
    }
}
