//! The specifiers of a format: `%[index$][flags][width][.precision]conversion`.

use crate::Error;

/// A piece of a format.
pub(super) enum Piece<'f> {
    /// Text as it stands.
    Text(&'f str),
    /// Where an argument goes.
    Specifier(Specifier<'f>),
}

/// What is between `%` and the conversion.
#[derive(Debug)]
pub(super) struct Specifier<'f> {
    /// As it is written, for messages.
    source: &'f str,
    pub(super) argument: Argument,
    flags: u8,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// Whether the conversion is one of dates: `%tY`.
    pub(super) date: bool,
    /// Whether its text is in capitals: `%S`.
    pub(super) upper: bool,
    /// The conversion, as a small letter (but for dates); `%` and `n` take no argument.
    pub(super) conversion: char,
}

/// Which argument is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// The next of those that are not named.
    Ordinary,
    /// The one before: `%<s`.
    Last,
    /// That one, counted from 0: `%1$s`.
    At(usize),
}

/// The flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// `-`
    Left = 1,
    /// `#`
    Alternate = 2,
    /// `+`
    Plus = 4,
    /// A space.
    Space = 8,
    /// `0`
    Zero = 16,
    /// `,`
    Group = 32,
    /// `(`
    Parentheses = 64,
    /// `<`
    Previous = 128,
}

const FLAGS: [(u8, Flag); 8] = [
    (b'-', Flag::Left),
    (b'#', Flag::Alternate),
    (b'+', Flag::Plus),
    (b' ', Flag::Space),
    (b'0', Flag::Zero),
    (b',', Flag::Group),
    (b'(', Flag::Parentheses),
    (b'<', Flag::Previous),
];

/// The pieces of a format.
///
/// # Errors
/// A specifier that Java refuses.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece<'_>>, Error> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        if percent > 0 {
            pieces.push(Piece::Text(&rest[..percent]));
        }
        let specifier = read(&rest[percent..])?;
        rest = &rest[percent + specifier.source.len()..];
        pieces.push(Piece::Specifier(specifier));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

/// The specifier that a text begins with.
fn read(text: &str) -> Result<Specifier<'_>, Error> {
    let bytes = text.as_bytes();
    let refused = |at: usize, why: &str| {
        let shown: String = text.chars().take(at + 1).collect();
        Error::thrown(format!("'{shown}' in a format {why}; '%%' writes a percent sign"))
    };
    let mut at = 1;
    let number = |at: &mut usize| -> Result<Option<usize>, Error> {
        let start = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        if start == *at {
            return Ok(None);
        }
        let number = text[start..*at].parse::<i32>().map_err(|_| refused(*at, "has too large a number"))?;
        Ok(Some(number as usize))
    };
    let mut argument = Argument::Ordinary;
    let mut width = None;
    let mut flags = 0_u8;
    // Digits at the start are an index, if a `$` is behind them, or a width; a zero is a flag.
    let start = at;
    if bytes.get(at) != Some(&b'0')
        && let Some(first) = number(&mut at)?
    {
        if bytes.get(at) == Some(&b'$') {
            at += 1;
            argument = Argument::At(first.saturating_sub(1));
        } else {
            at = start;
        }
    }
    while let Some((byte, flag)) = FLAGS.iter().find(|(byte, _)| bytes.get(at) == Some(byte)) {
        if flags & *flag as u8 != 0 {
            return Err(refused(at, &format!("has the flag '{}' twice", *byte as char)));
        }
        flags |= *flag as u8;
        at += 1;
    }
    if flags & Flag::Previous as u8 != 0 {
        argument = Argument::Last;
    }
    if let Some(number) = number(&mut at)? {
        width = Some(number);
    }
    let mut precision = None;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        precision = Some(number(&mut at)?.ok_or_else(|| refused(at, "has no digits of its precision"))?);
    }
    let date = matches!(bytes.get(at), Some(b't' | b'T'));
    let mut upper = bytes.get(at) == Some(&b'T');
    at += usize::from(date);
    let Some(conversion) = text[at..].chars().next() else { return Err(refused(at, "is not complete")) };
    let end = at + conversion.len_utf8();
    let known = if date { super::date::CONVERSIONS } else { "bBhHsScCdoxXeEfgGaA%n" };
    if !known.contains(conversion) {
        return Err(refused(end, "is no conversion"));
    }
    upper |= !date && conversion.is_ascii_uppercase();
    let conversion = if date { conversion } else { conversion.to_ascii_lowercase() };
    let specifier = Specifier { source: &text[..end], argument, flags, width, precision, date, upper, conversion };
    specifier.check()?;
    Ok(specifier)
}

