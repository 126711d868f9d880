//! Which version of a chart is the newest.
//!
//! As upstream compares them, which is as Maven does (`ComparableVersion`): parts between `.`, `-` and where digits begin
//! or end; numbers by their value, and above words; `alpha` < `beta` < `milestone` < `rc` < `snapshot` < the release < `sp`
//! < any other word.

use std::cmp::Ordering;

/// The newest of them.
pub(super) fn newest<'a>(versions: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    versions.max_by(|one, other| compare(one, other))
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Word(String),
    /// Without leading zeros, so that of two with as many digits the greater is the later text.
    Number(String),
}

/// The place of the release among the words.
const RELEASE: usize = 5;

impl Part {
    fn of(text: &str) -> Self {
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            Part::Number(text.trim_start_matches('0').to_owned())
        } else {
            Part::Word(text.to_lowercase())
        }
    }

    /// What counts as no part at all.
    fn is_nothing(&self) -> bool {
        match self {
            Part::Number(digits) => digits.is_empty(),
            Part::Word(word) => place(word) == (RELEASE, ""),
        }
    }

    fn compare(&self, other: &Part) -> Ordering {
        match (self, other) {
            (Part::Number(one), Part::Number(other)) => (one.len(), one).cmp(&(other.len(), other)),
            (Part::Number(_), Part::Word(_)) => Ordering::Greater,
            (Part::Word(_), Part::Number(_)) => Ordering::Less,
            (Part::Word(one), Part::Word(other)) => place(one).cmp(&place(other)),
        }
    }

    /// Compared with the end of the other version.
    fn beyond(&self) -> Ordering {
        match self {
            Part::Number(digits) if digits.is_empty() => Ordering::Equal,
            Part::Number(_) => Ordering::Greater,
            Part::Word(word) => place(word).cmp(&(RELEASE, "")),
        }
    }
}

fn place(word: &str) -> (usize, &str) {
    match word {
        "alpha" | "a" => (0, ""),
        "beta" | "b" => (1, ""),
        "milestone" | "m" => (2, ""),
        "rc" | "cr" => (3, ""),
        "snapshot" => (4, ""),
        "" | "ga" | "final" | "release" => (RELEASE, ""),
        "sp" => (6, ""),
        other => (7, other),
    }
}

fn parts(version: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for section in version.split('-') {
        for piece in section.split('.') {
            let mut rest = piece;
            while !rest.is_empty() {
                let digits = rest.starts_with(|first: char| first.is_ascii_digit());
                let end = rest.find(|next: char| next.is_ascii_digit() != digits).unwrap_or(rest.len());
                parts.push(Part::of(&rest[..end]));
                rest = &rest[end..];
            }
        }
        // 1.0-beta is 1-beta: zeros at the end of a section say nothing.
        while parts.last().is_some_and(Part::is_nothing) {
            parts.pop();
        }
    }
    parts
}

fn compare(one: &str, other: &str) -> Ordering {
    let (one, other) = (parts(one), parts(other));
    for at in 0..one.len().max(other.len()) {
        let order = match (one.get(at), other.get(at)) {
            (Some(one), Some(other)) => one.compare(other),
            (Some(one), None) => one.beyond(),
            (None, Some(other)) => other.beyond().reverse(),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_of_their_releases() {
        let order = [
            "1.0.0-alpha.1",
            "1.0.0-alpha.2",
            "1.0.0-beta.1",
            "1.0.0-rc.1",
            "1.0.0-rc.10",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0-SNAPSHOT",
            "2.0.0",
            "10.0.0",
        ];
        for (at, one) in order.iter().enumerate() {
            for (other_at, other) in order.iter().enumerate() {
                assert_eq!(compare(one, other), at.cmp(&other_at), "{one} and {other}");
            }
        }
        assert_eq!(compare("1", "1.0.0"), Ordering::Equal);
        assert_eq!(newest(["1.9.0", "1.10.0", "1.10.0-rc1"].into_iter()), Some("1.10.0"));
        assert_eq!(newest([].into_iter()), None);
    }
}
