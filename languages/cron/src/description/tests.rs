use crate::Expression;

#[track_caller]
fn assert_described(cases: &[(&str, &str)]) {
    for (text, description) in cases {
        let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expression.description(), *description, "{text}");
    }
}

#[test]
fn times_of_day() {
    assert_described(&[
        ("0 0 12 * * ?", "At 12:00 PM"),
        ("0 0 0 * * ?", "At 0:00 AM"),
        ("5 5 17 * * ?", "At 5:05:05 PM"),
        ("00 05 09 ? * *", "At 9:05:00 AM"),
        ("* * * * * ?", "Every second"),
        ("0 * * * * ?", "Every minute"),
        ("0 0 * * * ?", "Every hour"),
        ("*/10 * * * * ?", "Every 10 seconds"),
        ("0 0/5 * * * ?", "Every 5 minutes"),
        ("0 0 */2 * * ?", "Every 2 hours"),
        ("0 5 * * * ?", "At 05 minutes past the hour"),
        ("0 1 9-17 * * ?", "At 01 minute past the hour, between 9:00 AM and 5:00 PM"),
        ("0 0/5 14,18 * * ?", "Every 5 minutes, at 2:00 PM and 6:00 PM"),
        ("0 0-5 14 * * ?", "Every minute between 2:00 PM and 2:05 PM"),
        ("0 30 6,14,16 * * ?", "At 6:30 AM, 2:30 PM and 4:30 PM"),
        ("0 10,44 14 ? 3 WED", "At 10 and 44 minutes past the hour, at 2:00 PM, only on Wednesday, only in March"),
        ("10-20 1,2,3 * * * ?", "Seconds 10 through 20 past the minute, at 01, 02, and 03 minutes past the hour"),
        (
            "0 5-50/7 8-18/2 * * ?",
            "Every 7 minutes, minutes 05 through 50 past the hour, every 2 hours, between 8:00 AM and 6:00 PM",
        ),
    ]);
}

#[test]
fn days_months_and_years() {
    assert_described(&[
        ("0 0 10 1 * ?", "At 10:00 AM, on day 1 of the month"),
        ("0 0 10 1,10,20 JAN-MAR ?", "At 10:00 AM, on day 1, 10, and 20 of the month, January through March"),
        ("0 0 10 1-5 */3 ?", "At 10:00 AM, between day 1 and 5 of the month, every 3 months"),
        ("0 0 10 1/1 * ? *", "At 10:00 AM, every year"),
        ("0 0 10 */5 * ? 2027", "At 10:00 AM, every 5 days, only in 2027"),
        ("0 0 10 L * ? 2027-2030", "At 10:00 AM, on the last day of the month, 2027 through 2030"),
        ("0 0 10 LW * ? */2", "At 10:00 AM, on the last weekday of the month, every 2 years"),
        ("0 0 10 1W * ? 2027,2029", "At 10:00 AM, on the first weekday of the month, only in 2027 and 2029"),
        ("0 0 10 ? * MON-FRI", "At 10:00 AM, Monday through Friday"),
        ("0 0 10 ? 12 2,4", "At 10:00 AM, only on Monday and Wednesday, only in December"),
        ("0 0 10 ? * 6L", "At 10:00 AM, on the last Friday of the month"),
        ("0 0 10 ? * FRI#2", "At 10:00 AM, on the second Friday of the month"),
        ("0 0 10 ? * */2", "At 10:00 AM, every 2 days of the week"),
    ]);
}

#[test]
fn what_the_library_fails_on_garbles_or_leaves_out() {
    assert_described(&[
        ("0  0\t12 ? jan mon", "At 12:00 PM, only on Monday, only in January"),
        ("0 0 10 ? * L", "At 10:00 AM, only on Saturday"),
        ("0 0 10 15W * ?", "At 10:00 AM, on the weekday nearest day 15 of the month"),
        ("0 0 10 L-3 * ?", "At 10:00 AM, on the 3rd day before the last day of the month"),
        ("0 0 10 1-15/3 * ?", "At 10:00 AM, every 3 days, between day 1 and 15 of the month"),
        ("0 0 10 1-5,15,L * ?", "At 10:00 AM, on day 1 through 5 and 15 of the month and on the last day of the month"),
        ("0 0/5,32 * * * ?", "Every 5 minutes and at 32 minutes past the hour"),
        ("0 0 8-10,14 * * ?", "At 8:00 AM through 10:00 AM and 2:00 PM"),
        ("0 0 10 ? * MON-WED,SAT", "At 10:00 AM, only on Monday through Wednesday and Saturday"),
        ("0 */5 0 * * ?", "Every 5 minutes, at 0:00 AM"),
        ("* 0 * * * ?", "Every second, at 00 minutes past the hour"),
        ("30 0 6,14 * * ?", "At 6:00:30 AM and 2:00:30 PM"),
        ("*/10 0-10 9 * * ?", "Every 10 seconds, minutes 00 through 10 past the hour, at 9:00 AM"),
    ]);
}
