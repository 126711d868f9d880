//! Query parameters as upstream's clients send them: one without a value is as if it were not sent.

use std::{fmt::Display, str::FromStr};

use gennaker_http::{Error, Result};
use gennaker_wire::Status;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// For `#[serde(deserialize_with)]`: the parameter, if it has a value.
pub(super) fn given<'de, D, T>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.to_ascii_lowercase().parse().map(Some).map_err(|error| D::Error::custom(format!("{error}: {text:?}")))
}

/// The parts of a list separated by commas.
pub(super) fn texts(list: Option<&str>) -> Vec<String> {
    let parts = list.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The statuses of a list separated by commas, as the store has them.
///
/// # Errors
/// If there is no such status.
pub(super) fn statuses(list: Option<&str>) -> Result<Vec<String>> {
    let known = texts(list).into_iter().map(|status| {
        let known: std::result::Result<Status, _> = serde_json::from_value(Value::String(status.to_ascii_uppercase()));
        let unknown = |_| Error::invalid(format!("there is no status {status}; write for example RUNNING"));
        known.map(|status| status.name().to_owned()).map_err(unknown)
    });
    known.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Asked {
        #[serde(deserialize_with = "given")]
        limit: Option<u32>,
        #[serde(deserialize_with = "given")]
        expand: Option<bool>,
    }

    #[test]
    fn parameters_may_be_empty_but_not_wrong() {
        let read = |value: Value| serde_json::from_value::<Asked>(value);
        let asked = read(serde_json::json!({"limit": "", "expand": "TRUE"})).expect("a query");
        assert_eq!((asked.limit, asked.expand), (None, Some(true)));
        assert_eq!(read(serde_json::json!({})).expect("a query").limit, None);
        assert!(read(serde_json::json!({"limit": "-1"})).is_err_and(|error| error.to_string().contains("\"-1\"")));
        assert_eq!(statuses(Some("running, TERMINAL,")), Ok(vec!["RUNNING".to_owned(), "TERMINAL".to_owned()]));
        assert!(statuses(Some("NONSENSE")).is_err());
    }
}
