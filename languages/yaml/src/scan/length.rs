//! How long a document may be, in code points.

use super::{Result, Scanner, place};
use crate::error::{Error, Exceeded};

impl Scanner<'_> {
    /// A document starts: its characters are counted from here.
    pub(crate) fn start_document(&mut self) {
        self.counted = (self.cursor.at, 0);
    }

    #[inline]
    pub(super) fn check_length(&mut self) -> Result<()> {
        if self.is_short() { Ok(()) } else { self.count_code_points() }
    }

    /// Whether the document is within the limit so far without counting: bytes are at least as many as code points.
    #[inline]
    pub(super) fn is_short(&self) -> bool {
        let (at, count) = self.counted;
        count + (self.cursor.at - at) <= self.code_points
    }

    #[cold]
    fn count_code_points(&mut self) -> Result<()> {
        let (at, count) = self.counted;
        let count = count + self.cursor.distance(at, self.cursor.at);
        self.counted = (self.cursor.at, count);
        if count <= self.code_points {
            return Ok(());
        }
        let place = place(self.cursor.text, self.cursor.at);
        Err(Box::new(Error::Limit { place, exceeded: Exceeded::CodePoints, limit: self.code_points }))
    }
}
