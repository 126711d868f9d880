//! Profile conditions: which documents of a file count.
//!
//! `local`, `!local`, `armory & local`, `a | (b & !c)`; a list or commas mean "one of them". `&` binds tighter than
//! `|`, where Spring would ask for parentheses.

/// The longest condition, which also bounds how deep it can nest.
const LENGTH: usize = 1000;

/// Whether one of the `conditions` holds for the active profiles, or what is wrong with one.
pub(crate) fn accepts(conditions: &[String], active: &[String]) -> Result<bool, &'static str> {
    let mut accepted = false;
    for condition in conditions {
        if condition.len() > LENGTH {
            return Err("it is too long");
        }
        let mut parser = Parser { rest: condition, active };
        accepted |= parser.any()?;
        if !parser.rest.trim_start().is_empty() {
            return Err("there is something after its end");
        }
    }
    Ok(accepted)
}

struct Parser<'a> {
    rest: &'a str,
    active: &'a [String],
}

impl Parser<'_> {
    fn any(&mut self) -> Result<bool, &'static str> {
        let mut value = self.all()?;
        while self.take('|') {
            value |= self.all()?;
        }
        Ok(value)
    }

    fn all(&mut self) -> Result<bool, &'static str> {
        let mut value = self.one()?;
        while self.take('&') {
            value &= self.one()?;
        }
        Ok(value)
    }

    fn one(&mut self) -> Result<bool, &'static str> {
        if self.take('!') {
            return Ok(!self.one()?);
        }
        if self.take('(') {
            let value = self.any()?;
            return if self.take(')') { Ok(value) } else { Err("a parenthesis is not closed") };
        }
        let end = self.rest.find(|c: char| "!&|()".contains(c) || c.is_whitespace()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if name.is_empty() { Err("a profile's name is missing") } else { Ok(self.active.iter().any(|it| it == name)) }
    }

    fn take(&mut self, wanted: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(wanted);
        self.rest = found.unwrap_or(self.rest).trim_start();
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_for_the_active_profiles() {
        let active = ["armory".to_owned(), "local".to_owned()];
        for (condition, expected) in [
            ("local", Ok(true)),
            ("prod", Ok(false)),
            ("!prod", Ok(true)),
            ("armory & local", Ok(true)),
            ("armory & !local", Ok(false)),
            ("prod | local & armory", Ok(true)),
            ("(prod | local) & !armory", Ok(false)),
            ("", Err("a profile's name is missing")),
            ("(local", Err("a parenthesis is not closed")),
            ("local armory", Err("there is something after its end")),
        ] {
            assert_eq!(accepts(&[condition.to_owned()], &active), expected, "{condition}");
        }
        assert_eq!(accepts(&["prod".to_owned(), "local".to_owned()], &active), Ok(true));
        assert!(accepts(&["!".repeat(100_000)], &active).is_err());
    }
}
