//! Any text is read or refused, both readers agree, and what is written reads back.

#![no_main]

use gennaker_yaml::{Limits, Value, read_all_json_with, read_all_with, write_all};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let limits = Limits { expansion: 1 << 20, ..Limits::default() };
    let values = read_all_with(text, &limits);
    let json = read_all_json_with(text, &limits);
    match (values, json) {
        (Ok(values), Ok(json)) => {
            let from_values: Vec<_> = values.into_iter().map(Value::into_json).collect();
            assert_eq!(from_values, json);
            // A value may be deeper than a text may be nested.
            let deep = Limits { depth: Limits::MAX_DEPTH, code_points: usize::MAX, ..Limits::default() };
            assert_eq!(read_all_json_with(&write_all(&json), &deep).as_ref(), Ok(&json));
        }
        (values, json) => assert_eq!(values.err(), json.err()),
    }
});