impl Specifier<'_> {
    pub(super) fn has(&self, flag: Flag) -> bool {
        self.flags & flag as u8 != 0
    }

    pub(super) fn failure(&self, why: &str) -> Error {
        Error::thrown(format!("'{}' in a format {why}", self.source))
    }

    /// # Errors
    /// It has one of these flags.
    pub(super) fn without(&self, flags: &[Flag]) -> Result<(), Error> {
        match flags.iter().find(|flag| self.has(**flag)) {
            Some(flag) => {
                let sign = FLAGS.iter().find(|(_, own)| own == flag).map_or(' ', |(byte, _)| *byte as char);
                Err(self.failure(&format!("cannot have the flag '{sign}'")))
            }
            None => Ok(()),
        }
    }

    /// What `Formatter.FormatSpecifier` refuses before it looks at an argument.
    fn check(&self) -> Result<(), Error> {
        use Flag::{Alternate, Group, Left, Parentheses, Plus, Space, Zero};
        let precise = || match self.precision {
            Some(_) => Err(self.failure("cannot have a precision")),
            None => Ok(()),
        };
        let wide = |flag: Flag| {
            if self.has(flag) && self.width.is_none() {
                Err(self.failure("needs a width for its flags"))
            } else {
                Ok(())
            }
        };
        if self.date {
            precise()?;
            self.without(&[Alternate, Plus, Space, Zero, Group, Parentheses])?;
            return wide(Left);
        }
        match self.conversion {
            'n' => {
                precise()?;
                self.without(&[Left, Alternate, Plus, Space, Zero, Group, Parentheses, Flag::Previous])?;
                if self.width.is_some() { Err(self.failure("cannot have a width")) } else { Ok(()) }
            }
            '%' => {
                precise()?;
                self.without(&[Alternate, Plus, Space, Zero, Group, Parentheses, Flag::Previous])?;
                wide(Left)
            }
            'b' | 'h' | 's' => {
                if self.conversion != 's' {
                    self.without(&[Alternate])?;
                }
                self.without(&[Plus, Space, Zero, Group, Parentheses])?;
                wide(Left)
            }
            'c' => {
                precise()?;
                self.without(&[Alternate, Plus, Space, Zero, Group, Parentheses])?;
                wide(Left)
            }
            conversion => {
                wide(Left)?;
                wide(Zero)?;
                if (self.has(Plus) && self.has(Space)) || (self.has(Left) && self.has(Zero)) {
                    return Err(self.failure("has flags that exclude each other"));
                }
                match conversion {
                    'd' => precise().and_then(|()| self.without(&[Alternate])),
                    'o' | 'x' => precise().and_then(|()| self.without(&[Group])),
                    'a' => self.without(&[Parentheses, Group]),
                    'e' => self.without(&[Group]),
                    'g' => self.without(&[Alternate]),
                    _ => Ok(()),
                }
            }
        }
    }

    /// A number with its sign, its digits grouped and padded with zeros, as the flags say. `behind` is what follows the
    /// digits and takes a part of the width.
    pub(super) fn signed(&self, negative: bool, digits: &str, behind: &str) -> String {
        let mut made = String::from(self.sign(negative));
        let width = match self.width {
            Some(width) if self.has(Flag::Zero) => {
                width.saturating_sub(behind.len() + usize::from(negative && self.has(Flag::Parentheses)))
            }
            _ => 0,
        };
        let digits = if self.has(Flag::Group) { grouped(digits) } else { digits.to_owned() };
        made.push_str(&"0".repeat(width.saturating_sub(made.len() + digits.len())));
        made.push_str(&digits);
        made.push_str(behind);
        if negative && self.has(Flag::Parentheses) {
            made.push(')');
        }
        made
    }

    /// What stands before the digits.
    pub(super) fn sign(&self, negative: bool) -> &'static str {
        match negative {
            true if self.has(Flag::Parentheses) => "(",
            true => "-",
            false if self.has(Flag::Plus) => "+",
            false if self.has(Flag::Space) => " ",
            false => "",
        }
    }
}

/// The digits before the point, in groups of three.
fn grouped(digits: &str) -> String {
    let whole = digits.find('.').unwrap_or(digits.len());
    let mut made = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits[..whole].chars().enumerate() {
        if index > 0 && (whole - index).is_multiple_of(3) {
            made.push(',');
        }
        made.push(digit);
    }
    made + &digits[whole..]
}
