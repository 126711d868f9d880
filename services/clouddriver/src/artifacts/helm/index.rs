//! What a Helm repository says that it has: its `index.yaml`.

use gennaker_yaml::{Limits, read_json_with};
use serde::Deserialize;
use serde_json::{Map, Value};

/// More than the largest public repositories need.
const LIMITS: Limits = Limits { depth: 50, aliases: 50, code_points: 64 << 20, expansion: 64 << 20 };

/// The charts of a repository, in the order of its index.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<(String, Vec<Entry>)>,
}

/// One version of a chart.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    pub(super) version: String,
    /// Where it is; an address without a host is the repository's.
    #[serde(default)]
    pub(super) urls: Vec<String>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    entries: Map<String, Value>,
}

impl Index {
    /// Reads it; the reason if it is none. A version that cannot be read is left out.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let document = read_json_with(text, &LIMITS).map_err(|error| error.to_string())?;
        let document = serde_json::from_value::<Document>(document).map_err(|error| error.to_string())?;
        let entry = |value: Value| serde_json::from_value::<Entry>(value).ok();
        let entries = document.entries.into_iter().map(|(name, versions)| match versions {
            Value::Array(versions) => (name, versions.into_iter().filter_map(entry).collect()),
            _ => (name, Vec::new()),
        });
        Ok(Index { entries: entries.collect() })
    }

    /// The names of the charts.
    pub(super) fn names(&self) -> Vec<String> {
        self.entries.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The versions of a chart; `None` if there are none.
    pub(super) fn versions(&self, name: &str) -> Option<&[Entry]> {
        let (_, versions) = self.entries.iter().find(|(known, _)| known == name)?;
        Some(versions.as_slice()).filter(|versions| !versions.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_read_in_its_order_and_around_what_is_broken() {
        let text = "
apiVersion: v1
entries:
  web:
  - {name: web, version: 1.10.0, urls: [web-1.10.0.tgz], created: 2024-01-01T00:00:00Z}
  - {name: web, version: 1.9.0, urls: [https://other.example.com/web-1.9.0.tgz]}
  - {name: web, version: {}, urls: []}
  empty: []
  alone: 1
";
        let index = Index::read(text).expect("an index");
        assert_eq!(index.names(), ["web", "empty", "alone"]);
        let versions = index.versions("web").expect("versions");
        assert_eq!(versions.iter().map(|entry| entry.version.as_str()).collect::<Vec<_>>(), ["1.10.0", "1.9.0"]);
        assert!(["empty", "alone", "none"].iter().all(|name| index.versions(name).is_none()));
        assert!(Index::read("<html>").is_err() && Index::read("entries: []").is_err() && Index::read("a: [").is_err());
    }
}
