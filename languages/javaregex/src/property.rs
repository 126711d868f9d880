//! The names of `\p{..}`, as sets.

use crate::blocks;
use crate::set::{self, Set};

/// How names are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// `CASE_INSENSITIVE`: what is about case is about letters of any case.
    pub(crate) any_case: bool,
    /// `UNICODE_CHARACTER_CLASS`: POSIX names are about all of Unicode.
    pub(crate) unicode: bool,
}

/// The set of `\p{name}` or `\p{name=value}`; else what Java says of it.
pub(crate) fn named(name: &str, reading: Reading) -> Result<Set, String> {
    if let Some((name, value)) = name.split_once('=') {
        let name = name.to_lowercase();
        let found = match &*name {
            "sc" | "script" => script(value),
            "blk" | "block" => block(value),
            "gc" | "general_category" => general(value, reading),
            _ => None,
        };
        return found.ok_or_else(|| format!("Unknown Unicode property {{name=<{name}>, value=<{value}>}}"));
    }
    let found = if let Some(block_name) = name.strip_prefix("In") {
        block(block_name)
    } else if let Some(short) = name.strip_prefix("Is") {
        binary(short, reading)
            .or_else(|| unicode_posix(short, reading))
            .or_else(|| general(short, reading))
            .or_else(|| script(short))
    } else {
        let posix = if reading.unicode { unicode_posix(name, reading) } else { None };
        posix.or_else(|| general(name, reading))
    };
    found.ok_or_else(|| format!("Unknown character property name {{{name}}}"))
}

/// `\d` with `UNICODE_CHARACTER_CLASS`, and so on.
pub(crate) fn unicode_digit() -> Set {
    known(r"\p{Nd}")
}

pub(crate) fn unicode_space() -> Set {
    known(r"\p{White_Space}")
}

pub(crate) fn unicode_word() -> Set {
    known(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]")
}

fn known(syntax: &str) -> Set {
    set::class(syntax).unwrap_or_else(set::empty)
}

/// `Character.UnicodeScript.forName`: a full name with underscores or a code of ISO 15924.
fn script(name: &str) -> Option<Set> {
    if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_') {
        return None;
    }
    set::class(&format!(r"\p{{Script={name}}}"))
}

/// `Character.UnicodeBlock.forName`.
fn block(name: &str) -> Option<Set> {
    blocks::range(name).map(|(first, last)| set::range(first, last))
}

/// The names of `CharPredicates.forProperty`: general categories, POSIX, `java..`.
fn general(name: &str, reading: Reading) -> Option<Set> {
    let syntax = match name {
        "Lu" | "Ll" | "Lt" | "javaLowerCase" | "javaUpperCase" | "javaTitleCase" if reading.any_case => {
            if name.starts_with("java") { r"[\p{Lowercase}\p{Uppercase}\p{Lt}]" } else { r"[\p{Lu}\p{Ll}\p{Lt}]" }
        }
        "Lower" | "Upper" if reading.any_case => "[a-zA-Z]",
        // Surrogates alone, which no text holds.
        "Cs" => return Some(set::empty()),
        "Cn" | "Lu" | "Ll" | "Lt" | "Lm" | "Lo" | "Mn" | "Me" | "Mc" | "Nd" | "Nl" | "No" | "Zs" | "Zl" | "Zp"
        | "Cc" | "Cf" | "Co" | "Pd" | "Ps" | "Pe" | "Pc" | "Po" | "Sm" | "Sc" | "Sk" | "So" | "Pi" | "Pf" | "L"
        | "M" | "N" | "Z" | "P" | "S" => return set::class(&format!(r"\p{{gc={name}}}")),
        "C" => r"[\p{Cc}\p{Cf}\p{Co}\p{Cn}]",
        "LC" => r"[\p{Lu}\p{Ll}\p{Lt}]",
        "LD" => r"[\p{L}\p{Nd}]",
        "L1" => r"[\x00-\u00FF]",
        "all" => return Some(set::any()),
        "ASCII" => r"[\x00-\x7F]",
        "Alnum" => "[0-9A-Za-z]",
        "Alpha" => "[A-Za-z]",
        "Blank" => r"[ \t]",
        "Cntrl" => r"[\x00-\x1F\x7F]",
        "Digit" => "[0-9]",
        "Graph" => "[!-~]",
        "Lower" => "[a-z]",
        "Print" => "[ -~]",
        "Punct" => r"[!-/:-@\[-`{-~]",
        "Space" => r"[ \t\n\x0B\f\r]",
        "Upper" => "[A-Z]",
        "XDigit" => "[0-9A-Fa-f]",
        "javaLowerCase" => r"\p{Lowercase}",
        "javaUpperCase" => r"\p{Uppercase}",
        "javaTitleCase" => r"\p{Lt}",
        "javaAlphabetic" => r"\p{Alphabetic}",
        "javaIdeographic" => r"\p{Ideographic}",
        "javaDigit" => r"\p{Nd}",
        "javaDefined" => r"\P{Cn}",
        "javaLetter" => r"\p{L}",
        "javaLetterOrDigit" => r"[\p{L}\p{Nd}]",
        "javaJavaIdentifierStart" => r"[\p{L}\p{Nl}\p{Sc}\p{Pc}]",
        "javaJavaIdentifierPart" => r"[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}\x00-\x08\x0E-\x1B\x7F-\u009F\p{Cf}]",
        "javaUnicodeIdentifierStart" => r"[\p{L}\p{Nl}\p{Other_ID_Start}]",
        "javaUnicodeIdentifierPart" => {
            r"[\p{L}\p{Nl}\p{Pc}\p{Nd}\p{Mc}\p{Mn}\x00-\x08\x0E-\x1B\x7F-\u009F\p{Cf}\p{Other_ID_Start}\p{Other_ID_Continue}]"
        }
        "javaIdentifierIgnorable" => r"[\x00-\x08\x0E-\x1B\x7F-\u009F\p{Cf}]",
        "javaSpaceChar" => r"\p{Z}",
        "javaWhitespace" => r"[\t-\r\x1C-\x1F[\p{Z}--[\u00A0\u2007\u202F]]]",
        "javaISOControl" => r"[\x00-\x1F\x7F-\u009F]",
        "javaMirrored" => r"\p{Bidi_Mirrored}",
        _ => return None,
    };
    set::class(syntax)
}

