//! Plain and quoted scalars. What stands in the text as it is stays borrowed; folded lines and escapes are copied.

use super::{Result, Scanner, TextId, cursor::Break};

impl<'a> Scanner<'a> {
    /// The plain scalar that starts here.
    #[inline]
    pub(super) fn scan_plain(&mut self) -> TextId {
        match self.scan_word() {
            Some(word) => self.queue.texts.add_part(word),
            None => self.scan_any_plain(),
        }
    }

    /// The word that starts here, if it is the whole scalar: as a key, or as a value whose next line starts with a token
    /// that cannot belong to it. Most scalars are such, and [`Scanner::scan_any_plain`] would read the same.
    #[inline]
    fn scan_word(&mut self) -> Option<&'a str> {
        let start = self.cursor.at;
        let end = self.cursor.word_end(start);
        match self.cursor.byte(end) {
            b':' if matches!(self.cursor.byte(end + 1), b' ' | b'\n') => self.cursor.at = end,
            b'\n' if self.flow_level == 0 => {
                let spaces = self.cursor.spaces(end + 1);
                let next = self.cursor.byte(end + 1 + spaces);
                if spaces as isize > self.indent || !next.is_ascii_graphic() || next == b'#' {
                    return None;
                }
                self.cursor.at = end;
                self.cursor.take_feed(spaces);
                self.simple_key_allowed = true;
            }
            _ => return None,
        }
        Some(&self.cursor.text[start..end])
    }

    fn scan_any_plain(&mut self) -> TextId {
        let start = self.cursor.at;
        let in_flow = self.flow_level > 0;
        // The text so far: from `start` to `end` as long as `folded` is empty.
        let mut folded = String::new();
        let mut end = start;
        let mut run = start;
        loop {
            let run_end = self.cursor.plain_end(run, in_flow);
            if run_end == run {
                break;
            }
            self.simple_key_allowed = false;
            if !folded.is_empty() {
                folded.push_str(&self.cursor.text[end..run_end]);
            }
            end = run_end;
            self.cursor.at = run_end;
            self.cursor.take_blanks();
            let Some(first) = self.cursor.take_break() else {
                // Blanks within the line belong to the text if more of it follows.
                if self.cursor.at == run_end || self.cursor.here() == b'#' {
                    break;
                }
                run = self.cursor.at;
                continue;
            };
            self.simple_key_allowed = true;
            let Some(breaks) = self.plain_breaks() else { break };
            let ended = self.cursor.here() == b'#'
                || (!in_flow && (self.cursor.indentation() as isize) < self.indent + 1)
                || self.cursor.plain_end(self.cursor.at, in_flow) == self.cursor.at;
            if ended {
                break;
            }
            if folded.is_empty() {
                folded.push_str(&self.cursor.text[start..end]);
            }
            fold(first, &breaks, &mut folded);
            end = self.cursor.at;
            run = end;
        }
        match folded.is_empty() {
            true => self.queue.texts.add_part(&self.cursor.text[start..end]),
            false => self.queue.texts.add_made(folded),
        }
    }

    /// The line breaks behind the first one, and the spaces of the next line; `None` if a document ends there.
    fn plain_breaks(&mut self) -> Option<String> {
        let mut breaks = String::new();
        loop {
            // `---` ends the scalar whatever follows it, as in SnakeYAML.
            if self.cursor.starts_with("---") || self.cursor.is_document_marker("...") {
                return None;
            }
            self.cursor.skip_spaces();
            match self.cursor.take_break() {
                Some(found) => found.push_to(&mut breaks),
                None => return Some(breaks),
            }
        }
    }

    /// The quoted scalar that starts here.
    pub(super) fn scan_quoted(&mut self) -> Result<TextId> {
        let opening = self.cursor.at;
        let quote = self.cursor.here();
        let start = opening + 1;
        let line_end = self.cursor.quoted_line_end(start);
        if self.cursor.byte(line_end) == quote && (quote == b'"' || self.cursor.byte(line_end + 1) != quote) {
            self.cursor.at = line_end + 1;
            return Ok(self.queue.texts.add_part(&self.cursor.text[start..line_end]));
        }
        let mut out = String::new();
        self.cursor.at = start;
        loop {
            let run = self.cursor.at;
            self.cursor.at = self.cursor.quoted_end(run);
            out.push_str(&self.cursor.text[run..self.cursor.at]);
            match self.cursor.here() {
                b'\'' if quote == b'\'' => {
                    self.cursor.at += 1;
                    if self.cursor.here() != b'\'' {
                        return Ok(self.queue.texts.add_made(out));
                    }
                    out.push('\'');
                    self.cursor.at += 1;
                }
                b'"' if quote == b'"' => {
                    self.cursor.at += 1;
                    return Ok(self.queue.texts.add_made(out));
                }
                b'\\' if quote == b'"' => self.scan_escape(opening, &mut out)?,
                other @ (b'\'' | b'"' | b'\\') => {
                    out.push(char::from(other));
                    self.cursor.at += 1;
                }
                0 => {
                    let advice = "close the quote that starts here";
                    return Err(self.cursor.syntax(opening, "a quoted text does not end", advice));
                }
                _ => {
                    let blanks = self.cursor.take_blanks();
                    match self.cursor.take_break() {
                        Some(first) => {
                            let breaks = self.quoted_breaks(opening)?;
                            fold(first, &breaks, &mut out);
                        }
                        None => out.push_str(blanks),
                    }
                }
            }
        }
    }

    /// The line breaks behind the first one, and the blanks of the next line.
    fn quoted_breaks(&mut self, opening: usize) -> Result<String> {
        let mut breaks = String::new();
        loop {
            if self.cursor.is_document_marker("---") || self.cursor.is_document_marker("...") {
                let advice = "close the quote, or indent the line";
                return Err(self.cursor.syntax(opening, "a document ends inside of a quoted text", advice));
            }
            self.cursor.take_blanks();
            match self.cursor.take_break() {
                Some(found) => found.push_to(&mut breaks),
                None => return Ok(breaks),
            }
        }
    }

    fn scan_escape(&mut self, opening: usize, out: &mut String) -> Result<()> {
        let digits = match self.cursor.byte(self.cursor.at + 1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            other => {
                if let Some(plain) = escaped(other) {
                    out.push(plain);
                    self.cursor.at += 2;
                    return Ok(());
                }
                self.cursor.at += 1;
                if self.cursor.take_break().is_some() {
                    out.push_str(&self.quoted_breaks(opening)?);
                    return Ok(());
                }
                let problem = format!("{} cannot follow a `\\` in double quotes", self.cursor.shown());
                return Err(self.cursor.syntax(self.cursor.at - 1, problem, "write `\\\\` for a backslash"));
            }
        };
        let code = self.hexadecimal(self.cursor.at + 2, digits)?;
        self.cursor.at += 2 + digits;
        // Java's strings are UTF-16: two escapes may make one character.
        let code = match code {
            0xD800..0xDC00 => match self.low_surrogate() {
                Some(low) => {
                    self.cursor.at += 6;
                    0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                }
                None => code,
            },
            _ => code,
        };
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    fn low_surrogate(&self) -> Option<u32> {
        if !self.cursor.starts_with("\\u") {
            return None;
        }
        self.hexadecimal(self.cursor.at + 2, 4).ok().filter(|low| (0xDC00..0xE000).contains(low))
    }

    fn hexadecimal(&self, at: usize, digits: usize) -> Result<u32> {
        (at..at + digits)
            .try_fold(0_u32, |code, at| {
                let digit = char::from(self.cursor.byte(at)).to_digit(16)?;
                code.checked_mul(16)?.checked_add(digit)
            })
            .filter(|code| *code <= 0x0010_FFFF)
            .ok_or_else(|| {
                let problem = format!("an escape needs {digits} hexadecimal digits of a character of Unicode");
                self.cursor.syntax(self.cursor.at, problem, "write `\\\\` for a backslash")
            })
    }
}

/// A line break is a space, and further ones stay; U+2028 and U+2029 stay always.
fn fold(first: Break, breaks: &str, out: &mut String) {
    match first {
        Break::Feed if breaks.is_empty() => out.push(' '),
        Break::Feed => {}
        kept => kept.push_to(out),
    }
    out.push_str(breaks);
}

fn escaped(byte: u8) -> Option<char> {
    Some(match byte {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' => '\t',
        b'n' => '\n',
        b'v' => '\u{B}',
        b'f' => '\u{C}',
        b'r' => '\r',
        b'e' => '\u{1B}',
        b' ' => ' ',
        b'"' => '"',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
