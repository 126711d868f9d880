//! Weeks as an American calendar counts them: they begin on Sunday, and the first week of a year has January 1st.

use jiff::civil::Date;

/// The week of the year, and the year that it belongs to.
pub(super) fn year_and_week(date: Date) -> (i64, i64) {
    let year = i64::from(date.year());
    // The week that has the next January 1st is the first of that year.
    let saturday = i64::from(date.day_of_year()) + 6 - i64::from(date.weekday().to_sunday_zero_offset());
    if saturday > i64::from(date.days_in_year()) {
        return (year + 1, 1);
    }
    let first = i64::from(date.first_of_year().weekday().to_sunday_zero_offset());
    (year, (i64::from(date.day_of_year()) - 1 + first) / 7 + 1)
}

/// The week of the month, from 1.
pub(super) fn week_of_month(date: Date) -> i64 {
    let first = i64::from(date.first_of_month().weekday().to_sunday_zero_offset());
    (i64::from(date.day()) - 1 + first) / 7 + 1
}
