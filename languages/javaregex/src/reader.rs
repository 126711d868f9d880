//! The characters of a pattern, as `Pattern` walks over them.
//!
//! Quotations (`\Q..\E`) are gone before anything is read: what stood in them is escaped. So they work inside of classes,
//! and a quantifier behind one is about its last character. White space and comments, where they are ignored, are
//! passed over by each reading operation, so they may stand nearly anywhere, even in `( ?:`.

/// What is read, and how far reading has come.
#[derive(Debug)]
pub(crate) struct Reader {
    characters: Vec<char>,
    /// Index of the next character.
    pub(crate) at: usize,
    /// Whether white space and comments are passed over.
    pub(crate) comments: bool,
    /// Whether only `\n` ends a comment.
    pub(crate) unix_lines: bool,
}

impl Reader {
    /// Begins to read a pattern; with `literal` quotations mean nothing.
    pub(crate) fn new(pattern: &str, literal: bool) -> Reader {
        let mut characters: Vec<char> = pattern.chars().collect();
        if !literal && let Some(begin) = first_quotation(&characters) {
            characters = without_quotations(&characters, begin);
        }
        Reader { characters, at: 0, comments: false, unix_lines: false }
    }

    /// The character at an index.
    pub(crate) fn get(&self, index: usize) -> Option<char> {
        self.characters.get(index).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.characters.len()
    }

    /// The next character, without taking it.
    pub(crate) fn peek(&mut self) -> Option<char> {
        if self.comments {
            self.pass_comments();
        }
        self.get(self.at)
    }

    /// Takes the next character.
    pub(crate) fn read(&mut self) -> Option<char> {
        if self.comments {
            self.pass_comments();
        }
        let character = self.get(self.at);
        self.at += 1;
        character
    }

    /// Takes one character unseen and gives the one behind it, without taking that.
    pub(crate) fn next(&mut self) -> Option<char> {
        self.at += 1;
        self.peek()
    }

    /// As [`Reader::next`], but white space counts.
    pub(crate) fn next_escaped(&mut self) -> Option<char> {
        self.at += 1;
        self.get(self.at)
    }

    /// Takes one character unseen and the one behind it, which is given; white space counts.
    pub(crate) fn skip(&mut self) -> Option<char> {
        let character = self.get(self.at + 1);
        self.at += 2;
        character
    }

    /// Gives the last character back.
    pub(crate) fn unread(&mut self) {
        self.at -= 1;
    }

    fn pass_comments(&mut self) {
        while let Some(character) = self.get(self.at) {
            if character == '#' {
                while self.get(self.at).is_some_and(|character| !self.ends_line(character)) {
                    self.at += 1;
                }
            } else if !matches!(character, ' ' | '\t'..='\r') {
                return;
            }
            self.at += usize::from(self.at < self.characters.len());
        }
    }

    fn ends_line(&self, character: char) -> bool {
        character == '\n' || !self.unix_lines && matches!(character, '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
    }
}

fn first_quotation(characters: &[char]) -> Option<usize> {
    let mut at = 0;
    while at + 1 < characters.len() {
        match (characters[at], characters[at + 1]) {
            ('\\', 'Q') => return Some(at),
            ('\\', _) => at += 2,
            _ => at += 1,
        }
    }
    None
}

fn without_quotations(characters: &[char], begin: usize) -> Vec<char> {
    let mut plain = characters[..begin].to_vec();
    let mut rest = characters[begin + 2..].iter().copied().peekable();
    let (mut quoted, mut first) = (true, true);
    while let Some(character) = rest.next() {
        match character {
            '\\' if quoted => {
                if rest.next_if_eq(&'E').is_some() {
                    quoted = false;
                } else {
                    plain.extend(['\\', '\\']);
                }
            }
            '\\' => {
                if rest.next_if_eq(&'Q').is_some() {
                    (quoted, first) = (true, true);
                    continue;
                }
                plain.push('\\');
                plain.extend(rest.next());
            }
            // A digit could be read as part of what stands before the quotation, such as `\1\Q2\E`.
            digit if first && digit.is_ascii_digit() => plain.extend(['\\', 'x', '3', digit]),
            special if quoted && special.is_ascii() && !special.is_ascii_alphanumeric() => {
                plain.extend(['\\', special]);
            }
            _ => plain.push(character),
        }
        first = false;
    }
    plain
}
