//! A running service that cases are played against.

use std::str::FromStr;

use anyhow::{Context, ensure};
use url::Url;

/// A service's name and where it answers: `orca=http://localhost:8083`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub service: String,
    /// Its base URL, without a slash at its end.
    pub url: String,
}

impl FromStr for Target {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (service, url) = text.split_once('=').context("a target is NAME=URL, as in orca=http://localhost:8083")?;
        let parsed = Url::parse(url).with_context(|| format!("{url:?} is not a URL"))?;
        ensure!(parsed.has_host(), "{url:?} names no host");
        Ok(Target { service: service.to_owned(), url: url.trim_end_matches('/').to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_name_and_a_url() {
        let target: Target = "orca=http://127.0.0.1:8083/".parse().unwrap();
        assert_eq!(target, Target { service: "orca".into(), url: "http://127.0.0.1:8083".into() });
        for text in ["orca", "orca=127.0.0.1:8083", "orca=data:x"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
