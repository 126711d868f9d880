//! Block scalars: `|` keeps lines, `>` folds them.

use super::{Result, Scanner, TextId, cursor::Break};

/// What happens to the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none stays.
    Strip,
    /// One stays.
    Clip,
    /// `+`: all stay.
    Keep,
}

impl Scanner<'_> {
    /// The block scalar whose `|` or `>` stands here.
    pub(super) fn scan_block_scalar(&mut self) -> Result<TextId> {
        let folded = self.cursor.here() == b'>';
        self.cursor.at += 1;
        let (chomping, increment) = self.scan_block_header()?;
        let least = usize::try_from(self.indent + 1).unwrap_or(0).max(1);
        let mut breaks = String::new();
        let indent = match increment {
            None => self.scan_indentation(&mut breaks).max(least),
            Some(increment) => {
                let indent = least + increment - 1;
                self.scan_breaks(indent, &mut breaks);
                indent
            }
        };

        let mut out = String::new();
        let mut last = None;
        while self.cursor.indentation() == indent && self.cursor.here() != 0 {
            out.push_str(&breaks);
            let leading_blank = matches!(self.cursor.here(), b' ' | b'\t');
            out.push_str(self.cursor.take_line());
            last = self.cursor.take_break();
            breaks.clear();
            self.scan_breaks(indent, &mut breaks);
            if self.cursor.indentation() != indent || self.cursor.here() == 0 {
                break;
            }
            let joins =
                folded && last == Some(Break::Feed) && !leading_blank && !matches!(self.cursor.here(), b' ' | b'\t');
            match last {
                _ if joins && breaks.is_empty() => out.push(' '),
                Some(found) if !joins => found.push_to(&mut out),
                _ => {}
            }
        }
        if let Some(found) = last.filter(|_| chomping != Chomping::Strip) {
            found.push_to(&mut out);
        }
        if chomping == Chomping::Keep {
            out.push_str(&breaks);
        }
        Ok(self.queue.texts.add_made(out))
    }

    /// What follows the indicator on its line: chomping and indentation, in either order, then a comment.
    fn scan_block_header(&mut self) -> Result<(Chomping, Option<usize>)> {
        let mut chomping = None;
        let mut increment = None;
        loop {
            match self.cursor.here() {
                b'-' if chomping.is_none() => chomping = Some(Chomping::Strip),
                b'+' if chomping.is_none() => chomping = Some(Chomping::Keep),
                digit @ b'1'..=b'9' if increment.is_none() => increment = Some(usize::from(digit - b'0')),
                _ => break,
            }
            self.cursor.at += 1;
        }
        let refuse = |scanner: &Self| {
            let problem = format!("{} cannot stand behind `|` or `>`", scanner.cursor.shown());
            let advice =
                "start the text on the next line; only `-` or `+`, a digit from 1 to 9 and a comment may follow";
            Err(scanner.cursor.syntax(scanner.cursor.at, problem, advice))
        };
        if !self.cursor.ends_word(self.cursor.at) {
            return refuse(self);
        }
        self.cursor.skip_spaces();
        if self.cursor.here() == b'#' {
            self.cursor.take_line();
        }
        if self.cursor.take_break().is_none() && self.cursor.here() != 0 {
            return refuse(self);
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    /// Steps over empty lines and indentation; the deepest indentation is returned, even if it is an empty line's.
    fn scan_indentation(&mut self, breaks: &mut String) -> usize {
        let mut deepest = 0;
        loop {
            self.cursor.skip_spaces();
            deepest = deepest.max(self.cursor.indentation());
            match self.cursor.take_break() {
                Some(found) => found.push_to(breaks),
                None => return deepest,
            }
        }
    }

    /// Steps over empty lines and at most `indent` spaces of the next one.
    fn scan_breaks(&mut self, indent: usize, breaks: &mut String) {
        loop {
            while self.cursor.indentation() < indent && self.cursor.here() == b' ' {
                self.cursor.at += 1;
            }
            match self.cursor.take_break() {
                Some(found) => found.push_to(breaks),
                None => return,
            }
        }
    }
}
