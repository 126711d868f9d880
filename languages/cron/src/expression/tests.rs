use super::*;

fn parse(text: &str) -> Expression {
    Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> String {
    match Expression::parse(text) {
        Ok(_) => panic!("{text} was not refused"),
        Err(error) => error.to_string(),
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The first `count` times after `base`, as a wall clock in the zone shows them.
fn times(text: &str, base: &str, zone: &str, count: usize) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let shown = |time: Timestamp| time.to_zoned(zone.clone()).strftime("%m-%d %H:%M:%S %:z").to_string();
    parse(text).times_after(time(base), &zone).take(count).map(shown).collect()
}

#[track_caller]
fn assert_same(left: &str, right: &str) {
    assert_eq!(parse(left).schedule, parse(right).schedule, "{left} and {right}");
}

#[test]
fn lists_ranges_steps_and_names_are_sets() {
    assert_same("0 0/15 * * * ?", "0 0,15,30,45 * * * ?");
    assert_same("*/20 /30 20/2 * * ?", "0,20,40 0,30 20,22 * * ?");
    assert_same("0 0 22-2 * * ?", "0 0 22,23,0,1,2 * * ?");
    assert_same("0 50-10/10 * * * ?", "0 50,0,10 * * * ?");
    assert_same("0 0 0 30-2 11-2 ?", "0 0 0 30,31,1,2 NOV,DEC,JAN,FEB ?");
    assert_same("0 0 0 ? dec-jan fri-mon", "0 0 0 ? 12,1 6,7,1,2");
    assert_same("0 0 0 ? * 1-7/3", "0 0 0 ? * SUN,WED,SAT");
    assert_same("0 0 12 L-3,1 * ?", "0 0 12 1,L-3,1 * ?");
    assert_same(" 0\t0  12 *\t* ?\n ", "0 0 12 * * ?");
    assert_same("0 0 12 1,,2, * ?", "0 0 12 1,2 * ?");
    assert_eq!(parse("0 0 12 ? * mon ").to_string(), "0 0 12 ? * MON ");
}

#[test]
fn oddities_of_quartz_are_kept() {
    assert_same("0 0 0 ? * MON-FRI/2", "0 0 0 ? * 2-6");
    assert_same("0 0 0 ? JAN/3 FRIX", "0 0 0 ? 1 6");
    assert_same("5X *5 1-3Z/2 * * ?", "5 * 1-3 * * ?");
    assert_same("0 0/0 */0 1-5/0 */-1 ?", "0 0 * 1 * ?");
    assert_same("0 5/10X 0 1-5W * ?", "0 5/10 0 1-5 * ?");
    assert_same("99 99/7 0 98 * 99 99", "* */7 0 ? * * *");
    assert_same("0 0 0 ? * L", "0 0 0 ? * SAT");
    assert_same("0 0 0 ? * LW", "0 0 0 ? * 7");
    assert_same("0 0 0 L-W * ?X", "0 0 0 LW * ?");
    assert_same("0 0 0 20-0 3-0 ?", "0 0 0 20-31 3-12 ?");
    assert_same("0 0 0 ? * 2-0", "0 0 0 ? * 2-7");
    assert_same("0 0 0 ? * 3,2#1", "0 0 0 ? * 2#1");
    assert_same("0 0 0 ? * 0#2", "0 0 0 ? * 7#2");
    assert_same("0 0 0 ? * 5#+2", "0 0 0 ? * THU#2");
}

#[test]
fn errors_say_where_what_and_what_instead() {
    for (text, message) in [
        (
            "",
            "the expression has 0 fields; write six or seven, separated by blanks: seconds, minutes, hours, day of \
              the month, month, day of the week and perhaps a year",
        ),
        ("0 0 24 * * ?", "hours, column 5: 24 is out of range in `24`; write 0 to 23"),
        ("0  1,60 * * * ?", "minutes, column 6: 60 is out of range in `60`; write 0 to 59"),
        ("0 0 0 0 * ?", "day of the month, column 7: 0 is out of range in `0`; write 1 to 31"),
        (
            "0 0 0 ? * ?",
            "day of the month and day of the week are both `?`; write `*` for one of them, as in `0 0 12 * * ?`",
        ),
        (
            "0 0 0 1 * 2",
            "day of the month and day of the week are both given; write `?` for the one that does not \
                         matter, as in `0 0 12 ? * MON` or `0 0 12 1 * ?`",
        ),
        (
            "0 0 12 ? * foo",
            "day of the week, column 12: `FOO` is no day of the week in `FOO`; write 1 (Sunday) to 7 or SUN to SAT",
        ),
        ("0 0 12 1 JAN-F ?", "month, column 10: `F` is no month in `JAN-F`; write 1 to 12 or JAN to DEC"),
        (
            "0 0 12 ? * MON#6",
            "day of the week, column 12: `#` is followed by `6` in `MON#6`; write 1 to 5 behind it and \
                              nothing else, as in `FRI#2`, the second Friday",
        ),
        ("0 0/60 * * * ?", "minutes, column 3: the step 60 is too large in `0/60`; write a step of at most 59"),
        (
            "0 5- * * * ?",
            "minutes, column 3: the range does not end with a number in `5-`; write two numbers, as in `5-10`",
        ),
        (
            "0 0 0 W * ?",
            "day of the month, column 7: a day of the month field has no names in `W`; write 1 to 31, `L`, \
                         `L-3`, `LW` or `15W`",
        ),
        (
            "0 0 0 L-31 * ?",
            "day of the month, column 7: no month has a day 31 days before its last in `L-31`; write at \
                            most `L-30`",
        ),
        (
            "0 0 12 ? * 6L,2L",
            "day of the week, column 12: `L` is in a list; write one last day of the week alone, as in `6L`",
        ),
        (
            "0 H * * * ?",
            "minutes, column 3: a minutes field has no names in `H`; write `H` upper case, with one blank \
                         between the fields, and settle it for a trigger",
        ),
        ("é * * * * ?", "seconds, column 1: `É` does not belong here in `É`; write 0 to 59"),
        ("0 0 , * * ?", "hours, column 5: the list has no value; write 0 to 23"),
        ("0 0 0 1 1 ? 2030-2020", "year, column 13: 2030 is after 2020 in `2030-2020`; write the earlier year first"),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
}

#[test]
fn what_quartz_refuses_is_refused() {
    for text in [
        "0 0 12 * *",
        "0 0 12 * * ? 2027 1",
        "60 * * * * ?",
        "0 0 0 ? * MON#1,TUE#2",
        "0 0 0 ? * 8L",
        "0 0 0 ? * MON-5",
        "0 0 0 ? * 2-FRI",
        "0 0 0 32W * ?",
        "0 0 0 15L * ?",
        "0 0 0 LW-3 * ?",
        "0 0 0 L- * ?",
        "0 0 0 ?XY * 2",
        "0 0 L * * ?",
        "0 0 0 L L ?",
        "? 0 0 1 * ?",
        "0 5/ * * * ?",
        "0 5/3X * * * ?",
        "0 */ * * * ?",
        "0 */5-3 * * * ?",
        "0 / * * * ?",
        "0 1-5/ * * * ?",
        "0 99999999999 * * * ?",
        "@daily",
        "0 0 0 1 1 ? 2200/2",
    ] {
        refusal(text);
    }
    assert_eq!(Expression::parse(&"0 ".repeat(3000)), Err(Error::TooLong { length: 6000 }));
    assert_eq!(Expression::of_trigger(&"H ".repeat(3000), "id"), Err(Error::TooLong { length: 6000 }));
}

#[test]
fn a_skipped_hour_is_skipped_by_the_expression() {
    let zone = "America/Los_Angeles";
    let base = "2026-03-08T09:00:00Z";
    assert_eq!(times("0 30 2 * * ?", base, zone, 1), ["03-09 02:30:00 -07:00"]);
    assert_eq!(times("0 0 * * * ?", base, zone, 2), ["03-08 03:00:00 -07:00", "03-08 04:00:00 -07:00"]);
    assert_eq!(times("0 30 0/1 * * ?", base, zone, 2), ["03-08 01:30:00 -08:00", "03-08 03:30:00 -07:00"]);
    let half_an_hour = "2026-10-03T15:20:00Z";
    assert_eq!(times("0 0/15 2 * * ?", half_an_hour, "Australia/Lord_Howe", 1), ["10-04 02:30:00 +11:00"]);
    // This day starts at 01:00.
    assert_eq!(times("0 0 0 24 4 ?", "2026-04-23T20:00:00Z", "Africa/Cairo", 1), ["04-24 00:00:00 +02:00"]);
    assert_eq!(times("0 0 0,1 * * ?", "2026-04-23T20:00:00Z", "Africa/Cairo", 1), ["04-24 01:00:00 +03:00"]);
}

#[test]
fn an_hour_whose_start_is_skipped_is_missed() {
    // The clock goes from 02:45 to 03:45, and from 01:00 to 03:00.
    assert_eq!(times("0 50 3,4 * * ?", "2020-09-26T13:00:00Z", "Pacific/Chatham", 1), ["09-27 04:50:00 +13:45"]);
    assert_eq!(times("0 0 1-5 * * ?", "2026-03-29T00:30:00Z", "Antarctica/Troll", 1), ["03-29 04:00:00 +02:00"]);
}

#[test]
fn a_repeated_hour_counts_the_second_time() {
    let zone = "America/Los_Angeles";
    let first_pass = "2026-11-01T08:10:00Z";
    assert_eq!(
        times("0 30 1 * * ?", "2026-11-01T07:00:00Z", zone, 2),
        ["11-01 01:30:00 -08:00", "11-02 01:30:00 -08:00"]
    );
    assert_eq!(times("0 0/5 * * * ?", first_pass, zone, 1), ["11-01 01:15:00 -08:00"]);
    assert_eq!(times("0 5 1 * * ?", first_pass, zone, 1), ["11-02 01:05:00 -08:00"]);
    let zone = TimeZone::get(zone).unwrap();
    let half_past_one = parse("0 30 1 * * ?");
    assert!(half_past_one.is_satisfied_by(time("2026-11-01T09:30:00.9Z"), &zone));
    assert!(half_past_one.is_satisfied_by(time("2026-11-01T08:30:00Z"), &zone));
    assert!(!half_past_one.is_satisfied_by(time("2026-11-01T08:30:01Z"), &zone));
}

#[test]
fn a_nearest_weekday_keeps_the_time_of_day_that_it_was_asked_at() {
    let utc = |text, base, count| times(text, base, "UTC", count);
    assert_eq!(utc("0 0 9-17 15W * ?", "2026-01-10T10:20:30Z", 1), ["01-15 11:00:00 +00:00"]);
    // The 15th of August is a Saturday, the 15th of March a Sunday.
    assert_eq!(utc("0 0 12 15W,20W * ?", "2026-08-14T12:00:00Z", 1), ["09-15 12:00:00 +00:00"]);
    assert_eq!(utc("0 0 12 15W * ?", "2026-03-15T13:00:00Z", 1), ["04-15 12:00:00 +00:00"]);
    assert_eq!(utc("0 0 12 1W,LW 8 ?", "2026-07-31T13:00:00Z", 2), ["08-03 12:00:00 +00:00", "08-31 12:00:00 +00:00"]);
    // The 30th, a Friday, was skipped in Samoa, and counts as the Saturday after it.
    let samoa = times("0 0 * L-1W * ?", "2011-12-29T15:40:41Z", "Pacific/Apia", 1);
    assert_eq!(samoa, ["12-29 06:00:00 -10:00"]);
}

#[test]
fn days_from_the_end_are_compared_as_if_each_month_had_31() {
    let utc = |text, base, count| times(text, base, "UTC", count);
    assert_eq!(utc("0 0 0 27,L-3 2 ?", "2026-02-01T00:00:00Z", 1), ["02-27 00:00:00 +00:00"]);
    assert_eq!(utc("0 0 0 L-30 * ?", "2026-02-01T00:00:00Z", 2), ["03-01 00:00:00 +00:00", "05-01 00:00:00 +00:00"]);
}

#[test]
fn what_never_fires_ends() {
    for text in [
        "0 0 0 31 2,4,6,9,11 ?",
        "0 0 0 30W,L-29 2 ?",
        "0 0 0 29 2 ? 1971/2",
        "0 0 0 ? 2 1#5 2027",
        "0 0 0 ? * 9#2",
        "0 0 0 0W * ?",
        "0 0 0 , * ?",
        "0 0 0 1 1 ? 2020",
        "0 0 0 1 1 ? 2127",
        "0 0 0 1 1 ? 2147483647",
        "0 0 0 1 1 ? L",
        "0 0 12 * * ? \n",
    ] {
        assert_eq!(times(text, "2026-06-01T00:00:00Z", "Europe/Berlin", 1), [""; 0], "{text}");
    }
    assert_eq!(times("0 0 0 1 1 ? 2126", "1900-06-01T00:00:00Z", "UTC", 2).len(), 1);
    for edge in [Timestamp::MIN, Timestamp::MAX] {
        parse("* * * * * ?").next_after(edge, &TimeZone::UTC);
        parse("* * * * * ?").is_satisfied_by(edge, &TimeZone::UTC);
    }
}

#[test]
fn parts_of_a_second_are_ignored() {
    let every_second = parse("* * * * * ?");
    assert_eq!(
        every_second.next_after(time("2026-01-01T00:00:00.5Z"), &TimeZone::UTC),
        Some(time("2026-01-01T00:00:01Z"))
    );
    let early = parse("* * * * * ? 1969");
    assert_eq!(early.next_after(time("1969-12-31T23:59:57.5Z"), &TimeZone::UTC), Some(time("1969-12-31T23:59:58Z")));
}
