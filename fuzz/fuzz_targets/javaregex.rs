//! Any pattern with any flags on any text: an answer or an error, no panic, and each way of asking agrees.

#![no_main]

use gennaker_javaregex::{Options, Regex};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str, &str, &str)| {
    let (flags, pattern, text, replacement) = input;
    let flag = |bit: u8| flags & (1 << bit) != 0;
    let options = Options {
        case_insensitive: flag(0),
        multiline: flag(1),
        dot_all: flag(2),
        unicode_case: flag(3),
        comments: flag(4),
        literal: flag(5),
        unix_lines: flag(6),
        unicode_character_class: flag(7),
        backtrack_limit: 2_000,
        length_limit: 512,
        size_limit: 256 << 10,
        ..Options::default()
    };
    let Ok(regex) = Regex::with_options(pattern, &options) else { return };
    if let (Ok(whole), Ok(groups)) = (regex.matches(text), regex.captures_matching(text)) {
        assert_eq!(whole, groups.is_some());
    }
    for (found, groups) in regex.find_iter(text).zip(regex.captures_iter(text)) {
        if let (Ok(found), Ok(groups)) = (found, groups) {
            assert_eq!(found, groups.whole());
        }
    }
    if let Ok(same) = regex.replace_all(text, "$0") {
        assert_eq!(same, text);
    }
    let _ = regex.replace_first(text, replacement);
    let _ = regex.split(text, i32::from(flags) - 128);
});
