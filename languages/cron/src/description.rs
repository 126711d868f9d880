//! An expression in English, in the words of `net.redhogs.cronparser`.

use crate::{Field, days::Days, item::Item, part::Part, schedule::Schedule};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const NTH: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// A field's list.
struct Items<'t> {
    field: Field,
    text: &'t str,
    items: Vec<(&'t str, Item)>,
}

/// Describes the expression that was read from `text`.
pub(crate) fn of(text: &str, schedule: &Schedule) -> String {
    let Ok(parts) = Part::all(text) else { return String::new() };
    let fields: Vec<_> = parts.into_iter().map(Items::of).collect();
    let [seconds, minutes, hours, day_of_month, month, day_of_week, year @ ..] = &fields[..] else {
        return String::new();
    };
    let mut said = vec![time_of_day(seconds, minutes, hours)];
    said.push(match (&day_of_month.only(), &schedule.days) {
        (Some(Item::Every | Item::Unspecified), Days::LastOfWeek(day)) => {
            format!("on the last {} of the month", name(&WEEKDAYS, *day))
        }
        (Some(Item::Every | Item::Unspecified), Days::NthOfWeek { day, nth }) => {
            format!("on the {} {} of the month", name(&NTH, *nth), name(&WEEKDAYS, *day))
        }
        (Some(Item::Every | Item::Unspecified), _) => day_of_week.phrase(),
        _ => day_of_month.phrase(),
    });
    said.push(month.phrase());
    said.extend(year.first().map(Items::phrase));
    // What is left out goes without saying, unless nothing else is said.
    let mut said: Vec<_> = said.into_iter().filter(|phrase| !phrase.is_empty()).collect();
    said.retain(|phrase| phrase != "every day");
    capitalized(&said.join(", "))
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn time_of_day(seconds: &Items<'_>, minutes: &Items<'_>, hours: &Items<'_>) -> String {
    let on_the_minute = seconds.value() == Some(0);
    match (seconds.value(), minutes.only(), hours.values()) {
        (Some(_), Some(Item::Value(minute)), Some(hours)) => {
            // A second is said as soon as it is written as anything but 0, of a single hour even as 00.
            let second = |second: i32| {
                let said = second != 0 || hours.len() == 1 && seconds.text != "0";
                if said { format!(":{second:02}") } else { String::new() }
            };
            let second = second(seconds.value().unwrap_or_default());
            let times: Vec<_> = hours.iter().map(|hour| time(*hour, minute, &second)).collect();
            // Unlike elsewhere, no comma before this `and`.
            format!("at {}", listed(&times, " and "))
        }
        (_, Some(Item::Range { first, last, step: 1 }), Some(hours))
            if on_the_minute && first <= last && hours.len() == 1 =>
        {
            let hour = hours.first().copied().unwrap_or_default();
            format!("every minute between {} and {}", time(hour, first, ""), time(hour, last, ""))
        }
        _ => {
            let one_hour = hours.value().is_some();
            let mut said = Vec::new();
            if seconds.text != "0" {
                said.push(seconds.phrase());
            }
            if minutes.text != "0" {
                said.push(minutes.phrase());
            } else if seconds.text != "0" && !one_hour {
                said.push("at 00 minutes past the hour".to_owned());
            }
            said.push(hours.phrase());
            // Of what is always, only what is said first is.
            let mut first = true;
            said.retain(|phrase| {
                let always = phrase == "every minute" || phrase == "every hour";
                std::mem::take(&mut first) || !always
            });
            said.join(", ")
        }
    }
}

impl<'t> Items<'t> {
    fn of(part: Part<'t>) -> Self {
        let first_value = part.field.bounds().0;
        let meant = |item| match item {
            Item::From { first, step: 1 } if first.is_none_or(|first| first == first_value) => Item::Every,
            item => item,
        };
        let items = part.items().filter_map(|(_, text, item)| Some((text, meant(item.ok()?)))).collect();
        Items { field: part.field, text: part.text, items }
    }

    fn only(&self) -> Option<Item> {
        match self.items[..] {
            [(_, item)] => Some(item),
            _ => None,
        }
    }

    fn value(&self) -> Option<i32> {
        self.only().and_then(value)
    }

    /// Its values, if it is a list of nothing else.
    fn values(&self) -> Option<Vec<i32>> {
        self.items.iter().map(|(_, item)| value(*item)).collect()
    }

    fn phrase(&self) -> String {
        let always = self.items.iter().any(|(_, item)| matches!(item, Item::Every | Item::Unspecified));
        if always {
            return self.always().to_owned();
        }
        if let [(_, Item::Range { first, last, step: 1 })] = self.items[..] {
            return self.between(first, last);
        }
        // Values and ranges make one list, where the first of them stands.
        let mut phrases = Vec::new();
        let mut listed_values = Vec::new();
        let mut place = 0;
        for (text, item) in &self.items {
            let phrase = match *item {
                Item::Value(value) => Err(self.named(value, Some(text))),
                Item::Range { first, last, step: 1 } => {
                    Err(format!("{} through {}", self.named(first, None), self.named(last, None)))
                }
                Item::Range { first, last, step } => Ok(format!("{}, {}", self.every(step), self.between(first, last))),
                Item::From { step, .. } => Ok(self.every(step)),
                Item::Nearest(1) => Ok("on the first weekday of the month".to_owned()),
                Item::Nearest(day) => Ok(format!("on the weekday nearest day {day} of the month")),
                Item::Last { before: 0 } => Ok("on the last day of the month".to_owned()),
                Item::NearestLast { before: 0 } => Ok("on the last weekday of the month".to_owned()),
                Item::Last { before } => Ok(format!("on the {}", before_last(before))),
                Item::NearestLast { before } => Ok(format!("on the weekday nearest the {}", before_last(before))),
                _ => continue,
            };
            match phrase {
                Ok(phrase) => phrases.push(phrase),
                Err(value) => {
                    if listed_values.is_empty() {
                        place = phrases.len();
                    }
                    listed_values.push(value);
                }
            }
        }
        if !listed_values.is_empty() {
            phrases.insert(place, self.on(&listed_values));
        }
        listed(&phrases, if phrases.len() > 2 { ", and " } else { " and " })
    }

    fn always(&self) -> &'static str {
        match self.field {
            Field::Seconds => "every second",
            Field::Minutes => "every minute",
            Field::Hours => "every hour",
            Field::DayOfMonth | Field::DayOfWeek => "every day",
            Field::Month => "",
            Field::Year => "every year",
        }
    }

    fn every(&self, step: i32) -> String {
        let unit = match self.field {
            Field::Seconds => return format!("every {step} seconds"),
            Field::DayOfWeek => return format!("every {step} days of the week"),
            Field::Minutes => "minute",
            Field::Hours => "hour",
            Field::DayOfMonth => "day",
            Field::Month => "month",
            Field::Year => "year",
        };
        match (step, self.field) {
            (1, Field::Minutes | Field::Hours | Field::DayOfMonth) => format!("every {unit}"),
            (1, _) => format!("every 1 {unit}"),
            _ => format!("every {step} {unit}s"),
        }
    }

    fn between(&self, first: i32, last: i32) -> String {
        let (first, last) = (self.named(first, None), self.named(last, None));
        match self.field {
            Field::Seconds => format!("seconds {first} through {last} past the minute"),
            Field::Minutes => format!("minutes {first} through {last} past the hour"),
            Field::Hours => format!("between {first} and {last}"),
            Field::DayOfMonth => format!("between day {first} and {last} of the month"),
            Field::Month | Field::DayOfWeek | Field::Year => format!("{first} through {last}"),
        }
    }

    fn on(&self, values: &[String]) -> String {
        let many = values.len() > 1 || self.items.iter().any(|(_, item)| value(*item).is_some_and(|value| value > 1));
        let list = listed(values, if values.len() > 2 { ", and " } else { " and " });
        match self.field {
            Field::Seconds => format!("at {list} seconds past the minute"),
            Field::Minutes => format!("at {list} {} past the hour", if many { "minutes" } else { "minute" }),
            Field::Hours => format!("at {list}"),
            Field::DayOfMonth => format!("on day {list} of the month"),
            Field::Month | Field::Year => format!("only in {list}"),
            Field::DayOfWeek => format!("only on {list}"),
        }
    }

    /// A value's name; seconds and days of the month are said as they are written.
    fn named(&self, value: i32, text: Option<&str>) -> String {
        let written = || text.filter(|text| text.bytes().all(|c| c.is_ascii_digit())).map(str::to_owned);
        match self.field {
            Field::Seconds | Field::DayOfMonth => written().unwrap_or_else(|| value.to_string()),
            Field::Minutes => format!("{value:02}"),
            Field::Hours => time(value, 0, ""),
            Field::Month => name(&MONTHS, value).to_owned(),
            Field::DayOfWeek => name(&WEEKDAYS, value).to_owned(),
            Field::Year => format!("{value:04}"),
        }
    }
}

fn value(item: Item) -> Option<i32> {
    match item {
        Item::Value(value) => Some(value),
        _ => None,
    }
}

fn before_last(days: i32) -> String {
    format!(
        "{days}{} day before the last day of the month",
        match days {
            1 | 21 => "st",
            2 | 22 => "nd",
            3 | 23 => "rd",
            _ => "th",
        }
    )
}

/// Hours are those of a clock of twelve hours, with 0 for midnight.
fn time(hour: i32, minute: i32, second: &str) -> String {
    let half = if hour >= 12 { "PM" } else { "AM" };
    format!("{}:{minute:02}{second} {half}", if hour > 12 { hour - 12 } else { hour })
}

/// The name of a number that counts from 1.
fn name<'n>(names: &[&'n str], number: i32) -> &'n str {
    // A range of days may end with 0, which is the last.
    let index = if number == 0 { names.len() } else { usize::try_from(number).unwrap_or_default() };
    names.get(index.wrapping_sub(1)).copied().unwrap_or_default()
}

fn listed(parts: &[String], and: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
