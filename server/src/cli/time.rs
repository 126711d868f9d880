//! Times and durations for people.

use std::time::Duration;

use gennaker_base::Timestamp;

/// `0.4 s`, `3 m 05 s`, `2 h 03 m`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        // Cut off rather than rounded, so that it is never `60.0 s`.
        0..60 => format!("{seconds}.{} s", duration.subsec_millis() / 100),
        60..3600 => format!("{} m {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} m", seconds / 3600, seconds / 60 % 60),
    }
}

/// `2026-11-23 20:17:03Z`; nothing for a time that no calendar has.
pub(super) fn instant(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(time.millis());
    time.map(|time| time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()).unwrap_or_default()
}

/// How long something has taken that started and perhaps ended; `None` before its start.
pub(super) fn taken(start: Option<Timestamp>, end: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    Some(end.unwrap_or(now).since(start?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_what_matters() {
        let cases =
            [(0, "0.0 s"), (59_999, "59.9 s"), (60_000, "1 m 00 s"), (185_400, "3 m 05 s"), (7_380_000, "2 h 03 m")];
        for (millis, expected) in cases {
            assert_eq!(duration(Duration::from_millis(millis)), expected);
        }
        assert_eq!(instant(Timestamp::from_millis(1_700_000_000_000)), "2023-11-14 22:13:20Z");
        assert_eq!(instant(Timestamp::from_millis(i64::MAX)), "");
    }
}