/// The names of `CharPredicates.forUnicodeProperty`, without regard to case.
fn binary(name: &str, reading: Reading) -> Option<Set> {
    let syntax = match &*name.to_uppercase() {
        "ALPHABETIC" => r"\p{Alphabetic}",
        "ASSIGNED" => r"\P{Cn}",
        "CONTROL" => r"\p{Cc}",
        "EMOJI" | "EMOJI_PRESENTATION" => return None,
        "HEXDIGIT" | "HEX_DIGIT" => r"[\p{Nd}\p{Hex_Digit}]",
        "IDEOGRAPHIC" => r"\p{Ideographic}",
        "JOINCONTROL" | "JOIN_CONTROL" => r"\p{Join_Control}",
        "LETTER" => r"\p{L}",
        "LOWERCASE" | "UPPERCASE" | "TITLECASE" if reading.any_case => r"[\p{Lowercase}\p{Uppercase}\p{Lt}]",
        "LOWERCASE" => r"\p{Lowercase}",
        "UPPERCASE" => r"\p{Uppercase}",
        "TITLECASE" => r"\p{Lt}",
        "NONCHARACTERCODEPOINT" | "NONCHARACTER_CODE_POINT" => r"\p{Noncharacter_Code_Point}",
        "PUNCTUATION" => r"\p{P}",
        "WHITESPACE" | "WHITE_SPACE" => r"\p{White_Space}",
        "WORD" => return Some(unicode_word()),
        _ => return None,
    };
    set::class(syntax)
}

/// The names of `CharPredicates.forPOSIXName`.
fn unicode_posix(name: &str, reading: Reading) -> Option<Set> {
    let syntax = match &*name.to_uppercase() {
        "ALPHA" => r"\p{Alphabetic}",
        "LOWER" | "UPPER" if reading.any_case => r"[\p{Lowercase}\p{Uppercase}\p{Lt}]",
        "LOWER" => r"\p{Lowercase}",
        "UPPER" => r"\p{Uppercase}",
        "SPACE" => r"\p{White_Space}",
        "PUNCT" => r"\p{P}",
        "XDIGIT" => r"[\p{Nd}\p{Hex_Digit}]",
        "ALNUM" => r"[\p{Alphabetic}\p{Nd}]",
        "CNTRL" => r"\p{Cc}",
        "DIGIT" => r"\p{Nd}",
        "BLANK" => r"[\p{Zs}\t]",
        "GRAPH" => r"[^\p{Z}\p{Cc}\p{Cn}]",
        "PRINT" => r"[[^\p{Zl}\p{Zp}\p{Cc}\p{Cn}]--\p{Cc}]",
        _ => return None,
    };
    set::class(syntax)
}
