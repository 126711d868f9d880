//! A wall clock that is set field by field, as a lenient `java.util.GregorianCalendar`.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use crate::days::days_in_month;

/// The time that a wall clock in a zone shows. Fields may be set beyond their range; [`settle`](Wall::settle) carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wall<'z> {
    zone: &'z TimeZone,
    pub(crate) year: i32,
    pub(crate) month: i32,
    pub(crate) day: i32,
    pub(crate) hour: i32,
    pub(crate) minute: i32,
    pub(crate) second: i32,
}

impl<'z> Wall<'z> {
    /// What the clock shows at an instant.
    pub(crate) fn at(instant: Timestamp, zone: &'z TimeZone) -> Self {
        let mut wall = Wall { zone, year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        wall.show(zone.to_datetime(instant));
        wall
    }

    fn show(&mut self, shown: DateTime) {
        self.year = shown.year().into();
        self.month = shown.month().into();
        self.day = shown.day().into();
        self.hour = shown.hour().into();
        self.minute = shown.minute().into();
        self.second = shown.second().into();
    }

    /// Sets the start of a day, not settled.
    pub(crate) fn set_day(&mut self, year: i32, month: i32, day: i32) {
        (self.year, self.month, self.day) = (year, month, day);
        (self.hour, self.minute, self.second) = (0, 0, 0);
    }

    /// Sets an hour; one that is skipped becomes the hour after it. Settles.
    ///
    /// As `CronExpression.setCalendarHour`.
    pub(crate) fn set_hour(&mut self, hour: i32) -> Option<()> {
        self.hour = hour;
        self.settle()?;
        if self.hour != hour && hour != 24 {
            self.hour = hour + 1;
            self.settle()?;
        }
        Some(())
    }

    /// Carries what is beyond a field's range into the next, and moves a time that is skipped behind the gap, by its length.
    ///
    /// `None` beyond the year 9999. Fields are beyond their range by one at most.
    pub(crate) fn settle(&mut self) -> Option<()> {
        carry(&mut self.second, &mut self.minute, 60);
        carry(&mut self.minute, &mut self.hour, 60);
        carry(&mut self.hour, &mut self.day, 24);
        if self.month > 12 {
            self.month = 1;
            self.year += 1;
        }
        if self.day > 28 && self.day > days_in_month(self.year, self.month) {
            self.day = 1;
            self.month += 1;
        }
        if self.month > 12 {
            self.month = 1;
            self.year += 1;
        }
        let shown = self.shown()?;
        if let AmbiguousOffset::Gap { before, after } = self.zone.to_ambiguous_timestamp(shown).offset() {
            self.show(after.to_datetime(before.to_timestamp(shown).ok()?));
        }
        Some(())
    }

    /// The instant of a settled time: the later one, if the clock shows it twice.
    pub(crate) fn instant(&self) -> Option<Timestamp> {
        let shown = self.shown()?;
        self.offset(shown).to_timestamp(shown).ok()
    }

    fn offset(&self, shown: DateTime) -> Offset {
        match self.zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => before,
            AmbiguousOffset::Fold { after, .. } => after,
        }
    }

    fn shown(&self) -> Option<DateTime> {
        let date =
            Date::new(self.year.try_into().ok()?, self.month.try_into().ok()?, self.day.try_into().ok()?).ok()?;
        let time = jiff::civil::Time::new(
            self.hour.try_into().ok()?,
            self.minute.try_into().ok()?,
            self.second.try_into().ok()?,
            0,
        );
        Some(date.to_datetime(time.ok()?))
    }
}

fn carry(field: &mut i32, next: &mut i32, size: i32) {
    if *field >= size {
        *field -= size;
        *next += 1;
    }
}
