//! Anchors, aliases, tags and directives.

use std::borrow::Cow;

use super::{Result, Scanner, Token};

impl<'a> Scanner<'a> {
    /// The `&name` or `*name` here.
    pub(super) fn scan_anchor(&mut self) -> Result<Token> {
        let start = self.cursor.at;
        let is_alias = self.cursor.here() == b'*';
        self.cursor.at += 1;
        let name_start = self.cursor.at;
        while !self.cursor.ends_token(self.cursor.at)
            && !matches!(self.cursor.here(), b':' | b',' | b'[' | b']' | b'{' | b'}' | b'/' | b'.' | b'*' | b'&')
        {
            self.cursor.at += 1;
        }
        let name = &self.cursor.text[name_start..self.cursor.at];
        let ends = self.cursor.ends_token(self.cursor.at)
            || matches!(self.cursor.here(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            let problem = format!("{} cannot stand in the name of an anchor or alias", self.cursor.shown());
            let advice = "name it with letters, digits, `-` and `_`; quote the text if it is meant as one";
            return Err(self.cursor.syntax(start, problem, advice));
        }
        let position = self.queue.add_name(name);
        Ok(if is_alias { Token::Alias(position) } else { Token::Anchor(position) })
    }

    /// The tag here.
    pub(super) fn scan_tag(&mut self) -> Result<Token> {
        let start = self.cursor.at;
        let (handle, suffix) = match self.cursor.byte(start + 1) {
            b'<' => {
                self.cursor.at += 2;
                let suffix = self.scan_uri()?;
                if self.cursor.here() != b'>' {
                    return Err(self.cursor.syntax(start, "a tag that starts with `!<` does not end", "add `>`"));
                }
                self.cursor.at += 1;
                (None, suffix)
            }
            _ if self.cursor.ends_token(start + 1) => {
                self.cursor.at += 1;
                (None, Cow::Borrowed("!"))
            }
            _ => {
                let mut end = start + 1;
                while !self.cursor.ends_word(end) && self.cursor.byte(end) != b'!' {
                    end += 1;
                }
                let handle = match self.cursor.byte(end) {
                    b'!' => self.scan_handle()?,
                    _ => {
                        self.cursor.at += 1;
                        "!"
                    }
                };
                (Some(handle), self.scan_uri()?)
            }
        };
        if !self.cursor.ends_word(self.cursor.at) {
            let problem = format!("{} stands behind a tag", self.cursor.shown());
            return Err(self.cursor.syntax(self.cursor.at, problem, "put a space behind the tag, or quote the text"));
        }
        Ok(Token::Tag(self.queue.add_tag((handle, suffix))))
    }

    /// `!`, `!!` or `!name!`.
    fn scan_handle(&mut self) -> Result<&'a str> {
        let start = self.cursor.at;
        let refuse = |scanner: &Self| {
            let advice = "write `!`, `!!` or `!name!`, the name with letters, digits, `-` and `_`";
            Err(scanner.cursor.syntax(start, "a tag's handle is not one", advice))
        };
        if self.cursor.here() != b'!' {
            return refuse(self);
        }
        let mut end = start + 1;
        if self.cursor.byte(end) != b' ' {
            while is_word(self.cursor.byte(end)) {
                end += 1;
            }
            if self.cursor.byte(end) != b'!' {
                return refuse(self);
            }
            end += 1;
        }
        self.cursor.at = end;
        Ok(&self.cursor.text[start..end])
    }

    /// The characters of a URI, escapes such as `%41` decoded.
    fn scan_uri(&mut self) -> Result<Cow<'a, str>> {
        let start = self.cursor.at;
        while is_uri(self.cursor.here()) {
            self.cursor.at += 1;
        }
        let raw = &self.cursor.text[start..self.cursor.at];
        if raw.is_empty() {
            let problem = format!("a tag's name is expected, but {} stands here", self.cursor.shown());
            return Err(self.cursor.syntax(start, problem, "name a type, or quote the text if it is meant as one"));
        }
        if !raw.contains('%') {
            return Ok(Cow::Borrowed(raw));
        }
        let refuse =
            || self.cursor.syntax(start, "a tag has a `%` without two hexadecimal digits of UTF-8", "write `%25`");
        let mut bytes = Vec::with_capacity(raw.len());
        let mut rest = raw.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => {
                    let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                    let (Some(high), Some(low)) = (digit(), digit()) else { return Err(refuse()) };
                    bytes.push((high * 16 + low) as u8);
                }
                _ => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).map(Cow::Owned).map_err(|_| refuse())
    }

    /// The directive here, with its line.
    pub(super) fn scan_directive(&mut self) -> Result<Token> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let name_start = self.cursor.at;
        while is_word(self.cursor.here()) {
            self.cursor.at += 1;
        }
        let name = &self.cursor.text[name_start..self.cursor.at];
        let advice = "write `%YAML 1.1` or `%TAG handle prefix` before `---`, or quote the text";
        if name.is_empty() || !self.cursor.ends_word(self.cursor.at) {
            return Err(self.cursor.syntax(start, "a line that starts with `%` is no directive", advice));
        }
        let token = match name {
            "YAML" => {
                self.cursor.skip_spaces();
                let major = self.scan_version_number();
                let mut minor = None;
                if self.cursor.here() == b'.' {
                    self.cursor.at += 1;
                    minor = self.scan_version_number();
                }
                match major.zip(minor) {
                    Some((major, _)) if self.cursor.ends_word(self.cursor.at) => Token::Version(major),
                    _ => return Err(self.cursor.syntax(start, "the version of `%YAML` is none", advice)),
                }
            }
            "TAG" => {
                self.cursor.skip_spaces();
                let handle = self.scan_handle()?;
                if self.cursor.here() != b' ' {
                    return Err(self.cursor.syntax(start, "`%TAG` has no prefix", advice));
                }
                self.cursor.skip_spaces();
                let prefix = self.scan_uri()?;
                if !self.cursor.ends_word(self.cursor.at) {
                    return Err(self.cursor.syntax(start, "the prefix of `%TAG` is none", advice));
                }
                Token::TagHandle(self.queue.add_tag((Some(handle), prefix)))
            }
            _ => {
                self.cursor.take_line();
                Token::Directive
            }
        };
        self.cursor.skip_spaces();
        if self.cursor.here() == b'#' {
            self.cursor.take_line();
        }
        if self.cursor.take_break().is_none() && self.cursor.here() != 0 {
            return Err(self.cursor.syntax(start, "something stands behind a directive", advice));
        }
        Ok(token)
    }

    /// One to three digits.
    fn scan_version_number(&mut self) -> Option<u32> {
        let start = self.cursor.at;
        while self.cursor.here().is_ascii_digit() {
            self.cursor.at += 1;
        }
        self.cursor.text[start..self.cursor.at].parse().ok().filter(|_| self.cursor.at - start <= 3)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_uri(byte: u8) -> bool {
    is_word(byte) || b";/?:@&=+$,.!~*'()[]%".contains(&byte)
}
