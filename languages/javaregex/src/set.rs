//! Sets of characters, and letters in either case as Java sees them.

use std::sync::LazyLock;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange, HirKind};

/// A set of code points; surrogates, which no text holds, are in none.
pub(crate) type Set = ClassUnicode;

/// How letters are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// As they are.
    Sensitive,
    /// ASCII letters in either case.
    Ascii,
    /// Letters in either case, by Unicode's simple mappings.
    Unicode,
}

pub(crate) fn empty() -> Set {
    Set::empty()
}

pub(crate) fn any() -> Set {
    Set::new([ClassUnicodeRange::new('\0', char::MAX)])
}

/// These ranges, both ends included.
pub(crate) fn of(ranges: &[(char, char)]) -> Set {
    Set::new(ranges.iter().map(|(first, last)| ClassUnicodeRange::new(*first, *last)))
}

/// The characters from `first` to `last`, which may be or enclose surrogates.
pub(crate) fn range(first: u32, last: u32) -> Set {
    let first = if (0xD800..0xE000).contains(&first) { 0xE000 } else { first };
    let last = if (0xD800..0xE000).contains(&last) { 0xD7FF } else { last.min(0x10_FFFF) };
    match (char::from_u32(first), char::from_u32(last)) {
        (Some(first), Some(last)) if first <= last => of(&[(first, last)]),
        _ => empty(),
    }
}

pub(crate) fn union(mut left: Set, right: &Set) -> Set {
    left.union(right);
    left
}

pub(crate) fn negated(mut set: Set) -> Set {
    set.negate();
    set
}

pub(crate) fn contains(set: &Set, character: char) -> bool {
    set.ranges()
        .binary_search_by(|range| {
            if range.end() < character {
                std::cmp::Ordering::Less
            } else if range.start() > character {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

pub(crate) fn is_ascii(set: &Set) -> bool {
    set.ranges().last().is_none_or(|range| range.end().is_ascii())
}

/// The only character of the set.
pub(crate) fn only(set: &Set) -> Option<char> {
    match set.ranges() {
        [range] if range.start() == range.end() => Some(range.start()),
        _ => None,
    }
}

/// What a class of `regex-syntax` stands for; none if it does not know the names in it.
pub(crate) fn class(syntax: &str) -> Option<Set> {
    let parsed = regex_syntax::Parser::new().parse(syntax).ok()?;
    match parsed.kind() {
        HirKind::Class(regex_syntax::hir::Class::Unicode(set)) => Some(set.clone()),
        HirKind::Class(regex_syntax::hir::Class::Bytes(set)) => set.to_unicode_class(),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(text.chars().fold(empty(), |set, character| union(set, &of(&[(character, character)]))))
        }
        _ => None,
    }
}

/// The characters that a literal one stands for.
pub(crate) fn character(code: u32, case: Case) -> Set {
    let exact = range(code, code);
    match (case, char::from_u32(code)) {
        (Case::Ascii, Some(letter)) if letter.is_ascii_alphabetic() => {
            let (upper, lower) = (letter.to_ascii_uppercase(), letter.to_ascii_lowercase());
            of(&[(upper, upper), (lower, lower)])
        }
        (Case::Unicode, Some(letter)) if upper(letter) != folded(letter) => {
            let folded = folded(letter);
            let first = CASED.partition_point(|cased| cased.folded < folded);
            let same = CASED[first..].iter().take_while(|cased| cased.folded == folded);
            of(&same.map(|cased| (cased.letter, cased.letter)).chain([(folded, folded)]).collect::<Vec<_>>())
        }
        _ => exact,
    }
}

/// The characters that a range in a class stands for. Java asks whether the character itself or its upper case or the
/// lower case of that is in the range, so this is not the range and all its relatives.
pub(crate) fn cased_range(first: u32, last: u32, case: Case) -> Set {
    let exact = range(first, last);
    let inside = |character: char| (first..=last).contains(&u32::from(character));
    let one = |letter| ClassUnicodeRange::new(letter, letter);
    match case {
        Case::Sensitive => exact,
        Case::Ascii => {
            let others = ('A'..='Z')
                .map(|upper| (upper, upper.to_ascii_lowercase()))
                .flat_map(|(upper, lower)| [(upper, lower), (lower, upper)])
                .filter(|(_, other)| inside(*other));
            union(exact.clone(), &Set::new(others.map(|(letter, _)| one(letter))))
        }
        Case::Unicode => {
            let others = CASED.iter().filter(|cased| inside(cased.upper) || inside(cased.folded));
            union(exact.clone(), &Set::new(others.map(|cased| one(cased.letter))))
        }
    }
}

/// A letter that has another form.
struct Cased {
    letter: char,
    upper: char,
    folded: char,
}

/// All letters whose upper case, or the lower case of that, is another one; sorted by the latter.
static CASED: LazyLock<Vec<Cased>> = LazyLock::new(|| {
    let letters = class(r"\p{Changes_When_Casemapped}").unwrap_or_else(empty);
    let mut all: Vec<Cased> = letters
        .ranges()
        .iter()
        .flat_map(|range| range.start()..=range.end())
        .map(|letter| Cased { letter, upper: upper(letter), folded: folded(letter) })
        .collect();
    all.sort_by_key(|cased| (cased.folded, cased.letter));
    all
});

/// `Character.toLowerCase(Character.toUpperCase(c))`, by which Java compares.
fn folded(character: char) -> char {
    let upper = upper(character);
    match upper {
        'İ' => 'i',
        _ => single(upper.to_lowercase(), upper),
    }
}

/// `Character.toUpperCase`: the simple mapping, where std has the full one.
fn upper(character: char) -> char {
    match character {
        // Greek letters with iota below: the full mapping takes them apart.
        '\u{1F80}'..='\u{1FAF}' => char::from_u32(u32::from(character) | 8).unwrap_or(character),
        'ᾳ' => 'ᾼ',
        'ῃ' => 'ῌ',
        'ῳ' => 'ῼ',
        _ => single(character.to_uppercase(), character),
    }
}

fn single(mut mapped: impl Iterator<Item = char>, otherwise: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => otherwise,
    }
}
