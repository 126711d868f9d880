//! Any text as an expression, from any time on, in zones whose clocks are set in different ways.
#![no_main]

use gennaker_cron::{
    Expression, fuzzy,
    jiff::{Timestamp, tz::TimeZone},
};
use libfuzzer_sys::fuzz_target;

/// How many bytes go before the text: a zone and a time.
const HEAD: usize = 9;
const ZONES: [&str; 6] =
    ["UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Africa/Cairo", "Antarctica/Troll", "Pacific/Apia"];

fuzz_target!(|data: &[u8]| {
    let Some((head, text)) = data.split_at_checked(HEAD) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let (zone, second) = head.split_at(1);
    let Ok(zone) = TimeZone::get(ZONES[usize::from(zone[0]) % ZONES.len()]) else { return };
    let second = second.iter().fold(0_i64, |second, byte| second << 8 | i64::from(*byte));
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let Ok(after) = Timestamp::from_second(first + second.rem_euclid(last - first)) else { return };

    fuzzy::validate(text).ok();
    let Ok(expression) = Expression::of_trigger(text, text) else { return };
    let mut before = after;
    for time in expression.times_after(after, &zone).take(5) {
        assert!(time > before, "{time} follows {before}");
        before = time;
    }
    expression.is_satisfied_by(after, &zone);
    assert_eq!(Expression::parse(&expression.to_string()).as_ref(), Ok(&expression));
});
