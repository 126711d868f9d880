//! Openings of windows, in Los Angeles unless a test says otherwise.

use serde_json::json;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("the machine knows the zone")
}

/// When these hours open after `now`, both in local time.
fn opening_in(zone_name: &str, now: &str, settings: &Value) -> Option<String> {
    let zone = zone(zone_name);
    let now: civil::DateTime = now.parse().expect("a time");
    let now = zone.to_timestamp(now).expect("a moment");
    let hours = Hours::read(Some(settings)).expect("hours");
    let opening = hours.opening(now, &zone)?;
    assert!(hours.is_open(opening, &zone));
    Some(opening.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S %Z").to_string())
}

fn opening(now: &str, settings: &Value) -> Option<String> {
    opening_in("America/Los_Angeles", now, settings)
}

fn window(start: (u16, u16), end: (u16, u16)) -> Value {
    json!({"startHour": start.0, "startMin": start.1, "endHour": end.0, "endMin": end.1})
}

#[test]
fn a_window_opens_today_or_tomorrow() {
    let one = json!({"whitelist": [window((10, 0), (13, 0))]});
    for (now, expected) in [
        ("2015-02-13T06:30:00", "2015-02-13T10:00:00 PST"),
        ("2015-02-13T09:59:59", "2015-02-13T10:00:00 PST"),
        ("2015-02-13T10:00:35", "2015-02-13T10:00:35 PST"),
        ("2015-02-13T13:00:59", "2015-02-13T13:00:59 PST"),
        ("2015-02-13T13:01:00", "2015-02-14T10:00:00 PST"),
    ] {
        assert_eq!(opening(now, &one).as_deref(), Some(expected), "{now}");
    }
    let three = json!({"whitelist": [window((15, 0), (16, 0)), window((10, 0), (11, 0)), window((13, 0), (14, 0))]});
    for (now, expected) in [
        ("2015-02-13T00:59:59", "2015-02-13T10:00:00 PST"),
        ("2015-02-13T12:30:59", "2015-02-13T13:00:00 PST"),
        ("2015-02-13T16:00:00", "2015-02-13T16:00:00 PST"),
        ("2015-02-13T16:01:00", "2015-02-14T10:00:00 PST"),
    ] {
        assert_eq!(opening(now, &three).as_deref(), Some(expected), "{now}");
    }
}

#[test]
fn a_window_may_wrap_around_midnight() {
    let night = json!({"whitelist": [window((22, 0), (5, 0))]});
    for (now, expected) in [
        ("2015-02-13T13:45:00", "2015-02-13T22:00:00 PST"),
        ("2015-02-13T23:59:59", "2015-02-13T23:59:59 PST"),
        ("2015-02-14T05:00:59", "2015-02-14T05:00:59 PST"),
        ("2015-02-14T05:01:00", "2015-02-14T22:00:00 PST"),
    ] {
        assert_eq!(opening(now, &night).as_deref(), Some(expected), "{now}");
    }
    // On a Friday (6) only: its first hours and its last.
    let friday = json!({"days": [6], "whitelist": [window((22, 0), (5, 0))]});
    assert_eq!(opening("2015-02-12T23:00:00", &friday).as_deref(), Some("2015-02-13T00:00:00 PST"));
    assert_eq!(opening("2015-02-14T01:00:00", &friday).as_deref(), Some("2015-02-20T00:00:00 PST"));
}

#[test]
fn a_window_that_ends_before_it_starts_within_an_hour_never_opens() {
    assert_eq!(opening("2015-02-13T10:20:00", &json!({"whitelist": [window((10, 30), (10, 15))]})), None);
}

#[test]
fn days_count_from_sunday() {
    // 25 February 2015 is a Wednesday, 4.
    let morning = |days: Value| json!({"days": days, "whitelist": [window((6, 0), (10, 0))]});
    for (days, expected) in [
        (json!([]), "2015-02-26T06:00:00 PST"),
        (json!([5]), "2015-02-26T06:00:00 PST"),
        (json!([4]), "2015-03-04T06:00:00 PST"),
        (json!([3]), "2015-03-03T06:00:00 PST"),
        (json!(["4", 6.0]), "2015-02-27T06:00:00 PST"),
    ] {
        assert_eq!(opening("2015-02-25T21:45:00", &morning(days.clone())).as_deref(), Some(expected), "{days}");
    }
    let whole = |days: Value| json!({ "days": days });
    assert_eq!(opening("2015-02-25T23:59:59", &whole(json!([4]))).as_deref(), Some("2015-02-25T23:59:59 PST"));
    assert_eq!(opening("2015-02-25T01:00:00", &whole(json!([1]))).as_deref(), Some("2015-03-01T00:00:00 PST"));
    assert_eq!(opening("2015-02-25T01:00:00", &whole(json!([8]))), None, "no day has that number");
}

#[test]
fn when_clocks_are_put_forward_the_missing_hour_is_left_out() {
    // In 2024 on 10 March at 02:00.
    let inside = json!({"whitelist": [window((2, 15), (2, 45))]});
    assert_eq!(opening("2024-03-10T01:00:00", &inside).as_deref(), Some("2024-03-11T02:15:00 PDT"));
    let beyond = json!({"whitelist": [window((2, 30), (4, 0))]});
    assert_eq!(opening("2024-03-10T01:00:00", &beyond).as_deref(), Some("2024-03-10T03:00:00 PDT"));
    let sundays = json!({"days": [1], "whitelist": [window((2, 15), (2, 45))]});
    assert_eq!(opening("2024-03-10T01:00:00", &sundays).as_deref(), Some("2024-03-17T02:15:00 PDT"));
    assert_eq!(opening("2024-03-03T03:00:00", &sundays).as_deref(), Some("2024-03-17T02:15:00 PDT"));
}

#[test]
fn when_clocks_are_put_back_a_window_is_open_twice() {
    // In 2024 on 3 November at 02:00 to 01:00.
    let window = json!({"whitelist": [window((1, 30), (1, 45))]});
    assert_eq!(opening("2024-11-03T00:00:00", &window).as_deref(), Some("2024-11-03T01:30:00 PDT"));
    let zone = zone("America/Los_Angeles");
    let first_end = "2024-11-03T08:46:00Z".parse().expect("a moment");
    let again = Hours::read(Some(&window)).expect("hours").opening(first_end, &zone).expect("it opens");
    assert_eq!(again.to_string(), "2024-11-03T09:30:00Z");
}

#[test]
fn a_day_may_begin_after_midnight() {
    // In Cairo clocks are put forward on 26 April 2024 at 00:00.
    let friday = json!({"days": [6]});
    assert_eq!(opening_in("Africa/Cairo", "2024-04-25T12:00:00", &friday).as_deref(), Some("2024-04-26T01:00:00 EEST"));
    let early = json!({"days": [6], "whitelist": [window((0, 10), (0, 20))]});
    assert_eq!(opening_in("Africa/Cairo", "2024-04-25T12:00:00", &early).as_deref(), Some("2024-05-03T00:10:00 EEST"));
}

#[test]
fn the_time_zone_decides() {
    let window = json!({"whitelist": [window((3, 0), (4, 0))]});
    assert_eq!(opening_in("UTC", "2024-07-01T15:00:00", &window).as_deref(), Some("2024-07-02T03:00:00 UTC"));
    assert_eq!(
        opening_in("Asia/Kathmandu", "2024-07-01T15:00:00", &window).as_deref(),
        Some("2024-07-02T03:00:00 +0545")
    );
}

/// Between `now` and the opening no minute is open: by looking at each.
#[test]
fn nothing_opens_before_the_opening() {
    let zone = zone("America/Los_Angeles");
    let settings = [
        json!({"days": [1, 4], "whitelist": [window((22, 10), (1, 20)), window((2, 30), (3, 5))]}),
        json!({"whitelist": [window((1, 40), (1, 50))]}),
        json!({"days": [2]}),
    ];
    for from in ["2024-03-09T21:00:00Z", "2024-11-02T21:00:00Z", "2024-06-30T08:17:00Z"] {
        for settings in &settings {
            let hours = Hours::read(Some(settings)).expect("hours");
            let mut now: Timestamp = from.parse().expect("a moment");
            for _ in 0..8 {
                let opening = hours.opening(now, &zone).expect("it opens");
                while now < opening {
                    assert!(!hours.is_open(now, &zone), "{settings} is open at {now}, before {opening}");
                    now += jiff::SignedDuration::from_mins(1);
                }
                now = opening + jiff::SignedDuration::from_hours(9);
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    let problem = |settings: Value| Hours::read(Some(&settings)).expect_err("it is refused");
    assert!(Hours::read(None).is_err_and(|problem| problem.starts_with("restrictedExecutionWindow is missing")));
    assert!(problem(json!({})).contains("neither hours"));
    assert!(problem(json!({"whitelist": [], "days": null})).contains("neither hours"));
    assert_eq!(
        problem(json!({"whitelist": [{"startHour": 9, "endHour": 24}]})),
        "endHour of a window is a number from 0 to 23, not 24"
    );
    assert!(problem(json!({"whitelist": [{"startMin": "half"}]})).starts_with("startMin of a window"));
    assert!(problem(json!({"whitelist": "always"})).starts_with("whitelist of restrictedExecutionWindow"));
    assert!(problem(json!({"days": ["Monday"]})).starts_with("days are numbers"));
    let left_out = json!({"whitelist": [{"startHour": 9, "endHour": "17"}]});
    assert_eq!(Hours::read(Some(&left_out)).expect("hours").windows, [Window { start: 540, end: 1020 }]);
}
