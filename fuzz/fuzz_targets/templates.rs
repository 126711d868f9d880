//! Placeholder while dependencies are built.
#![no_main]
libfuzzer_sys::fuzz_target!(|_text: &str| {});
