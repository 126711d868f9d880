//! Query parameters as upstream reads them: `true`, `on`, `yes` and `1` are true, and an empty one is as none.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use gennaker_http::{Error, Query};
use http::request::Parts;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::app::Stale;

/// A flag or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flag(pub(super) Option<bool>);

/// A number or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Number(pub(super) Option<usize>);

impl Flag {
    /// The flag, true if it is not given.
    pub(super) fn or_true(self) -> bool {
        self.0.unwrap_or(true)
    }

    /// The flag, false if it is not given.
    pub(super) fn or_false(self) -> bool {
        self.0.unwrap_or(false)
    }
}

impl FromStr for Flag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" => Ok(Flag(None)),
            "true" | "on" | "yes" | "1" => Ok(Flag(Some(true))),
            "false" | "off" | "no" | "0" => Ok(Flag(Some(false))),
            _ => Err(format!("`{text}` is neither true nor false")),
        }
    }
}

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Ok(Number(None)),
            digits => digits.parse().map(|number| Number(Some(number))).map_err(|_| format!("`{text}` is no number")),
        }
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Whether what memory has is enough, for lists; and how many, for histories.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refresh {
    pub(super) refresh: Flag,
}

/// What becomes of a save of what somebody else has saved since it was read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Saved {
    stale_check: Flag,
    /// Whether it is refused whatever is configured. Ours.
    refuse_stale: Flag,
}

impl Saved {
    /// What was asked for.
    pub(super) fn stale(&self) -> Stale {
        match (self.refuse_stale.or_false(), self.stale_check.or_false()) {
            (true, _) => Stale::Refused,
            (false, true) => Stale::AsConfigured,
            (false, false) => Stale::Accepted,
        }
    }
}

/// How many revisions a history shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Limit {
    limit: Number,
}

impl Limit {
    /// The limit, upstream's 20 if none is given.
    pub(super) fn get(&self) -> usize {
        self.limit.0.unwrap_or(20)
    }
}

/// The texts of `ids`, repeated or separated by commas.
#[derive(Debug, Default)]
pub(super) struct Ids(pub(super) Vec<String>);

/// The texts of `scopes`, repeated or separated by commas.
#[derive(Debug, Default)]
pub(super) struct Scopes(pub(super) Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        texts("ids", parts, state).await.map(Ids)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Scopes {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        texts("scopes", parts, state).await.map(Scopes)
    }
}

async fn texts<S: Send + Sync>(name: &str, parts: &mut Parts, state: &S) -> Result<Vec<String>, Error> {
    let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
    let given = pairs.iter().filter(|(given, _)| given == name);
    let texts = given.flat_map(|(_, texts)| texts.split(',')).map(str::to_owned);
    Ok(texts.filter(|text| !text.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_numbers_are_lenient_but_not_blind() {
        assert_eq!("".parse(), Ok(Flag(None)));
        assert_eq!("YES".parse(), Ok(Flag(Some(true))));
        assert_eq!("0".parse(), Ok(Flag(Some(false))));
        assert!("maybe".parse::<Flag>().is_err());
        assert_eq!("".parse(), Ok(Number(None)));
        assert_eq!("5".parse(), Ok(Number(Some(5))));
        assert!("-1".parse::<Number>().is_err() && "x".parse::<Number>().is_err());
    }
}
